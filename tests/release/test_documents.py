"""Figures in documents come from the data, and are noticed when they are stale."""

from __future__ import annotations

import json
import re
import statistics
from pathlib import Path
from typing import Any

import pytest

from hapjong.corpus.dataset import Corpus, read_corpus
from hapjong.corpus.layout import Layout
from hapjong.evaluation.leaderboard import dump_report, render, score_all
from hapjong.release.documents import fresh_documents
from hapjong.release.responsible_ai import STATEMENTS
from hapjong.schema import Split

ROOT = Path(__file__).parents[2]
CARD = ROOT / "DATASET_CARD.md"

NUMBER = re.compile(
    r"(?<![A-Za-z_\d])\d[\d.,]*|"
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?|"
    r"dozens?|hundreds?|thousands?|half(?!-open)|third|quarter|twice|percent of)\b",
    re.IGNORECASE,
)
PROSE_MAY_SAY = {
    "95 % intervals": "how `hapjong score` and `studio agreement` are defined",
    "CC BY 4.0": "the name of the licence",
    "Two annotators": "compared with the rounds below",
    "third edition": "the number of the guidelines, compared with them below",
    # Reported by those who checked, and marked so in the card; the record is not kept.
    "of 1,550 claims in the seventy articles that were written last, 1,513\n": "reported",
    "In the twelve that were written first, about twenty claims": "reported",
    "of ten articles drawn at random: of 209 claims, 197 could be looked up. Of these, 179\n"
    "  stand in a report that the article cites, 11 in another report only, 6 were not found "
    "again, and\n  1 was contradicted": "reported",
    "`2026-03-nvidia-groq-1`": "an article",
}
"""Phrases with a number that no command writes, and why each may stand in the card."""


def test_no_document_is_stale() -> None:
    """Run `make documents` where this fails."""
    for path, content in fresh_documents(read_corpus(Layout(ROOT))).items():
        assert path.read_bytes() == content, f"{path.name} is stale: make documents"


def test_the_card_has_no_figure_of_its_own() -> None:
    """A number of the data outside of the generated parts would go stale unnoticed.

    Nor have the statements on responsible use, which say the same in short.
    """
    prose = re.sub(r"<!-- begin (\w+) -->.*?<!-- end \1 -->", "", CARD.read_text(), flags=re.DOTALL)
    prose = prose.split("---\n", 2)[2]
    for phrase in PROSE_MAY_SAY:
        assert phrase in prose, f"not in the card any more: {phrase}"
        prose = prose.replace(phrase, "")
    assert NUMBER.findall(prose) == []
    assert NUMBER.findall(str([*STATEMENTS.values()])) == []


@pytest.mark.parametrize(
    "text", ["some 40 articles", "1,107 of them", "eighty-two", "Twelve", "a third", "0.5"]
)
def test_numbers_are_seen_however_they_are_written(text: str) -> None:
    assert len(NUMBER.findall(text)) == 1


def test_numbers_in_words_of_the_card_are_true() -> None:
    rounds = [path for path in (ROOT / "annotation" / "rounds").iterdir() if path.is_dir()]
    assert {len([path for path in of.iterdir() if path.is_dir()]) for of in rounds} == {2}
    guidelines = (ROOT / "annotation" / "guidelines.en.md").read_text()
    assert "`guidelines: 3`" in guidelines


def part(name: str) -> list[dict[str, str]]:
    """The rows of a generated part's tables, each by the heads of its columns."""
    [text] = re.findall(rf"<!-- begin {name} -->(.*?)<!-- end {name} -->", CARD.read_text(), re.S)
    rows: list[dict[str, str]] = []
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        head, _, *lines = ([cell.strip() for cell in line.split("|")[1:-1]]
                           for line in table.splitlines())  # fmt: skip
        rows += [dict(zip(head, line, strict=True)) for line in lines]
    return rows


def percent(value: float, low: float | None, high: float | None) -> str:
    interval = "" if low is None or high is None else f" [{100 * low:.1f}, {100 * high:.1f}]"
    return f"{100 * value:.1f}{interval}"


def test_the_card_says_what_the_scores_say() -> None:
    shown = {row.pop("system"): row for row in part("leaderboard") if "system" in row}
    folders = list((ROOT / "leaderboard" / "submissions").glob("*/"))
    assert shown.keys() == {folder.name for folder in folders}
    for folder in folders:
        scores = json.loads((folder / "scores.json").read_text())["scores"]
        for metric, cell in shown[folder.name].items():
            found = {key: scores[metric.strip("`")][key] for key in ("value", "low", "high")}
            assert cell == ("–" if found["value"] is None else percent(**found)), folder.name


def test_the_card_sums_up_the_seeds() -> None:
    shown = [row for row in part("leaderboard") if "over seeds" in row]
    assert shown
    for row in shown:
        folders = (ROOT / "leaderboard" / "submissions").glob(f"{row.pop('over seeds')}-seed*/")
        scores = [json.loads((folder / "scores.json").read_text())["scores"] for folder in folders]
        assert int(row.pop("seeds")) == len(scores) > 1
        for metric, cell in row.items():
            values = [100 * of_seed[metric.strip("`")]["value"] for of_seed in scores]
            assert cell == f"{statistics.mean(values):.1f} ± {statistics.stdev(values):.1f}"


def test_the_card_says_what_the_statistics_say() -> None:
    counted: dict[str, Any] = json.loads((ROOT / "dataset" / "statistics.json").read_text())
    for row in part("sizes"):
        sizes = counted["splits"][row.pop("split").strip("`")]
        assert {key: cell.replace(",", "") for key, cell in row.items()} == {
            key: str(value) for key, value in sizes.items()
        }
    labels = part("agreement_labels")
    assert labels
    for row in labels:
        for pair in counted["agreement"]:
            of = pair["labels"][row["layer"].replace(" ", "_")].get(row["label"])
            expected = percent(of["f1"], of["low"], of["high"]) if of else "–"
            assert row[f"{pair['round']}, F1"] == expected


def test_leaderboard_is_not_stale() -> None:
    """Run `hapjong leaderboard` where this fails."""
    corpus = read_corpus(Layout(ROOT))
    reports = score_all(corpus, Split.TEST)
    assert reports
    for folder, report in reports.items():
        assert (folder / "scores.json").read_bytes() == dump_report(report)
    assert corpus.layout.leaderboard.read_text() == render(list(reports.values()))


def test_parts_are_replaced_and_the_rest_is_left(corpus: Corpus) -> None:
    root = corpus.layout.root
    (root / "README.md").write_text(
        "before\n<!-- begin sizes -->\nold\n<!-- end sizes -->\nafter\n"
    )
    fresh = fresh_documents(corpus)[root / "README.md"].decode()
    assert fresh.startswith("before\n<!-- begin sizes -->\n| split |")
    assert fresh.endswith("\n<!-- end sizes -->\nafter\n")
    assert "old" not in fresh
    assert "| `test` | 1 | 2025-03-03 |" in fresh
