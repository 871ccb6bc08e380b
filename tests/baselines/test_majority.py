"""The most frequent label, and nothing where most is nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hapjong.baselines.common import run
from hapjong.baselines.majority import Majority, most_frequent
from hapjong.corpus.dataset import Corpus
from hapjong.evaluation.submission import read_submission
from hapjong.schema import Polarity, Split, Track

ROOT = Path(__file__).parents[2]
Require = Callable[[str], None]


def test_majority_answers_with_the_most_frequent(corpus: Corpus, tmp_path: Path) -> None:
    run(Majority(), "tried", corpus, Track.RAW, tmp_path)
    predictions = read_submission(tmp_path, Track.RAW, corpus.version.number).predictions
    stances = {s.polarity for p in predictions.values() for s in p.stances}
    training = [corpus.gold[a.article_id] for a in corpus.of_split(Split.TRAIN)]
    expected = most_frequent((s.polarity for g in training for s in g.stances), Polarity)
    assert stances == {expected}
    assert not any(p.mentions or p.partnerships for p in predictions.values())


def test_most_frequent_among_equals_is_the_first_of_the_scheme() -> None:
    assert most_frequent([Polarity.NEUTRAL, Polarity.AGAINST], Polarity) is Polarity.AGAINST
