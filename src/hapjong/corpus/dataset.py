"""Reading the whole dataset: everything that is sound, and every problem of the rest."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from hapjong.corpus.articles import read_article, read_text
from hapjong.corpus.checks import check_annotation
from hapjong.corpus.layout import Layout
from hapjong.corpus.press import Document, PressArticle, read_hydrated, read_press
from hapjong.corpus.registry import Registry, check_registry, read_registry
from hapjong.problems import Problem, ProblemsError, decode_unique
from hapjong.schema import Annotation, Article, Entity, Split

T = TypeVar("T")


class DataVersion(NamedTuple):
    """The released number and a digest of the data as it lies there."""

    number: str
    digest: str

    def __str__(self) -> str:
        return f"{self.number}@{self.digest}"


class Corpus(NamedTuple):
    """The dataset in memory, keyed by ids."""

    layout: Layout
    version: DataVersion
    registry: Registry
    articles: Mapping[str, Article]
    gold: Mapping[str, Annotation]
    documents: list[Document]

    def of_split(self, split: Split) -> list[Article]:
        """The articles of a split, by id."""
        return [article for _, article in sorted(self.articles.items()) if article.split is split]

    def missing_text(self) -> list[str]:
        """Ids of the press articles that are not hydrated here."""
        return [key for key, article in sorted(self.articles.items()) if article.text is None]


def read_corpus(layout: Layout) -> Corpus:
    """The dataset.  Raises ProblemsError with every problem of ``dataset/``."""
    corpus, problems = inspect_corpus(layout)
    if problems:
        raise ProblemsError(problems)
    return corpus


def inspect_corpus(
    layout: Layout, stand_ins: Mapping[Path, Path] | None = None
) -> tuple[Corpus, list[Problem]]:
    """The sound part of the dataset and every problem of the rest.

    ``stand_ins`` maps a file of the repository to the file to read in its place.
    """
    reader = _Reader(layout, stand_ins or {})
    registry = reader.registry()
    splits = reader.splits()
    documents = reader.documents(splits)
    articles = {**reader.written(splits), **reader.press(documents)}
    reader.check_splits(articles, splits, documents)
    gold = reader.gold(articles, registry)
    version = DataVersion(reader.version(), digest(layout))
    return Corpus(layout, version, registry, articles, gold, documents), reader.problems


def inspect_annotations(
    corpus: Corpus, folder: Path, annotator: str
) -> tuple[dict[str, Annotation], list[Problem]]:
    """The sound annotations in a folder by article, and every problem of the rest."""
    reader = _Reader(corpus.layout, {})
    found = reader.annotations(folder, annotator, corpus.articles, corpus.registry)
    return found, reader.problems


def inspect_rounds(
    corpus: Corpus,
) -> tuple[dict[str, dict[str, dict[str, Annotation]]], list[Problem]]:
    """The sound annotations by round, annotator and article, and every problem of the rest."""
    found: dict[str, dict[str, dict[str, Annotation]]] = defaultdict(dict)
    problems = []
    # Dotted ones are what an export that was cut off left behind; the next one clears them.
    for folder in sorted(corpus.layout.rounds.glob("*/[!.]*/")):
        sound, faults = inspect_annotations(corpus, folder, folder.name)
        found[folder.parent.name][folder.name] = sound
        problems += faults
    return found, problems


def digest(layout: Layout) -> str:
    """First eight hexadecimal digits of a SHA-256 over all that decides a score.

    Covers every file of ``dataset/`` but ``statistics.json``, which is made from them, and
    the canary, which says nothing of any article.
    """
    total = hashlib.sha256()
    for path in sorted(layout.dataset.rglob("*")):
        if path.is_file() and path not in (layout.statistics, layout.canary):
            total.update(f"{path.relative_to(layout.dataset).as_posix()}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:8]


class _Reader:
    """Reads part after part and gathers the problems of all of them."""

    def __init__(self, layout: Layout, stand_ins: Mapping[Path, Path]) -> None:
        self.layout = layout
        self.stand_ins = stand_ins
        self.problems: list[Problem] = []
        # Articles that are there but could not be read: what hangs on them is not checked,
        # or one fault would be reported many times.
        self.unreadable: set[str] = set()

    def _attempt(self, read: Callable[[Path, str], T], path: Path) -> T | None:
        """What ``read`` makes of a file, or None with its problems noted."""
        path = self.stand_ins.get(path, path)
        file = self.layout.name(path)
        try:
            return read(path, file)
        except ProblemsError as error:
            self.problems += error.problems
        except FileNotFoundError:
            self.problems.append(Problem(file, "", "the file is not there"))
        return None

    def _files(self, folder: Path, pattern: str) -> Iterator[Path]:
        added = (path for path in self.stand_ins if path.parent == folder and path.match(pattern))
        yield from sorted({*folder.glob(pattern), *added})

    def version(self) -> str:
        text = self._attempt(read_text, self.layout.data_version)
        number = (text or "").strip()
        if text is not None and not re.fullmatch(r"\d+\.\d+\.\d+", number):
            fault = f"expected a number such as 1.2.0, found {number!r}"
            self.problems.append(Problem(self.layout.name(self.layout.data_version), "", fault))
        return number

    def registry(self) -> dict[str, Entity]:
        """The registry, also where a row of it is wrong; empty where it cannot be read."""
        registry = self._attempt(read_registry, self.layout.entities) or {}
        path = self.stand_ins.get(self.layout.entities, self.layout.entities)
        self.problems += check_registry(registry, self.layout.name(path))
        return registry

    def documents(self, splits: Mapping[str, list[Split]]) -> list[Document]:
        documents = self._attempt(read_press, self.layout.press)
        if documents is None:
            self.unreadable |= {key for key, listed in splits.items() if Split.PRESS in listed}
        return documents or []

    def splits(self) -> dict[str, list[Split]]:
        """The splits in which each article is listed."""
        listed: dict[str, list[Split]] = defaultdict(list)
        for split in Split:
            text = self._attempt(read_text, self.layout.split(split)) or ""
            for article_id in text.split():
                listed[article_id].append(split)
        return listed

    def written(self, splits: Mapping[str, list[Split]]) -> dict[str, Article]:
        articles = {}
        for path in self._files(self.layout.articles, "*.md"):
            # A stand-in's own name may differ: its id is that of the file it stands for.
            found = self._attempt(
                lambda source, file, name=path.stem: read_article(source, name, file),  # type: ignore[misc]
                path,
            )
            if found is None:
                self.unreadable.add(path.stem)
                continue
            header, text = found
            listed = [split for split in splits.get(path.stem, []) if split is not Split.PRESS]
            articles[path.stem] = Article(
                article_id=path.stem,
                header=header,
                split=listed[0] if len(listed) == 1 else None,
                length=len(text),
                text=text,
            )
        return articles

    def press(self, documents: list[Document]) -> dict[str, Article]:
        cuts: dict[str, PressArticle] = {}
        for document in documents:
            cuts |= document.articles
        articles = {}
        for article_id, article in cuts.items():
            if (self.layout.articles / f"{article_id}.md").is_file():
                fault = "a written article has this id too"
                self.problems.append(
                    Problem(self.layout.name(self.layout.press), article_id, fault)
                )
            path = self.layout.hydrated / f"{article_id}.txt"
            text = None
            if path.is_file():
                text = self._attempt(
                    lambda source, file, cut=article: read_hydrated(source, cut, file),  # type: ignore[misc]
                    path,
                )
            articles[article_id] = Article(
                article_id=article_id,
                header=article.header,
                split=Split.PRESS,
                length=article.length,
                text=text,
            )
        return articles

    def check_splits(
        self,
        articles: Mapping[str, Article],
        splits: Mapping[str, list[Split]],
        documents: list[Document],
    ) -> None:
        """Every article is in one split, press articles in theirs; no event is in two.

        Splits follow each other in time, so that no system
        is tested on what its training articles look back on.
        """
        folder = self.layout.name(self.layout.dataset / "splits")
        press = {key for document in documents for key in document.articles}
        for article_id in sorted((splits.keys() | articles.keys()) - self.unreadable):
            listed = splits.get(article_id, [])
            if article_id not in articles:
                fault = "no such article"
            elif len(listed) != 1:
                fault = f"listed more than once: {', '.join(listed)}" if listed else "in no split"
            elif (listed[0] is Split.PRESS) != (article_id in press):
                fault = f"a press article belongs in press, a written one not; it is in {listed[0]}"
            else:
                continue
            self.problems.append(Problem(folder, article_id, fault))
        events: dict[str, set[Split]] = defaultdict(set)
        for article in articles.values():
            if article.split is not None:
                events[article.header.event].add(article.split)
        for event, found in sorted(events.items()):
            if len(found) > 1:
                fault = f"the event is in two splits: {', '.join(sorted(found))}"
                self.problems.append(Problem(folder, event, fault))
        self.problems += [
            Problem(folder, article_id, fault) for article_id, fault in _out_of_time(articles)
        ]

    def gold(self, articles: Mapping[str, Article], registry: Registry) -> dict[str, Annotation]:
        gold = self.annotations(self.layout.gold, "gold", articles, registry)
        for article_id in sorted(articles.keys() - gold.keys()):
            path = self.layout.gold / f"{article_id}.json"
            if not self.stand_ins.get(path, path).is_file():
                self.problems.append(Problem(self.layout.name(path), "", "the gold is not there"))
        return gold

    def annotations(
        self,
        folder: Path,
        annotator: str,
        articles: Mapping[str, Article],
        registry: Registry,
    ) -> dict[str, Annotation]:
        """The sound annotations in a folder, by article."""
        sound = {}
        for path in self._files(folder, "*.json"):
            annotation = self._attempt(read_annotation, path)
            if annotation is None or path.stem in self.unreadable or not registry:
                continue
            file = self.layout.name(self.stand_ins.get(path, path))
            article = articles.get(path.stem)
            if article is None:
                self.problems.append(Problem(file, "", f"{path.stem!r} is no article"))
                continue
            problems = check_annotation(annotation, article, registry, file)
            if annotation.annotator != annotator:
                fault = f"expected {annotator!r}, found {annotation.annotator!r}"
                problems.append(Problem(file, "$.annotator", fault))
            self.problems += problems
            if not problems:
                sound[path.stem] = annotation
        return sound


def _out_of_time(articles: Mapping[str, Article]) -> Iterator[tuple[str, str]]:
    """Articles of a split that are not later than every article of the splits before it."""
    latest: Article | None = None
    for split in (Split.TRAIN, Split.VALIDATION, Split.TEST):
        own = [article for article in articles.values() if article.split is split]
        for article in own:
            if latest is not None and article.header.date <= latest.header.date:
                yield (
                    article.article_id,
                    f"of {article.header.date} is in {split}, but {latest.article_id} "
                    f"of {latest.header.date} is in {latest.split}",
                )
        latest = max([*filter(None, [latest]), *own], key=lambda one: one.header.date, default=None)


def read_annotation(path: Path, file: str) -> Annotation:
    return decode_unique(path.read_bytes(), Annotation, file)
