"""Annotators as systems: what they labelled, joined from rounds, in the form of a submission."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from hapjong.baselines.annotator import read_rounds, run
from hapjong.cli import DONE, UNUSABLE_INPUT, main
from hapjong.corpus.dataset import Corpus, read_corpus
from hapjong.corpus.layout import Layout
from hapjong.evaluation.metrics import HEADLINES
from hapjong.evaluation.scoring import score
from hapjong.evaluation.submission import read_submission
from hapjong.schema import Annotation, Polarity, Split, Track, dump_annotation

TEST, FIRST, SECOND = "2025-03-maba-investment-1", "2025-01-gana-dara-1", "2025-01-gana-dara-2"


@pytest.fixture
def small(fixture_repository: Path) -> Corpus:
    return read_corpus(Layout(fixture_repository))


def label(corpus: Corpus, place: str, *annotations: Annotation) -> None:
    """Write annotations as those of ``ROUND/ANNOTATOR``."""
    folder = corpus.layout.rounds / place
    folder.mkdir(parents=True, exist_ok=True)
    for annotation in annotations:
        named = replace(annotation, annotator=folder.name)
        (folder / f"{annotation.article_id}.json").write_bytes(dump_annotation(named))


def test_an_annotator_whose_work_is_the_gold_is_right_in_all(
    small: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    label(small, "pilot/kim", small.gold[TEST], small.gold[FIRST], small.gold[SECOND])
    label(small, "pilot/.lee", small.gold[TEST])  # an export that was cut off
    root = str(small.layout.root)
    assert main(["--root", root, "baseline", "annotator", "--round", "pilot"]) == DONE
    assert capsys.readouterr().out == "leaderboard/submissions/annotator-kim\n"
    folder = small.layout.submissions / "annotator-kim"
    submission = read_submission(folder, Track.RAW, small.version.number)
    assert (submission.info.name, submission.info.track) == ("annotator-kim", Track.RAW)
    assert submission.info.url == "baselines/annotator/README.md"
    for split in (Split.TEST, Split.TRAIN):
        report = score(submission, small, split)
        for name in ("ner_f1", "status_f1"):
            assert report.scores[name].value == 1
        for name in HEADLINES:
            found = report.scores[name]
            assert found.correct == found.predicted == found.gold


def test_each_annotator_has_a_submission_and_differences_cost(small: Corpus) -> None:
    gold = small.gold[TEST]
    [stance] = gold.stances
    other = next(p for p in Polarity if p is not stance.polarity)
    # A mention less at the end, the span of the stance one character shorter, another polarity.
    differing = replace(
        gold,
        mentions=gold.mentions[:-1],
        partnerships=(),
        stances=(
            replace(
                stance,
                end=stance.end - 1,
                surface=stance.surface[:-1],
                polarity=other,
                target=gold.mentions[0].id,
            ),
        ),
    )
    label(small, "pilot/kim", gold)
    label(small, "pilot/lee", differing)
    folders = run(["pilot"], small, small.layout.build)
    assert [folder.name for folder in folders] == ["annotator-kim", "annotator-lee"]
    lee = read_submission(folders[1], Track.RAW, small.version.number)
    [said] = lee.predictions.values()
    assert [(s.id, s.polarity) for s in said.stances] == [(stance.id, other)]
    found = score(lee, small, Split.TEST).scores["ner_f1"]
    assert (found.correct, found.gold) == (len(gold.mentions) - 1, len(gold.mentions))


def test_a_stance_that_the_annotator_did_not_see_is_no_answer(small: Corpus) -> None:
    label(small, "pilot/kim", replace(small.gold[TEST], stances=()))
    [folder] = run(["pilot"], small, small.layout.build)
    [said] = read_submission(folder, Track.RAW, small.version.number).predictions.values()
    assert said.stances == ()
    assert said.article_stance is small.gold[TEST].article_stance


def test_rounds_are_joined_and_the_first_named_counts(small: Corpus) -> None:
    later = replace(small.gold[TEST], partnerships=(), stances=())
    label(small, "calibration/kim", small.gold[TEST], small.gold[FIRST])
    label(small, "pilot/kim", later, small.gold[SECOND])
    joined = read_rounds(small, ["calibration", "pilot"])["kim"]
    assert sorted(joined) == [FIRST, SECOND, TEST]
    assert joined[TEST].partnerships
    assert not read_rounds(small, ["pilot", "calibration"])["kim"][TEST].partnerships


def test_test_articles_without_labels_are_named_and_nothing_is_written(
    small: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    label(small, "pilot/kim", small.gold[TEST])
    label(small, "pilot/lee", small.gold[FIRST])
    assert main([*_baseline(small), "--round", "pilot"]) == UNUSABLE_INPUT
    printed = capsys.readouterr()
    expected = f"annotation/rounds/pilot/lee: the article {TEST!r} of test is not labelled\n"
    assert (printed.out, printed.err) == ("", expected)
    assert not small.layout.submissions.exists()


def test_every_fault_of_the_rounds_is_told(
    small: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    label(small, "pilot/kim", small.gold[TEST])
    (small.layout.rounds / "pilot" / "kim" / f"{FIRST}.json").write_text("{")
    (small.layout.rounds / "empty").mkdir()
    assert main([*_baseline(small), "--round", "pilot", "empty", "..", "no"]) == UNUSABLE_INPUT
    faults = capsys.readouterr().err
    assert f"annotation/rounds/pilot/kim/{FIRST}.json: not JSON" in faults
    assert "annotation/rounds/empty: no annotator's work is here" in faults
    assert "annotation/rounds: '..': no such round" in faults
    assert "annotation/rounds: 'no': no such round" in faults


def test_it_must_be_said_whose_work_and_only_the_text_was_given(
    small: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*_baseline(small), "--track", "gold_mentions"]) == UNUSABLE_INPUT
    assert [line.partition(":")[0] for line in capsys.readouterr().err.splitlines()] == [
        "--round",
        "--track",
    ]


def _baseline(corpus: Corpus) -> list[str]:
    return ["--root", str(corpus.layout.root), "baseline", "annotator"]
