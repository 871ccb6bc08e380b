"""What the reader tags: morphemes, with what is known of them before the encoder reads them.

Mentions begin and end where morphemes of Kiwi do, while a piece of the encoder often holds the end
of a name and a particle (``스는`` of 릴라이언스는), and single characters let a name end anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from hapjong.baselines.morphemes import Analysed, Morpheme, Sentence
from hapjong.baselines.names import SURE, Bounds, Known, Names
from hapjong.baselines.tags import OUTSIDE
from hapjong.baselines.transformer.windows import Window
from hapjong.schema import MentionType

NAME_TAGS = (
    OUTSIDE,
    *(f"{edge}-{kind} {sure}" for kind in MentionType for sure in SURE for edge in "BI"),
)
"""Whether a morpheme is in a name of training, of what type, and how sure that is."""

LENGTHS = 8
"""Lengths of a morpheme that are told apart; the last is of all that are longer."""


class Unit(NamedTuple):
    """A morpheme as far as no other one has reached before; ``name`` is of `NAME_TAGS`."""

    start: int
    end: int
    morpheme_tag: str
    name: str


def units(analysed: Analysed, names: Names, but_for: str | None = None) -> list[Unit]:
    """The units of a text, in order; ``but_for`` is the article that no name is taken from."""
    found = []
    for sentence in analysed.sentences:
        in_name = _name_tags(names.known(analysed.text, sentence, but_for))
        for start, morpheme in _apart(sentence):
            name = in_name.get(start, OUTSIDE)
            found.append(Unit(start, morpheme.end, morpheme.tag, name))
    return found


def _apart(sentence: Sentence) -> Iterator[tuple[int, Morpheme]]:
    """Morphemes and where they start; those of a contraction overlap (했 is 하 and 었)."""
    reached = sentence.start
    for morpheme in sentence.morphemes:
        if morpheme.end > reached:
            yield max(morpheme.start, reached), morpheme
            reached = morpheme.end


def _name_tags(known: Mapping[Bounds, Known]) -> dict[int, str]:
    """The tag of each position in a name: in a longer one before a shorter, in a sure one first."""
    tags: dict[int, str] = {}
    for (start, end), name in sorted(known.items(), key=_weight):
        for position in range(start, end):
            edge = "I" if position > start else "B"
            tags[position] = f"{edge}-{name.type} {name.sure}"
    return tags


def _weight(one: tuple[Bounds, Known]) -> tuple[bool, int, int]:
    (start, end), name = one
    return name.sure != SURE[0], end - start, -start


class Numbers(NamedTuple):
    """Numbers of the characters and of the morphemes' tags in training; 0 is any other's."""

    characters: Mapping[str, int]
    morpheme_tags: Mapping[str, int]

    @classmethod
    def of(cls, texts: Sequence[Analysed]) -> Numbers:
        """A character that stands once is like one that never did."""
        times = Counter(character for analysed in texts for character in analysed.text)
        characters = sorted(character for character, number in times.items() if number > 1)
        tags = {m.tag for analysed in texts for s in analysed.sentences for m in s.morphemes}
        return cls(_numbered(characters), _numbered(sorted(tags)))


def _numbered(names: Sequence[str]) -> Mapping[str, int]:
    return {name: number for number, name in enumerate(names, 1)}


class Placed(NamedTuple):
    """A unit in a window: the places of its first and last piece, and its edges.

    ``begins`` and ``ends``: whether those pieces begin and end with it; ``spaced``: whether it
    stands behind white space.
    """

    unit: Unit
    first: int
    last: int
    begins: bool
    ends: bool
    spaced: bool


def locate(text: str, window: Window, found: Sequence[Unit]) -> list[Placed]:
    """The units of a window; one that no piece touches is left out."""
    touched = {
        position: (number, piece)
        for number, piece in reversed(window.pieces)  # of several pieces the first one counts
        for position in range(piece.start, piece.end)
    }
    placed = []
    for unit in found:
        inside = window.start <= unit.start < window.end
        pieces = [touched[p] for p in range(unit.start, unit.end) if p in touched] if inside else []
        if pieces:
            (first, head), (last, tail) = pieces[0], pieces[-1]
            begins, ends = head.start == unit.start, tail.end == unit.end
            spaced = unit.start == 0 or text[unit.start - 1].isspace()
            placed.append(Placed(unit, first, last, begins, ends, spaced))
    return placed
