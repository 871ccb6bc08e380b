"""Tests of hapjong.evaluation.errors: kinds of mistakes, and that they add up to the scores."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from evaluation_strategies import (
    REGISTRY,
    VALID,
    Case,
    WriteSubmission,
    as_prediction,
    count,
    random_cases,
)
from msgspec.structs import replace

from hapjong.cli import DONE, UNUSABLE_INPUT, main
from hapjong.corpus.dataset import Corpus
from hapjong.corpus.facts import gold_facts
from hapjong.evaluation.counting import predicted_facts
from hapjong.evaluation.errors import CORRECT, KINDS, Training, Verdict, errors, verdicts
from hapjong.evaluation.metrics import ROW, Counts
from hapjong.evaluation.submission import (
    PredictedMention,
    PredictedPartnership,
    Prediction,
    read_submission,
)
from hapjong.schema import (
    Article,
    ArticleHeader,
    MentionType,
    PartnershipType,
    Polarity,
    Split,
    Status,
    Track,
)

TEST_ARTICLE = "2025-03-maba-investment-1"
NOTHING = Training(frozenset(), frozenset())


def kinds_of(case: Case, corpus: Corpus) -> Counter[tuple[str, str]]:
    """How often each kind occurs in each layer of a random article."""
    return Counter((one.layer, one.kind) for one in judge(case, corpus))


def judge(case: Case, corpus: Corpus) -> list[Verdict]:
    header: ArticleHeader = corpus.articles[TEST_ARTICLE].header
    text = "가" * 60
    article = Article(
        article_id=case.gold.article_id, header=header, split=Split.TEST, length=60, text=text
    )
    return list(verdicts(article, case.gold, case.predicted, REGISTRY, NOTHING))


def totals(counts: Counts, prefix: str) -> tuple[int, int, int]:
    rows = [row for name, row in ROW.items() if name.startswith(prefix)]
    correct, predicted, gold = counts[rows].sum(axis=0)
    return int(correct), int(predicted), int(gold)


@pytest.mark.parametrize(
    ("layer", "row", "not_gold", "not_predicted"),
    [
        ("mentions", "ner:", "spurious", "missed"),
        ("partnerships", "status", "spurious", "missed"),
        ("stances", "stance:", "", "unanswered"),
        ("article_stance", "article_stance:", "", "unanswered"),
    ],
)
def test_kinds_add_up_to_the_counts_of_the_scorer(
    corpus: Corpus, layer: str, row: str, not_gold: str, not_predicted: str
) -> None:
    met = Counter[str]()
    for case in random_cases(500):
        found = kinds_of(case, corpus)
        of_layer = {kind: found[layer, kind] for kind in KINDS[layer]}
        met.update(of_layer)
        correct, predicted, gold = totals(count(case.gold, case.predicted), row)
        assert of_layer[CORRECT] == correct
        assert sum(of_layer.values()) - of_layer.get(not_gold, 0) == gold
        assert sum(of_layer.values()) - of_layer[not_predicted] == predicted
    assert set(+met) == set(KINDS[layer])


def test_facts_are_coupled_by_the_highest_rung_that_they_share(corpus: Corpus) -> None:
    """Where no rung merges two facts, each rung's correct ones are those coupled so far."""
    whole = 0
    for case in random_cases(500):
        both = [
            gold_facts(case.gold, REGISTRY),
            predicted_facts(gold=case.gold, predicted=case.predicted, registry=REGISTRY),
        ]
        if any(len({f.rungs()[0] for f in facts}) < len(facts) for facts in both):
            continue
        whole += 1
        found = kinds_of(case, corpus)
        counts, reached = count(case.gold, case.predicted), 0
        for kind, rung in (
            (CORRECT, "status"), ("status", "partnership"), ("direction", "type"), ("type", "pair"),
        ):  # fmt: skip
            reached += found["partnerships", kind]
            assert reached == counts[ROW[rung]][0]
    assert whole > 100


def test_mentions_that_overlap_are_coupled_once(corpus: Corpus) -> None:
    [case] = random_cases(1)
    gold = replace(
        case.gold,
        mentions=tuple(
            replace(case.gold.mentions[0], id=f"m{i}", start=start, end=end, type=MentionType.ORG)
            for i, (start, end) in enumerate([(0, 2), (3, 5), (6, 8), (9, 11)])
        ),
        partnerships=(),
    )
    said = [(0, 2, "PERSON"), (3, 4, "ORG"), (4, 5, "ORG"), (6, 8, "ORG"), (12, 13, "ORG")]
    predicted = Prediction(
        article_id=gold.article_id,
        mentions=tuple(
            PredictedMention(start=start, end=end, type=MentionType(kind))
            for start, end, kind in [*said, *said]
        ),
    )
    found = judge(Case(gold, predicted, ()), corpus)
    assert [one.kind for one in found if one.layer == "mentions"] == [
        "type", "boundary", "spurious", "correct", "missed", "spurious",
    ]  # fmt: skip


def turned(corpus: Corpus) -> Prediction:
    """The right answers of the test article with a mistake in each layer."""
    right = as_prediction(corpus.gold[TEST_ARTICLE])
    claims = tuple(
        replace(p, head=p.tail, tail=p.head) if p.type is PartnershipType.INVESTMENT else p
        for p in right.partnerships
    )
    [stance] = right.stances
    other = next(p for p in Polarity if p is not stance.polarity)
    return replace(
        right,
        mentions=right.mentions[1:],
        partnerships=claims,
        stances=(replace(stance, polarity=other),),
        article_stance=None,
    )


def test_the_report_of_a_submission(
    corpus: Corpus,
    tmp_path: Path,
    write_submission: WriteSubmission,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = write_submission(tmp_path / "turned", [turned(corpus)])
    assert main(["--root", str(VALID), "errors", str(folder), "--json"]) == DONE
    report = json.loads(capsys.readouterr().out)
    gold = corpus.gold[TEST_ARTICLE]
    article = corpus.articles[TEST_ARTICLE]
    assert report["unanswered"] == ["article_stance"]
    mentions = report["counts"]["mentions"]
    missed = {"correct": len(gold.mentions) - 1, "missed": 1}
    assert mentions["all"] == {"spurious": 0, "boundary": 0, "type": 0, **missed}
    assert mentions[f"genre:{article.header.genre}"] == mentions["all"]
    for kind, number in mentions["all"].items():
        assert mentions["seen"][kind] + mentions["unseen"][kind] == number
    assert report["counts"]["partnerships"]["all"]["direction"] == 1
    [stance] = gold.stances
    said = report["confusion"]["stances"][stance.polarity]
    assert sum(said.values()) == 1
    assert said[stance.polarity] == 0
    assert [m["layer"] for m in report["mistakes"]] == ["mentions", "partnerships", "stances"]
    text = article.text or ""
    for mistake in report["mistakes"]:
        around = mistake["before"] + mistake["text"] + mistake["after"]
        assert around in text
        side = mistake["gold"]
        assert text[side["start"] : side["end"]] in mistake["text"]
    first = report["mistakes"][0]
    assert (first["kind"], first["gold"]["label"]) == ("missed", gold.mentions[0].type)
    assert (first["predicted"], first["text"]) == (None, gold.mentions[0].surface)

    assert main(["--root", str(VALID), "errors", str(folder)]) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "turned on test (1 articles), raw"
    assert "not answered: article_stance" in lines
    shown = [line for line in lines if line.startswith(TEST_ARTICLE)]
    assert len(shown) == len(report["mistakes"])
    assert f"[{gold.mentions[0].surface}]" in shown[0]


def test_right_answers_have_no_mistakes(
    corpus: Corpus, tmp_path: Path, write_submission: WriteSubmission
) -> None:
    right = [as_prediction(corpus.gold[a.article_id]) for a in corpus.of_split(Split.TRAIN)]
    folder = write_submission(tmp_path / "oracle", right)
    submission = read_submission(folder, Track.RAW, corpus.version.number)
    report = errors(submission, corpus, Split.TRAIN)
    assert report.mistakes == []
    # All that is named in training was seen there.
    for layer in ("mentions", "partnerships"):
        assert report.counts[layer]["seen"] == report.counts[layer]["all"]
        assert "unseen" not in report.counts[layer]


def test_seen_is_what_the_training_gold_names(
    corpus: Corpus, tmp_path: Path, write_submission: WriteSubmission
) -> None:
    folder = write_submission(tmp_path / "idle", [made_up(corpus)])
    submission = read_submission(folder, Track.RAW, corpus.version.number)
    known = {
        mention.surface
        for article in corpus.of_split(Split.TRAIN)
        for mention in corpus.gold[article.article_id].mentions
    }
    report = errors(submission, corpus, Split.TEST)
    missed = [m for m in report.mistakes if m.kind == "missed" and m.layer == "mentions"]
    assert {m.seen for m in missed} == {True, False}
    for mistake in missed:
        assert mistake.seen is (mistake.text in known)
    # A fact of spans that are no mentions is of nobody who could have been seen.
    [spurious] = [m for m in report.mistakes if m.kind == "spurious" and m.gold is None][-1:]
    assert (spurious.layer, spurious.seen) == ("partnerships", False)
    assert spurious.predicted is not None
    assert spurious.predicted.label == "[0, 1) → [1, 2) SUPPLY ended"


def made_up(corpus: Corpus) -> Prediction:
    return Prediction(
        article_id=TEST_ARTICLE,
        mentions=(
            PredictedMention(
                start=0, end=corpus.articles[TEST_ARTICLE].length, type=MentionType.ORG
            ),
        ),
        partnerships=(
            PredictedPartnership(
                head=(0, 1), tail=(1, 2), type=PartnershipType.SUPPLY, status=Status.ENDED
            ),
        ),
    )


def test_faults_and_texts_that_are_not_here_are_told_together(
    tmp_path: Path, write_submission: WriteSubmission, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_submission(tmp_path / "empty", [])
    command = ["--root", str(VALID), "errors", str(folder), "--split"]
    assert main([*command, "press"]) == UNUSABLE_INPUT
    faults = capsys.readouterr().err
    assert "2025-02-press-review-1.txt: the text is not here (hapjong hydrate DIR)" in faults
    assert "the article '2025-02-press-review-1' of press is missing" in faults
    assert main([*command, "validation"]) == UNUSABLE_INPUT
    assert "validation.txt: the split has no articles to score" in capsys.readouterr().err
