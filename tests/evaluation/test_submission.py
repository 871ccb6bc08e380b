"""Tests of hapjong.evaluation.submission: what is read, and what every bad file is told."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path

import msgspec
import pytest
from evaluation_strategies import VALID, Case, WriteSubmission, as_prediction, cases, properties
from hypothesis import given

from hapjong.cli import UNUSABLE_INPUT, main
from hapjong.corpus.dataset import Corpus
from hapjong.evaluation.submission import (
    INFO,
    LINE_LIMIT,
    PREDICTIONS,
    PredictedMention,
    Prediction,
    read_predictions,
    read_submission,
)
from hapjong.problems import ProblemsError
from hapjong.schema import Track

ARTICLE = "2025-03-maba-investment-1"
OTHER = "2025-01-gana-dara-1"
LENGTH = 65


def line(article_id: object = ARTICLE, **fields: object) -> bytes:
    return json.dumps({"article_id": article_id, **fields}).encode() + b"\n"


def mention(start: object = 0, end: object = 4, kind: object = "ORG", **more: object) -> bytes:
    return line(mentions=[{"start": start, "end": end, "type": kind, **more}])


def partnership(**fields: object) -> bytes:
    right = {"head": [6, 10], "tail": [0, 4], "type": "INVESTMENT", "status": "agreed"}
    return line(partnerships=[{**right, **fields}])


def stances(*answers: tuple[object, object]) -> bytes:
    return line(stances=[{"id": key, "polarity": polarity} for key, polarity in answers])


# What is in the file, and what is said of it after the name of the file.
BAD_FILES: dict[str, tuple[bytes, list[str]]] = {
    "empty file": (b"", [f"the article '{ARTICLE}' of test is missing"]),
    "empty line": (line() + b"\n", ["line 2: not JSON: Input data was truncated"]),
    "empty line first": (b"\n" + line(), ["line 1: not JSON: Input data was truncated"]),
    "cut line": (line()[:20], ["line 1: not JSON: Input data was truncated"]),
    "not JSON": (
        b"score me\n",
        ["line 1: not JSON: JSON is malformed: invalid character (byte 0)"],
    ),
    "a second object in a line": (
        line().strip() + line(),
        ["line 1: not JSON: JSON is malformed: trailing characters (byte 44)"],
    ),
    "not UTF-8": (
        line(OTHER) + b'{"article_id": "\xff"}\n',
        ["line 2: not UTF-8: byte 16 cannot be decoded"],
    ),
    "not an object": (b"[]\n", ["line 1: $: [] is not of type 'object'"]),
    "a list of everything": (
        b"[" + line().strip() + b"]\n",
        [f"line 1: $: [{{'article_id': '{ARTICLE}'}}] is not of type 'object'"],
    ),
    "no article_id": (b"{}\n", ["line 1: $: 'article_id' is a required property"]),
    "article_id of a wrong type": (line(7), ["line 1: $.article_id: 7 is not of type 'string'"]),
    "unknown article": (
        line() + line("2030-01-nothing-1"),
        ["line 2: $.article_id: '2030-01-nothing-1' is no article"],
    ),
    "missing article": (line(OTHER), [f"the article '{ARTICLE}' of test is missing"]),
    "duplicate article": (
        line() + line(OTHER) + line(),
        [f"line 3: $.article_id: '{ARTICLE}' was predicted in line 1 already"],
    ),
    "unknown field": (
        line(score=1),
        ["line 1: $: Additional properties are not allowed ('score' was unexpected)"],
    ),
    "unknown field of a mention": (
        mention(surface="마바AI"),
        ["line 1: $.mentions[0]: Additional properties are not allowed ('surface' was unexpected)"],
    ),
    "null list": (line(mentions=None), ["line 1: $.mentions: None is not of type 'array'"]),
    "nested list": (
        line(mentions=[[0, 4]]),
        ["line 1: $.mentions[0]: [0, 4] is not of type 'object'"],
    ),
    "object for a list": (line(stances={}), ["line 1: $.stances: {} is not of type 'array'"]),
    "missing field": (
        line(mentions=[{"start": 0, "end": 4}]),
        ["line 1: $.mentions[0]: 'type' is a required property"],
    ),
    "text for a number": (
        mention(start="0"),
        ["line 1: $.mentions[0].start: '0' is not of type 'integer'"],
    ),
    "fraction for a number": (
        mention(end=4.5),
        ["line 1: $.mentions[0].end: 4.5 is not of type 'integer'"],
    ),
    "truth for a number": (
        mention(start=False),
        ["line 1: $.mentions[0].start: False is not of type 'integer'"],
    ),
    "NaN": (
        mention(start=float("nan")),
        ["line 1: not JSON: JSON is malformed: invalid character (byte 67)"],
    ),
    "negative offset": (mention(start=-1), ["line 1: $.mentions[0].start: -1 is negative"]),
    "past the end": (
        mention(end=LENGTH + 1),
        [f"line 1: $.mentions[0].end: 66 is past the end of the text ({LENGTH})"],
    ),
    "empty span": (mention(end=0), ["line 1: $.mentions[0]: [0, 0) is empty or backwards"]),
    "backwards span": (mention(start=5), ["line 1: $.mentions[0]: [5, 4) is empty or backwards"]),
    "unknown mention type": (
        mention(kind="COMPANY"),
        [
            "line 1: $.mentions[0].type: 'COMPANY' is not one of ['ALLIANCE', 'DATE', 'EVENT', "
            "'ORG', 'PERSON', 'PLACE', 'PRODUCT', 'QUANTITY', 'TECH']"
        ],
    ),
    "no_relation is no type": (
        partnership(type="no_relation"),
        [
            "line 1: $.partnerships[0].type: 'no_relation' is not one of ['ACQUISITION', "
            "'COMPETITION', 'COOPERATION', 'INVESTMENT', 'MEMBERSHIP', 'MERGER', 'SUPPLY']"
        ],
    ),
    "unknown status": (
        partnership(status="done"),
        [
            "line 1: $.partnerships[0].status: 'done' is not one of "
            "['agreed', 'ended', 'in_talks', 'speculated']"
        ],
    ),
    "span of one number": (
        partnership(head=[0]),
        ["line 1: $.partnerships[0].head: [0] is too short"],
    ),
    "tail past the end": (
        partnership(tail=[0, 99]),
        [f"line 1: $.partnerships[0].tail.end: 99 is past the end of the text ({LENGTH})"],
    ),
    "head backwards": (
        partnership(head=[10, 6]),
        ["line 1: $.partnerships[0].head: [10, 6) is empty or backwards"],
    ),
    "unknown stance": (
        stances(("s2", "favor")),
        ["line 1: $.stances[0].id: 's2' is no stance of this article"],
    ),
    "stance answered twice": (
        stances(("s1", "favor"), ("s1", "against")),
        ["line 1: $.stances[1].id: 's1' is answered twice"],
    ),
    "unknown polarity": (
        stances(("s1", "positive")),
        ["line 1: $.stances[0].polarity: 'positive' is not one of ['against', 'favor', 'neutral']"],
    ),
    "all faults of a line": (
        partnership(head=[-1, 4], tail=[4, 99])
        + line(
            OTHER,
            mentions=[{"start": 9, "end": 9, "type": "ORG"}],
            stances=[{"id": "s9", "polarity": "favor"}],
        ),
        [
            "line 1: $.partnerships[0].head.start: -1 is negative",
            f"line 1: $.partnerships[0].tail.end: 99 is past the end of the text ({LENGTH})",
            "line 2: $.mentions[0]: [9, 9) is empty or backwards",
            "line 2: $.stances[0].id: 's9' is no stance of this article",
        ],
    ),
    "all faults of structure": (
        line(7, mentions=[{"start": "0", "end": 4, "type": "ORG"}]) + b"{\n" + line(stances={}),
        [
            "line 1: $.article_id: 7 is not of type 'string'",
            "line 1: $.mentions[0].start: '0' is not of type 'integer'",
            "line 2: not JSON: Input data was truncated",
            "line 3: $.stances: {} is not of type 'array'",
        ],
    ),
    "a fault of structure and one against the data": (
        b"\n" + line(OTHER, stances=[{"id": "s9", "polarity": "favor"}]) + mention(start=-1),
        [
            "line 1: not JSON: Input data was truncated",
            "line 2: $.stances[0].id: 's9' is no stance of this article",
            "line 3: $.mentions[0].start: -1 is negative",
        ],
    ),
    "a repeated article and a missing one": (
        line(OTHER) + line(OTHER, mentions=[{"start": -1, "end": 4, "type": "ORG"}]),
        [
            f"line 2: $.article_id: '{OTHER}' was predicted in line 1 already",
            "line 2: $.mentions[0].start: -1 is negative",
            f"the article '{ARTICLE}' of test is missing",
        ],
    ),
    "byte order mark": (
        b"\xef\xbb\xbf" + line(),
        ["line 1: not JSON: JSON is malformed: invalid character (byte 0)"],
    ),
    "UTF-16": (
        line().decode().strip().encode("utf-16"),
        ["line 1: not UTF-8: byte 0 cannot be decoded"],
    ),
    "CP949, as Korean spreadsheets write": (
        line("가나").decode("unicode_escape").encode("cp949"),
        ["line 1: not UTF-8: byte 16 cannot be decoded"],
    ),
    "compressed": (
        gzip.compress(line(), mtime=0),
        ["line 1: not UTF-8: byte 1 cannot be decoded"],
    ),
    "NUL bytes": (bytes(8), ["line 1: not JSON: JSON is malformed: invalid character (byte 0)"]),
    "a comment": (
        b"// v2\n" + line(),
        ["line 1: not JSON: JSON is malformed: invalid character (byte 0)"],
    ),
    "an object over several lines": (
        line().replace(b"{", b"{\n"),
        [
            "line 1: not JSON: Input data was truncated",
            "line 2: not JSON: JSON is malformed: trailing characters (byte 13)",
        ],
    ),
    "infinity": (
        mention(end=float("inf")),
        ["line 1: not JSON: JSON is malformed: invalid character (byte 77)"],
    ),
    "more than 64 bits": (
        mention(end=10**30),
        [f"line 1: $.mentions[0].end: {10**30} is past the end of the text ({LENGTH})"],
    ),
    "half of a surrogate pair": (
        line("\ud800"),
        ["line 1: not JSON: Input data was truncated"],
    ),
    "nested 100,000 deep": (
        b"[" * 100_000 + b"]" * 100_000,
        ["line 1: not JSON: maximum recursion depth exceeded"],
    ),
    "span as an object": (
        partnership(tail={"start": 0, "end": 4}),
        ["line 1: $.partnerships[0].tail: {'start': 0, 'end': 4} is not of type 'array'"],
    ),
    "unknown article stance": (
        line(article_stance="positive"),
        ["line 1: $.article_stance: 'positive' is not valid under any of the given schemas"],
    ),
    "an endless article_id": (
        line() + line("가" * 100_000),
        ["line 2: $.article_id: '" + "가" * 198 + "…"],
    ),
    "number out of range": (
        line(mentions=[{"start": 0, "end": 4, "type": "ORG"}]).replace(b"4", b"1e400"),
        ["line 1: not JSON: Number out of range"],
    ),
    "wrong type and cut": (line(7)[:-2], ["line 1: not JSON: Input data was truncated"]),
    "a list given twice": (
        line(mentions=[]).replace(b"}\n", b', "mentions": []}\n'),
        ["line 1: $.mentions: given twice"],
    ),
    "an article given twice in one line": (
        line().replace(b"}", b', "article_id": "2030-01-nothing-1"}'),
        ["line 1: $.article_id: given twice"],
    ),
    "keys given twice at any depth": (
        line()
        + mention().replace(b'"start": 0', b'"start": 0, "start": 0, "\\u0073tart": 1')
        + partnership().replace(b'"status"', b'"status": "ended", "status"'),
        [
            "line 2: $.mentions[0].start: given twice",
            "line 3: $.partnerships[0].status: given twice",
        ],
    ),
    "a key given twice beside another fault": (
        mention(kind="COMPANY").replace(b'"end"', b'"end": 9, "end"'),
        [
            "line 1: $.mentions[0].type: 'COMPANY' is not one of",
            "line 1: $.mentions[0].end: given twice",
        ],
    ),
    "lists without end": (
        b'{"article_id": 7, "mentions": ' + b"[" * 5_000 + b"]" * 5_000 + b"}\n",
        ["line 1: not JSON: maximum recursion depth exceeded"],
    ),
}


def score(path: Path, *options: str) -> int:
    return main(["--root", str(VALID), "score", str(path), *options])


def test_the_length_used_here_is_that_of_the_article(corpus: Corpus) -> None:
    assert corpus.articles[ARTICLE].length == LENGTH


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_is_told_every_fault_and_gets_no_score(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, faults = BAD_FILES[kind]
    path = tmp_path / "system.jsonl"
    path.write_bytes(content)
    assert score(path, "--json") == UNUSABLE_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    said = printed.err.splitlines()
    assert len(said) == len(faults)
    for found, fault in zip(said, faults, strict=True):
        assert found.startswith(f"{path}: {fault}")


def test_a_line_of_200_mb_is_told_its_fault_and_not_taken_into_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "system.jsonl"
    with path.open("wb") as file:  # with a hole, so that it takes no room on the disk
        file.write(line()[:-2])
        file.seek(200_000_000)
        file.write(b"\n" + mention(start=-1) + line("2030-01-nothing-1"))
    assert score(path, "--json") == UNUSABLE_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        f"{path}: line 1: longer than {LINE_LIMIT:,} bytes, which no prediction of an article is",
        f"{path}: line 2: $.mentions[0].start: -1 is negative",
        f"{path}: line 3: $.article_id: '2030-01-nothing-1' is no article",
    ]
    tracemalloc.start()
    try:
        read_predictions(path)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("length", [LINE_LIMIT - 1, LINE_LIMIT, LINE_LIMIT + 1])
def test_a_line_is_too_long_from_the_byte_after_the_limit_on(length: int, tmp_path: Path) -> None:
    path = tmp_path / "system.jsonl"
    path.write_bytes(line().strip().ljust(length - 1) + b"\n" + line(OTHER))
    lines, problems = read_predictions(path)
    path.unlink()
    assert set(lines) == ({1, 2} if length <= LINE_LIMIT else {2})
    assert [problem.place for problem in problems] == ([] if 1 in lines else ["line 1"])


def test_a_file_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "nowhere.jsonl"
    assert score(path) == UNUSABLE_INPUT
    assert capsys.readouterr() == ("", f"{path}: the file is not there\n")


BAD_INFO: dict[str, tuple[dict[str, object], str]] = {
    "wrong data version": (
        {"data_version": "9.9.9"},
        "$.data_version: made for data 9.9.9, the data here is 0.0.1",
    ),
    "unknown track": ({"track": "all"}, "$.track: 'all' is not one of ['gold_mentions', 'raw']"),
    "one author, no list": ({"authors": "이나래"}, "$.authors: '이나래' is not of type 'array'"),
    "unknown field": (
        {"license": "MIT"},
        "$: Additional properties are not allowed ('license' was unexpected)",
    ),
}


@pytest.mark.parametrize("kind", BAD_INFO)
def test_a_bad_submission_toml_is_told_its_fault_and_gets_no_score(
    kind: str,
    tmp_path: Path,
    write_submission: WriteSubmission,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fields, fault = BAD_INFO[kind]
    folder = write_submission(tmp_path / "system", [Prediction(article_id=ARTICLE)], **fields)
    assert score(folder) == UNUSABLE_INPUT
    assert capsys.readouterr() == ("", f"{folder / INFO}: {fault}\n")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"name = \n", "not TOML: Invalid value (at line 1, column 8)"),
        (b"name = '\xff'\n", "not TOML: 'utf-8' codec can't decode byte 0xff"),
        (None, "the file is not there"),
    ],
    ids=["not TOML", "not UTF-8", "missing"],
)
def test_an_unreadable_submission_toml_gets_no_score(
    content: bytes | None,
    fault: str,
    tmp_path: Path,
    write_submission: WriteSubmission,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = write_submission(tmp_path / "system", [Prediction(article_id=ARTICLE)])
    (folder / INFO).unlink()
    if content is not None:
        (folder / INFO).write_bytes(content)
    assert score(folder) == UNUSABLE_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"{folder / INFO}: {fault}")


def test_every_field_that_submission_toml_lacks_is_named(tmp_path: Path) -> None:
    (tmp_path / INFO).write_text("name = 'system'\n")
    with pytest.raises(ProblemsError) as caught:
        read_submission(tmp_path, Track.RAW, "0.0.1")
    faults = " ".join(problem.fault for problem in caught.value.problems)
    assert all(field in faults for field in ("authors", "description", "track", "data_version"))


def test_a_folder_without_predictions_gets_no_score(
    tmp_path: Path, write_submission: WriteSubmission, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_submission(tmp_path / "system", [])
    (folder / PREDICTIONS).unlink()
    assert score(folder) == UNUSABLE_INPUT
    assert capsys.readouterr() == ("", f"{folder / PREDICTIONS}: the file is not there\n")


def test_a_folder_is_named_by_its_toml_and_a_file_by_its_stem(
    tmp_path: Path, write_submission: WriteSubmission
) -> None:
    folder = write_submission(tmp_path / "folder", [], name="가나 1호", track="gold_mentions")
    of_folder = read_submission(folder, Track.RAW, "0.0.1").info
    of_file = read_submission(folder / PREDICTIONS, Track.RAW, "0.0.1").info
    assert (of_folder.name, of_folder.track) == ("가나 1호", Track.GOLD_MENTIONS)
    assert (of_file.name, of_file.track) == ("predictions", Track.RAW)


def test_predictions_of_other_splits_may_stand_beside_those_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "system.jsonl"
    path.write_bytes(line(OTHER) + line())
    assert score(path) == 0


def test_a_span_may_begin_and_end_with_the_text(tmp_path: Path) -> None:
    path = tmp_path / "system.jsonl"
    path.write_bytes(mention(start=0, end=LENGTH))
    assert score(path) == 0


def test_a_missing_list_is_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "system.jsonl"
    path.write_bytes(line())
    lines, problems = read_predictions(path)
    assert problems == []
    assert lines == {1: Prediction(article_id=ARTICLE, mentions=(), partnerships=(), stances=())}


def test_equal_mentions_are_kept_once(tmp_path: Path) -> None:
    """Or the mentions of a large submission take most of the memory."""
    path = tmp_path / "system.jsonl"
    path.write_bytes(mention() + mention().replace(ARTICLE.encode(), OTHER.encode()))
    first, second = read_predictions(path)[0].values()
    assert first.article_id != second.article_id
    assert first.mentions[0] is second.mentions[0]


def test_line_ends_of_windows_and_a_last_line_without_one_are_read(tmp_path: Path) -> None:
    path = tmp_path / "system.jsonl"
    path.write_bytes(line().replace(b"\n", b"\r\n") + mention().strip())
    lines, problems = read_predictions(path)
    assert problems == []
    assert lines[2].mentions == (PredictedMention(start=0, end=4, type="ORG"),)


@properties
@given(cases)
def test_a_written_prediction_is_read_as_it_was(case: Case) -> None:
    for prediction in (case.predicted, as_prediction(case.gold)):
        encoded = msgspec.json.encode(prediction)
        assert msgspec.json.decode(encoded, type=Prediction) == prediction
