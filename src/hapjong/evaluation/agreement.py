"""``hapjong studio agreement``: how far the annotators of a round agree, and in what they differ.

Every two annotators are compared on the articles that both have.  The headline is F1, which
is the same whoever is called the first; beside it stand, for labels of items that both have,
Krippendorff's alpha, and for spans gamma (where ``opt-gamma`` is installed).  Each figure is
given over the union of items too, where an item that only one has is a disagreement: for F1
that is shared / (first + second - shared), for labels one more label, "absent".  A figure that
has no item to be of is None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

import hapjong
from hapjong.corpus.dataset import Corpus, inspect_annotations, inspect_corpus
from hapjong.corpus.layout import Layout
from hapjong.evaluation.agreement_items import (
    LABELS,
    ROW,
    ROWS,
    Both,
    count_labels,
    count_rows,
    evidence_items,
    mention_items,
    stance_items,
)
from hapjong.evaluation.disagreements import Disagreement, disagreements
from hapjong.evaluation.matching import Item
from hapjong.evaluation.metrics import (
    CORRECT,
    GOLD,
    LADDER,
    PREDICTED,
    Counts,
    Floats,
    Metric,
    Numbers,
    f1,
    interval,
    resampled,
    totals,
)
from hapjong.evaluation.scoring import RESAMPLES, SEED
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import Annotation, MentionType, PartnershipType, Polarity, Record

_DIGITS = 6

_GAMMA_REPLICAS = 30
"""Random texts that the disorder expected by chance is taken from: its least that is advised."""

LAYERS = {"mention": mention_items, "evidence": evidence_items, "stance": stance_items}


class Estimate(Record, frozen=True, kw_only=True):
    """A value and its 95 % interval over resampled articles; None where there is no item."""

    value: float | None
    low: float | None
    high: float | None


class SpanFigure(Record, frozen=True, kw_only=True):
    """F1 between two annotators, the same over the union, and the counts of both."""

    f1: Estimate
    union: Estimate
    shared: int
    first: int
    second: int


class LabelFigure(Record, frozen=True, kw_only=True):
    """Share of equal labels and alpha, on the shared items and on the union.

    ``table`` has a row for each label of the first annotator, a column for each of the second
    and one of each for items that the other does not have.
    """

    labels: tuple[str, ...]
    table: list[list[int]]
    agreement: Estimate
    alpha: Estimate
    agreement_union: Estimate
    alpha_union: Estimate


class PairReport(Record, frozen=True, kw_only=True):
    """Two annotators; ``gamma`` is None where the package ``opt-gamma`` is not installed."""

    first: str
    second: str
    articles: int
    only_first: list[str]
    only_second: list[str]
    spans: dict[str, SpanFigure]
    labels: dict[str, LabelFigure]
    gamma: dict[str, Estimate] | None
    disagreements: list[Disagreement]


class AgreementReport(Record, frozen=True, kw_only=True):
    """What ``hapjong studio agreement --json`` prints; ``apart`` share no article."""

    round: str
    annotators: list[str]
    signature: str
    pairs: list[PairReport]
    apart: list[tuple[str, str]]


class Round(NamedTuple):
    """The annotations of a round by annotator and article."""

    name: str
    corpus: Corpus
    annotations: Mapping[str, Mapping[str, Annotation]]


def _micro(name: str, prefix: str) -> Metric:
    return Metric(name, (tuple(ROW[row] for row in ROWS if row.startswith(f"{prefix}:")),))


def _single(row: str) -> Metric:
    return Metric(row, ((ROW[row],),))


METRICS = (
    _micro("mention_exact", "mention_exact"),
    _micro("mention_overlap", "mention_overlap"),
    *map(_single, ("mention_boundary", *LADDER, "evidence_exact", "evidence_overlap")),
    *map(_single, ("stance_exact", "stance_overlap")),
    _micro("stance_polarity", "stance_polarity"),
    *(_single(f"mention_exact:{kind}") for kind in MentionType),
    *(_single(f"mention_overlap:{kind}") for kind in MentionType),
    *(_single(f"partnership:{kind}") for kind in PartnershipType),
    *(_single(f"stance_polarity:{polarity}") for polarity in Polarity),
)


def read_round(layout: Layout, name: str) -> Round:
    """The annotations of a round.  Raises ProblemsError with every fault of what it needs."""
    folder = layout.round(name)
    corpus, problems = inspect_corpus(layout)
    # Agreement comes before the gold, which may be missing or only half made.
    gold = layout.name(layout.gold)
    problems = [problem for problem in problems if not problem.file.startswith(f"{gold}/")]
    annotations = {}
    for path in sorted(folder.glob("*/")):
        annotations[path.name], faults = inspect_annotations(corpus, path, path.name)
        problems += faults
    if len(annotations) < 2:
        fault = f"agreement is between two annotators or more, found {len(annotations)}"
        problems.append(Problem(layout.name(folder), "", fault))
    if problems:
        raise ProblemsError(problems)
    return Round(name, corpus, annotations)


def agreement(found: Round) -> AgreementReport:
    """Every pair of annotators.  Raises ProblemsError where no two share an article."""
    pairs, apart = [], []
    for first, second in combinations(sorted(found.annotations), 2):
        if found.annotations[first].keys() & found.annotations[second].keys():
            pairs.append(compare(found, first, second))
        else:
            apart.append((first, second))
    if not pairs:
        folder = found.corpus.layout.name(found.corpus.layout.rounds / found.name)
        raise ProblemsError([Problem(folder, "", "no two annotators have an article in common")])
    return AgreementReport(
        round=found.name,
        annotators=sorted(found.annotations),
        signature=f"hapjong:{hapjong.__version__}|data:{found.corpus.version}|round:{found.name}"
        f"|resamples:{RESAMPLES}|seed:{SEED}",
        pairs=pairs,
        apart=apart,
    )


def compare(found: Round, first: str, second: str) -> PairReport:
    """Two annotators of a round on the articles that both have, of which there is one at least."""
    one, other = found.annotations[first], found.annotations[second]
    registry, articles = found.corpus.registry, found.corpus.articles
    common = sorted(one.keys() & other.keys())
    both = [Both(one[key], other[key]) for key in common]
    return PairReport(
        first=first,
        second=second,
        articles=len(common),
        only_first=sorted(one.keys() - other.keys()),
        only_second=sorted(other.keys() - one.keys()),
        spans=span_figures(np.stack([count_rows(pair, registry) for pair in both])),
        labels=label_figures([count_labels(pair, registry) for pair in both]),
        gamma=gammas(both),
        disagreements=[
            difference
            for key, pair in zip(common, both, strict=True)
            for difference in disagreements(pair, articles[key], registry)
        ],
    )


def span_figures(counts: Counts) -> dict[str, SpanFigure]:
    """Every metric of ``METRICS`` of counts ``(articles, rows, 3)``."""
    summed, samples = counts.sum(axis=0), resampled(counts, RESAMPLES, SEED)
    figures = {}
    for metric in METRICS:
        total, drawn = totals(metric, summed)[0], totals(metric, samples)[:, 0]
        figures[metric.name] = SpanFigure(
            f1=_estimate(pairwise_f1(total), pairwise_f1(drawn)),
            union=_estimate(union_share(total), union_share(drawn)),
            shared=int(total[CORRECT]),
            first=int(total[PREDICTED]),
            second=int(total[GOLD]),
        )
    return figures


def pairwise_f1(counts: Numbers) -> Floats:
    """F1 of counts ``(…, 3)``; not a number where neither has an item."""
    shared, first, second = np.moveaxis(counts, -1, 0)
    return np.where(first + second > 0, f1(correct=shared, predicted=first, gold=second), np.nan)


def union_share(counts: Numbers) -> Floats:
    """Shared items among all that either has; not a number where there is none."""
    shared, first, second = np.moveaxis(counts, -1, 0)
    return _share(shared, first + second - shared)


def label_figures(tables: Sequence[Mapping[str, Counts]]) -> dict[str, LabelFigure]:
    """Every entry of ``LABELS`` of one set of tables an article."""
    figures = {}
    for name, labels in LABELS.items():
        union = np.stack([of_article[name] for of_article in tables])
        summed, samples = union.sum(axis=0), resampled(union, RESAMPLES, SEED)
        shared, drawn = summed[:-1, :-1], samples[:, :-1, :-1]
        figures[name] = LabelFigure(
            labels=labels,
            table=summed.tolist(),
            agreement=_estimate(equal_share(shared), equal_share(drawn)),
            alpha=_estimate(alpha(shared), alpha(drawn)),
            agreement_union=_estimate(equal_share(summed), equal_share(samples)),
            alpha_union=_estimate(alpha(summed), alpha(samples)),
        )
    return figures


def equal_share(table: Numbers) -> Floats:
    """Share of items with equal labels, of tables ``(…, labels, labels)``."""
    return _share(np.trace(table, axis1=-2, axis2=-1), table.sum(axis=(-2, -1)))


def alpha(table: Numbers) -> Floats:
    """Krippendorff's alpha for two annotators and nominal labels, of ``(…, labels, labels)``.

    From the coincidence matrix, as in Krippendorff (2011), Computing Krippendorff's
    Alpha-Reliability, section C.  Where all items have one and the same label alpha is
    undefined (nothing could have disagreed); it is 1 here, since nothing does.
    """
    coincidences = np.asarray(table + np.swapaxes(table, -2, -1), float)
    of_label = coincidences.sum(axis=-1)
    values = of_label.sum(axis=-1)
    observed = values - np.trace(coincidences, axis1=-2, axis2=-1)
    expected = values**2 - (of_label**2).sum(axis=-1)
    ratio = np.divide(
        (values - 1) * observed, expected, out=np.zeros_like(values), where=expected > 0
    )
    return np.where(values > 0, 1 - ratio, np.nan)


def gammas(both: Sequence[Both]) -> dict[str, Estimate] | None:
    """Gamma of each layer's spans and labels, its mean over the articles where either has any."""
    try:
        import opt_gamma  # noqa: F401
    except ImportError:
        return None
    figures = {}
    for layer, items in LAYERS.items():
        values = np.array([_gamma(items(pair.first), items(pair.second)) for pair in both])
        known = ~np.isnan(values)
        sums = np.zeros((len(both), 1, 2))
        sums[:, 0] = np.stack([np.nan_to_num(values), known], axis=-1)
        samples = resampled(sums, RESAMPLES, SEED)[:, 0]
        total = sums.sum(axis=0)[0]
        figures[layer] = _estimate(_share(total[0], total[1]), _share(samples[:, 0], samples[:, 1]))
    return figures


def _gamma(first: list[Item], second: list[Item]) -> float:
    from opt_gamma import CircularShiftNull, GammaConfig, Span, Unit, gamma_segments

    config = GammaConfig(
        chance_correction=True, null_model=CircularShiftNull(), n_iter=_GAMMA_REPLICAS, seed=SEED
    )
    # In one order always: the random texts are drawn for the first, then for the second.
    units = [
        [Unit(Span(item.start, item.end), item.label) for item in items]
        for items in sorted((sorted(first), sorted(second)))
    ]
    return float(gamma_segments(*units, config=config).gamma)


def _share(part: Numbers, whole: Numbers) -> Floats:
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    shares: Floats = np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)
    return shares


def _estimate(value: Floats, samples: Floats) -> Estimate:
    """Resamples in which there is no item say nothing and are left out."""
    known = samples[~np.isnan(samples)]
    if np.isnan(value) or not len(known):
        return Estimate(value=None, low=None, high=None)
    low, high = interval(known)
    return Estimate(
        value=round(float(value), _DIGITS), low=round(low, _DIGITS), high=round(high, _DIGITS)
    )
