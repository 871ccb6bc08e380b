"""Tests of hapjong.evaluation.mention_counts: many articles at once count as each alone does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from evaluation_strategies import REGISTRY, Case, corpora, count, properties, random_cases
from hypothesis import given

from hapjong.evaluation.counting import count_articles
from hapjong.evaluation.mention_counts import LabelledSpan, count_mentions
from hapjong.evaluation.metrics import ROW, ROWS
from hapjong.evaluation.submission import PredictedMention
from hapjong.schema import MentionType

CASES = random_cases(2_000)


def as_sets(mentions: Sequence[LabelledSpan]) -> dict[str, set[object]]:
    """The items of each row of mentions, by their definition."""
    return {
        **{
            f"ner:{kind}": {(m.start, m.end) for m in mentions if m.type is kind}
            for kind in MentionType
        },
        "ner_boundary": {(m.start, m.end) for m in mentions},
        "ner_char": {(at, m.type) for m in mentions for at in range(m.start, m.end)},
    }


def test_every_article_of_many_counts_by_the_definition() -> None:
    gold = [case.gold.mentions for case in CASES]
    predicted = [case.predicted.mentions for case in CASES]
    found = count_mentions(gold=gold, predicted=predicted)
    assert found.shape == (len(CASES), len(ROWS), 3)
    for counts, *sides in zip(found, gold, predicted, strict=True):
        right, said = map(as_sets, sides)
        for row, items in right.items():
            expected = [len(items & said[row]), len(said[row]), len(items)]
            assert counts[ROW[row]].tolist() == expected, row


@properties
@given(corpora)
def test_articles_count_together_as_they_count_apart(cases: list[Case]) -> None:
    together = count_articles([(case.gold, case.predicted) for case in cases], REGISTRY)
    apart = [count(case.gold, case.predicted) for case in cases]
    assert np.array_equal(together, np.stack(apart))


def test_spans_of_neighbouring_articles_are_kept_apart() -> None:
    """Articles are laid end to end: what ends one must not meet what begins the next."""
    last = PredictedMention(start=3, end=5, type=MentionType.ORG)
    begin = PredictedMention(start=0, end=2, type=MentionType.ORG)
    gold, predicted = [(last,), (), (begin,)], [(begin,), (begin,), (last, last)]
    found = count_mentions(gold=gold, predicted=predicted)[:, ROW["ner:ORG"]]
    assert found.tolist() == [[0, 1, 1], [0, 1, 0], [0, 1, 1]]


def test_no_mention_anywhere_counts_nothing() -> None:
    assert not count_mentions(gold=[(), ()], predicted=[(), ()]).any()
    assert count_articles([], REGISTRY).shape == (0, len(ROWS), 3)
