"""Written articles: front matter, text, and the faults of both."""

from __future__ import annotations

import datetime
import unicodedata
from pathlib import Path

import pytest

from hapjong.corpus.articles import ARTICLE_ID, read_article, read_text
from hapjong.problems import ProblemsError
from hapjong.schema import ArticleHeader, Genre

ARTICLE_NAME = "2025-01-gana-dara-1"
HEADER = """date: 2025-01-15
event: 2025-01-gana-dara
genre: news
facts: [https://news.example/gana-dara]
"""
DECOMPOSED = unicodedata.normalize("NFD", "각")
TEXT = "가나전자, 다라통신과 협력\n\n가나전자가 3일 밝혔다. 😀"


def read(folder: Path, header: str = HEADER, text: str = TEXT) -> tuple[ArticleHeader, str]:
    path = folder / "article.md"
    path.write_bytes(f"---\n{header}---\n{text}\n".encode())
    return read_article(path, ARTICLE_NAME, "article.md")


def faults(folder: Path, header: str = HEADER, text: str = TEXT) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read(folder, header, text)
    return [str(problem) for problem in caught.value.problems]


def test_an_article_is_its_header_and_its_text(tmp_path: Path) -> None:
    header, text = read(tmp_path)
    assert text == TEXT
    assert header == ArticleHeader(
        date=datetime.date(2025, 1, 15),
        event="2025-01-gana-dara",
        genre=Genre.NEWS,
        facts=("https://news.example/gana-dara",),
    )


def test_the_text_may_hold_the_line_that_ends_front_matter(tmp_path: Path) -> None:
    text = "제목\n---\n본문"
    assert read(tmp_path, text=text)[1] == text


def test_a_line_number_of_the_front_matter_is_that_of_the_file(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, header=HEADER + "genre: brief\n")
    assert fault == "article.md: line 6: not YAML: the key 'genre' stands twice"


def test_every_fault_of_the_front_matter_is_listed(tmp_path: Path) -> None:
    assert faults(tmp_path, header="date: yesterday\ngenre: poem\nfacts: []\n") == [
        "article.md: front matter: $: 'event' is a required property",
        "article.md: front matter: $.date: 'yesterday' is not a 'date'",
        "article.md: front matter: $.genre: 'poem' is not one of ['analysis', 'brief', "
        "'interview', 'news', 'newsletter', 'opinion', 'press_release']",
    ]


def test_every_fault_of_the_text_is_listed(tmp_path: Path) -> None:
    header = HEADER.replace("2025-01-gana-dara\n", "2025-01-gana\n").replace("https:", "ftp:")
    assert faults(tmp_path, header, " 제목만") == [
        "article.md: $.event: '2025-01-gana' is not the event in the article's id "
        "'2025-01-gana-dara-1'",
        "article.md: a headline and a text below it are expected",
        "article.md: a line begins or ends in white space: ' 제목만'…",
        "article.md: $.facts[0]: 'ftp://news.example/gana-dara' is no address",
    ]


def test_every_line_that_is_not_normal_is_named(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(f"각\n{DECOMPOSED}\r\n가\n".encode())
    with pytest.raises(ProblemsError) as caught:
        read_text(path, "text.txt")
    assert [(p.place, p.fault) for p in caught.value.problems] == [
        ("line 2", "the text is not in NFC"),
        ("line 2", "line ends must be \\n, found \\r"),
    ]


@pytest.mark.parametrize("article_id", ["2025-01-gana-1", "2025-12-gana-dara-5g-12"])
def test_an_article_id_is_an_event_and_a_number(article_id: str) -> None:
    match = ARTICLE_ID.fullmatch(article_id)
    assert match
    assert f"{match['event']}-{article_id.rpartition('-')[2]}" == article_id


@pytest.mark.parametrize(
    "article_id",
    ["gana-1", "2025-01-1", "2025-01-gana", "2025-01-Gana-1", "2025-01-gana--1", "../2025-01-a-1"],
)
def test_other_names_are_no_article_ids(article_id: str) -> None:
    assert ARTICLE_ID.fullmatch(article_id) is None
