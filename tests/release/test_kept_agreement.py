"""The agreement kept of a round, as statistics give it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hapjong.cli import DONE, main
from hapjong.corpus.dataset import Corpus
from hapjong.corpus.layout import Layout
from hapjong.problems import ProblemsError
from hapjong.release.kept_agreement import LabelAgreement, headline_agreement, kept_agreement
from hapjong.release.statistics import statistics

STATUSES = ["agreed", "in_talks"]
NONE = {"value": None, "low": None, "high": None}
ALPHA = {"alpha": NONE, "alpha_union": NONE}


def kept(**fields: Any) -> dict[str, Any]:
    """A pair as in ``agreement.json``, short; keywords replace its tables."""
    table = {"labels": STATUSES, "table": [[3, 1, 0], [0, 0, 2], [1, 0, 0]], **ALPHA}
    return {
        "first": "kim",
        "second": "lee",
        "articles": 2,
        "gamma": None,
        "spans": {
            "mention_exact": {
                "f1": {"value": 0.5, "low": 0, "high": 1}, "union": NONE, "first": 3, "second": 5,
            },
            "mention_exact:ORG": {
                "f1": {"value": 0.5, "low": 0.25, "high": 0.75}, "union": NONE,
                "first": 3, "second": 5,
            },
            "mention_exact:DATE": {
                "f1": NONE, "union": NONE, "first": 0, "second": 0,
            },
        },
        "labels": {
            "status": table, "article_stance": {"labels": [], "table": [[0]], **ALPHA}, **fields,
        },
    }  # fmt: skip


def keep(layout: Layout, round_name: str, *pairs: dict[str, Any]) -> None:
    path = layout.agreement(round_name)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"round": round_name, "pairs": pairs}))


def test_each_label_has_its_f1_and_the_items_of_both(tmp_path: Path) -> None:
    keep(Layout(tmp_path), "pilot", kept())
    [found] = kept_agreement(Layout(tmp_path))
    assert (found.round, found.first, found.second, found.articles) == ("pilot", "kim", "lee", 2)
    assert found.labels == {
        "mention": {"ORG": LabelAgreement(f1=0.5, low=0.25, high=0.75, first=3, second=5)},
        "status": {
            # 3 of 4 and 4; then none of 2 and 1: what only one has counts as missed.
            "agreed": LabelAgreement(f1=0.75, low=None, high=None, first=4, second=4),
            "in_talks": LabelAgreement(f1=0, low=None, high=None, first=2, second=1),
        },
    }


def test_rounds_come_in_order_and_those_without_agreement_are_absent(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    keep(layout, "pilot", kept(), kept())
    keep(layout, "main", kept())
    (layout.rounds / "seed").mkdir()
    assert [pair.round for pair in kept_agreement(layout)] == ["main", "pilot", "pilot"]


def test_every_fault_of_a_table_is_told(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    short = {"labels": STATUSES, "table": [[1, 0, 0], [0, 1]], **ALPHA}
    keep(layout, "pilot", kept(status=short), kept(article_stance=short))
    with pytest.raises(ProblemsError) as error:
        kept_agreement(layout)
    assert [str(problem) for problem in error.value.problems] == [
        "annotation/rounds/pilot/agreement.json: $.pairs[0].labels.status.table: "
        "a table of 3 by 3 is expected",
        "annotation/rounds/pilot/agreement.json: $.pairs[1].labels.article_stance.table: "
        "a table of 3 by 3 is expected",
    ]


def test_what_the_command_keeps_is_what_statistics_read(corpus: Corpus) -> None:
    layout = corpus.layout
    for annotator in ("kim", "lee"):
        folder = layout.rounds / "pilot" / annotator
        folder.mkdir(parents=True)
        for path in layout.gold.glob("*.json"):
            text = path.read_text().replace('"annotator": "gold"', f'"annotator": "{annotator}"')
            (folder / path.name).write_text(text)
    assert main(["--root", str(layout.root), "studio", "agreement", "--round", "pilot"]) == DONE
    [found] = statistics(corpus).agreement
    assert found.articles == 4
    assert {layer: {of.f1 for of in labels.values()} for layer, labels in found.labels.items()} == {
        layer: {1.0} for layer in ("mention", "partnership", "status", "polarity", "article_stance")
    }
    assert found.labels["partnership"]["COOPERATION"].first == 3
    assert found.labels["article_stance"]["against"].second == 1
    [(name, headlines)] = headline_agreement(layout).items()
    assert name == "pilot (4 articles)"
    assert {figure.value for figure, _ in headlines.values()} == {1.0}
