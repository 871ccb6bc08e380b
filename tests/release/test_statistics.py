"""Statistics of the fixture repository, counted by hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from hapjong.corpus.dataset import Corpus, read_corpus
from hapjong.corpus.layout import Layout
from hapjong.problems import ProblemsError
from hapjong.release.statistics import dump_statistics, read_statistics, statistics
from hapjong.schema import Split

OPINION = "2025-01-gana-dara-2"


def count(corpus: Corpus) -> dict[str, Any]:
    counted: dict[str, Any] = msgspec.to_builtins(statistics(corpus), str_keys=True)
    return counted


def some(counts: dict[str, Any]) -> dict[str, Any]:
    """Only what is there."""
    return {key: number for key, number in counts.items() if number}


def test_statistics_count(corpus: Corpus) -> None:
    counted = count(corpus)
    assert counted["splits"]["train"] == {
        "articles": 2,
        "from": "2025-01-15",
        "to": "2025-01-17",
        "characters": sum(a.length for a in corpus.of_split(Split.TRAIN)),
        "mentions": 19,
        "partnerships": 5,
        "stances": 2,
    }
    assert counted["splits"]["validation"]["from"] is None
    assert counted["partnerships"]["COOPERATION"] == 5
    assert counted["statuses"] == {"agreed": 8, "in_talks": 1, "speculated": 0, "ended": 1}
    assert counted["linked_pairs"] == {"all": 8, "in_re": 8}
    assert counted["events"] == 3


def test_articles_are_counted_by_month_genre_and_split(corpus: Corpus) -> None:
    rows = [tuple(row.values()) for row in count(corpus)["articles_by_month"]]
    assert rows == [
        ("2025-01", "news", "train", 1),
        ("2025-01", "opinion", "train", 1),
        ("2025-02", "news", "press", 1),
        ("2025-03", "brief", "test", 1),
    ]


def test_partnerships_are_counted_by_type_and_status(corpus: Corpus) -> None:
    counted = count(corpus)["partnership_statuses"]
    assert {kind: some(of) for kind, of in counted.items()} == {
        "COOPERATION": {"agreed": 4, "in_talks": 1},
        "INVESTMENT": {"agreed": 2},
        "SUPPLY": {"agreed": 1},
        "MEMBERSHIP": {"agreed": 1},
        "ACQUISITION": {},
        "MERGER": {"ended": 1},
        "COMPETITION": {},
    }


def test_stances_are_counted_by_what_they_are_towards(corpus: Corpus) -> None:
    opinion = corpus.gold[OPINION]
    extra = replace(opinion.stances[0], id="s2", target=opinion.mentions[0].id, start=0, end=4)
    gold = {**corpus.gold, OPINION: replace(opinion, stances=(*opinion.stances, extra))}
    counted = count(corpus._replace(gold=gold))["stance_targets"]
    assert {target: found for target, of in counted.items() if (found := some(of))} == {
        "COOPERATION": {"favor": 1, "against": 1},
        "MERGER": {"against": 1},
        "mention": {"against": 1},
    }


def test_lengths_are_binned_with_their_quantiles(corpus: Corpus) -> None:
    articles = {
        key: replace(article, split=Split.TRAIN, length=length)
        for (key, article), length in zip(
            sorted(corpus.articles.items()), (100, 249, 250, 999), strict=True
        )
    }
    counted = count(corpus._replace(articles=articles))["lengths"]
    assert counted["train"] == {"bins": [2, 1, 0, 1], "quantiles": [100, 100, 249, 250, 999]}
    assert counted["press"] == {"bins": [], "quantiles": []}


def test_facts_are_counted_by_article_with_the_latest_date(corpus: Corpus) -> None:
    counted = count(corpus)
    assert [tuple(row.values()) for row in counted["facts"]] == [
        ("dara-telecom", "gana-electronics", "COOPERATION", "agreed", 2, "2025-01-17"),
        ("dara-telecom", "maba-ai", "INVESTMENT", "agreed", 1, "2025-03-03"),
        ("dara-telecom", "onbit-alliance", "MEMBERSHIP", "agreed", 1, "2025-01-15"),
        ("gana-electronics", "dara-telecom", "SUPPLY", "agreed", 1, "2025-01-15"),
        ("gana-electronics", "maba-ai", "COOPERATION", "agreed", 1, "2025-02-20"),
        ("gana-electronics", "maba-ai", "COOPERATION", "in_talks", 1, "2025-02-20"),
        ("gana-electronics", "maba-ai", "MERGER", "ended", 1, "2025-03-03"),
    ]
    assert counted["fact_entities"] == {
        "dara-telecom": {"en": "Dara Telecom", "type": "ORG"},
        "gana-electronics": {"en": "Gana Electronics", "type": "ORG"},
        "maba-ai": {"en": "Maba AI", "type": "ORG"},
        "onbit-alliance": {"en": "Onbit Alliance", "type": "ALLIANCE"},
    }


def test_statistics_need_no_press_text(corpus: Corpus) -> None:
    with_text = statistics(corpus)
    shutil.rmtree(corpus.layout.hydrated)
    assert statistics(read_corpus(corpus.layout)) == with_text


def test_what_is_written_is_what_is_read(corpus: Corpus) -> None:
    corpus.layout.statistics.write_bytes(dump_statistics(corpus))
    assert read_statistics(corpus.layout) == statistics(corpus)


def test_every_fault_of_the_file_is_told(tmp_path: Path, corpus: Corpus) -> None:
    (tmp_path / "dataset").mkdir()
    with pytest.raises(ProblemsError, match="hapjong documents writes it"):
        read_statistics(Layout(tmp_path))
    faulty = json.loads(dump_statistics(corpus))
    faulty["facts"][0]["status"] = "perhaps"
    faulty["entities"] = "many"
    Layout(tmp_path).statistics.write_text(json.dumps(faulty))
    with pytest.raises(ProblemsError) as error:
        read_statistics(Layout(tmp_path))
    assert [problem.place for problem in error.value.problems] == [
        "$.entities",
        "$.facts[0].status",
    ]
