"""Every metric, as pure functions over one array of counts per article.

An article gives, for each row of `ROWS`, how many items were *correct*, *predicted* and
*gold*.  Everything else is derived from these counts, so merging two sets of articles is
concatenation, and a resample is a weighted sum.  This module imports nothing of the
project but the labels that its rows are named by.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hapjong.schema import MentionType, Polarity

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Numbers = Counts | Floats

LADDER = ("pair", "type", "partnership", "status")
"""What of a fact must match: its two entities, + type, + direction, + status."""

ROWS = (
    *(f"ner:{kind}" for kind in MentionType),
    "ner_boundary",
    "ner_char",
    *LADDER,
    *(f"stance:{polarity}" for polarity in Polarity),
    *(f"article_stance:{polarity}" for polarity in Polarity),
)
ROW = {name: number for number, name in enumerate(ROWS)}
CORRECT, PREDICTED, GOLD = range(3)

_ROUNDING = 1e-12


class Metric(NamedTuple):
    """A named mean of F1 scores: one for each group of rows, whose counts are added up.

    One group of all rows is a micro average, a group for each row a macro average.
    """

    name: str
    groups: tuple[tuple[int, ...], ...]


def _micro(name: str, *rows: str) -> Metric:
    return Metric(name, (tuple(ROW[row] for row in rows),))


def _macro(name: str, *rows: str) -> Metric:
    return Metric(name, tuple((ROW[row],) for row in rows))


_NER = tuple(f"ner:{kind}" for kind in MentionType)
METRICS = (
    _micro("ner_f1", *_NER),
    _micro("ner_boundary_f1", "ner_boundary"),
    _macro("ner_macro_f1", *_NER),
    _micro("ner_char_f1", "ner_char"),
    *(_micro(f"ner_{kind.lower()}_f1", f"ner:{kind}") for kind in MentionType),
    *(_micro(f"{rung}_f1", rung) for rung in LADDER),
    _macro("stance_f1", *(f"stance:{polarity}" for polarity in Polarity)),
    _macro("stance_favor_against_f1", "stance:favor", "stance:against"),
    _macro("article_stance_f1", *(f"article_stance:{polarity}" for polarity in Polarity)),
)
BY_NAME = {metric.name: metric for metric in METRICS}

HEADLINES = ("ner_f1", "partnership_f1", "stance_f1", "article_stance_f1")
"""The four headline metrics; ``overall`` is their mean."""

OVERALL = "overall"


def f1(*, correct: npt.ArrayLike, predicted: npt.ArrayLike, gold: npt.ArrayLike) -> Floats:
    """F1 = 2 correct / (predicted + gold), elementwise; 0 where nothing is predicted or gold."""
    total = np.asarray(predicted, float) + np.asarray(gold, float)
    twice = 2 * np.asarray(correct, float)
    scores: Floats = np.divide(twice, total, out=np.zeros_like(total), where=total > 0)
    return scores


def totals(metric: Metric, summed: Numbers) -> Numbers:
    """Counts of each group: ``(…, rows, 3)`` → ``(…, groups, 3)``."""
    groups = [summed[..., list(rows), :].sum(axis=-2) for rows in metric.groups]
    stacked: Numbers = np.stack(groups, axis=-2)
    return stacked


def value(metric: Metric, summed: Numbers) -> Floats:
    """The metric of summed counts: ``(…, rows, 3)`` → ``(…)``."""
    grouped = totals(metric, summed)
    scores = f1(
        correct=grouped[..., CORRECT], predicted=grouped[..., PREDICTED], gold=grouped[..., GOLD]
    )
    mean: Floats = scores.mean(axis=-1)
    return mean


def overall(summed: Numbers) -> Floats:
    """The mean of the four headline metrics: ``(…, rows, 3)`` → ``(…)``."""
    mean: Floats = np.mean([value(BY_NAME[name], summed) for name in HEADLINES], axis=0)
    return mean


def resampled(counts: Numbers, resamples: int, seed: int) -> Floats:
    """Summed counts of resampled articles: ``(articles, rows, 3)`` → ``(resamples, rows, 3)``.

    Articles are drawn with replacement.  The draws depend on the number of articles and
    the seed only, so two systems on the same articles meet the same resamples.
    """
    flat = counts.reshape(len(counts), -1).astype(float)
    sums = [weights @ flat for weights in _weights(len(counts), resamples, seed)]
    samples: Floats = np.concatenate(sums).reshape(resamples, *counts.shape[1:])
    return samples


def _weights(articles: int, resamples: int, seed: int, limit: int = 1 << 23) -> Iterator[Floats]:
    """How often each article is drawn, a bounded number of resamples at a time."""
    rng = np.random.default_rng(seed)
    step = max(1, limit // max(1, articles))
    for start in range(0, resamples, step):
        block = np.empty((min(step, resamples - start), articles))
        for row in block:
            row[:] = np.bincount(rng.integers(articles, size=articles), minlength=articles)
        yield block


def interval(values: Floats, confidence: float = 0.95) -> tuple[float, float]:
    """The percentile interval of resampled values."""
    tail = (1 - confidence) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)


def p_value(*, observed: float, resampled: Floats) -> float:
    """Two-sided: how often resamples alone give a difference as large as ``observed``.

    ``resampled`` are the differences of the same two systems on resampled articles.  Shifted to
    a mean of 0 they show how differences spread where none is to be found, so that::

        p = (#{i : |d_i - mean(d)| >= |observed|} + 1) / (n + 1)

    The shift is that of Noreen (1989), as Riezler and Maxwell (2005,
    https://aclanthology.org/W05-0908) take it up and sacrebleu's paired bootstrap computes it;
    sacrebleu counts greater ones only, which calls two equal systems different.  That the
    observed difference counts as one more sample, so that p is never 0, follows Davison and
    Hinkley (1997, section 4.2) and Phipson and Smyth (2010).
    """
    spread = np.abs(resampled - resampled.mean())
    # Sums of the same counts in another order differ in the last digits: that is equality.
    as_large = np.count_nonzero(spread >= abs(observed) - _ROUNDING)
    return (as_large + 1) / (len(resampled) + 1)
