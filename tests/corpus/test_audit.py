"""``hapjong audit`` as a command: what it prints and how it ends."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from hapjong.cli import DONE, PROBLEMS_FOUND, UNUSABLE_INPUT, main
from hapjong.corpus.audit import HIGHEST, audit
from hapjong.corpus.dataset import Corpus
from hapjong.corpus.layout import Layout
from hapjong.schema import Polarity, dump_annotation

GANA, AGAIN = "2025-01-gana-dara-1", "2025-09-again-1"
MABA = "2025-03-maba-investment-1"


def run(layout: Layout, *arguments: str) -> int:
    return main(["--root", str(layout.root), "audit", *arguments])


def copy_into_test(layout: Layout, name: str = AGAIN) -> None:
    """Put a training article into the test split too, under another event."""
    article = (layout.articles / f"{GANA}.md").read_text()
    article = article.replace("event: 2025-01-gana-dara", f"event: {name[:-2]}")
    article = article.replace("date: 2025-01-15", "date: 2025-09-15")
    (layout.articles / f"{name}.md").write_text(article)
    gold = (layout.gold / f"{GANA}.json").read_text()
    (layout.gold / f"{name}.json").write_text(gold.replace(GANA, name))
    with (layout.dataset / "splits" / "test.txt").open("a") as split:
        split.write(f"{name}\n")


def test_clean_data_ends_well_and_says_what_was_left_out(
    repository: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(repository) == DONE
    said = capsys.readouterr().out
    assert "skipped: the text of 1 press articles is not here" in said
    assert "so no written article was compared with it" in said
    assert said.endswith("\nno failure\n")


def test_counts_stand_before_places(repository: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    path = repository.entities
    path.write_text(path.read_text().replace("en: Haru}", "en: Haru, aliases: [마바-AI]}"))
    assert run(repository) == DONE
    head, *sections = capsys.readouterr().out.split("\n\n")
    assert "2 names of several entities        1" in head
    assert [line.split()[0] for line in head.splitlines()[2:]] == list("11234566")
    (section,) = [text for text in sections if text.startswith("2 ")]
    assert "  마바 AI / 마바-AI / 마바AI: haru (PRODUCT), maba-ai (ORG)" in section


def test_an_article_in_two_splits_fails(
    repository: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    copy_into_test(repository)
    assert run(repository) == PROBLEMS_FOUND
    said = capsys.readouterr().out
    assert f"  FAILS {GANA} × {AGAIN}: 1.000, 1.000\n" in said
    assert said.endswith("\n2 failures\n")  # the copy is shared text, too


def test_every_failing_pair_is_listed(repository: Layout) -> None:
    copies = HIGHEST + 2
    for number in range(copies):
        copy_into_test(repository, f"2025-09-again-{number}-1")
    report = audit(repository)
    assert len(report.findings.near_duplicates) == copies
    assert report.failures == copies + (copies + 1) * copies // 2  # each with each, as copied text


def test_programs_get_the_same(repository: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    copy_into_test(repository)
    assert run(repository, "--json") == PROBLEMS_FOUND
    report = json.loads(capsys.readouterr().out)
    assert report["failures"] == 2
    assert report["counts"].keys() == report["findings"].keys()
    assert report["counts"]["near_duplicates"] == 1
    assert report["limits"]["shingle"] == 8
    highest = report["findings"]["near_duplicates"][0]
    assert highest == {
        "first": GANA,
        "second": AGAIN,
        "jaccard": 1.0,
        "containment": 1.0,
        "above": True,
    }
    assert len(report["findings"]["near_duplicates"]) > 1  # the next ones are listed, too


def test_a_passage_of_a_press_document_fails(
    repository: Layout,
    fixtures: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The document is made longer, so that it holds prose, and so is an article."""
    sentence = "길고 긴 문장 하나가 기사에서 그대로 옮겨졌다고 해도 좋을 만큼 똑같다."
    documents = Path(shutil.copytree(fixtures / "documents", tmp_path / "documents"))
    page = documents / "page.txt"
    old = _sha256(page)
    page.write_text(f"{page.read_text()}\n{sentence}\n")
    repository.press.write_text(repository.press.read_text().replace(old, _sha256(page)))
    article = repository.articles / f"{MABA}.md"
    article.write_text(f"{article.read_text()}\n{sentence}\n")
    assert run(repository) == DONE  # that sentence is in no press article
    capsys.readouterr()
    assert run(repository, "--documents", str(documents)) == PROBLEMS_FOUND
    said = capsys.readouterr().out
    assert f"  FAILS {MABA} × page.txt: " in said
    assert repr(sentence) in said
    assert "so no written article was compared" not in said


def _sha256(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_two_annotators_of_a_round_are_compared(
    repository: Layout, valid: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = valid.gold[MABA]
    against = replace(gold, article_stance=Polarity.AGAINST)
    for round_name, annotator, annotation in (
        ("pilot", "kim", gold),
        ("pilot", "lee", against),
        ("seed", "kim", gold),
    ):
        folder = repository.rounds / round_name / annotator
        folder.mkdir(parents=True)
        content = dump_annotation(replace(annotation, annotator=annotator))
        (folder / f"{MABA}.json").write_bytes(content)
    assert run(repository) == DONE
    said = capsys.readouterr().out
    assert f"  pilot, lee, article stance: against 1\n    {MABA}\n" in said
    assert "skipped: the round 'seed' has no article that two annotators labelled" in said


def test_data_that_validate_refuses_are_not_audited(
    repository: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository.gold / f"{MABA}.json").unlink()
    (repository.articles / f"{GANA}.md").unlink()
    assert run(repository) == UNUSABLE_INPUT
    told = capsys.readouterr()
    assert told.out == ""
    assert f"dataset/gold/{MABA}.json: the gold is not there" in told.err
    assert GANA in told.err


def test_documents_that_are_not_there_are_all_named(
    repository: Layout, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(repository, "--documents", str(tmp_path / "none")) == UNUSABLE_INPUT
    assert "page.txt: the document is not there" in capsys.readouterr().err


def test_the_dataset_passes(top: Layout, real_documents: Path) -> None:
    assert run(top, "--documents", str(real_documents)) == DONE
