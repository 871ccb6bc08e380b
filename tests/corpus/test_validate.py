"""``hapjong validate``: every message of it, what is skipped, exit statuses."""

from __future__ import annotations

import json
import shutil
from itertools import groupby
from pathlib import Path

import pytest

from hapjong.cli import main
from hapjong.corpus.layout import Layout
from hapjong.corpus.press import hydrate, read_press
from hapjong.corpus.validate import stands_for
from hapjong.problems import ProblemsError

TOP = Path(__file__).parents[2]
FIXTURES = Path("tests/fixtures")
GOLDEN = TOP / "tests" / "golden" / "invalid.txt"
"""One block a case: the names of its files, then the line that validate prints."""

MABA = "2025-03-maba-investment-1"
DARA = "2025-01-gana-dara-2"
PRESS = "2025-02-press-review-1"


def _cases() -> list[list[str]]:
    """The files of tests/fixtures/invalid; those of one fault and one kind are read together."""
    names = sorted(path.name for path in (TOP / FIXTURES / "invalid").iterdir())
    by_fault = groupby(names, key=lambda name: (name.split(".")[0], name.split(".")[-1]))
    return [list(group) for _, group in by_fault]


def _golden() -> dict[str, str]:
    blocks = GOLDEN.read_text().strip().split("\n\n")
    return dict(block.removeprefix("# ").split("\n", 1) for block in blocks)


CASES = _cases()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in the repository's top folder, so that messages show paths as a user sees them."""
    monkeypatch.chdir(TOP)


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("names", CASES, ids=[names[0].split(".")[0] for names in CASES])
def test_an_invalid_file_has_its_one_problem(
    names: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(FIXTURES / "invalid" / name) for name in names]
    assert main(["--root", str(FIXTURES / "valid"), "validate", *files]) == 1
    problem, count = capsys.readouterr().out.splitlines()
    assert problem == _golden()[" ".join(names)]
    assert count == "1 problem"


def test_every_golden_message_is_of_a_fixture() -> None:
    assert sorted(_golden()) == sorted(" ".join(names) for names in CASES)


def test_many_faults_of_one_file_are_listed_at_once(
    repository: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    path = repository.gold / f"{MABA}.json"
    gold = json.loads(path.read_bytes())
    gold["scheme"] = 2
    gold["mentions"][0]["end"] = 5
    gold["mentions"][1]["entity"] = "nobody"
    gold["partnerships"][0]["parties"][0]["mention"] = "m99"
    gold["stances"][0]["id"] = "m1"
    path.write_text(json.dumps(gold))
    assert main(["--root", str(repository.root), "validate"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[1] for line in lines[:-1]] == [
        "$.scheme",
        "$.stances[0].id",
        "$.mentions[0].surface",
        "$.mentions[0]",
        "$.mentions[0]",
        "$.mentions[1].entity",
        "$.partnerships[0].parties[0].mention",
    ]
    assert lines[-1] == "7 problems"


def test_two_broken_files_are_both_reported(
    repository: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    for article_id in (MABA, DARA):
        (repository.gold / f"{article_id}.json").write_text("{")
    assert main(["--root", str(repository.root), "validate"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"dataset/gold/{DARA}.json: not JSON: Input data was truncated",
        f"dataset/gold/{MABA}.json: not JSON: Input data was truncated",
        "2 problems",
    ]


def test_a_sound_repository_passes_and_says_what_was_not_checked(
    repository: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(repository.root), "validate"]) == 0
    said = capsys.readouterr()
    assert said.out == "4 articles, 4 gold annotations: no problem\n"
    assert said.err.startswith("skipped: the text of 1 press article")
    assert "hapjong hydrate" in said.err


def test_a_hydrated_repository_passes_and_nothing_is_skipped(
    repository: Layout, fixtures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = ["--root", str(repository.root)]
    assert main([*root, "hydrate", str(fixtures / "documents")]) == 0
    assert capsys.readouterr().out == f"build/press/{PRESS}.txt\n"
    assert main([*root, "validate"]) == 0
    assert capsys.readouterr() == ("4 articles, 4 gold annotations: no problem\n", "")


def test_hydrating_from_a_folder_without_the_documents_is_unusable_input(
    repository: Layout, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(repository.root), "hydrate", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"{tmp_path / 'page.txt'}: the document is not there\n"


def test_with_the_text_at_hand_hashes_of_spans_are_checked(
    repository: Layout, fixtures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hydrate(read_press(repository.press, ""), fixtures / "documents", repository.hydrated)
    path = repository.gold / f"{PRESS}.json"
    gold = json.loads(path.read_bytes())
    gold["partnerships"][0]["surface_sha256"] = "f" * 64
    path.write_text(json.dumps(gold))
    assert main(["--root", str(repository.root), "validate"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == (
        f"dataset/gold/{PRESS}.json: $.partnerships[0].surface_sha256: "
        "is not the hash of the text at [11, 13)"
    )


def test_annotations_of_rounds_are_checked_too(
    repository: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = repository.rounds / "pilot" / "kim"
    folder.mkdir(parents=True)
    shutil.copy(repository.gold / f"{DARA}.json", folder)
    assert main(["--root", str(repository.root), "validate"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"annotation/rounds/pilot/kim/{DARA}.json: $.annotator: expected 'kim', found 'gold'",
        "1 problem",
    ]


@pytest.mark.parametrize(
    ("name", "stands"),
    [
        ("a-fault.2025-01-gana-dara-1.json", "dataset/gold/2025-01-gana-dara-1.json"),
        ("2025-01-gana-dara-1.md", "dataset/articles/2025-01-gana-dara-1.md"),
        ("entities.yaml", "dataset/entities.yaml"),
        ("a-fault.press.yaml", "dataset/press.yaml"),
        ("a-fault.train.txt", "dataset/splits/train.txt"),
    ],
)
def test_a_file_stands_for_the_one_it_is_named_after(
    repository: Layout, tmp_path: Path, name: str, stands: str
) -> None:
    file = tmp_path / name
    file.touch()
    assert stands_for(repository, file) == repository.root / stands


@pytest.mark.parametrize("name", ["notes.txt", "other.yaml", "README"])
def test_a_name_that_stands_for_nothing_is_refused(
    repository: Layout, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).touch()
    with pytest.raises(ProblemsError, match=r"<article_id>\.json, entities\.yaml, press\.yaml"):
        stands_for(repository, tmp_path / name)


def test_a_file_that_is_not_there_is_unusable_input(
    repository: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(repository.root), "validate", "nowhere.json"]) == 2
    assert capsys.readouterr().err == "nowhere.json: the file is not there\n"
