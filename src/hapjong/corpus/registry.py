"""The registry of named things, ``dataset/entities.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from hapjong.problems import Problem, ProblemsError, convert, indefinite, read_yaml
from hapjong.schema import ENTITY_TYPES, Entity, MentionType

Registry = Mapping[str, Entity]

_ENTITY_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def read_registry(path: Path, file: str) -> dict[str, Entity]:
    """All entities by id.  Raises ProblemsError where the file is malformed or empty."""
    registry = convert(read_yaml(path.read_bytes(), file), dict[str, Entity], file)
    if not registry:
        raise ProblemsError([Problem(file, "", "at least one entity is expected")])
    return registry


def check_registry(registry: Registry, file: str) -> list[Problem]:
    """Every rule that a row breaks."""
    problems = []
    for entity_id, entity in registry.items():
        place = f"$.{entity_id}"
        if not _ENTITY_ID.fullmatch(entity_id):
            problems.append(Problem(file, place, "an id is lower-case words joined by hyphens"))
        if entity.type not in ENTITY_TYPES:
            problems.append(
                Problem(file, f"{place}.type", f"{indefinite(entity.type)} has no entity")
            )
        problems += _check_link(
            registry, entity.affiliation, MentionType.PERSON, entity, f"{place}.affiliation", file
        )
        problems += _check_link(
            registry, entity.parent, MentionType.ORG, entity, f"{place}.parent", file
        )
    return problems + _check_names(registry, file)


def _check_link(
    registry: Registry,
    target: str | None,
    source_type: MentionType,
    entity: Entity,
    place: str,
    file: str,
) -> list[Problem]:
    """A person's affiliation and an organisation's parent are organisations of the registry."""
    if target is None:
        return []
    if entity.type is not source_type:
        field = indefinite(place.rpartition(".")[2])
        fault = f"only {indefinite(source_type)} has {field}; this is {indefinite(entity.type)}"
        return [Problem(file, place, fault)]
    if target not in registry:
        return [Problem(file, place, f"{target!r} is not in the registry")]
    if registry[target].type not in (MentionType.ORG, MentionType.ALLIANCE):
        return [Problem(file, place, f"{target!r} is no organisation")]
    return []


def _check_names(registry: Registry, file: str) -> list[Problem]:
    """No name belongs to two entities of one type: that would be two rows for one thing."""
    problems = []
    owners: dict[tuple[str, MentionType], str] = {}
    for entity_id, entity in registry.items():
        for name in sorted(entity.names):
            owner = owners.setdefault((name, entity.type), entity_id)
            if owner != entity_id:
                fault = f"the name {name!r} belongs to {owner!r} already"
                problems.append(Problem(file, f"$.{entity_id}", fault))
    return problems


def organisation(registry: Registry, entity_id: str) -> str:
    """The entity that ``entity_id`` stands for in facts: a person's affiliation, else itself."""
    entity = registry.get(entity_id)
    return entity_id if entity is None or entity.affiliation is None else entity.affiliation
