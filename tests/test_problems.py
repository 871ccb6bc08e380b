"""Faults of files: all at once, each with its place, and never a bare exception."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hapjong.problems import (
    Problem,
    ProblemsError,
    convert,
    decode_json,
    decode_unique,
    indefinite,
    read_yaml,
)
from hapjong.schema import Annotation, Entity, Mention

FILE = "some/file"
SOUND: dict[str, Any] = {"id": "m1", "start": 0, "end": 2, "surface": "가나", "type": "ORG"}

properties = settings(deadline=None, derandomize=True, max_examples=200)


def faults_of_json(data: bytes, record: type = Mention, place: str = "") -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        decode_json(data, record, FILE, place)
    return [str(problem) for problem in caught.value.problems]


def faults_of_yaml(source: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read_yaml(source.encode(), FILE)
    return [str(problem) for problem in caught.value.problems]


def test_a_problem_reads_file_place_fault() -> None:
    assert str(Problem("a.json", "$.x", "is bad")) == "a.json: $.x: is bad"


def test_a_problem_without_place_leaves_no_gap() -> None:
    assert str(Problem("a.json", "", "is bad")) == "a.json: is bad"


def test_the_error_shows_every_problem() -> None:
    error = ProblemsError([Problem("a", "", "x"), Problem("b", "", "y")])
    assert str(error) == "a: x\nb: y"


def test_sound_json_becomes_a_record() -> None:
    assert decode_json(msgspec.json.encode(SOUND), Mention, FILE) == Mention(**SOUND)


def test_every_fault_of_a_json_file_is_listed_with_its_path() -> None:
    raw = {
        "scheme": 1,
        "article_id": 5,
        "annotator": "kim",
        "mentions": [SOUND, {**SOUND, "start": "0"}, {**SOUND, "colour": "red"}],
        "partnerships": [],
        "stances": [],
    }
    assert faults_of_json(msgspec.json.encode(raw), Annotation) == [
        f"{FILE}: $: 'article_stance' is a required property",
        f"{FILE}: $.article_id: 5 is not of type 'string'",
        f"{FILE}: $.mentions[1].start: '0' is not of type 'integer'",
        f"{FILE}: $.mentions[2]: Additional properties are not allowed ('colour' was unexpected)",
    ]


def test_a_place_stands_before_the_path() -> None:
    (fault,) = faults_of_json(msgspec.json.encode({**SOUND, "end": None}), place="line 3")
    assert fault == f"{FILE}: line 3: $.end: None is not of type 'integer'"


def test_json_cut_off_after_a_fault_is_still_reported() -> None:
    assert faults_of_json(b'{"id": 5, "start": ') == [f"{FILE}: not JSON: Input data was truncated"]


def test_the_byte_that_is_not_utf_8_is_counted_from_the_start_of_the_file() -> None:
    assert faults_of_json(b'{"id": "\xb0\xa1"}') == [f"{FILE}: not UTF-8: byte 8 cannot be decoded"]


def test_a_fault_that_only_the_decoder_sees_is_not_lost() -> None:
    (fault,) = faults_of_json(msgspec.json.encode({**SOUND, "start": 1.0}))
    assert fault == f"{FILE}: $: Expected `int`, got `float` - at `$.start`"


def test_long_values_are_shortened() -> None:
    (fault,) = faults_of_json(msgspec.json.encode({**SOUND, "start": "가" * 1000}))
    assert len(fault) < 250
    assert fault.endswith("…")


@properties
@given(st.binary() | st.text().map(str.encode))
@example(b"\xff")
@example(b"[" * 5000)
@example(b'{"start": 1e400}')
@example(b"null")
def test_any_bytes_that_are_no_record_are_a_problem(data: bytes) -> None:
    assert faults_of_json(data)


def test_a_repeated_key_is_reported_with_its_line() -> None:
    assert faults_of_yaml("a: 1\nb:\n  c: 1\n  c: 2\n") == [
        f"{FILE}: line 4: not YAML: the key 'c' stands twice"
    ]


@pytest.mark.parametrize("key", ["no", "null", "1", "2025-01-01", "[a]", "{a: b}"])
def test_a_key_that_yaml_does_not_read_as_text_is_reported(key: str) -> None:
    assert faults_of_yaml(f"a: 1\n{key}: 2\n") == [
        f"{FILE}: line 2: not YAML: a key that is not read as text: put it in quotes"
    ]


def test_a_quoted_key_is_text() -> None:
    assert read_yaml(b'"no": 1\n', FILE) == {"no": 1}


def test_yaml_that_is_not_utf_8_is_reported() -> None:
    with pytest.raises(ProblemsError, match="not UTF-8: byte 3"):
        read_yaml(b"a: \xff", FILE)


@pytest.mark.parametrize("value", ["2025-02-31", '!!int ""', "!!timestamp x", "!!bool x"])
def test_a_value_that_is_none_of_its_kind_is_reported(value: str) -> None:
    assert faults_of_yaml(f"a: {value}\n")[0].startswith(f"{FILE}: not YAML: ")


@properties
@given(st.text(alphabet="ab:-#[]{}?&*!|>'\"%@ \n0\t가") | st.text())
def test_any_text_is_yaml_or_a_problem(source: str) -> None:
    faults: list[Problem] = []
    try:
        read_yaml(source.encode(), FILE)
    except ProblemsError as error:
        faults = error.problems
    assert all(problem.fault.startswith("not YAML: ") for problem in faults)


def test_every_fault_of_plain_data_is_listed() -> None:
    rows = {"gana": {"type": "FIRM", "ko": "가나", "en": "Gana"}, "dara": {"type": "ORG", "ko": 1}}
    with pytest.raises(ProblemsError) as caught:
        convert(rows, dict[str, Entity], FILE)
    assert [problem.place for problem in caught.value.problems] == [
        "$.dara",
        "$.dara.ko",
        "$.gana.type",
    ]


@pytest.mark.parametrize(("noun", "shown"), [("ORG", "an ORG"), ("PERSON", "a PERSON")])
def test_a_noun_gets_its_article(noun: str, shown: str) -> None:
    assert indefinite(noun) == shown


quoted = st.text(st.sampled_from('a"\\{}:,가'), max_size=4)
values = st.recursive(
    st.none() | st.integers() | quoted,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(quoted, inner, max_size=3),
    max_leaves=8,
)


@properties
@given(st.dictionaries(quoted, values, max_size=4), st.booleans(), st.randoms())
def test_keys_that_stand_twice_are_found_wherever_they_stand(
    raw: dict[str, Any], ascii_only: bool, rng: Random
) -> None:
    sound = json.dumps(raw, ensure_ascii=ascii_only)
    assert decode_unique(sound.encode(), dict, FILE) == raw
    if not raw:
        return
    key = rng.choice(list(raw))
    again = f"{json.dumps(key)}: {json.dumps(raw[key])}"
    twice = f"{sound[:-1]}, {again}}}"
    for data, path in ((twice, f"$.{key}"), (f'{{"x": [0, {twice}]}}', f"$.x[1].{key}")):
        with pytest.raises(ProblemsError) as caught:
            decode_unique(data.encode(), dict, FILE, "line 3")
        [problem] = caught.value.problems
        assert problem == (FILE, f"line 3: {path}", "given twice")
