"""Tests of hapjong.evaluation.leaderboard: order, cells, files."""

from __future__ import annotations

import msgspec
import pytest
from evaluation_strategies import WriteSubmission, as_prediction

from hapjong.cli import UNUSABLE_INPUT, main
from hapjong.corpus.dataset import Corpus
from hapjong.corpus.layout import Layout
from hapjong.evaluation.leaderboard import cell, dump_report, render, score_all, write_leaderboard
from hapjong.evaluation.metrics import HEADLINES, OVERALL
from hapjong.evaluation.scoring import Report, Score
from hapjong.evaluation.submission import Prediction
from hapjong.schema import Split

TEST_ARTICLE = "2025-03-maba-investment-1"


def make_score(value: float | None) -> Score:
    signature = f"hapjong:0.1.0|split:test|metric:{OVERALL}|seed:13"
    bounds = {"value": value, "low": value, "high": value}
    return Score(**bounds, correct=0, predicted=0, gold=0, signature=signature)


def make_report(name: str, *values: float, track: str = "raw", complete: bool = True) -> Report:
    """A report with the headlines' values in their order; what is not given is 0."""
    padded = [*values, *[0.0] * (len(HEADLINES) - len(values))]
    scores = {key: make_score(value) for key, value in zip(HEADLINES, padded, strict=True)}
    scores[OVERALL] = make_score(sum(padded) / len(padded) if complete else None)
    return Report(submission=name, split=Split.TEST, track=track, articles=3, scores=scores)


def systems(page: str) -> list[str]:
    """First cells of the tables' rows, in order."""
    first = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| ")]
    return [name for name in first if name not in ("system", "---")]


def test_the_better_system_comes_first() -> None:
    reports = [make_report("bad", 0.1), make_report("best", 0.9), make_report("middling", 0.5)]
    assert systems(render(reports)) == ["best", "middling", "bad"]


def test_equal_systems_are_in_the_order_of_their_names() -> None:
    reports = [make_report(name, 0.5, 0.5) for name in ("다라", "가나", "나무")]
    assert systems(render(reports)) == ["가나", "나무", "다라"]


def test_the_mean_of_all_headlines_decides_not_the_first_of_them() -> None:
    reports = [make_report("names only", 0.9), make_report("even", 0.4, 0.4, 0.4, 0.4)]
    assert systems(render(reports)) == ["even", "names only"]


def test_a_system_without_an_overall_is_ranked_with_zero_for_what_it_leaves_out() -> None:
    reports = [make_report("part", 0.9, complete=False), make_report("all", 0.3, 0.3, 0.3, 0.3)]
    page = render(reports)
    assert systems(page) == ["all", "part"]
    row = next(line for line in page.splitlines() if line.startswith("| part"))
    assert row.split(" | ")[1] == "–"
    assert row.split(" | ")[2] == "90.0 [90.0, 90.0]"


def test_each_track_has_its_table() -> None:
    reports = [make_report("given", 0, 0.9, track="gold_mentions"), make_report("raw one", 0.1)]
    page = render(reports)
    assert systems(page) == ["raw one", "given"]
    assert page.index("## Track `raw`") < page.index("raw one")
    assert page.index("raw one") < page.index("## Track `gold_mentions`") < page.index("given")


def test_mentions_that_were_given_do_not_decide_the_order() -> None:
    reports = [
        make_report("copies", 1, 0.2, track="gold_mentions"),
        make_report("links", 0, 0.3, track="gold_mentions"),
    ]
    page = render(reports)
    assert "`ner_f1`" not in page
    assert systems(page) == ["links", "copies"]


def test_a_track_without_systems_has_no_table() -> None:
    assert "gold_mentions" not in render([make_report("가나", 0.1)])


def test_every_row_has_as_many_cells_as_the_head() -> None:
    reports = [make_report("가나", 0.1), make_report("다라", 0.2, track="gold_mentions")]
    for table in render(reports).split("## Track")[1:]:
        rows = [line for line in table.splitlines() if line.startswith("|")]
        assert len(rows) == 3
        assert len({row.count("|") for row in rows}) == 1


def test_the_page_says_what_was_scored() -> None:
    assert "3 articles of the split `test`; `hapjong:0.1.0|split:test|seed:13`." in render(
        [make_report("가나", 0.1)]
    )


def test_seeds_of_one_system_are_summed_up() -> None:
    """The mean of 10, 20 and 60 is 30; their sample standard deviation is the root of 700."""
    seeds = [make_report(f"net-seed{n}", v) for n, v in ((1, 0.1), (2, 0.2), (13, 0.6))]
    other = [make_report("alone-seed1", 0.5), make_report("net", 0.5)]
    page = render([*seeds, *other])
    [row] = [line for line in page.splitlines() if line.startswith("| net | 3 |")]
    assert row == "| net | 3 | 7.5 ± 6.6 | 30.0 ± 26.5 | 0.0 ± 0.0 | 0.0 ± 0.0 | 0.0 ± 0.0 |"
    assert "| alone |" not in page


def test_without_seeds_nothing_is_summed_up() -> None:
    assert "seeds" not in render([make_report("net-seed1", 0.5), make_report("net", 0.5)])


def test_seeds_of_which_one_has_no_overall_have_none() -> None:
    page = render([make_report("net-seed1"), make_report("net-seed2", complete=False)])
    assert "| net | 2 | – | 0.0 ± 0.0 |" in page


def test_a_leaderboard_without_systems_has_no_table() -> None:
    assert "|" not in render([])


def test_a_cell_is_in_percent_with_one_decimal() -> None:
    score = msgspec.structs.replace(make_score(0.41249), low=0.301, high=0.5)
    assert cell(score) == "41.2 [30.1, 50.0]"
    assert cell(make_score(0)) == "0.0 [0.0, 0.0]"
    assert cell(make_score(None)) == "–"


@pytest.fixture
def filled(repository: Layout, corpus: Corpus, write_submission: WriteSubmission) -> Layout:
    """The repository with a submission that is right, and one that says nothing."""
    right = as_prediction(corpus.gold[TEST_ARTICLE])
    write_submission(repository.submissions / "oracle", [right])
    write_submission(repository.submissions / "idle", [Prediction(article_id=TEST_ARTICLE)])
    return repository


def test_every_submission_is_scored_into_its_folder_and_the_page(
    filled: Layout, corpus: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(filled.root), "leaderboard"]) == 0
    page = filled.leaderboard.read_text(encoding="utf-8")
    assert systems(page) == ["oracle", "idle"]
    assert capsys.readouterr().out == page
    reports = score_all(corpus._replace(layout=filled), Split.TEST)
    assert len(reports) == 2
    for folder, report in reports.items():
        assert (folder / "scores.json").read_bytes() == dump_report(report)
        assert msgspec.json.decode(dump_report(report), type=Report) == report


def test_writing_twice_changes_nothing(filled: Layout, corpus: Corpus) -> None:
    here = corpus._replace(layout=filled)
    first = write_leaderboard(here, score_all(here, Split.TEST))
    assert write_leaderboard(here, score_all(here, Split.TEST)) == first


def test_the_faults_of_all_submissions_are_told_and_nothing_is_written(
    filled: Layout, write_submission: WriteSubmission, capsys: pytest.CaptureFixture[str]
) -> None:
    write_submission(filled.submissions / "late", [])
    write_submission(filled.submissions / "old", [], data_version="0.0.0")
    assert main(["--root", str(filled.root), "leaderboard"]) == UNUSABLE_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"late/predictions.jsonl: the article '{TEST_ARTICLE}' of test is missing" in printed.err
    assert "old/submission.toml: $.data_version: made for data 0.0.0" in printed.err
    assert not filled.leaderboard.exists()
    assert not list(filled.submissions.glob("*/scores.json"))
