"""Articles with gold, made by hand: ``[가나|ORG|gana]와 [다라|ORG|dara] {제휴|COOPERATION}``."""

from __future__ import annotations

import re
from typing import Any

from hapjong.corpus.occurrences import Place, Places
from hapjong.corpus.suspicions import Labelled
from hapjong.schema import (
    SCHEME,
    Annotation,
    Entity,
    Mention,
    MentionType,
    Partnership,
    PartnershipType,
    Party,
    Polarity,
    Role,
    Status,
)
from random_annotations import article

_MARK = re.compile(
    r"\[(?P<name>[^|\]]+)\|(?P<type>\w+)(?:\|(?P<entity>[\w-]+))?\]"
    r"|\{(?P<evidence>[^|}]+)\|(?P<relation>\w+)\}"
)

REGISTRY = {
    "gana": Entity(type=MentionType.ORG, ko="가나전자", en="Gana"),
    "dara": Entity(type=MentionType.ORG, ko="다라통신", en="Dara"),
    "lee": Entity(type=MentionType.PERSON, ko="이나래", en="Lee", affiliation="gana"),
}


def made(marked: str) -> Labelled:
    """The article and its gold; every partnership is between the first two mentions."""
    text, mentions, evidence = "", [], []
    reached = 0
    for number, mark in enumerate(_MARK.finditer(marked), 1):
        text += marked[reached : mark.start()]
        surface = mark["name"] or mark["evidence"]
        where: dict[str, Any] = {"start": len(text), "end": len(text) + len(surface)}
        if mark["name"]:
            kind = MentionType(mark["type"])
            mentions.append(Mention(id=f"m{number}", type=kind, entity=mark["entity"], **where))
        else:
            evidence.append((f"p{number}", PartnershipType(mark["relation"]), where))
        text += surface
        reached = mark.end()
    text += marked[reached:]
    parties = tuple(Party(role=Role.PARTY, mention=mention.id) for mention in mentions[:2])
    gold = Annotation(
        scheme=SCHEME,
        article_id="2025-01-gana-dara-1",
        annotator="gold",
        mentions=tuple(mentions),
        partnerships=tuple(
            Partnership(id=key, type=kind, status=Status.AGREED, parties=parties, **where)
            for key, kind, where in evidence
        ),
        stances=(),
        article_stance=Polarity.NEUTRAL,
    )
    return Labelled(text, gold, Places(article(text)))


def shown(places: list[Any]) -> list[tuple[int | None, str | None]]:
    """Sentence number and surface of each place."""
    assert all(isinstance(place, Place) for place in places)
    return [(place.sentence, place.surface) for place in places]
