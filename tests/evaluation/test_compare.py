"""Tests of hapjong.evaluation.compare: differences of two systems and what of them is chance."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from random import Random

import numpy as np
import pytest
from evaluation_strategies import (
    VALID,
    WriteSubmission,
    as_prediction,
    count,
    make_case,
    plain_interval,
    plain_value,
    random_counts,
)
from scipy.stats import bootstrap

from hapjong.cli import DONE, UNUSABLE_INPUT, main
from hapjong.corpus.dataset import Corpus
from hapjong.evaluation.compare import TASKS_OF, Difference, differences
from hapjong.evaluation.metrics import BY_NAME, OVERALL, Counts, overall, p_value, value
from hapjong.evaluation.scoring import TASKS, Signature, scores_of
from hapjong.evaluation.submission import Prediction
from hapjong.schema import Split

SIGNATURE = Signature("0.0.1@00000000", Split.TEST, "raw")


def two_systems(seed: int, articles: int = 12) -> tuple[Counts, Counts]:
    """Counts of two systems on the same gold, the second with fewer answers."""
    rng = Random(seed)
    cases = [make_case(rng) for _ in range(articles)]
    nothing = Prediction(article_id=cases[0].gold.article_id)
    second = [case.predicted if rng.random() < 0.7 else nothing for case in cases]
    return (
        np.stack([count(case.gold, case.predicted) for case in cases]),
        np.stack([count(case.gold, said) for case, said in zip(cases, second, strict=True)]),
    )


def compared(first: Counts, second: Counts) -> dict[str, Difference]:
    return differences(first=first, second=second, signature=SIGNATURE)


def test_a_system_does_not_differ_from_itself() -> None:
    counts, _ = two_systems(1)
    for found in compared(counts, counts).values():
        assert found.first == found.second
        assert (found.difference, found.low, found.high, found.p_value) == (0, 0, 0, 1)


def test_turned_round_only_the_sign_changes() -> None:
    first, second = two_systems(2)
    there, back = compared(first, second), compared(second, first)
    assert list(there) == list(back) == [*BY_NAME, OVERALL]
    for name, found in there.items():
        other = back[name]
        assert (found.first, found.second) == (other.second, other.first)
        assert found.difference == -other.difference
        assert (found.low, found.high) == pytest.approx((-other.high, -other.low), abs=2e-6)
        assert found.p_value == other.p_value


def test_each_side_has_the_values_that_scoring_gives_it() -> None:
    first, second = two_systems(3)
    of_first, of_second = (scores_of(counts, SIGNATURE, True) for counts in (first, second))
    for name, found in compared(first, second).items():
        assert found.first == of_first[name].value
        assert found.second == of_second[name].value
        assert found.signature == SIGNATURE.of(name)


def test_differences_are_those_of_a_plain_loop_with_the_same_draws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """2,000 pairs of systems, each metric in turn, other draws each time."""
    module = "hapjong.evaluation.compare"
    monkeypatch.setattr(f"{module}.RESAMPLES", 8)
    rng, names = np.random.default_rng(13), [*BY_NAME, OVERALL]
    for case in range(2_000):
        name = names[case % len(names)]
        monkeypatch.setattr(f"{module}.METRICS", tuple(m for m in BY_NAME.values() if m[0] == name))
        monkeypatch.setattr(f"{module}.SEED", case)
        both = [random_counts(rng, case % 3 + 2) for _ in range(2)]
        one = differences(
            first=both[0], second=both[1], signature=SIGNATURE, leave_out={OVERALL} - {name}
        )[name]
        plain, draws = [counts.tolist() for counts in both], np.random.default_rng(case)
        drawn = []
        for _ in range(8):
            own = draws.integers(len(both[0]), size=len(both[0]))
            first, second = (plain_value(name, [side[i] for i in own]) for side in plain)
            drawn.append(first - second)
        first, second = (plain_value(name, articles) for articles in plain)
        as_large = sum(abs(d - sum(drawn) / 8) >= abs(first - second) - 1e-9 for d in drawn)
        assert (one.first, one.second) == pytest.approx((first, second), abs=1e-6)
        assert one.p_value == pytest.approx((as_large + 1) / 9, abs=1e-6)
        assert (one.low, one.high) == pytest.approx(plain_interval(drawn), abs=2e-6)


@pytest.mark.parametrize("seed", range(4, 6))
def test_resamples_and_intervals_are_those_of_scipy(seed: int) -> None:
    """SciPy draws whole articles for both systems at once, from the same generator."""
    both = np.stack(two_systems(seed), axis=1)
    found = compared(both[:, 0], both[:, 1])
    functions = {name: partial(value, BY_NAME[name]) for name in ("ner_f1", "partnership_f1")}
    for name, function in {**functions, OVERALL: overall}.items():

        def difference(drawn: Counts, function=function) -> float:
            own, other = function(both[drawn].sum(axis=0))
            return float(own - other)

        expected = bootstrap(
            (np.arange(len(both)),), difference, n_resamples=1000, method="percentile",
            rng=np.random.default_rng(13), vectorized=False,
        )  # fmt: skip
        low, high = expected.confidence_interval
        assert (found[name].low, found[name].high) == pytest.approx((low, high), abs=1e-6)
        observed = difference(np.arange(len(both)))
        drawn = expected.bootstrap_distribution
        as_large = sum(abs(d - sum(drawn) / 1000) >= abs(observed) - 1e-9 for d in drawn)
        assert found[name].p_value == pytest.approx((as_large + 1) / 1001, abs=1e-6)
        assert found[name].p_value > 0


@pytest.mark.parametrize(
    ("observed", "expected"), [(0, 1), (1, 5 / 6), (1.5, 1 / 2), (-1.5, 1 / 2), (2.5, 1 / 6)]
)
def test_p_value_worked_out_by_hand(observed: float, expected: float) -> None:
    # The mean is 1; the distances from it are 2, 1, 0, 1, 2.
    resamples = np.array([-1.0, 0, 1, 2, 3])
    assert p_value(observed=observed, resampled=resamples) == pytest.approx(expected)


def test_p_values_without_a_difference_are_spread_evenly() -> None:
    """Of two systems that are equally good, one in twenty is found to differ at 0.05 or so."""
    rng = np.random.default_rng(13)
    found = []
    for _ in range(300):
        scores = rng.normal(size=60)
        drawn = scores[rng.integers(60, size=(400, 60))].mean(axis=1)
        found.append(p_value(observed=float(scores.mean()), resampled=drawn))
    assert 0.02 < np.mean(np.array(found) < 0.05) < 0.1
    assert 0.4 < np.mean(np.array(found) < 0.5) < 0.6


def test_one_article_tells_nothing_of_chance() -> None:
    first, second = two_systems(9, articles=1)
    found = compared(first, np.zeros_like(second))
    assert any(one.difference for one in found.values())
    assert {one.p_value for one in found.values()} == {1}


def test_a_lead_in_every_article_is_no_chance_and_one_article_is() -> None:
    first, _ = two_systems(10, articles=40)
    assert compared(first, np.zeros_like(first))["ner_f1"].p_value == pytest.approx(1 / 1001, 1e-4)
    second = first.copy()
    second[0, :, 0] = 0
    assert compared(first, second)["ner_f1"].p_value > 0.1


def test_every_metric_is_of_one_task_but_overall() -> None:
    assert {name for name, tasks in TASKS_OF.items() if len(tasks) != 1} == {OVERALL}
    assert TASKS_OF[OVERALL] == set(TASKS) == set().union(*TASKS_OF.values())
    assert TASKS_OF["stance_f1"] == {"stances"}
    assert TASKS_OF["status_f1"] == {"partnerships"}


def test_compare_names_what_one_side_leaves_out(
    corpus: Corpus,
    tmp_path: Path,
    write_submission: WriteSubmission,
    capsys: pytest.CaptureFixture[str],
) -> None:
    right = [as_prediction(corpus.gold[a.article_id]) for a in corpus.of_split(Split.TRAIN)]
    names = [Prediction(article_id=one.article_id, mentions=one.mentions[1:]) for one in right]
    write_submission(tmp_path / "names", names, track="raw")
    write_submission(tmp_path / "oracle", right, track="gold_mentions")
    arguments = ["--root", str(VALID), "compare", "--split", "train"]
    arguments += [str(tmp_path / "oracle"), str(tmp_path / "names")]
    assert main([*arguments, "--json"]) == DONE
    report = json.loads(capsys.readouterr().out)
    assert (report["first"], report["second"], report["articles"]) == (
        {"submission": "oracle", "track": "gold_mentions"},
        {"submission": "names", "track": "raw"},
        2,
    )
    assert all(name.startswith("ner_") for name in report["differences"])
    assert report["unanswered"].keys() | report["differences"].keys() == TASKS_OF.keys()
    assert set(map(tuple, report["unanswered"].values())) == {("second",)}
    # Of 16 and of 3 gold mentions the first is left out: F1 is 34 / 36.
    ner = report["differences"]["ner_f1"]
    assert (ner["first"], ner["second"]) == (1, round(34 / 36, 6))
    assert "|split:train|track:gold_mentions+raw|metric:ner_f1|" in ner["signature"]
    assert main(arguments) == DONE
    heading, _, *lines = capsys.readouterr().out.splitlines()
    assert heading == "oracle (gold_mentions) minus names (raw) on train (2 articles)"
    assert lines[0].split()[:4] == ["ner_f1", "100.0", "94.4", "+5.6"]
    assert lines[-2].startswith("not answered by names: pair_f1, type_f1, partnership_f1")


def test_submissions_are_found_by_name(
    fixture_repository: Path, corpus: Corpus, write_submission: WriteSubmission,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    right = [as_prediction(corpus.gold[a.article_id]) for a in corpus.of_split(Split.TEST)]
    write_submission(fixture_repository / "leaderboard" / "submissions" / "oracle", right)
    assert main(["--root", str(fixture_repository), "compare", "oracle", "oracle"]) == DONE
    assert "oracle (raw) minus oracle (raw) on test" in capsys.readouterr().out


def test_the_faults_of_both_are_told(
    tmp_path: Path, write_submission: WriteSubmission, capsys: pytest.CaptureFixture[str]
) -> None:
    compare = ["--root", str(VALID), "compare"]
    assert main([*compare, str(tmp_path / "one"), str(tmp_path / "two")]) == UNUSABLE_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert [line.rpartition("/")[2] for line in printed.err.splitlines()] == [
        "one: the file is not there",
        "two: the file is not there",
    ]
    stray = write_submission(tmp_path / "stray", [Prediction(article_id="2025-09-nothing-1")])
    empty = write_submission(tmp_path / "empty", [])
    assert main([*compare, str(stray), str(empty)]) == UNUSABLE_INPUT
    printed = capsys.readouterr()
    assert "'2025-09-nothing-1' is no article" in printed.err
    missing = "predictions.jsonl: the article '2025-03-maba-investment-1' of test is missing"
    assert printed.err.count(missing) == 2
    assert main([*compare, str(stray), str(empty), "--split", "validation"]) == UNUSABLE_INPUT
    assert "validation.txt: the split has no articles to score" in capsys.readouterr().err
