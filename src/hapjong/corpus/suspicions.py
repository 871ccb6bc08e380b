"""Places where the gold is at odds with itself.

None of it is an error by itself: 대통령실 is an institution here and a building there
(guidelines M13), and a name inside a title is no mention (M3).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hapjong.corpus.dataset import Corpus
from hapjong.corpus.occurrences import Place, Places, occurrences
from hapjong.corpus.registry import Registry, organisation
from hapjong.schema import (
    PARTY_TYPES,
    Annotation,
    MentionType,
    PartnershipType,
    Record,
    Span,
)

NAMED_TYPES = frozenset(MentionType) - {MentionType.DATE, MentionType.QUANTITY}
"""Types that are looked for where they are not labelled: 올해 is, and 올해의 책 is not, a DATE."""

SHORTEST_NAME = 2
"""A name of one syllable is a common word nearly everywhere (guidelines M8, M25)."""


class UnlabelledName(Record, frozen=True, kw_only=True):
    """A surface that is a mention ``labelled`` times, and in ``places`` outside every mention."""

    surface: str
    types: list[MentionType]
    labelled: int
    places: list[Place]


class Reading(Record, frozen=True, kw_only=True):
    """What a surface is taken for, how often, and where."""

    type: MentionType
    entity: str | None
    count: int
    places: list[Place]


class SeveralReadings(Record, frozen=True, kw_only=True):
    """A surface with two types or two entities; the commonest reading is the first."""

    surface: str
    readings: list[Reading]


class SharedName(Record, frozen=True, kw_only=True):
    """A name of two entities, whatever its case, spaces and hyphens; ``names`` as written."""

    names: list[str]
    entities: dict[str, MentionType]


class EvidencePlace(Place, frozen=True, kw_only=True):
    """``beside``: types of partnerships in the sentence, which may be enough (guidelines P5)."""

    beside: list[PartnershipType]


class UnlabelledEvidence(Record, frozen=True, kw_only=True):
    """Evidence that is a partnership ``labelled`` times, and in ``places`` is none.

    The sentences there name two possible parties or more.
    """

    surface: str
    types: list[PartnershipType]
    labelled: int
    places: list[EvidencePlace]


class Labelled(NamedTuple):
    """An article whose text is at hand, with its gold."""

    text: str
    gold: Annotation
    places: Places

    def surface(self, span: Span) -> str:
        return self.text[span.start : span.end]


def labelled_articles(corpus: Corpus) -> list[Labelled]:
    """The articles that the checks of this module can read, by id."""
    return [
        Labelled(article.text, corpus.gold[article_id], Places(article))
        for article_id, article in sorted(corpus.articles.items())
        if article.text is not None and article_id in corpus.gold
    ]


def unlabelled_names(articles: Iterable[Labelled]) -> list[UnlabelledName]:
    """Names labelled in one place and not in another, by surface."""
    articles = list(articles)
    types: dict[str, list[MentionType]] = defaultdict(list)
    for article in articles:
        for mention in article.gold.mentions:
            surface = article.surface(mention)
            if mention.type in NAMED_TYPES and len(surface) >= SHORTEST_NAME:
                types[surface].append(mention.type)
    missed: dict[str, list[Place]] = defaultdict(list)
    for article in articles:
        labelled = _Covered(article.gold.mentions)
        for start, end in occurrences(article.text, types.keys(), labelled.apart_from):
            missed[article.text[start:end]].append(article.places.of(start, end))
    return [
        UnlabelledName(
            surface=surface,
            types=sorted(set(types[surface])),
            labelled=len(types[surface]),
            places=places,
        )
        for surface, places in sorted(missed.items())
    ]


def several_readings(articles: Iterable[Labelled]) -> list[SeveralReadings]:
    """Surfaces with two types or two entities, by surface."""
    found: dict[str, dict[tuple[MentionType, str | None], list[Place]]] = {}
    for article in articles:
        for mention in article.gold.mentions:
            readings = found.setdefault(article.surface(mention), defaultdict(list))
            readings[mention.type, mention.entity].append(article.places.of(*mention.bounds))
    return [
        SeveralReadings(surface=surface, readings=_commonest_first(readings))
        for surface, readings in sorted(found.items())
        if len(readings) > 1
    ]


def _commonest_first(
    readings: dict[tuple[MentionType, str | None], list[Place]],
) -> list[Reading]:
    listed = [
        Reading(type=kind, entity=entity, count=len(places), places=places)
        for (kind, entity), places in readings.items()
    ]
    return sorted(listed, key=lambda r: (-r.count, r.type, r.entity or ""))


def shared_names(registry: Registry) -> list[SharedName]:
    """Names that belong to two entities, by name.

    Of one type, and written the same, that is an error which ``hapjong validate`` finds.
    """
    owners: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for entity_id, entity in registry.items():
        for name in entity.names:
            owners[re.sub(r"[\s\-]", "", name.casefold())][entity_id].add(name)
    return [
        SharedName(
            names=sorted(set().union(*entities.values())),
            entities={entity_id: registry[entity_id].type for entity_id in sorted(entities)},
        )
        for _, entities in sorted(owners.items())
        if len(entities) > 1
    ]


def unlabelled_evidence(
    articles: Iterable[Labelled], registry: Registry
) -> list[UnlabelledEvidence]:
    """Evidence that in other sentences of two possible parties is not labelled, by surface."""
    articles = list(articles)
    types: dict[str, list[PartnershipType]] = defaultdict(list)
    for article in articles:
        for partnership in article.gold.partnerships:
            types[article.surface(partnership)].append(partnership.type)
    missed: dict[str, list[EvidencePlace]] = defaultdict(list)
    for article in articles:
        for surface, place in _missed_evidence(article, types.keys(), registry):
            missed[surface].append(place)
    return [
        UnlabelledEvidence(
            surface=surface,
            types=sorted(set(types[surface])),
            labelled=len(types[surface]),
            places=places,
        )
        for surface, places in sorted(missed.items())
    ]


def _missed_evidence(
    article: Labelled, surfaces: Iterable[str], registry: Registry
) -> Iterator[tuple[str, EvidencePlace]]:
    mentions, labelled = _Covered(article.gold.mentions), _Covered(article.gold.partnerships)
    beside: dict[int, set[PartnershipType]] = defaultdict(set)
    for partnership in article.gold.partnerships:
        beside[article.places.number(partnership.start)].add(partnership.type)
    parties = _parties(article, registry)

    def free(start: int, end: int) -> bool:
        return labelled.apart_from(start, end) and not mentions.hold(start, end)

    # Evidence written together with a mention begins right after it (guidelines P13).
    after = {mention.end for mention in article.gold.mentions}
    for start, end in occurrences(article.text, set(surfaces), free, starts=after):
        number = article.places.number(start)
        if len(parties[number]) > 1:
            surface = article.text[start:end]
            yield (
                surface,
                EvidencePlace(
                    article_id=article.gold.article_id,
                    sentence=number,
                    surface=surface,
                    beside=sorted(beside[number]),
                ),
            )


def _parties(article: Labelled, registry: Registry) -> dict[int, set[str]]:
    """The organisations that each sentence names; a person stands for theirs, as in facts."""
    parties: dict[int, set[str]] = defaultdict(set)
    for mention in article.gold.mentions:
        if mention.type in PARTY_TYPES and mention.entity is not None:
            number = article.places.number(mention.start)
            parties[number].add(organisation(registry, mention.entity))
    return parties


class _Covered:
    """The stretches of a text that spans cover."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.spans = [span.bounds for span in spans]

    def apart_from(self, start: int, end: int) -> bool:
        """Whether no span shares a character with ``[start, end)``."""
        return all(end <= first or last <= start for first, last in self.spans)

    def hold(self, start: int, end: int) -> bool:
        """Whether one span holds all of ``[start, end)``."""
        return any(first <= start and end <= last for first, last in self.spans)
