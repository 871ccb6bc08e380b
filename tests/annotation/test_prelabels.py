"""Predictions of a system as pre-labels: marked as such, and there once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hapjong.annotation.accounts import Accounts, StudioError
from hapjong.annotation.convert import from_result
from hapjong.annotation.interface import render
from hapjong.annotation.prelabels import Guess, GuessedFact, prelabel, to_prediction
from hapjong.annotation.rounds import load
from hapjong.annotation.server import Server
from hapjong.cli import DONE, UNUSABLE_INPUT, main
from hapjong.corpus.dataset import read_corpus
from hapjong.corpus.layout import Layout
from hapjong.schema import Article, MentionType, PartnershipType, Polarity, Status

GANA, DARA, DATE = (0, 4), (6, 11), (14, 17)
GUESS = Guess(
    mentions=((DARA, MentionType.ORG), (GANA, MentionType.ORG)),
    facts=(
        GuessedFact(GANA, DARA, PartnershipType.INVESTMENT, Status.IN_TALKS),
        GuessedFact(DATE, DARA, PartnershipType.COOPERATION, Status.AGREED),
        GuessedFact(DATE, DATE, PartnershipType.SUPPLY, Status.AGREED),
    ),
    article_stance=Polarity.FAVOR,
)


def stored_predictions(accounts: Accounts, project: int) -> dict[str, list[Any]]:
    tasks = accounts.connect("kim").tasks.list(project=project, fields="all")
    return {task.data["article_id"]: task.predictions for task in tasks}


def test_mentions_and_stance_are_labels_and_facts_are_notes(articles: list[Article]) -> None:
    text = articles[0].text or ""
    result, unshown = to_prediction(GUESS, text)
    assert unshown == 1
    assert [item.get("meta") for item in result] == [
        {"text": [f"INVESTMENT in_talks: {text[0:4]} → {text[6:11]}"]},
        {"text": [f"COOPERATION agreed: {text[14:17]} – {text[6:11]}"]},
        None,
    ]
    assert {item.get("origin") for item in result} == {"prediction", None}
    # What an annotator takes over as it is reads as an annotation.
    taken = from_result(result, articles[0], "kim")
    assert [(m.bounds, m.surface, m.type) for m in taken.mentions] == [
        (GANA, "가나전자", MentionType.ORG),
        (DARA, "다라소프트", MentionType.ORG),
    ]
    assert (taken.partnerships, taken.article_stance) == ((), Polarity.FAVOR)


def test_no_stance_is_made_up(articles: list[Article]) -> None:
    twice = ((GANA, MentionType.ORG), (GANA, MentionType.ORG))
    [region], _ = to_prediction(Guess(mentions=twice), articles[0].text or "")
    assert region["value"]["labels"] == ["ORG"]
    assert to_prediction(Guess(), "") == ([], 0)


@pytest.mark.studio
def test_twice_adds_nothing_and_a_change_replaces(
    accounts: Accounts, articles: list[Article]
) -> None:
    report = load(accounts.connect, "pre", ["kim", "lee"], articles, render())
    first, second, silent, missing = (article.article_id for article in articles)
    guesses = {first: GUESS, second: GUESS, silent: Guess(), "2020-01-other-1": GUESS}

    def run() -> list[tuple[str, int, int, int]]:
        done = prelabel(accounts.connect, "pre", ["kim", "lee"], "dictionary", guesses)
        assert [one.unshown for one in done] == [2, 2]
        return [(one.annotator, one.added, one.replaced, one.present) for one in done]

    assert run() == [("kim", 2, 0, 0), ("lee", 2, 0, 0)]
    assert run() == [("kim", 0, 0, 2), ("lee", 0, 0, 2)]
    guesses[second] = GUESS._replace(article_stance=None)
    assert run() == [("kim", 0, 1, 1), ("lee", 0, 1, 1)]

    for project in report.projects:
        stored = stored_predictions(accounts, project.project)
        assert {key: len(value) for key, value in stored.items()} == {
            first: 1, second: 1, silent: 0, missing: 0,
        }  # fmt: skip
        assert stored[first][0].model_version == "dictionary"
        text = articles[1].text or ""
        assert stored[second][0].result == to_prediction(guesses[second], text)[0]
        shown = accounts.connect("kim").projects.get(id=project.project)
        assert (shown.model_version, shown.show_collab_predictions) == ("dictionary", True)
        assert shown.total_annotations_number == 0


@pytest.mark.studio
def test_no_round_no_prelabels(accounts: Accounts) -> None:
    with pytest.raises(StudioError, match="there is no project 'unloaded · kim'"):
        prelabel(accounts.connect, "unloaded", ["kim"], "dictionary", {})


@pytest.mark.studio
def test_load_takes_a_submission(
    server: Server, fixture_repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    articles = read_corpus(Layout(fixture_repository)).articles
    article_id = next(key for key, article in articles.items() if article.text)
    submission = fixture_repository / "lexicon.jsonl"
    submission.write_text(
        json.dumps(
            {
                "article_id": article_id,
                "mentions": [{"start": 0, "end": 2, "type": "ORG"}],
                "stances": [{"id": "s99", "polarity": "favor"}],
                "article_stance": "neutral",
            }
        )
    )
    (fixture_repository / "annotation").mkdir(exist_ok=True)
    (fixture_repository / "annotation" / "interface.xml").write_text(render())
    (fixture_repository / "annotation" / "guidelines.md").write_text("# 지침\n")
    (fixture_repository / "build").mkdir(exist_ok=True)
    (fixture_repository / "build" / "studio").symlink_to(server.home)
    command = ["--root", str(fixture_repository), "studio", "load", "--round", "command"]
    command += ["--annotators", "kim", "--prelabel", str(submission)]
    for line in ("1 predictions of lexicon added", "0 predictions of lexicon added"):
        assert main(command) == DONE
        assert f"kim: {line}" in capsys.readouterr().out


def test_faulty_submission_loads_nothing(
    fixture_repository: Path, articles: list[Article], capsys: pytest.CaptureFixture[str]
) -> None:
    submission = fixture_repository / "lexicon.jsonl"
    known = next(iter(read_corpus(Layout(fixture_repository)).articles))
    lines = [
        {"article_id": known, "mentions": [{"start": 0, "end": 99999, "type": "ORG"}]},
        {"article_id": "2020-01-other-1"},
    ]
    submission.write_text("".join(json.dumps(line) + "\n" for line in [*lines, {}]))
    command = ["--root", str(fixture_repository), "studio", "load", "--round", "r"]
    command += ["--annotators", "kim", "--prelabel", str(submission)]
    assert main(command) == UNUSABLE_INPUT
    faults = capsys.readouterr().err.splitlines()
    assert len(faults) == 3
    for place in ("line 1: $.mentions[0].end", "line 2: $.article_id", "line 3: "):
        assert [fault for fault in faults if f"{submission}: {place}" in fault]
