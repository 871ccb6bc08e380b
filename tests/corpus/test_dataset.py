"""The dataset as a whole: what is sound, what hangs together, which version it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hapjong.corpus.dataset import Corpus, digest, inspect_corpus, read_corpus
from hapjong.corpus.layout import Layout
from hapjong.problems import ProblemsError
from hapjong.schema import Split

WRITTEN = ["2025-01-gana-dara-1", "2025-01-gana-dara-2", "2025-03-maba-investment-1"]
PRESS = "2025-02-press-review-1"


def faults(layout: Layout) -> list[str]:
    return [str(problem) for problem in inspect_corpus(layout)[1]]


def test_a_sound_dataset_is_read_whole(valid: Corpus) -> None:
    assert sorted(valid.articles) == sorted(valid.gold) == sorted([*WRITTEN, PRESS])


def test_articles_of_a_split_come_by_id(valid: Corpus) -> None:
    assert [article.article_id for article in valid.of_split(Split.TRAIN)] == WRITTEN[:2]
    assert valid.of_split(Split.VALIDATION) == []


def test_a_press_article_without_its_document_has_a_length_and_no_text(valid: Corpus) -> None:
    article = valid.articles[PRESS]
    assert (article.split, article.length, article.text) == (Split.PRESS, 36, None)
    assert valid.missing_text() == [PRESS]


def test_the_first_line_is_the_title(valid: Corpus) -> None:
    assert valid.articles[WRITTEN[1]].title == "다라통신의 성급한 한 수"
    assert valid.articles[PRESS].title is None


def test_reading_a_dataset_with_problems_raises_all_of_them(repository: Layout) -> None:
    (repository.gold / f"{WRITTEN[0]}.json").unlink()
    (repository.gold / f"{WRITTEN[1]}.json").write_text("{")
    with pytest.raises(ProblemsError) as caught:
        read_corpus(repository)
    assert [str(problem) for problem in caught.value.problems] == [
        f"dataset/gold/{WRITTEN[1]}.json: not JSON: Input data was truncated",
        f"dataset/gold/{WRITTEN[0]}.json: the gold is not there",
    ]


def test_what_is_sound_is_there_beside_what_is_not(repository: Layout) -> None:
    (repository.gold / f"{WRITTEN[0]}.json").write_text("{")
    corpus, problems = inspect_corpus(repository)
    assert len(problems) == 1
    assert sorted(corpus.gold) == sorted([*WRITTEN[1:], PRESS])


@pytest.mark.parametrize(
    "name",
    [
        "VERSION",
        "splits/test.txt",
        pytest.param("entities.yaml", id="the registry, on which all gold hangs"),
        pytest.param("press.yaml", id="the cuts, on which press gold hangs"),
        pytest.param(f"gold/{PRESS}.json", id="gold of a press article"),
    ],
)
def test_a_missing_file_is_named(repository: Layout, name: str) -> None:
    (repository.dataset / name).unlink()
    assert any(fault.startswith(f"dataset/{name}: the ") for fault in faults(repository))


def test_an_unreadable_article_is_reported_once(repository: Layout) -> None:
    (repository.articles / f"{WRITTEN[0]}.md").write_bytes(b"\xff")
    assert faults(repository) == [
        f"dataset/articles/{WRITTEN[0]}.md: not UTF-8: byte 0 cannot be decoded"
    ]


def test_an_unreadable_registry_is_reported_once(repository: Layout) -> None:
    repository.entities.write_text("{}")
    assert faults(repository) == ["dataset/entities.yaml: at least one entity is expected"]


def test_gold_without_an_article_is_reported(repository: Layout) -> None:
    shutil.copy(repository.gold / f"{PRESS}.json", repository.gold / "2025-09-nothing-1.json")
    assert faults(repository) == [
        "dataset/gold/2025-09-nothing-1.json: '2025-09-nothing-1' is no article"
    ]


def test_an_article_listed_twice_in_one_split_is_reported(repository: Layout) -> None:
    repository.split(Split.TEST).write_text(f"{WRITTEN[2]}\n{WRITTEN[2]}\n")
    assert faults(repository) == [
        f"dataset/splits: {WRITTEN[2]}: listed more than once: test, test"
    ]


def test_a_written_article_does_not_belong_in_press(repository: Layout) -> None:
    repository.split(Split.TEST).write_text("")
    repository.split(Split.PRESS).write_text(f"{PRESS}\n{WRITTEN[2]}\n")
    assert faults(repository) == [
        f"dataset/splits: {WRITTEN[2]}: "
        "a press article belongs in press, a written one not; it is in press"
    ]


def test_a_press_article_does_not_belong_elsewhere(repository: Layout) -> None:
    repository.split(Split.PRESS).write_text("")
    repository.split(Split.VALIDATION).write_text(f"{PRESS}\n")
    assert faults(repository) == [
        f"dataset/splits: {PRESS}: "
        "a press article belongs in press, a written one not; it is in validation"
    ]


def test_an_event_stays_in_one_split(repository: Layout) -> None:
    repository.split(Split.TRAIN).write_text(f"{WRITTEN[0]}\n")
    repository.split(Split.VALIDATION).write_text(f"{WRITTEN[1]}\n")
    assert faults(repository) == [
        "dataset/splits: 2025-01-gana-dara: the event is in two splits: train, validation"
    ]


def test_no_id_is_of_a_written_and_of_a_press_article(repository: Layout) -> None:
    source = (repository.articles / f"{WRITTEN[2]}.md").read_text()
    event = PRESS.removesuffix("-1")
    (repository.articles / f"{PRESS}.md").write_text(
        source.replace("2025-03-maba-investment", event)
    )
    assert faults(repository) == [f"dataset/press.yaml: {PRESS}: a written article has this id too"]


def _change_gold(layout: Layout) -> None:
    path = layout.gold / f"{PRESS}.json"
    path.write_bytes(path.read_bytes() + b"\n")


def _rename(layout: Layout) -> None:
    path = layout.articles / f"{WRITTEN[0]}.md"
    path.rename(path.with_name("2025-01-gana-dara-9.md"))


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (_change_gold, True),
        (_rename, True),
        (lambda layout: layout.split(Split.TEST).write_text(""), True),
        (lambda layout: layout.entities.write_text("{}"), True),
        (lambda layout: layout.statistics.write_text("{}"), False),
        (lambda layout: (layout.root / "README.md").write_text("x"), False),
    ],
    ids=["gold", "a file's name", "a split", "the registry", "statistics", "outside dataset/"],
)
def test_the_digest_covers_all_that_decides_a_score(
    repository: Layout, change: Callable[[Layout], object], differs: bool
) -> None:
    before = digest(repository)
    change(repository)
    assert (digest(repository) != before) is differs


def test_the_digest_does_not_depend_on_the_place(repository: Layout, valid: Corpus) -> None:
    assert digest(repository) == valid.version.digest


def test_the_version_shows_number_and_digest(valid: Corpus) -> None:
    number, _, found = str(valid.version).partition("@")
    assert number == "0.0.1"
    assert len(found) == 8


def test_the_repository_is_found_from_inside(repository: Layout) -> None:
    assert Layout.find(repository.gold) == repository


def test_outside_a_repository_the_message_says_what_was_sought(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"looked for dataset/entities\.yaml"):
        Layout.find(tmp_path)


def test_version_is_a_number(repository: Layout) -> None:
    repository.data_version.write_text("next\n")
    _, problems = inspect_corpus(repository)
    assert [str(problem) for problem in problems] == [
        "dataset/VERSION: expected a number such as 1.2.0, found 'next'"
    ]
