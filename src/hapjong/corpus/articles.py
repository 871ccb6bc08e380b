"""Written articles: one Markdown file each, YAML front matter and then the text."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from hapjong.problems import Problem, ProblemsError, convert, read_yaml
from hapjong.schema import ArticleHeader

ARTICLE_ID = re.compile(r"(?P<event>\d{4}-\d{2}-[a-z0-9]+(?:-[a-z0-9]+)*)-\d+")
"""An event's slug (its month, then words) and a number."""


def read_article(path: Path, article_id: str, file: str) -> tuple[ArticleHeader, str]:
    """Header and text of one file.  Raises ProblemsError with every fault in it."""
    source = read_text(path, file)
    parts = source.split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        fault = "front matter between two lines '---' is expected at the top"
        raise ProblemsError([Problem(file, "line 1", fault)])
    # The line above the front matter is counted, so that line numbers are those of the file.
    raw = read_yaml(f"\n{parts[1]}".encode(), file)
    header = convert(raw, ArticleHeader, file, "front matter")
    text = parts[2].removesuffix("\n")
    if problems := [*check_identity(article_id, header, file), *_check_text(text, header, file)]:
        raise ProblemsError(problems)
    return header, text


def read_text(path: Path, file: str) -> str:
    """The file's text, checked to be UTF-8, NFC and with ``\\n`` line ends."""
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError as error:
        fault = f"not UTF-8: byte {error.start} cannot be decoded"
        raise ProblemsError([Problem(file, "", fault)]) from error
    problems = []
    for number, line in enumerate(text.split("\n"), 1):
        if not unicodedata.is_normalized("NFC", line):
            problems.append(Problem(file, f"line {number}", "the text is not in NFC"))
        if "\r" in line:
            problems.append(Problem(file, f"line {number}", "line ends must be \\n, found \\r"))
    if problems:
        raise ProblemsError(problems)
    return text


def check_identity(article_id: str, header: ArticleHeader, file: str) -> list[Problem]:
    """The article's id is its event and a number; the event is named by month and words."""
    match = ARTICLE_ID.fullmatch(article_id)
    if match is None:
        fault = f"{article_id!r} is no article id (YYYY-MM-words-number)"
        return [Problem(file, "", fault)]
    if match["event"] != header.event:
        fault = f"{header.event!r} is not the event in the article's id {article_id!r}"
        return [Problem(file, "$.event", fault)]
    return []


def _check_text(text: str, header: ArticleHeader, file: str) -> list[Problem]:
    problems = []
    title, _, body = text.partition("\n")
    if not title.strip() or not body.strip():
        problems.append(Problem(file, "", "a headline and a text below it are expected"))
    for line in text.split("\n"):
        if line != line.strip():
            fault = f"a line begins or ends in white space: {line[:20]!r}…"
            problems.append(Problem(file, "", fault))
    if not header.facts:
        problems.append(Problem(file, "$.facts", "a written article cites at least one report"))
    for index, address in enumerate(header.facts):
        if not re.fullmatch(r"https?://\S+", address):
            problems.append(Problem(file, f"$.facts[{index}]", f"{address!r} is no address"))
    return problems
