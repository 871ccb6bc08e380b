"""Morphemes stand where they say, in code points."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hapjong.baselines.morphemes import (
    Analysed,
    analyse,
    kinds,
    ngrams,
    open_numbers,
)
from hapjong.corpus.dataset import Corpus
from hapjong.corpus.sentences import sentences
from hapjong.schema import Split


@pytest.fixture(autouse=True)
def _needs(require: Callable[[str], None]) -> None:
    require("kiwipiepy")


def check_places(analysed: Analysed) -> None:
    text = analysed.text
    assert [(s.start, s.end) for s in analysed.sentences] == [s[:2] for s in sentences(text)]
    for sentence in analysed.sentences:
        starts = [morpheme.start for morpheme in sentence.morphemes]
        assert starts == sorted(starts)
        for morpheme in sentence.morphemes:
            assert sentence.start <= morpheme.start < morpheme.end <= sentence.end
            assert morpheme.surface == text[morpheme.start : morpheme.end]


def test_morphemes_by_place_form_and_tag() -> None:
    [first, second] = analyse("가나전자 발표\n😀 𠮷이 GPT-4를 샀다.").sentences
    assert (first.start, second.start) == (0, 8)
    assert [tuple(m) for m in second.morphemes] == [
        (8, 9, "😀", "W_EMOJI", "😀"),
        (10, 11, "𠮷", "SH", "𠮷"),
        (11, 12, "이", "JKS", "이"),
        (13, 16, "GPT", "SL", "GPT"),
        (16, 17, "-", "SO", "-"),
        (17, 18, "4", "SN", "4"),
        (18, 19, "를", "JKO", "를"),
        # A contraction: both stand in one character.
        (20, 21, "사", "VV", "샀"),
        (20, 21, "었", "EP", "샀"),
        (21, 22, "다", "EF", "다"),
        (22, 23, ".", "SF", "."),
    ]


def test_places_in_real_articles(corpus: Corpus) -> None:
    for article in corpus.of_split(Split.TRAIN)[:5]:
        check_places(analyse(article.text or ""))


WORDS = st.sampled_from(
    [
        "가나전자가",
        "했다.",
        "😀",
        "𠮷",
        "\n",
        "GPT-4o",
        "3월 7일",
        "‘하루’",
        "(AI)",
        "ㅋㅋ",
        "\u200b",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=12), st.sampled_from(["", " "]))
def test_places_in_any_text(words: list[str], between: str) -> None:
    check_places(analyse(between.join(words)))


def test_the_sentence_of_a_position() -> None:
    analysed = analyse("제목\n\n하나다. 둘이다.")
    # What stands between two sentences is of the one before.
    assert [analysed.sentence_at(n) for n in (0, 1, 2, 3, 4, 8, 9)] == [0, 0, 0, 0, 1, 1, 2]


def test_shapes_of_surfaces() -> None:
    assert open_numbers("2026년 3월 7일") == "0년 0월 0일"
    assert kinds("오픈AI 4.5b") == "hU 0.0l"
    assert ngrams("가나다", 2) == ["가", "나", "다", "가나", "나다"]
