"""Figures in documents come from the data, and are noticed when they are stale."""

from __future__ import annotations

from pathlib import Path

from hapjong.corpus.dataset import Corpus, read_corpus
from hapjong.corpus.layout import Layout
from hapjong.evaluation.leaderboard import dump_report, render, score_all
from hapjong.release.documents import fresh_documents
from hapjong.schema import Split

ROOT = Path(__file__).parents[2]


def test_no_document_is_stale() -> None:
    """Run `make documents` where this fails."""
    for path, content in fresh_documents(read_corpus(Layout(ROOT))).items():
        assert path.read_bytes() == content, f"{path.name} is stale: make documents"


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
