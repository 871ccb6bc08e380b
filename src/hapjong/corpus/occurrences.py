"""Where a word stands in a text, and which sentence that is."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator

from hapjong.corpus.sentences import sentences
from hapjong.schema import Article, Record

_WORD_START = re.compile(r"\b(?=\w)")

_PARTICLES = (
    "은|는|이|가|을|를|의|에|와|과|도|만|로|으로|나|이나|랑|이랑|며|이며|고|이고|하고|란|이란"
    "|라고|이라고|라는|이라는|라며|이라며|께|께서|에게|에게서|에서|까지|부터|마저|조차|처럼|보다"
    "|만큼|밖에|서|써|측|들|발|산"
)
"""Particles and forms of 이다, and what guidelines M2 leaves out of a name besides."""

_WORD_END = re.compile(rf"(?:{_PARTICLES}){{0,3}}(?:다|이다|였다|이었다)?(?!\w)")

_LONGER_NAME = re.compile(r"(?<=[A-Za-z0-9])-(?=[A-Za-z0-9])|(?<=\d)[.,](?=\d)")
"""What goes on within a name or a number: GPT-4, AI-RAN, 3.5."""


class Place(Record, frozen=True, kw_only=True):
    """A place in an article; ``sentence`` is the number that ``hapjong studio sheet`` prints.

    It is None for the article as a whole, and ``surface`` then too; so they are where the text
    is not at hand.
    """

    article_id: str
    sentence: int | None = None
    surface: str | None = None


def occurrences(
    text: str,
    words: Collection[str],
    free: Callable[[int, int], bool],
    *,
    starts: Collection[int] = (),
) -> Iterator[tuple[int, int]]:
    """Where one of ``words`` stands in the text as a word: the longest at each free place.

    It begins where a word begins, or at one of ``starts``, and nothing but particles follows
    before the word ends: 가나 is found in '가나와의', and in '가나전자' or '나가나' it is not.
    """
    lengths = sorted({len(word) for word in words}, reverse=True)
    beginnings = {match.start() for match in _WORD_START.finditer(text)}
    reached = 0
    for start in sorted(beginnings.union(starts)):
        if start < reached or _goes_on(text, start - 1):
            continue
        for end in (start + length for length in lengths):
            if text[start:end] in words and _ends_there(text, end) and free(start, end):
                yield start, end
                reached = end
                break


def _ends_there(text: str, end: int) -> bool:
    return _WORD_END.match(text, end) is not None and not _goes_on(text, end)


def _goes_on(text: str, at: int) -> bool:
    return at > 0 and _LONGER_NAME.match(text, at) is not None


class Places:
    """Makes places of an article, whose text may not be at hand."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self._starts = [sentence.start for sentence in sentences(article.text or "")]

    def number(self, position: int) -> int:
        """The number, from 1, of the sentence that ``position`` is in."""
        return bisect_right(self._starts, position)

    def whole(self) -> Place:
        return Place(article_id=self.article.article_id)

    def of(self, start: int, end: int) -> Place:
        if self.article.text is None:
            return self.whole()
        return Place(
            article_id=self.article.article_id,
            sentence=self.number(start),
            surface=self.article.text[start:end],
        )
