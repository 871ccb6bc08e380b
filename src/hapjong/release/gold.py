"""Reading a build back: the gold to score against, without the repository of the dataset.

A build is a folder made by ``hapjong build`` or the same files on the Hub.  Its tables hold no
press article, whose text may not be passed on; `RELEASE` says which there are, and what else of
the repository a score depends on.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hapjong.corpus.checks import check_annotation
from hapjong.corpus.dataset import Corpus, DataVersion
from hapjong.corpus.layout import Layout
from hapjong.corpus.press import Document
from hapjong.corpus.registry import check_registry
from hapjong.problems import Problem, ProblemsError, UnusableError, convert, decode_json, shorten
from hapjong.release.hub import explained
from hapjong.release.rows import WRITTEN_SPLITS
from hapjong.schema import (
    SCHEME,
    Annotation,
    Article,
    ArticleHeader,
    Entity,
    Genre,
    Mention,
    Partnership,
    Polarity,
    Record,
    Split,
    Stance,
)

T = TypeVar("T")

RELEASE = "release.json"
_CONFIGS = ("articles", "entities")
_ON_THE_HUB = re.compile(r"(?P<name>\w[\w.-]*/[\w.-]+)(?:@(?P<revision>\S+))?")


class Release(Record, frozen=True, kw_only=True):
    """What of the dataset is in no table of the build; ``documents`` are those of the press."""

    scheme: int
    data_version: str
    digest: str
    documents: list[Document]


class _Scheme(msgspec.Struct):
    """What is read of any release, also of one whose other fields are not known here."""

    scheme: int


class _ArticleRow(Record, frozen=True, kw_only=True):
    """A row of the configuration ``articles``."""

    article_id: str
    date: datetime.date
    event: str
    genre: Genre
    facts: tuple[str, ...]
    title: str
    text: str
    mentions: tuple[Mention, ...]
    partnerships: tuple[Partnership, ...]
    stances: tuple[Stance, ...]
    article_stance: Polarity


class _EntityRow(Entity, frozen=True, kw_only=True):
    """A row of the configuration ``entities``."""

    id: str


def dump_release(corpus: Corpus) -> bytes:
    """The bytes of `RELEASE`."""
    version = corpus.version
    release = Release(
        scheme=SCHEME,
        data_version=version.number,
        digest=version.digest,
        documents=corpus.documents,
    )
    return msgspec.json.format(msgspec.json.encode(release), indent=2) + b"\n"


def read_gold(source: str, split: Split, layout: Layout) -> Corpus:
    """The dataset of a build, for scoring ``split``; it has no gold of press articles.

    ``source`` is a folder, or ``ORGANISATION/NAME`` on the Hub with a revision behind an ``@``
    where it is not to be the newest.  Raises ProblemsError with every fault of a build that is
    unusable or has no article of the split, UnusableError where it cannot be had.
    """
    folder = _fetch(source)
    release = _read_release(folder, source)
    problems: list[Problem] = []
    entities = _rows(folder, "entities", source, _EntityRow, problems)
    registry = {row.id: _entity(row) for _, row in entities}
    problems += check_registry(registry, f"{source}/entities")
    articles, gold = _press(release), {}
    for part, row in _rows(folder, "articles", source, _ArticleRow, problems):
        file = f"{source}/articles: {part}: {row.article_id}"
        if part not in WRITTEN_SPLITS:
            problems.append(Problem(file, "", f"{part!r} is no split of written articles"))
            continue
        article, annotation = _article(row, Split(part)), _annotation(row)
        problems += check_annotation(annotation, article, registry, file)
        articles[row.article_id], gold[row.article_id] = article, annotation
    if problems:
        raise ProblemsError(problems)
    if not any(articles[article_id].split is split for article_id in gold):
        fault = "the build has no article of this split"
        if split is Split.PRESS:
            fault = "a build holds no press article: their gold is in the repository (no --gold)"
        raise ProblemsError([Problem(source, split, fault)])
    version = DataVersion(release.data_version, release.digest)
    return Corpus(layout, version, registry, articles, gold, release.documents)


def _fetch(source: str) -> Path:
    """The folder of the build; of one on the Hub, the copy in the client's cache.

    A copy from before is good enough only where ``HF_HUB_OFFLINE`` says so.
    """
    if Path(source).is_dir():
        return Path(source)
    named = _ON_THE_HUB.fullmatch(source)
    if named is None:
        fault = "no such folder, and no name on the Hub: ORGANISATION/NAME or …@REVISION"
        raise ProblemsError([Problem(source, "", fault)])
    from huggingface_hub import HfApi, constants, snapshot_download
    from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

    files = [RELEASE, "README.md", *(f"{config}/*" for config in _CONFIGS)]
    name, revision = named["name"], named["revision"]
    with explained(f"asking {constants.ENDPOINT} for {source}"):
        try:
            # Asked first, because the client is content with an older copy where the Hub is silent.
            if not constants.HF_HUB_OFFLINE:
                HfApi().dataset_info(name, revision=revision)
            found = snapshot_download(
                name, repo_type="dataset", revision=revision, allow_patterns=files
            )
        except RevisionNotFoundError as error:
            fault = f"{name} has no revision {named['revision']!r}"
            raise UnusableError(f"{source}: {fault}") from error
        except RepositoryNotFoundError as error:
            fault = f"no such folder here, and no dataset that you may read at {constants.ENDPOINT}"
            raise UnusableError(f"{source}: {fault}") from error
    return Path(found)


def _read_release(folder: Path, source: str) -> Release:
    path, file = folder / RELEASE, f"{source}/{RELEASE}"
    if not path.is_file():
        fault = "the file is not there, so this was not made by hapjong build"
        raise ProblemsError([Problem(file, "", fault)])
    scheme = decode_json(path.read_bytes(), _Scheme, file).scheme
    if scheme != SCHEME:
        fault = f"the scheme is {scheme}, this hapjong knows {SCHEME}"
        raise ProblemsError([Problem(file, "$.scheme", fault)])
    return decode_json(path.read_bytes(), Release, file)


def _rows(
    folder: Path, config: str, source: str, record: type[T], problems: list[Problem]
) -> Iterator[tuple[str, T]]:
    """The sound rows of a configuration, each with its split; faults go to ``problems``."""
    for split, rows in _read_tables(folder, config, source).items():
        for number, row in enumerate(rows, 1):
            try:
                yield split, convert(row, record, f"{source}/{config}", f"{split} row {number}")
            except ProblemsError as error:
                problems += error.problems


def _read_tables(folder: Path, config: str, source: str) -> dict[str, list[Any]]:
    """The rows of a configuration by split, with the names of their labels.

    Streamed, for that copies nothing into a cache.
    """
    from datasets import load_dataset

    try:
        loaded = load_dataset(str(folder.resolve()), config, streaming=True)
        return {
            split: [_named(row, table.features) for row in table] for split, table in loaded.items()
        }
    # What datasets and pyarrow raise for files that are missing, cut off or of other columns.
    except (OSError, ValueError, LookupError, RuntimeError) as error:
        said = shorten(str(error) or type(error).__name__)
        raise UnusableError(f"{source}/{config}: cannot be read: {said}") from error


def _named(value: Any, feature: Any) -> Any:
    """The value with the name of each label in place of its number."""
    from datasets import ClassLabel, List

    if value is None:
        return None
    if isinstance(feature, ClassLabel):
        return feature.int2str(value)
    if isinstance(feature, List):
        return [_named(one, feature.feature) for one in value]
    if isinstance(feature, dict):
        return {key: _named(one, feature[key]) for key, one in value.items()}
    return value


def _entity(row: _EntityRow) -> Entity:
    return Entity(**{field: getattr(row, field) for field in Entity.__struct_fields__})


def _press(release: Release) -> dict[str, Article]:
    """The press articles, so that a submission may hold predictions of them."""
    return {
        article_id: Article(
            article_id=article_id,
            header=article.header,
            split=Split.PRESS,
            length=article.length,
            text=None,
        )
        for document in release.documents
        for article_id, article in document.articles.items()
    }


def _article(row: _ArticleRow, split: Split) -> Article:
    header = ArticleHeader(date=row.date, event=row.event, genre=row.genre, facts=row.facts)
    return Article(
        article_id=row.article_id, header=header, split=split, length=len(row.text), text=row.text
    )


def _annotation(row: _ArticleRow) -> Annotation:
    return Annotation(
        scheme=SCHEME,
        article_id=row.article_id,
        annotator="gold",
        mentions=row.mentions,
        partnerships=row.partnerships,
        stances=row.stances,
        article_stance=row.article_stance,
    )
