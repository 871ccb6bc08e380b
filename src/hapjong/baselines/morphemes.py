"""Sentences and morphemes of an article, by Kiwi."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from hapjong.corpus.sentences import sentences

_DIGITS = re.compile(r"\d+")


class Morpheme(NamedTuple):
    """A morpheme and where it stands in the article, in code points.

    ``form`` is what it is by itself, ``surface`` what is written there.  Those of a contraction
    overlap: 했 is 하 and 었.  ``tag`` is of the Sejong tag set (NNP a name, JKS a subject's
    particle, EF the end of a sentence, …).
    """

    start: int
    end: int
    form: str
    tag: str
    surface: str


class Sentence(NamedTuple):
    """A sentence's place and its morphemes, in order."""

    start: int
    end: int
    morphemes: tuple[Morpheme, ...]


class Analysed(NamedTuple):
    """A text and its sentences."""

    text: str
    sentences: tuple[Sentence, ...]

    def sentence_at(self, position: int) -> int:
        """The number of the sentence that holds a position, or of the last one before it."""
        before = [n for n, sentence in enumerate(self.sentences) if sentence.start <= position]
        return before[-1] if before else 0


def analyse(text: str) -> Analysed:
    return Analysed(
        text,
        tuple(
            Sentence(found.start, found.end, tuple(_morphemes(found.text, found.start)))
            for found in sentences(text)
        ),
    )


def _morphemes(sentence: str, offset: int) -> list[Morpheme]:
    return [
        Morpheme(
            start=offset + token.start,
            end=offset + token.end,
            form=token.form,
            tag=token.tag.partition("-")[0],  # -R and -I: whether it is conjugated regularly
            surface=sentence[token.start : token.end],
        )
        for token in _kiwi().tokenize(sentence)
        if token.end > token.start
    ]


@cache
def _kiwi() -> Any:
    from kiwipiepy import Kiwi

    # Names of several words are from Wikidata: which names there are is to be learned here.
    return Kiwi(num_workers=1, load_multi_dict=False)


def open_numbers(surface: str) -> str:
    """The surface with its numbers left open, so that 3월 7일 is like 12월 31일."""
    return _DIGITS.sub("0", surface)


def kinds(surface: str) -> str:
    """The kinds of characters one after the other: 오픈AI 4 is ``hU 0``."""
    found: list[str] = []
    for character in surface:
        kind = _kind(character)
        if found[-1:] != [kind]:
            found.append(kind)
    return "".join(found)


def _kind(character: str) -> str:
    if "가" <= character <= "힣":
        return "h"
    if character.isascii() and character.isalpha():
        return "U" if character.isupper() else "l"
    return "0" if character.isdigit() else character


def ngrams(text: str, longest: int) -> list[str]:
    """Character n-grams of 1 to ``longest``."""
    return [
        text[start : start + size]
        for size in range(1, longest + 1)
        for start in range(len(text) - size + 1)
    ]


def bigrams(forms: Sequence[str]) -> list[str]:
    return [f"{one}_{other}" for one, other in pairwise(forms)]
