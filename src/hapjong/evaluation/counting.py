"""What is counted in one article, for every row of the metrics."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np

from hapjong.corpus.facts import Fact, gold_facts, make_facts
from hapjong.corpus.registry import Registry
from hapjong.evaluation.mention_counts import count_mentions
from hapjong.evaluation.metrics import LADDER, ROW, ROWS, Counts
from hapjong.evaluation.submission import Prediction
from hapjong.schema import Annotation

Bounds = tuple[int, int]

_LABELS = {
    prefix: [(row, row.partition(":")[2]) for row in ROWS if row.startswith(f"{prefix}:")]
    for prefix in ("stance", "article_stance")
}
"""The rows of each polarity, and its name."""

_BLOCK = 4096
"""Articles whose mentions are counted at once, so that memory stays small."""


def predicted_facts(*, gold: Annotation, predicted: Prediction, registry: Registry) -> set[Fact]:
    """The facts of a prediction.

    A span stands for the entity of the gold mention with the same boundaries.  Where there
    is none, it stands for itself, which no gold fact holds: the fact is wrong.
    """
    entity = {(m.start, m.end): m.entity for m in gold.mentions if m.entity is not None}

    def named(bounds: Bounds) -> str:
        return entity.get(bounds, f"[{bounds[0]}, {bounds[1]})")

    claims = ((named(p.head), named(p.tail), p.type, p.status) for p in predicted.partnerships)
    return make_facts(claims, registry)


def count_article(*, gold: Annotation, predicted: Prediction, registry: Registry) -> Counts:
    """Correct, predicted and gold items of every row: an array ``(rows, 3)``."""
    counts: Counts = count_articles([(gold, predicted)], registry)[0]
    return counts


def count_articles(both: Sequence[tuple[Annotation, Prediction]], registry: Registry) -> Counts:
    """The counts of each article's gold and prediction: an array ``(articles, rows, 3)``."""
    counts = np.zeros((len(both), len(ROWS), 3), dtype=np.int64)
    for start in range(0, len(both), _BLOCK):
        block = both[start : start + _BLOCK]
        counts[start : start + _BLOCK] = count_mentions(
            gold=[gold.mentions for gold, _ in block],
            predicted=[predicted.mentions for _, predicted in block],
        )
    for of_article, (gold, predicted) in zip(counts, both, strict=True):
        for row, gold_items, predicted_items in _items(gold, predicted, registry):
            of_article[ROW[row]] = (
                len(gold_items & predicted_items),
                len(predicted_items),
                len(gold_items),
            )
    return counts


Items = Iterator[tuple[str, "set[object]", "set[object]"]]


def _items(gold: Annotation, predicted: Prediction, registry: Registry) -> Items:
    """For each row but those of mentions the gold and the predicted items; equal is correct."""
    gold_rungs = _rungs(gold_facts(gold, registry))
    predicted_rungs = _rungs(predicted_facts(gold=gold, predicted=predicted, registry=registry))
    for rung in LADDER:
        yield rung, gold_rungs[rung], predicted_rungs[rung]
    yield from _by_label(
        "stance",
        {(s.id, s.polarity) for s in gold.stances},
        {(s.id, s.polarity) for s in predicted.stances},
    )
    answer = predicted.article_stance
    yield from _by_label(
        "article_stance",
        {("article", gold.article_stance)},
        set() if answer is None else {("article", answer)},
    )


def _by_label(
    prefix: str, gold: Collection[tuple[object, ...]], predicted: Collection[tuple[object, ...]]
) -> Items:
    """The items of each label apart; an item's label is its last element."""
    for row, label in _LABELS[prefix]:
        yield (
            row,
            {item for item in gold if item[-1] == label},
            {item for item in predicted if item[-1] == label},
        )


def _rungs(facts: Iterable[Fact]) -> Mapping[str, set[object]]:
    rungs: dict[str, set[object]] = {rung: set() for rung in LADDER}
    for fact in facts:
        for rung, key in zip(LADDER, fact.rungs(), strict=True):
            rungs[rung].add(key)
    return rungs
