"""``hapjong compare``: two systems on the same articles, and what of their difference is chance."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

import numpy as np

from hapjong.corpus.dataset import Corpus
from hapjong.evaluation.metrics import (
    LADDER,
    METRICS,
    OVERALL,
    Counts,
    Floats,
    Numbers,
    interval,
    overall,
    p_value,
    resampled,
    value,
)
from hapjong.evaluation.scoring import (
    RESAMPLES,
    SEED,
    TASKS,
    Signature,
    answered,
    count_split,
)
from hapjong.evaluation.submission import Submission, check_predictions
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import Record, Split

_DIGITS = 6

_PREFIXES = {
    "ner_": "mentions",
    **{f"{rung}_": "partnerships" for rung in LADDER},
    "stance_": "stances",
    "article_stance_": "article_stance",
}

TASKS_OF = {
    **{
        metric.name: {task for prefix, task in _PREFIXES.items() if metric.name.startswith(prefix)}
        for metric in METRICS
    },
    OVERALL: set(TASKS),
}
"""The tasks that a system must answer for a metric to mean something."""


class Side(Record, frozen=True, kw_only=True):
    """One of the two systems."""

    submission: str
    track: str


class Difference(Record, frozen=True, kw_only=True):
    """A metric of both systems, and ``first - second`` with its 95 % interval."""

    first: float
    second: float
    difference: float
    low: float
    high: float
    p_value: float
    signature: str


class Comparison(Record, frozen=True, kw_only=True):
    """What ``hapjong compare --json`` prints.

    ``unanswered`` names for each metric that was left out the sides that do not answer it.
    """

    first: Side
    second: Side
    split: Split
    articles: int
    differences: dict[str, Difference]
    unanswered: dict[str, list[str]]


def compare(first: Submission, second: Submission, corpus: Corpus, split: Split) -> Comparison:
    """Every metric that both answer.  Raises ProblemsError with every fault of both.

    The two may be of different tracks: what given mentions are worth is a difference too.
    """
    articles = corpus.of_split(split)
    if not articles:
        file = corpus.layout.name(corpus.layout.split(split))
        raise ProblemsError([Problem(file, "", "the split has no articles to score")])
    both = (first, second) if first is not second else (first,)
    problems = [
        problem
        for submission in both
        for problem in check_predictions(submission, corpus.articles, corpus.gold, split)
    ]
    if problems:
        raise ProblemsError(problems)
    answers = {"first": first, "second": second}
    tasks = {side: answered(one, corpus, split) for side, one in answers.items()}
    unanswered = {
        metric: sides
        for metric, needed in TASKS_OF.items()
        if (sides := [side for side, own in tasks.items() if not needed <= own])
    }
    tracks = dict.fromkeys([str(first.info.track), str(second.info.track)])
    return Comparison(
        first=Side(submission=first.info.name, track=first.info.track),
        second=Side(submission=second.info.name, track=second.info.track),
        split=split,
        articles=len(articles),
        differences=differences(
            first=count_split(first, corpus, split),
            second=count_split(second, corpus, split),
            signature=Signature(str(corpus.version), split, "+".join(tracks)),
            leave_out=unanswered,
        ),
        unanswered=unanswered,
    )


def differences(
    *, first: Counts, second: Counts, signature: Signature, leave_out: Collection[str] = ()
) -> dict[str, Difference]:
    """Every metric of two arrays of counts ``(articles, rows, 3)`` of the same articles.

    The articles are resampled once, for both.  From one article all resamples are the same and
    show nothing of chance: there every p-value is 1.
    """
    both = np.stack([first, second], axis=1)
    summed, samples = both.sum(axis=0), resampled(both, RESAMPLES, SEED)
    of: dict[str, Callable[[Numbers], Floats]]
    of = {**{metric.name: partial(value, metric) for metric in METRICS}, OVERALL: overall}
    return {
        name: _difference(function(summed), function(samples), len(both), signature.of(name))
        for name, function in of.items()
        if name not in leave_out
    }


def _difference(of_all: Floats, of_samples: Floats, articles: int, signature: str) -> Difference:
    """``of_all`` holds the two values, ``of_samples`` two for each resample."""
    observed = float(of_all[0] - of_all[1])
    resamples = of_samples[:, 0] - of_samples[:, 1]
    low, high = interval(resamples)
    p = p_value(observed=observed, resampled=resamples) if articles > 1 else 1.0
    return Difference(
        first=round(float(of_all[0]), _DIGITS),
        second=round(float(of_all[1]), _DIGITS),
        difference=round(observed, _DIGITS),
        low=round(low, _DIGITS),
        high=round(high, _DIGITS),
        p_value=round(p, _DIGITS),
        signature=signature,
    )


def as_text(comparison: Comparison) -> str:
    """The comparison as a table for people, values in percent."""
    first, second = comparison.first, comparison.second
    lines = [
        f"{first.submission} ({first.track}) minus {second.submission} ({second.track}) "
        f"on {comparison.split} ({comparison.articles} articles)",
        f"{'':26} {'first':>6} {'second':>6}   {'difference':<23} {'p':>6}",
    ]
    for name, found in comparison.differences.items():
        low, high = 100 * found.low, 100 * found.high
        difference = f"{100 * found.difference:+6.1f} [{low:+.1f}, {high:+.1f}]"
        lines.append(
            f"{name:26} {100 * found.first:6.1f} {100 * found.second:6.1f}   "
            f"{difference:<23} {found.p_value:6.3f}"
        )
    for side, system in (("first", first), ("second", second)):
        left_out = [name for name, sides in comparison.unanswered.items() if side in sides]
        if left_out:
            lines.append(f"not answered by {system.submission}: {', '.join(left_out)}")
    lines.append("difference [95 % interval] in percent; p two-sided, of paired resamples")
    return "\n".join(lines) + "\n"
