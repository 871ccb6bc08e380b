"""Tests of hapjong.evaluation.scoring: reports, signatures, intervals, what is left open."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import numpy as np
import pytest
from evaluation_strategies import VALID, WriteSubmission, as_prediction, count, random_cases

import hapjong
from hapjong.cli import UNUSABLE_INPUT, main
from hapjong.corpus.dataset import Corpus, read_corpus
from hapjong.corpus.layout import Layout
from hapjong.evaluation.leaderboard import cell
from hapjong.evaluation.metrics import BY_NAME, HEADLINES, METRICS, OVERALL, overall, value
from hapjong.evaluation.scoring import (
    Report,
    Signature,
    count_split,
    score,
    scores_of,
)
from hapjong.evaluation.submission import Prediction, Submission, SubmissionInfo
from hapjong.problems import ProblemsError
from hapjong.schema import Split

NAMES = [*(metric.name for metric in METRICS), OVERALL]


def submission(*predictions: Prediction, track: str = "raw") -> Submission:
    info = msgspec.convert(
        {
            "name": "gana-1",
            "authors": [],
            "description": "",
            "track": track,
            "data_version": "0.0.1",
        },
        SubmissionInfo,
    )
    return Submission(info, "predictions.jsonl", dict(enumerate(predictions, 1)))


def right_answers(corpus: Corpus, split: Split) -> list[Prediction]:
    return [as_prediction(corpus.gold[a.article_id]) for a in corpus.of_split(split)]


def no_answers(corpus: Corpus, split: Split) -> list[Prediction]:
    return [Prediction(article_id=a.article_id) for a in corpus.of_split(split)]


def report_of(corpus: Corpus, split: Split, *predictions: Prediction, track: str = "raw") -> Report:
    return score(submission(*predictions, track=track), corpus, split)


@pytest.mark.parametrize("track", ["raw", "gold_mentions"])
@pytest.mark.parametrize("split", [Split.TRAIN, Split.TEST, Split.PRESS])
def test_signatures_say_what_a_score_depends_on(corpus: Corpus, split: Split, track: str) -> None:
    report = report_of(corpus, split, *right_answers(corpus, split), track=track)
    digest = corpus.version.digest
    assert re.fullmatch("[0-9a-f]{8}", digest)
    for name in NAMES:
        assert report.scores[name].signature == (
            f"hapjong:{hapjong.__version__}|data:0.0.1@{digest}|split:{split}|track:{track}"
            f"|metric:{name}|resamples:1000|seed:13"
        )


def test_the_report_has_an_entry_for_every_metric(corpus: Corpus) -> None:
    report = report_of(corpus, Split.TEST, *right_answers(corpus, Split.TEST))
    assert list(report.scores) == NAMES
    assert {"ner_f1", "pair_f1", "type_f1", "partnership_f1", "status_f1"} < set(NAMES)
    assert {"stance_f1", "article_stance_f1", "overall"} < set(NAMES)


def test_the_json_has_the_keys_of_the_design(
    corpus: Corpus,
    tmp_path: Path,
    write_submission: WriteSubmission,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = write_submission(tmp_path / "gana-1", no_answers(corpus, Split.TEST))
    assert main(["--root", str(VALID), "score", str(folder), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert list(report) == ["submission", "split", "track", "articles", "scores"]
    assert [report[key] for key in list(report)[:4]] == ["gana-1", "test", "raw", 1]
    keys = ["value", "low", "high", "correct", "predicted", "gold", "signature"]
    for entry in report["scores"].values():
        assert list(entry) == keys


def test_the_plain_output_has_a_line_for_every_metric(
    corpus: Corpus,
    tmp_path: Path,
    write_submission: WriteSubmission,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = write_submission(tmp_path / "gana-1", right_answers(corpus, Split.TEST))
    assert main(["--root", str(VALID), "score", str(folder)]) == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading == "gana-1 on test (1 articles), raw"
    assert [line.split()[0] for line in lines[:-2]] == NAMES


def test_the_gold_of_the_test_split_scores_as_worked_out_by_hand(corpus: Corpus) -> None:
    scores = report_of(corpus, Split.TEST, *right_answers(corpus, Split.TEST)).scores
    # Seven mentions; the investment stated twice and the merger; one stance, one article.
    expected = {
        "ner_f1": (1, 7),
        "ner_macro_f1": (2 / 9, 7),
        "ner_org_f1": (1, 5),
        "ner_person_f1": (0, 0),
        "partnership_f1": (1, 2),
        "status_f1": (1, 2),
        "stance_f1": (1 / 3, 1),
        "stance_favor_against_f1": (1 / 2, 1),
        "article_stance_f1": (1 / 3, 1),
        "overall": (2 / 3, 7 + 2 + 1 + 1),
    }
    for name, (right, items) in expected.items():
        found = scores[name]
        assert found.value == found.low == found.high == pytest.approx(right, abs=1e-6)
        assert (found.correct, found.predicted, found.gold) == (items, items, items)


def test_an_empty_submission_scores_zero(corpus: Corpus) -> None:
    scores = report_of(corpus, Split.TRAIN, *no_answers(corpus, Split.TRAIN)).scores
    assert scores.pop(OVERALL).value is None
    for found in scores.values():
        assert (found.value, found.low, found.high) == (0, 0, 0)
        assert (found.correct, found.predicted) == (0, 0)
    assert scores["ner_f1"].gold == 19


def test_press_articles_are_scored_without_their_text(corpus: Corpus) -> None:
    assert corpus.missing_text() == ["2025-02-press-review-1"]
    scores = report_of(corpus, Split.PRESS, *right_answers(corpus, Split.PRESS)).scores
    assert scores["ner_f1"].value == scores["status_f1"].value == 1


@pytest.mark.parametrize("hydrated", [False, True])
def test_the_scores_of_test_say_what_became_of_press(
    hydrated: bool, fixture_repository: Path, write_submission: WriteSubmission,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    if hydrated:
        documents = VALID.parent / "documents"
        assert main(["--root", str(fixture_repository), "hydrate", str(documents)]) == 0
    corpus = read_corpus(Layout(fixture_repository))
    test, press = (right_answers(corpus, split) for split in (Split.TEST, Split.PRESS))

    def last_line(name: str, *predictions: Prediction) -> str:
        folder = write_submission(fixture_repository / name, predictions)
        capsys.readouterr()
        assert main(["--root", str(fixture_repository), "score", str(folder)]) == 0
        return capsys.readouterr().out.splitlines()[-1]

    how = "their texts are in build/press/" if hydrated else "hapjong hydrate DIR gives their texts"
    left_out = f"press: left out, 0 of 1 articles are predicted ({how})"
    assert last_line("without", *test) == left_out
    found = last_line("with", *test, *press)
    assert found.startswith("press: scored too, 1 articles: overall ")
    score = report_of(corpus, Split.PRESS, *press).scores["partnership_f1"]
    assert f", partnership_f1 {cell(score)}, " in found


TASKS: dict[str, object] = {
    "mentions": (),
    "partnerships": (),
    "stances": (),
    "article_stance": None,
}


@pytest.mark.parametrize("task", TASKS)
def test_overall_is_left_open_where_a_task_has_no_answer_at_all(corpus: Corpus, task: str) -> None:
    right = right_answers(corpus, Split.TRAIN)
    without = [msgspec.structs.replace(p, **{task: TASKS[task]}) for p in right]
    in_one_article = report_of(corpus, Split.TRAIN, right[0], without[1]).scores[OVERALL]
    nowhere = report_of(corpus, Split.TRAIN, *without).scores[OVERALL]
    assert in_one_article.value is not None
    assert (nowhere.value, nowhere.low, nowhere.high) == (None, None, None)
    assert nowhere.gold == in_one_article.gold


def test_answers_in_other_splits_do_not_count(corpus: Corpus) -> None:
    right = right_answers(corpus, Split.TEST)
    alone = report_of(corpus, Split.TEST, *right)
    assert report_of(corpus, Split.TEST, *right_answers(corpus, Split.TRAIN), *right) == alone
    empty = no_answers(corpus, Split.TEST)
    beside = report_of(corpus, Split.TEST, *right_answers(corpus, Split.TRAIN), *empty)
    assert beside.scores[OVERALL].value is None


def test_the_order_of_articles_means_nothing(corpus: Corpus) -> None:
    right = right_answers(corpus, Split.TRAIN)
    mixed = [right[0], *no_answers(corpus, Split.TRAIN)[1:]]
    forward = report_of(corpus, Split.TRAIN, *mixed)
    assert report_of(corpus, Split.TRAIN, *reversed(mixed)) == forward


def test_counts_are_kept_by_article_in_the_order_of_ids(corpus: Corpus) -> None:
    right = right_answers(corpus, Split.TRAIN)
    counts = count_split(submission(*reversed(right)), corpus, Split.TRAIN)
    gold = [corpus.gold[key] for key in ("2025-01-gana-dara-1", "2025-01-gana-dara-2")]
    mentions = counts[:, :9, 2].sum(axis=1)
    assert mentions.tolist() == [len(annotation.mentions) for annotation in gold] == [16, 3]


def test_every_score_is_the_metric_of_its_counts_inside_its_interval() -> None:
    counts = np.stack([count(case.gold, case.predicted) for case in random_cases(40)])
    scores = scores_of(counts, Signature("0.0.1@00000000", Split.TEST, "raw"), True)
    summed = counts.sum(axis=0)
    for name, found in scores.items():
        right = overall(summed) if name == OVERALL else value(BY_NAME[name], summed)
        assert found.value == pytest.approx(float(right), abs=1e-6)
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low < found.value < found.high <= 1
    parts = [scores[name] for name in HEADLINES]
    assert scores[OVERALL].correct == sum(part.correct for part in parts)
    assert scores[OVERALL].predicted == sum(part.predicted for part in parts)


def test_the_same_submission_gets_the_same_report_again(corpus: Corpus) -> None:
    right = right_answers(corpus, Split.TRAIN)
    assert report_of(corpus, Split.TRAIN, *right) == report_of(corpus, Split.TRAIN, *right)


def test_faulty_predictions_get_no_report(corpus: Corpus) -> None:
    with pytest.raises(ProblemsError, match=r"predictions\.jsonl: the article .* is missing"):
        report_of(corpus, Split.TEST)


def test_a_split_without_articles_cannot_be_scored(
    corpus: Corpus,
    tmp_path: Path,
    write_submission: WriteSubmission,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = write_submission(tmp_path / "gana-1", right_answers(corpus, Split.TEST))
    arguments = ["--root", str(VALID), "score", str(folder), "--split", "validation"]
    assert main(arguments) == UNUSABLE_INPUT
    expected = "dataset/splits/validation.txt: the split has no articles to score\n"
    assert capsys.readouterr() == ("", expected)
