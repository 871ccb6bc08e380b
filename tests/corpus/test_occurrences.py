"""Finding words: particles may follow, longer words and names do not count."""

from __future__ import annotations

import pytest
from made import made

from hapjong.corpus.occurrences import Place, Places, occurrences
from random_annotations import article


def found(text: str, *words: str) -> list[str]:
    return [text[start:end] for start, end in occurrences(text, words, lambda start, end: True)]


@pytest.mark.parametrize(
    "text",
    [
        "가나",
        "가나와의 협력",
        "'가나'가",
        "마바·가나 동맹",
        "다라-가나",
        "가나에서까지는",
        "가나였다",
    ],
)
def test_a_word_is_found_before_particles_and_signs(text: str) -> None:
    assert found(text, "가나") == ["가나"]


@pytest.mark.parametrize("text", ["가나전자", "나가나", "가나다라는", "3가나", "가나_다라"])
def test_a_part_of_a_longer_word_is_not_found(text: str) -> None:
    assert found(text, "가나") == []


@pytest.mark.parametrize(
    ("text", "word"), [("GPT-5", "GPT"), ("AI-RAN", "RAN"), ("5.1", "5"), ("3.5G", "5G")]
)
def test_a_part_of_a_name_of_latin_letters_is_not_found(text: str, word: str) -> None:
    assert found(text, word) == []


def test_a_hyphen_between_two_names_parts_them() -> None:
    """Guidelines M6."""
    assert found("가나전자-GPT, GPT-가나전자.", "GPT") == ["GPT", "GPT"]


def test_the_longest_word_is_taken_and_the_next_where_it_is_not_free() -> None:
    text = "가나 클라우드를 쓴다"
    words = ["가나", "가나 클라우드", "클라우드"]
    assert found(text, *words) == ["가나 클라우드"]
    short = occurrences(text, words, lambda start, end: end - start < 5)
    assert list(short) == [(0, 2), (3, 7)]


def test_a_word_may_begin_at_a_given_place_inside_another() -> None:
    text = "GPU공급을"
    assert found(text, "공급") == []
    assert list(occurrences(text, ["공급"], lambda *span: True, starts=[3])) == [(3, 5)]


def test_sentences_are_numbered_from_the_headline_on() -> None:
    places = made("가나\n다라가 왔다. 마바가 갔다.").places
    assert [places.of(at, at + 2).sentence for at in (0, 3, 12)] == [1, 2, 3]
    assert places.whole() == Place(article_id="2025-01-gana-dara-1")


def test_without_the_text_a_place_is_the_article_alone() -> None:
    import msgspec

    places = Places(msgspec.structs.replace(article("가나"), text=None))
    assert places.of(0, 2) == places.whole()
