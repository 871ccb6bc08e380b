"""Sentences: where they end, and that they cover the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hapjong.corpus.sentences import sentences

TEXTS = st.text("가다.!?\"'”’)(% \n\t5A😀") | st.text()

properties = settings(deadline=None, derandomize=True, max_examples=300)


def split(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text)]


@properties
@given(TEXTS)
def test_a_sentence_is_the_text_at_its_range(text: str) -> None:
    for sentence in sentences(text):
        assert text[sentence.start : sentence.end] == sentence.text


@properties
@given(TEXTS)
def test_every_character_but_white_space_is_in_exactly_one_sentence(text: str) -> None:
    covered = [i for sentence in sentences(text) for i in range(sentence.start, sentence.end)]
    assert covered == sorted(set(covered))
    assert {i for i, char in enumerate(text) if not char.isspace()} <= set(covered)


@properties
@given(TEXTS)
def test_no_sentence_is_empty_runs_over_a_line_or_has_outer_white_space(text: str) -> None:
    for sentence in split(text):
        assert sentence
        assert sentence == sentence.strip()
        assert "\n" not in sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("협약을 맺었다. 투자도 한다.", ["협약을 맺었다.", "투자도 한다."]),
        ("정말일까? 그렇다! 끝.", ["정말일까?", "그렇다!", "끝."]),
        (
            "가나전자, 다라통신과 협력\n\n양사는 밝혔다.",
            ["가나전자, 다라통신과 협력", "양사는 밝혔다."],
        ),
        ("3.5% 올라 1. 2조 원이 됐다.", ["3.5% 올라 1. 2조 원이 됐다."]),
        ("Maba Inc. 대표와 U.S. 정부가 만났다.", ["Maba Inc. 대표와 U.S. 정부가 만났다."]),
        ("'하루를 쓴다.' 그는 말했다.", ["'하루를 쓴다.'", "그는 말했다."]),
        ("“하루를 쓴다.” 그는 말했다.", ["“하루를 쓴다.”", "그는 말했다."]),
        ('"하루를 쓴다."고 말했다. 끝.', ['"하루를 쓴다."고 말했다.', "끝."]),
        ("지분은 5%. 나머지는 다라통신이 갖는다.", ["지분은 5%.", "나머지는 다라통신이 갖는다."]),
        ("합쳤다(2025년). 이어 투자했다.", ["합쳤다(2025년).", "이어 투자했다."]),
        ("끝났다.  두 칸 뒤.", ["끝났다.", "두 칸 뒤."]),
        ("", []),
        (" \n\n ", []),
    ],
    ids=[
        "full stops",
        "question and exclamation marks",
        "headline without a full stop",
        "decimals and numbering",
        "abbreviations",
        "straight quotes stay with what they close",
        "curly quotes stay with what they close",
        "a quotation inside a sentence",
        "percentages",
        "brackets",
        "two spaces",
        "nothing",
        "only white space",
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert split(text) == expected
