"""What two annotators said of one article, lined up: the items that agreement is counted on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from hapjong.corpus.facts import Fact, gold_facts
from hapjong.corpus.registry import Registry
from hapjong.evaluation.matching import Item, match
from hapjong.evaluation.metrics import LADDER, Counts
from hapjong.schema import Annotation, MentionType, PartnershipType, Polarity, Status

ROWS = (
    *(f"mention_exact:{kind}" for kind in MentionType),
    *(f"mention_overlap:{kind}" for kind in MentionType),
    "mention_boundary",
    *LADDER,
    *(f"partnership:{kind}" for kind in PartnershipType),
    "evidence_exact",
    "evidence_overlap",
    "stance_exact",
    "stance_overlap",
    *(f"stance_polarity:{polarity}" for polarity in Polarity),
)
ROW = {name: number for number, name in enumerate(ROWS)}

LABELS: dict[str, tuple[str, ...]] = {
    "mention_type": tuple(MentionType),
    "partnership_type": tuple(PartnershipType),
    "status": tuple(Status),
    "polarity": tuple(Polarity),
    "article_stance": tuple(Polarity),
}
"""What is compared label by label on items that both have, and its labels.

Items are: boundaries of mentions, pairs of entities, pairs with type and direction, stances
that overlap, articles.
"""

Labelling = tuple[str | None, str | None]
"""The labels of one item by the first and by the second; None where one does not have it."""


class Both(NamedTuple):
    """Two annotations of one article."""

    first: Annotation
    second: Annotation


def mention_items(annotation: Annotation) -> list[Item]:
    return [Item(m.start, m.end, m.type) for m in annotation.mentions]


def evidence_items(annotation: Annotation) -> list[Item]:
    return [Item(p.start, p.end, p.type) for p in annotation.partnerships]


def stance_items(annotation: Annotation) -> list[Item]:
    return [Item(s.start, s.end, s.polarity) for s in annotation.stances]


def count_rows(both: Both, registry: Registry) -> Counts:
    """Shared items, those of the first and those of the second: an array ``(rows, 3)``."""
    counts = np.zeros((len(ROWS), 3), dtype=np.int64)
    for row, shared, first, second in _rows(both, registry):
        counts[ROW[row]] = shared, first, second
    return counts


def count_labels(both: Both, registry: Registry) -> dict[str, Counts]:
    """For each entry of `LABELS` how often which label met which: ``(labels + 1, labels + 1)``.

    The last row and the last column are the items that only one annotator has.
    """
    tables: dict[str, Counts] = {}
    for name, labelling in labellings(both, registry).items():
        place = {label: index for index, label in enumerate(LABELS[name])}
        absent = len(place)
        tables[name] = np.zeros((absent + 1, absent + 1), dtype=np.int64)
        for one, other in labelling:
            row = absent if one is None else place[one]
            column = absent if other is None else place[other]
            tables[name][row, column] += 1
    return tables


def labellings(both: Both, registry: Registry) -> dict[str, list[Labelling]]:
    """The items of each entry of `LABELS`."""
    facts = [gold_facts(annotation, registry) for annotation in both]
    stances = [stance_items(annotation) for annotation in both]
    return {
        "mention_type": _by_key(
            *([(m.bounds, str(m.type)) for m in annotation.mentions] for annotation in both)
        ),
        "partnership_type": _by_key(
            *({(fact.rungs()[0], str(fact.type)) for fact in found} for found in facts)
        ),
        "status": _by_key(
            *([(fact.rungs()[2], str(fact.status)) for fact in found] for found in facts)
        ),
        "polarity": _by_couple(*stances),
        "article_stance": [(both.first.article_stance, both.second.article_stance)],
    }


Row = tuple[str, int, int, int]


def _rows(both: Both, registry: Registry) -> Iterator[Row]:
    first, second = (mention_items(annotation) for annotation in both)
    for kind in MentionType:
        one = [item for item in first if item.label == kind]
        other = [item for item in second if item.label == kind]
        yield _exact(f"mention_exact:{kind}", one, other)
        yield f"mention_overlap:{kind}", len(match(one, other)), len(one), len(other)
    yield _exact("mention_boundary", _bounds(first), _bounds(second))
    yield from _fact_rows(*(gold_facts(annotation, registry) for annotation in both))
    for layer, items in (("evidence", evidence_items), ("stance", stance_items)):
        first, second = (items(annotation) for annotation in both)
        yield _exact(f"{layer}_exact", _bounds(first), _bounds(second))
        yield f"{layer}_overlap", len(match(first, second)), len(first), len(second)
    agreed = Counter(one for one, other in _by_couple(first, second) if one == other)
    for polarity in Polarity:
        yield (
            f"stance_polarity:{polarity}",
            agreed[polarity],
            sum(item.label == polarity for item in first),
            sum(item.label == polarity for item in second),
        )


def _fact_rows(first: set[Fact], second: set[Fact]) -> Iterator[Row]:
    for number, rung in enumerate(LADDER):
        yield _exact(
            rung,
            {fact.rungs()[number] for fact in first},
            {fact.rungs()[number] for fact in second},
        )
    for kind in PartnershipType:
        yield _exact(
            f"partnership:{kind}",
            {fact.rungs()[2] for fact in first if fact.type is kind},
            {fact.rungs()[2] for fact in second if fact.type is kind},
        )


def _bounds(items: Iterable[Item]) -> list[tuple[int, int]]:
    return [(item.start, item.end) for item in items]


def _exact(row: str, first: Iterable[Hashable], second: Iterable[Hashable]) -> Row:
    one, other = Counter(first), Counter(second)
    return row, (one & other).total(), one.total(), other.total()


def _by_key(
    first: Iterable[tuple[Hashable, str]], second: Iterable[tuple[Hashable, str]]
) -> list[Labelling]:
    """Labels of items with the same key: equal ones first, then the rest in order."""
    labels: dict[Hashable, tuple[Counter[str], Counter[str]]] = defaultdict(
        lambda: (Counter(), Counter())
    )
    for side, pairs in enumerate((first, second)):
        for key, label in pairs:
            labels[key][side][label] += 1
    return [labelling for one, other in labels.values() for labelling in _pair_off(one, other)]


def _pair_off(one: Counter[str], other: Counter[str]) -> Iterator[Labelling]:
    for label in (one & other).elements():
        yield label, label
    left, right = sorted((one - other).elements()), sorted((other - one).elements())
    for index in range(max(len(left), len(right))):
        yield (
            left[index] if index < len(left) else None,
            right[index] if index < len(right) else None,
        )


def _by_couple(first: Sequence[Item], second: Sequence[Item]) -> list[Labelling]:
    """Labels of spans that overlap, and of those left over."""
    couples = match(first, second)
    left, right = {i for i, _ in couples}, {j for _, j in couples}
    return [
        *((first[i].label, second[j].label) for i, j in couples),
        *((item.label, None) for i, item in enumerate(first) if i not in left),
        *((None, item.label) for j, item in enumerate(second) if j not in right),
    ]
