"""Press articles: cut out of verified documents, or not at all."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from shared_runs import LENGTH, readable, runs

from hapjong.corpus.dataset import inspect_corpus
from hapjong.corpus.layout import Layout
from hapjong.corpus.press import hydrate, read_press
from hapjong.problems import ProblemsError
from hapjong.schema import sha256

ARTICLE = "2025-02-press-review-1"
TEXT = "가나전자·마바AI [동맹]\n가나전자가 마바AI와 협력을 논의했다."


@pytest.fixture
def documents(tmp_path: Path, fixtures: Path) -> Path:
    """A copy of the folder with the fixture's document."""
    return Path(shutil.copytree(fixtures / "documents", tmp_path / "documents"))


def hydrated(layout: Layout, documents: Path) -> list[str]:
    return hydrate(read_press(layout.press, "press.yaml"), documents, layout.hydrated)


def faults(read: Callable[[], object]) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read()
    return [str(problem) for problem in caught.value.problems]


def edit(path: Path, old: str, new: str) -> None:
    source = path.read_text()
    assert source.count(old) == 1
    path.write_text(source.replace(old, new))


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_hydrating_cuts_the_article_out(repository: Layout, documents: Path) -> None:
    assert hydrated(repository, documents) == [ARTICLE]
    assert (repository.hydrated / f"{ARTICLE}.txt").read_text() == TEXT


def test_hydrating_twice_changes_nothing(repository: Layout, documents: Path) -> None:
    hydrated(repository, documents)
    hydrated(repository, documents)
    assert [path.read_text() for path in repository.hydrated.iterdir()] == [TEXT]


def test_one_changed_byte_of_a_document_is_named_with_both_hashes(
    repository: Layout, documents: Path
) -> None:
    page = documents / "page.txt"
    expected = sha256_of(page)
    page.write_bytes(page.read_bytes()[:-2] + b"!\n")
    assert faults(lambda: hydrated(repository, documents)) == [
        f"{page}: SHA-256 differs: expected {expected}, found {sha256_of(page)}"
    ]
    assert not repository.hydrated.exists()


def test_a_missing_document_is_named(repository: Layout, documents: Path) -> None:
    (documents / "page.txt").unlink()
    assert faults(lambda: hydrated(repository, documents)) == [
        f"{documents / 'page.txt'}: the document is not there"
    ]


def test_a_changed_range_cuts_another_text(repository: Layout, documents: Path) -> None:
    edit(repository.press, "[25, 46]", "[24, 45]")
    other = sha256((documents / "page.txt").read_text()[10:24] + "\n" + "\n" + TEXT[15:-1])
    assert faults(lambda: hydrated(repository, documents)) == [
        f"{documents / 'page.txt'}: {ARTICLE}: SHA-256 differs: "
        f"expected {sha256(TEXT)}, found {other}"
    ]


def test_a_changed_hash_of_an_article_is_refused(repository: Layout, documents: Path) -> None:
    edit(repository.press, sha256(TEXT), "f" * 64)
    assert faults(lambda: hydrated(repository, documents)) == [
        f"{documents / 'page.txt'}: {ARTICLE}: SHA-256 differs: "
        f"expected {'f' * 64}, found {sha256(TEXT)}"
    ]


def test_a_range_past_the_end_of_the_document_is_not_clamped(
    repository: Layout, documents: Path
) -> None:
    page = (documents / "page.txt").read_text()
    start, end = len(page) - 7, len(page) + 3
    edit(repository.press, "[25, 46]", f"[{start}, {end}]")
    edit(repository.press, "length: 36", "length: 25")
    edit(repository.press, sha256(TEXT), sha256(f"{TEXT[:14]}\n{page[start:]}"))
    assert faults(lambda: hydrated(repository, documents)) == [
        f"{documents / 'page.txt'}: {ARTICLE}: [{start}, {end}) is past the end ({len(page)})"
    ]


def test_nothing_is_written_when_one_document_is_wrong(repository: Layout, documents: Path) -> None:
    (documents / "other.txt").write_text("다른 문서")
    with repository.press.open("a") as press:
        press.write(f"- {{file: other.txt, sha256: '{'0' * 64}', articles: {{}}}}\n")
        press.write(f"- {{file: third.txt, sha256: '{'0' * 64}', articles: {{}}}}\n")
    assert len(faults(lambda: hydrated(repository, documents))) == 2
    assert not repository.hydrated.exists()


def test_a_wrong_length_is_found_without_the_document(repository: Layout) -> None:
    edit(repository.press, "length: 36", "length: 37")
    assert faults(lambda: read_press(repository.press, "press.yaml")) == [
        f"press.yaml: $[0].articles.{ARTICLE}.length: expected 36 as the ranges give, found 37"
    ]


def test_an_article_without_ranges_is_refused(repository: Layout) -> None:
    edit(repository.press, "[[10, 24], [25, 46]]", "[]")
    assert faults(lambda: read_press(repository.press, "press.yaml")) == [
        f"press.yaml: $[0].articles.{ARTICLE}.ranges: at least one range is expected"
    ]


def test_ranges_do_not_overlap(repository: Layout) -> None:
    edit(repository.press, "[25, 46]", "[23, 44]")
    (fault,) = faults(lambda: read_press(repository.press, "press.yaml"))
    assert ".ranges[1]: [23, 44) is empty, backwards or before the end of the last one" in fault


def test_two_documents_do_not_give_one_article(repository: Layout) -> None:
    source = repository.press.read_text()
    repository.press.write_text(source + source.replace("page.txt", "other.txt"))
    assert faults(lambda: read_press(repository.press, "press.yaml")) == [
        f"press.yaml: $[1].articles.{ARTICLE}: another document has an article of this id"
    ]


def test_a_press_article_is_named_by_its_event(repository: Layout) -> None:
    edit(repository.press, "event: 2025-02-press-review", "event: 2025-02-review")
    assert faults(lambda: read_press(repository.press, "press.yaml")) == [
        f"press.yaml: $[0].articles.{ARTICLE} $.event: '2025-02-review' is not the event "
        f"in the article's id '{ARTICLE}'"
    ]


def test_a_hydrated_file_that_was_changed_is_found(repository: Layout, documents: Path) -> None:
    hydrated(repository, documents)
    (repository.hydrated / f"{ARTICLE}.txt").write_text(TEXT + "!")
    corpus, problems = inspect_corpus(repository)
    assert [str(problem) for problem in problems] == [
        f"build/press/{ARTICLE}.txt: SHA-256 differs: "
        f"expected {sha256(TEXT)}, found {sha256(TEXT + '!')}"
    ]
    assert corpus.missing_text() == [ARTICLE]


def test_the_real_articles_are_what_was_annotated(
    top: Layout, real_documents: Path, tmp_path: Path
) -> None:
    documents = read_press(top.press, "press.yaml")
    articles = {key: cut for document in documents for key, cut in document.articles.items()}
    assert hydrate(documents, real_documents, tmp_path) == sorted(articles)
    for article_id, article in articles.items():
        text = (tmp_path / f"{article_id}.txt").read_bytes().decode()
        assert (len(text), sha256(text)) == (article.length, article.sha256), article_id


def test_no_file_of_the_repository_holds_prose_of_a_document(
    top: Layout, real_documents: Path
) -> None:
    owned = {run for path in real_documents.glob("*.txt") for run in runs(path.read_text())}
    assert len(owned) > 1000
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=top.root,
        capture_output=True,
        check=True,
    ).stdout.decode()
    files = [path for name in listed.split("\0") if name and (path := top.root / name).is_file()]
    assert top.press in files
    # The prose itself is not shown: a report of this test may be public.
    assert [top.name(path) for path in files if runs(readable(path.read_bytes())) & owned] == []


@pytest.mark.parametrize(
    "write",
    [
        lambda text: text,
        lambda text: re.sub(" ", "\n  ", text),
        lambda text: json.dumps({"text": f"그는 말했다. {text}"}),
    ],
    ids=["as it is", "wrapped", "escaped"],
)
def test_copied_prose_is_recognised(write: Callable[[str], str], fixtures: Path) -> None:
    document = (fixtures / "documents" / "page.txt").read_text()
    copied = " ".join(document.split())[20 : 20 + LENGTH + 6]
    assert runs(readable(write(copied).encode())) & runs(document)


def test_shared_names_are_no_copied_prose(fixtures: Path) -> None:
    document = (fixtures / "documents" / "page.txt").read_text()
    assert not runs("오늘 가나전자가 마바AI와 협력을 마무리하고 새 제품을 내놓기로 했다.") & runs(
        document
    )
