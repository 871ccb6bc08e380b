"""Tests of hapjong.evaluation.metrics: F1, sums, resamples, intervals."""

from __future__ import annotations

import numpy as np
import pytest
from evaluation_strategies import (
    PLAIN,
    plain_interval,
    plain_value,
    properties,
    random_counts,
)
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from hapjong.evaluation import metrics
from hapjong.evaluation.metrics import (
    BY_NAME,
    HEADLINES,
    METRICS,
    OVERALL,
    ROW,
    ROWS,
    f1,
    interval,
    overall,
    resampled,
    totals,
    value,
)

generators = st.integers(0, 2**32 - 1).map(np.random.default_rng)


def f1_of(correct: int, predicted: int, gold: int) -> float:
    return float(f1(correct=correct, predicted=predicted, gold=gold))


def test_f1_is_that_of_scikit_learn() -> None:
    """2,000 cases in one call: the items of each are of a label of its own."""
    rng = np.random.default_rng(13)
    correct, spurious, missed = rng.integers(0, 7, (3, 2_000)) * rng.integers(0, 2, (3, 2_000))
    cases, none = np.arange(2_000), 2_000
    sides = [(correct, cases, cases), (spurious, none, cases), (missed, cases, none)]
    truth, answer = (
        np.concatenate([np.repeat(np.broadcast_to(side[at], 2_000), side[0]) for side in sides])
        for at in (1, 2)
    )
    expected = f1_score(truth, answer, labels=cases, average=None, zero_division=0)
    found = f1(correct=correct, predicted=correct + spurious, gold=correct + missed)
    assert found == pytest.approx(expected)
    assert 0 < np.count_nonzero(found) < 2_000


def test_every_metric_is_that_of_a_plain_reading_of_the_design() -> None:
    rng = np.random.default_rng(13)
    counts = np.concatenate([random_counts(rng, 1) for _ in range(2_000)])
    plain = counts.tolist()
    assert {metric.name for metric in METRICS} == set(PLAIN)
    for name in PLAIN:
        expected = [plain_value(name, [article]) for article in plain]
        assert value(BY_NAME[name], counts) == pytest.approx(expected)
    assert overall(counts) == pytest.approx([plain_value(OVERALL, [one]) for one in plain])


@pytest.mark.parametrize(("predicted", "gold"), [(0, 0), (3, 0), (0, 3)])
def test_f1_is_zero_where_nothing_can_be_correct(predicted: int, gold: int) -> None:
    assert f1_of(0, predicted, gold) == 0


def test_every_metric_of_no_counts_is_zero() -> None:
    nothing = np.zeros((len(ROWS), 3), dtype=np.int64)
    assert [float(value(metric, nothing)) for metric in METRICS] == [0.0] * len(METRICS)
    assert overall(nothing) == 0


@properties
@given(generators, st.integers(1, 6), st.integers(1, 6))
def test_counts_of_two_sets_of_articles_add_up(
    rng: np.random.Generator, first: int, second: int
) -> None:
    a, b = random_counts(rng, first), random_counts(rng, second)
    merged = np.concatenate([a, b]).sum(axis=0)
    for metric in METRICS:
        assert (totals(metric, merged) == totals(metric, a.sum(0)) + totals(metric, b.sum(0))).all()
        assert value(metric, merged) == value(metric, a.sum(axis=0) + b.sum(axis=0))


@properties
@given(generators, st.integers(1, 6))
def test_values_of_many_sums_are_the_values_of_each(rng: np.random.Generator, sums: int) -> None:
    many = random_counts(rng, sums)
    for metric in METRICS:
        assert value(metric, many).tolist() == [float(value(metric, one)) for one in many]
    assert overall(many).tolist() == [float(overall(one)) for one in many]


@properties
@given(generators)
def test_every_value_is_between_zero_and_one(rng: np.random.Generator) -> None:
    counts = random_counts(rng, 1)[0]
    for metric in METRICS:
        assert 0 <= value(metric, counts) <= 1


@properties
@given(generators)
def test_overall_is_the_mean_of_the_four_headlines(rng: np.random.Generator) -> None:
    counts = random_counts(rng, 1)[0]
    assert HEADLINES == ("ner_f1", "partnership_f1", "stance_f1", "article_stance_f1")
    expected = sum(float(value(BY_NAME[name], counts)) for name in HEADLINES) / 4
    assert float(overall(counts)) == pytest.approx(expected)


def test_a_micro_average_pools_counts_and_a_macro_average_pools_scores() -> None:
    counts = np.zeros((len(ROWS), 3), dtype=np.int64)
    counts[ROW["ner:ORG"]] = 8, 8, 8
    counts[ROW["ner:DATE"]] = 0, 2, 2
    assert float(value(BY_NAME["ner_f1"], counts)) == pytest.approx(0.8)
    assert float(value(BY_NAME["ner_macro_f1"], counts)) == pytest.approx(1 / 9)
    assert float(value(BY_NAME["ner_org_f1"], counts)) == 1
    assert float(value(BY_NAME["ner_date_f1"], counts)) == 0


def test_the_stance_of_favor_and_against_leaves_neutral_out() -> None:
    counts = np.zeros((len(ROWS), 3), dtype=np.int64)
    counts[ROW["stance:favor"]] = 2, 2, 2
    counts[ROW["stance:against"]] = 1, 2, 2
    assert float(value(BY_NAME["stance_favor_against_f1"], counts)) == pytest.approx(0.75)
    assert float(value(BY_NAME["stance_f1"], counts)) == pytest.approx(0.5)


def test_resamples_are_those_of_a_plain_loop_with_the_same_draws() -> None:
    counts = random_counts(np.random.default_rng(1), 7)
    rng = np.random.default_rng(13)
    expected = [counts[rng.integers(7, size=7)].sum(axis=0) for _ in range(40)]
    assert (resampled(counts, 40, 13) == np.stack(expected)).all()


def test_intervals_are_those_of_a_plain_loop_with_the_same_draws() -> None:
    """2,000 cases, each metric in turn."""
    rng = np.random.default_rng(13)
    names = [*PLAIN, OVERALL]
    for case in range(2_000):
        name, counts = names[case % len(names)], random_counts(rng, case % 4 + 1)
        articles, draws = counts.tolist(), np.random.default_rng(case)
        drawn = [
            plain_value(
                name, [articles[i] for i in draws.integers(len(articles), size=len(counts))]
            )
            for _ in range(12)
        ]
        samples = resampled(counts, 12, case)
        found = overall(samples) if name == OVERALL else value(BY_NAME[name], samples)
        assert found == pytest.approx(drawn)
        assert interval(found) == pytest.approx(plain_interval(drawn))


@pytest.mark.parametrize("limit", [1, 7, 50, 10_000])
def test_the_draws_do_not_depend_on_how_many_are_held_at_once(limit: int) -> None:
    blocks = list(metrics._weights(7, 40, 13, limit=limit))
    assert (len(blocks) > 1) == (limit < 280)
    expected = np.concatenate(list(metrics._weights(7, 40, 13)))
    assert (np.concatenate(blocks) == expected).all()


def test_two_systems_meet_the_same_resamples() -> None:
    one, other = random_counts(np.random.default_rng(1), 9), np.zeros((9, len(ROWS), 3), int)
    other[:, 0] = one[:, 0]
    assert (resampled(one, 100, 13)[:, 0] == resampled(other, 100, 13)[:, 0]).all()


def test_another_seed_gives_other_resamples() -> None:
    counts = random_counts(np.random.default_rng(1), 9)
    assert (resampled(counts, 100, 13) != resampled(counts, 100, 14)).any()


def test_a_resample_draws_as_many_articles_as_there_are() -> None:
    ones = np.ones((9, len(ROWS), 3), dtype=np.int64)
    assert (resampled(ones, 100, 13) == 9).all()


@properties
@given(generators, st.integers(1, 6))
def test_equal_articles_have_an_interval_of_one_point(
    rng: np.random.Generator, articles: int
) -> None:
    counts = np.repeat(random_counts(rng, 1), articles, axis=0)
    for metric in METRICS:
        expected = float(value(metric, counts.sum(axis=0)))
        bounds = interval(value(metric, resampled(counts, 50, 13)))
        assert bounds == pytest.approx((expected, expected))


@properties
@given(generators, st.integers(1, 8))
def test_an_interval_is_in_order_and_between_zero_and_one(
    rng: np.random.Generator, articles: int
) -> None:
    low, high = interval(overall(resampled(random_counts(rng, articles), 50, 13)))
    assert 0 <= low <= high <= 1


def test_an_interval_leaves_out_two_and_a_half_percent_on_each_side() -> None:
    assert interval(np.arange(1001.0)) == pytest.approx((25, 975))
