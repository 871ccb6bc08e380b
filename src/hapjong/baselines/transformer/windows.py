"""Articles as windows of word pieces: what an encoder is given, and where each piece stands.

Nothing here knows torch: positions are code points of the article, ids are the tokenizer's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from hapjong.corpus.pairs import Named
from hapjong.corpus.sentences import sentences
from hapjong.schema import MentionType


class Piece(NamedTuple):
    """A word piece and the code points that it covers."""

    id: int
    start: int
    end: int


class Marked(NamedTuple):
    """A span that is put between two markers, told by their numbers."""

    start: int
    end: int
    marker: int


class Window(NamedTuple):
    """Pieces and markers from ``start`` to ``end`` of an article.

    ``ids`` has an entry for each place; a marker's is the number of word ids plus its own number.
    ``pieces`` are the (place, piece) that are no markers; ``markers`` are the places of the
    opening and of the closing marker of each marked span, by its bounds.
    """

    start: int
    end: int
    ids: list[int]
    pieces: list[tuple[int, Piece]]
    markers: dict[tuple[int, int], tuple[int, int]]


TYPE_WORDS = {
    MentionType.ORG: "회사",
    MentionType.ALLIANCE: "연합",
    MentionType.PERSON: "사람",
    MentionType.PRODUCT: "제품",
    MentionType.TECH: "기술",
    MentionType.PLACE: "지역",
    MentionType.DATE: "날짜",
    MentionType.QUANTITY: "금액",
    MentionType.EVENT: "행사",
}
MARKER_WORDS = tuple(
    mark + word for word in (TYPE_WORDS[kind] for kind in MentionType) for mark in "[]"
)
"""What each marker is read as: words that the encoder knows, as in the typed markers of Zhou and
Chen 2022 (https://arxiv.org/abs/2102.01373).  An opening and a closing one for each type of
mention."""


def mark_mentions(mentions: Iterable[Named]) -> list[Marked]:
    """Typed markers around every mention."""
    number = {kind: place for place, kind in enumerate(MentionType)}
    return [Marked(mention.start, mention.end, number[mention.type]) for mention in mentions]


class Cutter(NamedTuple):
    """Cuts articles into windows of at most ``limit`` pieces, markers not counted.

    ``tokenizer`` is a fast tokenizer of transformers, ``words`` the number of its ids.
    """

    tokenizer: Any
    words: int
    limit: int

    def windows(
        self, text: str, marked: Sequence[Marked], *, overlap: bool, first: int | None = None
    ) -> Iterator[Window]:
        """Whole sentences as long as they fit, in the ``first`` window fewer where that is told.

        With ``overlap`` a window begins with the last sentence of the one before, so that every
        two neighbouring sentences stand in one window together.
        """
        for units in pack(self._units(text), self.limit, overlap=overlap, first_limit=first):
            pieces = [piece for unit in units for piece in unit]
            start, end = pieces[0].start, pieces[-1].end
            inside = [span for span in marked if start <= span.start and span.end <= end]
            yield self._window(pieces, inside)

    def sentences(self, text: str) -> Iterator[Window]:
        """Every sentence by itself; one longer than a window in parts."""
        for unit in self._units(text):
            yield self._window(unit, [])

    def _units(self, text: str) -> list[list[Piece]]:
        """The pieces of each sentence; one longer than a window is cut."""
        encoded = self.tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        pieces = [
            Piece(number, start, end)
            for number, (start, end) in zip(
                encoded["input_ids"], encoded["offset_mapping"], strict=True
            )
            if start < end  # a tokenizer may give a piece to nothing: the space before a word
        ]
        units = []
        for sentence in sentences(text):
            inside = [p for p in pieces if sentence.start <= p.start < sentence.end]
            units += [inside[at : at + self.limit] for at in range(0, len(inside), self.limit)]
        return units

    def _window(self, pieces: Sequence[Piece], marked: Sequence[Marked]) -> Window:
        first, last = self.tokenizer("")["input_ids"]
        places = covered(pieces, marked)
        ids, kept = [first], []
        opened: dict[Marked, int] = {}
        markers = {}
        for number, piece in enumerate(pieces):
            for span in places.opening.get(number, ()):
                opened[span] = len(ids)
                ids.append(self.words + 2 * span.marker)
            kept.append((len(ids), piece))
            ids.append(piece.id)
            for span in places.closing.get(number, ()):
                markers[span.start, span.end] = (opened[span], len(ids))
                ids.append(self.words + 2 * span.marker + 1)
        return Window(pieces[0].start, pieces[-1].end, [*ids, last], kept, markers)


class Covered(NamedTuple):
    """The spans that begin and end at each piece, by its number."""

    opening: dict[int, list[Marked]]
    closing: dict[int, list[Marked]]


def covered(pieces: Sequence[Piece], marked: Iterable[Marked]) -> Covered:
    """Where spans begin and end; one that no piece touches is left out.

    A piece that two spans share opens and closes both: the longer one is opened first.
    """
    places = Covered({}, {})
    for span in sorted(marked, key=lambda span: (span.start, -span.end)):
        touched = [n for n, p in enumerate(pieces) if p.start < span.end and span.start < p.end]
        if touched:
            places.opening.setdefault(touched[0], []).append(span)
            places.closing.setdefault(touched[-1], []).insert(0, span)
    return places


def pack(
    units: Sequence[Sequence[Piece]],
    limit: int,
    *,
    overlap: bool,
    first_limit: int | None = None,
) -> Iterator[Sequence[Sequence[Piece]]]:
    """Runs of neighbouring units, as many as fit; with ``overlap`` at least two where there are.

    ``first_limit`` is that of the first run, where it is another one.
    """
    first = 0
    whole, limit = limit, first_limit or limit
    while first < len(units):
        last = first + 1
        size = len(units[first])
        while last < len(units) and (
            size + len(units[last]) <= limit or (overlap and last == first + 1)
        ):
            size += len(units[last])
            last += 1
        yield units[first:last]
        limit = whole
        first = last if last == len(units) or not overlap else last - 1
