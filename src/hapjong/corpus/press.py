"""Press articles: real articles whose text belongs to their publishers.

The repository holds where to cut and what must come out (`Press`), never a sentence.
`hydrate` turns the documents, where a user has them, into texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hapjong.corpus.articles import check_identity, read_text
from hapjong.problems import Problem, ProblemsError, convert, read_yaml
from hapjong.schema import ArticleHeader, Record, sha256

T = TypeVar("T")


class PressArticle(Record, frozen=True, kw_only=True):
    """An article cut out of a document.

    ``ranges`` are half-open code-point ranges of the document's text; the cuts are
    joined with one ``\\n``.  ``length`` counts the code points of the result.
    """

    header: ArticleHeader
    ranges: tuple[tuple[int, int], ...]
    length: int
    sha256: str


class Document(Record, frozen=True, kw_only=True):
    """A file that articles are cut out of; ``sha256`` is of its bytes."""

    file: str
    sha256: str
    articles: dict[str, PressArticle]


def read_press(path: Path, file: str) -> list[Document]:
    """The documents of ``dataset/press.yaml``.  Raises ProblemsError with every fault."""
    documents = convert(read_yaml(path.read_bytes(), file), list[Document], file)
    problems = []
    taken: set[str] = set()
    for number, document in enumerate(documents):
        for article_id, article in document.articles.items():
            place = f"$[{number}].articles.{article_id}"
            problems += [
                problem._replace(place=f"{place} {problem.place}".strip())
                for problem in check_identity(article_id, article.header, file)
            ]
            problems += _check_ranges(article, file, place)
            if article_id in taken:
                problems.append(Problem(file, place, "another document has an article of this id"))
            taken.add(article_id)
    if problems:
        raise ProblemsError(problems)
    return documents


def _check_ranges(article: PressArticle, file: str, place: str) -> list[Problem]:
    problems, previous = [], 0
    if not article.ranges:
        problems.append(Problem(file, f"{place}.ranges", "at least one range is expected"))
    for index, (start, end) in enumerate(article.ranges):
        if not previous <= start < end:
            fault = f"[{start}, {end}) is empty, backwards or before the end of the last one"
            problems.append(Problem(file, f"{place}.ranges[{index}]", fault))
        previous = end
    length = sum(end - start for start, end in article.ranges) + len(article.ranges) - 1
    if not problems and length != article.length:
        fault = f"expected {length} as the ranges give, found {article.length}"
        problems.append(Problem(file, f"{place}.length", fault))
    return problems


def cut(document_text: str, article: PressArticle) -> str:
    """The article's text: its ranges of the document, joined with ``\\n``."""
    return "\n".join(document_text[start:end] for start, end in article.ranges)


def hydrate(documents: list[Document], folder: Path, target: Path) -> list[str]:
    """Cut every article out of the documents in ``folder`` into ``target``; their ids.

    Documents are verified before and texts after the cut.  Raises ProblemsError with
    every missing or differing file; then nothing is written.
    """
    texts: dict[str, str] = {}
    for cuts in _of_each(documents, folder, _cut_document):
        texts |= cuts
    target.mkdir(parents=True, exist_ok=True)
    for article_id, text in texts.items():
        (target / f"{article_id}.txt").write_bytes(text.encode())
    return sorted(texts)


def document_texts(documents: list[Document], folder: Path) -> dict[str, str]:
    """The whole text of every document in ``folder``, by file name.

    Raises ProblemsError with every missing or differing file.
    """
    texts = _of_each(documents, folder, _read_document)
    return dict(zip([document.file for document in documents], texts, strict=True))


def _of_each(
    documents: list[Document], folder: Path, read: Callable[[Document, Path], T]
) -> list[T]:
    found, problems = [], []
    for document in documents:
        try:
            found.append(read(document, folder / document.file))
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return found


def _read_document(document: Document, path: Path) -> str:
    if not path.is_file():
        raise ProblemsError([Problem(str(path), "", "the document is not there")])
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != document.sha256:
        raise ProblemsError([_wrong_hash(str(path), "", document.sha256, found)])
    return read_text(path, str(path))


def _cut_document(document: Document, path: Path) -> dict[str, str]:
    source = _read_document(document, path)
    # A slice would end with the document in silence.
    if problems := [
        Problem(str(path), article_id, f"[{start}, {end}) is past the end ({len(source)})")
        for article_id, article in document.articles.items()
        for start, end in article.ranges
        if end > len(source)
    ]:
        raise ProblemsError(problems)
    texts = {article_id: cut(source, article) for article_id, article in document.articles.items()}
    if problems := [
        _wrong_hash(str(path), article_id, document.articles[article_id].sha256, sha256(text))
        for article_id, text in texts.items()
        if sha256(text) != document.articles[article_id].sha256
    ]:
        raise ProblemsError(problems)
    return texts


def read_hydrated(path: Path, article: PressArticle, file: str) -> str:
    """The text of a hydrated article.  Raises ProblemsError where it is not what was cut."""
    text = read_text(path, file)
    if sha256(text) != article.sha256:
        raise ProblemsError([_wrong_hash(file, "", article.sha256, sha256(text))])
    return text


def _wrong_hash(file: str, place: str, expected: str, found: str) -> Problem:
    return Problem(file, place, f"SHA-256 differs: expected {expected}, found {found}")
