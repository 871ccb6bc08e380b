"""Submissions: one system's predictions, and who made them and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from hapjong.corpus.dataset import Corpus
from hapjong.problems import Problem, ProblemsError, convert, decode_unique, read_toml, shorten
from hapjong.schema import (
    Annotation,
    Article,
    MentionType,
    PartnershipType,
    Polarity,
    Record,
    Split,
    Status,
    Track,
)

PREDICTIONS = "predictions.jsonl"
INFO = "submission.toml"
LINE_LIMIT = 1 << 24
"""Bytes of a line of predictions; more is a file that was joined or garbled."""


class PredictedMention(Record, frozen=True, kw_only=True):
    start: int
    end: int
    type: MentionType


class PredictedPartnership(Record, frozen=True, kw_only=True):
    """``head`` and ``tail`` are spans; which is which means nothing for a symmetric type."""

    head: tuple[int, int]
    tail: tuple[int, int]
    type: PartnershipType
    status: Status


class PredictedStance(Record, frozen=True, kw_only=True):
    """``id`` is that of the gold stance whose polarity is predicted."""

    id: str
    polarity: Polarity


class Prediction(Record, frozen=True, kw_only=True):
    """What a system says of one article.  What is missing counts as an empty answer."""

    article_id: str
    mentions: tuple[PredictedMention, ...] = ()
    partnerships: tuple[PredictedPartnership, ...] = ()
    stances: tuple[PredictedStance, ...] = ()
    article_stance: Polarity | None = None


SystemName = Annotated[str, msgspec.Meta(pattern=r"^[^\s|]([^|\n]{0,60}[^\s|])?$")]
"""A name that fits into a cell of a table."""


class SubmissionInfo(Record, frozen=True, kw_only=True):
    """``submission.toml``; ``data_version`` is the number in ``dataset/VERSION``."""

    name: SystemName
    authors: tuple[str, ...]
    description: str
    track: Track
    data_version: str
    url: str | None = None


class Submission(NamedTuple):
    """Predictions of ``file`` by line, and the faults of the lines that could not be read.

    The faults are kept rather than raised, so that `check_predictions` reports them
    together with what is wrong in the other lines.
    """

    info: SubmissionInfo
    file: str
    lines: Mapping[int, Prediction]
    unreadable: Sequence[Problem] = ()

    @property
    def predictions(self) -> dict[str, Prediction]:
        """Predictions by article."""
        return {prediction.article_id: prediction for prediction in self.lines.values()}


def read_submissions(given: Sequence[Path], corpus: Corpus) -> list[Submission]:
    """Submissions by path or, where nothing is there, by the name of their folder.

    A path is read as by `read_submission`, a file alone as of the track ``raw``; names are those
    of folders in ``leaderboard/submissions/``.  Raises ProblemsError with the faults of all.
    """
    found: list[Submission] = []
    problems: list[Problem] = []
    for path in dict.fromkeys(given):
        named = corpus.layout.submissions / path
        place = named if named.is_dir() and not path.exists() else path
        try:
            found.append(read_submission(place, Track.RAW, corpus.version.number))
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    by_path = dict(zip(dict.fromkeys(given), found, strict=True))
    return [by_path[path] for path in given]


def read_submission(path: Path, track: Track, data_version: str) -> Submission:
    """A folder with ``submission.toml`` and ``predictions.jsonl``, or a predictions file alone.

    A file alone is named by its stem and taken to be of ``track`` and ``data_version``.
    Raises ProblemsError where ``submission.toml`` or the file of predictions is unusable as
    a whole; faults of single lines are left to `check_predictions`.
    """
    if not path.is_dir():
        info = SubmissionInfo(
            name=path.stem, authors=(), description="", track=track, data_version=data_version
        )
        return Submission(info, str(path), *read_predictions(path))
    info = read_info(path / INFO)
    if info.data_version != data_version:
        fault = f"made for data {info.data_version}, the data here is {data_version}"
        raise ProblemsError([Problem(str(path / INFO), "$.data_version", fault)])
    path /= PREDICTIONS
    return Submission(info, str(path), *read_predictions(path))


def read_info(path: Path) -> SubmissionInfo:
    file = str(path)
    if not path.is_file():
        raise ProblemsError([Problem(file, "", "the file is not there")])
    return convert(read_toml(path.read_bytes(), file), SubmissionInfo, file)


def read_predictions(path: Path) -> tuple[dict[int, Prediction], list[Problem]]:
    """Predictions by line, and every fault of the lines that hold none."""
    file = str(path)
    if not path.is_file():
        raise ProblemsError([Problem(file, "", "the file is not there")])
    lines: dict[int, Prediction] = {}
    problems: list[Problem] = []
    known: dict[PredictedMention, PredictedMention] = {}
    for number, line in enumerate(_lines(path), 1):
        if len(line) > LINE_LIMIT:
            fault = f"longer than {LINE_LIMIT:,} bytes, which no prediction of an article is"
            problems.append(Problem(file, f"line {number}", fault))
            continue
        try:
            read = decode_unique(line, Prediction, file, f"line {number}")
            # One record for all that are equal: of a hundred thousand articles, half a gigabyte.
            shared = tuple([known.setdefault(mention, mention) for mention in read.mentions])
            lines[number] = msgspec.structs.replace(read, mentions=shared)
        except ProblemsError as error:
            problems += error.problems
    return lines, problems


def _lines(path: Path) -> Iterator[bytes]:
    """The file's lines; of one that is too long the beginning, so that memory stays small."""
    with path.open("rb") as source:
        while line := source.readline(LINE_LIMIT + 1):
            yield line
            while len(line) > LINE_LIMIT and not line.endswith(b"\n"):
                line = source.readline(LINE_LIMIT + 1)


def check_predictions(
    submission: Submission,
    articles: Mapping[str, Article],
    gold: Mapping[str, Annotation],
    split: Split,
) -> list[Problem]:
    """Every fault: unreadable lines, unknown, repeated or missing articles, spans, unknown ids.

    Articles of other splits may be predicted too; those of ``split`` must all be.
    """
    problems, first = _check_lines(submission, articles, gold)
    if submission.unreadable:
        return problems  # what seems to be missing may stand in a line that could not be read
    missing = [key for key, a in articles.items() if a.split is split and key not in first]
    problems += [
        Problem(submission.file, "", f"the article {key!r} of {split} is missing")
        for key in sorted(missing)
    ]
    return problems


def check_spans(submission: Submission, articles: Mapping[str, Article]) -> list[Problem]:
    """Every fault that can be seen without gold, which names the stances to be predicted."""
    return _check_lines(submission, articles, None)[0]


def _check_lines(
    submission: Submission,
    articles: Mapping[str, Article],
    gold: Mapping[str, Annotation] | None,
) -> tuple[list[Problem], dict[str, int]]:
    """The faults of the lines, and the line that each article was first predicted in."""
    file = submission.file
    problems = list(submission.unreadable)
    first: dict[str, int] = {}
    for number, prediction in submission.lines.items():
        article_id = prediction.article_id
        if article_id not in articles:
            faults = [("$.article_id", shorten(f"{article_id!r} is no article"))]
        else:
            known = _stances(gold, article_id)
            faults = list(_faults(prediction, articles[article_id].length, known))
        if first.setdefault(article_id, number) != number:
            fault = f"{article_id!r} was predicted in line {first[article_id]} already"
            faults.insert(0, ("$.article_id", shorten(fault)))
        problems += [Problem(file, f"line {number}: {place}", fault) for place, fault in faults]
    return problems, first


def _stances(gold: Mapping[str, Annotation] | None, article_id: str) -> set[str] | None:
    """The ids to be answered; None where the gold is not here, as of press articles in a build."""
    if gold is None or article_id not in gold:
        return None
    return {stance.id for stance in gold[article_id].stances}


def _faults(
    prediction: Prediction, length: int, known: set[str] | None
) -> Iterator[tuple[str, str]]:
    """``known`` are the ids of the gold stances; None leaves the stances unchecked."""
    for index, mention in enumerate(prediction.mentions):
        if not 0 <= mention.start < mention.end <= length:  # or a path is made for each of them
            yield from _span_faults(f"$.mentions[{index}]", mention.start, mention.end, length)
    for index, partnership in enumerate(prediction.partnerships):
        for role in ("head", "tail"):
            path = f"$.partnerships[{index}].{role}"
            start, end = getattr(partnership, role)
            yield from _span_faults(path, start, end, length)
    if known is None:
        return
    answered: set[str] = set()
    for index, stance in enumerate(prediction.stances):
        if stance.id not in known:
            yield f"$.stances[{index}].id", shorten(f"{stance.id!r} is no stance of this article")
        elif stance.id in answered:
            yield f"$.stances[{index}].id", f"{stance.id!r} is answered twice"
        answered.add(stance.id)


def _span_faults(path: str, start: int, end: int, length: int) -> Iterator[tuple[str, str]]:
    if start < 0:
        yield f"{path}.start", f"{start} is negative"
    elif end > length:
        yield f"{path}.end", f"{end} is past the end of the text ({length})"
    elif start >= end:
        yield path, f"[{start}, {end}) is empty or backwards"
