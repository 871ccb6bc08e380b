"""From a submission to scores: counts, values, intervals, signatures."""

from __future__ import annotations

from typing import NamedTuple

import hapjong
from hapjong.corpus.dataset import Corpus
from hapjong.evaluation.counting import count_articles
from hapjong.evaluation.metrics import (
    BY_NAME,
    CORRECT,
    GOLD,
    HEADLINES,
    METRICS,
    OVERALL,
    PREDICTED,
    Counts,
    Floats,
    interval,
    overall,
    resampled,
    value,
)
from hapjong.evaluation.submission import Submission, check_predictions
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import Record, Split

TASKS = ("mentions", "partnerships", "stances", "article_stance")
"""What a prediction can answer."""

RESAMPLES = 1000
SEED = 13

# Counts of all rows at once are sums over rows of the metric; six digits are far below
# any interval and the same on every machine.
_DIGITS = 6


class Score(Record, frozen=True, kw_only=True):
    """A metric's value and its 95 % interval, its counts and how it was computed.

    ``value`` is None for ``overall`` of a system that does not answer all four tasks.
    """

    value: float | None
    low: float | None
    high: float | None
    correct: int
    predicted: int
    gold: int
    signature: str


class Report(Record, frozen=True, kw_only=True):
    """What ``hapjong score --json`` prints."""

    submission: str
    split: Split
    track: str
    articles: int
    scores: dict[str, Score]


class Signature(NamedTuple):
    """Everything that a score depends on but the predictions."""

    data: str
    split: Split
    track: str

    def of(self, metric: str) -> str:
        return (
            f"hapjong:{hapjong.__version__}|data:{self.data}|split:{self.split}"
            f"|track:{self.track}|metric:{metric}|resamples:{RESAMPLES}|seed:{SEED}"
        )


def score(submission: Submission, corpus: Corpus, split: Split) -> Report:
    """Score a submission on a split.  Raises ProblemsError with every fault of it."""
    if not corpus.of_split(split):
        listing = corpus.layout.name(corpus.layout.split(split))
        raise ProblemsError([Problem(listing, "", "the split has no articles to score")])
    problems = check_predictions(submission, corpus.articles, corpus.gold, split)
    if problems:
        raise ProblemsError(problems)
    counts = count_split(submission, corpus, split)
    signature = Signature(str(corpus.version), split, submission.info.track)
    return Report(
        submission=submission.info.name,
        split=split,
        track=submission.info.track,
        articles=len(counts),
        scores=scores_of(counts, signature, answers_all(submission, corpus, split)),
    )


def count_split(submission: Submission, corpus: Corpus, split: Split) -> Counts:
    """Counts of the split's articles, by id: an array ``(articles, rows, 3)``."""
    predictions = submission.predictions
    articles = [article.article_id for article in corpus.of_split(split)]
    both = [(corpus.gold[article_id], predictions[article_id]) for article_id in articles]
    return count_articles(both, corpus.registry)


def answers_all(submission: Submission, corpus: Corpus, split: Split) -> bool:
    """Whether every one of the four tasks has an answer somewhere in the split."""
    return answered(submission, corpus, split) == set(TASKS)


def answered(submission: Submission, corpus: Corpus, split: Split) -> set[str]:
    """Those of `TASKS` that have an answer somewhere in the split."""
    predictions = submission.predictions
    answers = [predictions[article.article_id] for article in corpus.of_split(split)]
    return {task for task in TASKS if any(getattr(answer, task) for answer in answers)}


def scores_of(counts: Counts, signature: Signature, complete: bool) -> dict[str, Score]:
    """Every metric of the counts; ``complete`` systems get an ``overall`` too."""
    summed = counts.sum(axis=0)
    samples = resampled(counts, RESAMPLES, SEED)
    scores = {
        metric.name: _score(
            value(metric, summed),
            value(metric, samples),
            summed[[row for rows in metric.groups for row in rows]].sum(axis=0),
            signature.of(metric.name),
        )
        for metric in METRICS
    }
    rows = [row for name in HEADLINES for rows in BY_NAME[name].groups for row in rows]
    total = summed[rows].sum(axis=0)
    if complete:
        mean = _score(overall(summed), overall(samples), total, signature.of(OVERALL))
    else:
        mean = _unanswered(total, signature.of(OVERALL))
    return {**scores, OVERALL: mean}


def _score(of_all: Floats, of_samples: Floats, total: Counts, signature: str) -> Score:
    low, high = interval(of_samples)
    return Score(
        value=round(float(of_all), _DIGITS),
        low=round(low, _DIGITS),
        high=round(high, _DIGITS),
        correct=int(total[CORRECT]),
        predicted=int(total[PREDICTED]),
        gold=int(total[GOLD]),
        signature=signature,
    )


def _unanswered(total: Counts, signature: str) -> Score:
    return Score(
        value=None,
        low=None,
        high=None,
        correct=int(total[CORRECT]),
        predicted=int(total[PREDICTED]),
        gold=int(total[GOLD]),
        signature=signature,
    )
