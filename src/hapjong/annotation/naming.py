"""From what an annotator wrote beside a mention, if anything, to the entity that is meant.

On the labelling page the field of the entity may stay empty: the surface names the entity
then.  It may also hold an id, a name or an alias of the registry.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from msgspec.structs import replace

from hapjong.corpus.registry import Registry
from hapjong.problems import Problem, indefinite
from hapjong.schema import ENTITY_TYPES, Annotation, Article, Mention, MentionType


def find_entities(registry: Registry, name: str, kind: MentionType) -> list[str]:
    """Ids of the entities of this type that have this name, letter case aside where it must be."""
    alike = {key: entity for key, entity in registry.items() if entity.type is kind}
    exact = [key for key, entity in alike.items() if name in entity.names]
    folded = name.casefold()
    return exact or [
        key
        for key, entity in alike.items()
        if folded in {known.casefold() for known in entity.names}
    ]


def name_entities(
    annotation: Annotation, article: Article, registry: Registry
) -> tuple[Annotation, list[Problem]]:
    """The annotation with the entity's id in every mention that has one.

    Each mention that names no entity, or several, is a problem and stays as it is.
    The article's text must be at hand.
    """
    mentions = []
    problems = []
    for index, mention in enumerate(annotation.mentions):
        fault = None
        if mention.type in ENTITY_TYPES and (mention.entity not in registry):
            mention, fault = _named(mention, article.text or "", registry)
        mentions.append(mention)
        if fault is not None:
            problems.append(Problem("", f"$.mentions[{index}].entity", fault))
    return replace(annotation, mentions=tuple(mentions)), problems


def _named(mention: Mention, text: str, registry: Registry) -> tuple[Mention, str | None]:
    surface = text[mention.start : mention.end]
    name = unicodedata.normalize("NFC", mention.entity or surface)
    found = find_entities(registry, name, mention.type)
    if len(found) == 1:
        return replace(mention, entity=found[0]), None
    kind = indefinite(mention.type)
    if found:
        return mention, f"{name!r} is a name of {len(found)} entities: {', '.join(found)}"
    if mention.entity is None:
        return mention, f"{name!r} is no name of {kind} in the registry, and no entity is given"
    return mention, f"{name!r} is neither an id nor a name of {kind} in the registry"


def without(problems: list[Problem], settled: list[Problem]) -> list[Problem]:
    """The problems at other places than the settled ones'."""
    places: Mapping[str, None] = dict.fromkeys(problem.place for problem in settled)
    return [problem for problem in problems if problem.place not in places]
