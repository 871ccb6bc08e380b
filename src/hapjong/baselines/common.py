"""What every baseline has in common: what it is given, what it gives, where that is written."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from hapjong.corpus.dataset import Corpus
from hapjong.corpus.pairs import Named
from hapjong.evaluation.submission import INFO, PREDICTIONS, Prediction
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import Annotation, Article, Split, Track

PREDICTED_SPLITS = (Split.VALIDATION, Split.TEST)


class Example(NamedTuple):
    """An article to learn from."""

    text: str
    gold: Annotation


class Question(NamedTuple):
    """An article to answer for.

    ``mentions`` are given on the `Track.GOLD_MENTIONS` track only; ``stances`` are the
    ids and evidence spans of the stances whose polarity is asked for.
    """

    article_id: str
    text: str
    mentions: Sequence[Named] | None
    stances: Sequence[tuple[str, int, int]]


class Baseline(Protocol):
    """A system that is fitted once and then asked article by article."""

    description: str

    def fit(self, examples: Sequence[Example]) -> None: ...
    def predict(self, question: Question) -> Prediction: ...


def run(baseline: Baseline, name: str, corpus: Corpus, track: Track, folder: Path) -> None:
    """Fit a baseline on the training split and write its submission into ``folder``.

    Raises ProblemsError where the corpus has no training article.
    """
    examples = [
        Example(article.text, corpus.gold[article.article_id])
        for article in corpus.of_split(Split.TRAIN)
        if article.text is not None
    ]
    if not examples:
        fault = "no training article to learn from"
        raise ProblemsError(
            [Problem(corpus.layout.name(corpus.layout.split(Split.TRAIN)), "", fault)]
        )
    baseline.fit(examples)
    predictions = [
        baseline.predict(ask(article, corpus.gold[article.article_id], track))
        for split in PREDICTED_SPLITS
        for article in corpus.of_split(split)
    ]
    write_submission(folder, name, baseline.description, track, corpus.version.number, predictions)


def ask(article: Article, gold: Annotation, track: Track) -> Question:
    """The question that an article is on a track: never more than the track gives."""
    return Question(
        article_id=article.article_id,
        text=article.text or "",
        mentions=gold.mentions if track is Track.GOLD_MENTIONS else None,
        stances=[(stance.id, stance.start, stance.end) for stance in gold.stances],
    )


def write_submission(
    folder: Path,
    name: str,
    description: str,
    track: Track,
    data_version: str,
    predictions: Sequence[Prediction],
) -> None:
    """Write ``submission.toml`` and ``predictions.jsonl``; an older pair there is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    info = {
        "name": name,
        "authors": ["HapJong"],
        "url": f"baselines/{name.partition('-')[0]}/README.md",
        "description": description,
        "track": str(track),
        "data_version": data_version,
    }
    staging = folder / f"{PREDICTIONS}.new"
    staging.write_bytes(b"".join(msgspec.json.encode(p) + b"\n" for p in predictions))
    (folder / INFO).write_bytes(msgspec.toml.encode(info))
    shutil.move(staging, folder / PREDICTIONS)
