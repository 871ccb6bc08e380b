"""Windows with what is to be learned from them: tags, relations, statuses, polarities.

Labels are numbers: `TAGS`, `RELATIONS`, `STATUSES`, `EVIDENCE` and `SIDES` name them in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hapjong.baselines.common import Example
from hapjong.baselines.transformer.windows import (
    Cutter,
    Window,
    mark_mentions,
    mark_stances,
)
from hapjong.corpus.pairs import RELATIONS, Named, candidate_pairs, relations
from hapjong.schema import Annotation, MentionType, PartnershipType, Polarity, Span, Status

OUTSIDE = "O"
TAGS = (OUTSIDE, *(f"{edge}-{kind}" for kind in MentionType for edge in "BI"))
EVIDENCE = (OUTSIDE, *(f"{edge}-{kind}" for kind in PartnershipType for edge in "BI"))
STATUSES = tuple(Status)
SIDES = tuple(Polarity)

IGNORED = -100
"""The label of what is not learned from: `torch.nn.functional.cross_entropy` passes over it."""


class Character(NamedTuple):
    """A character that a piece covers: where it stands in the text, and its piece's place."""

    position: int
    place: int
    begins: bool
    ends: bool


def characters(window: Window) -> list[Character]:
    """The characters of a window's pieces; white space belongs to none.

    Several pieces can stand for one character (``㈜`` is read as ``(주)``): it is the first one's.
    """
    found, reached = [], 0
    for place, piece in window.pieces:
        for position in range(max(piece.start, reached), piece.end):
            begins, ends = position == piece.start, position == piece.end - 1
            found.append(Character(position, place, begins, ends))
        reached = max(reached, piece.end)
    return found


class ReaderItem(NamedTuple):
    """A window of bare text; ``tags`` are of its `characters`, ``side`` is the article's."""

    text: str
    window: Window
    characters: list[Character]
    tags: list[int]
    side: int


class LinkerItem(NamedTuple):
    """A window of marked text; places are those of its ids.

    ``pairs``: places of the opening markers of the subject and of the object;
    ``relations``: the labels that hold, none for `no_relation`; ``statuses``: one for each pair;
    ``evidence``: the places of the words that say so; ``tags``: of every place, `EVIDENCE`;
    ``stances``: places of both markers; ``sides``: their polarities.
    """

    window: Window
    pairs: list[tuple[int, int]]
    relations: list[list[int]]
    statuses: list[int]
    evidence: list[list[int]]
    tags: list[int]
    stances: list[tuple[int, int]]
    sides: list[int]


def bare(cutter: Cutter, text: str) -> list[Window]:
    return list(cutter.windows(text, [], overlap=False))


def reader_items(cutter: Cutter, example: Example) -> Iterator[ReaderItem]:
    text, gold = example
    tags = _character_tags(text, gold)
    for window in bare(cutter, text):
        of = characters(window)
        side = SIDES.index(gold.article_stance)
        yield ReaderItem(text, window, of, [tags[c.position] for c in of], side)


def _character_tags(text: str, gold: Annotation) -> list[int]:
    tags = [0] * len(text)
    for mention in gold.mentions:
        first = TAGS.index(f"B-{mention.type}")
        tags[mention.start : mention.end] = [first + 1] * (mention.end - mention.start)
        tags[mention.start] = first
    return tags


class Candidates(NamedTuple):
    """A window and the candidate pairs that are asked about in it, with their places."""

    window: Window
    pairs: list[tuple[Named, Named]]
    places: list[tuple[int, int]]


def candidates(cutter: Cutter, text: str, mentions: Sequence[Named]) -> Iterator[Candidates]:
    """Every candidate pair once, in the first window that holds both mentions."""
    left = [(pair.subject, pair.object) for pair in candidate_pairs(text, mentions)]
    for window in cutter.windows(text, mark_mentions(mentions), overlap=True):
        place = {bounds: opening for bounds, (opening, _) in window.markers.items()}
        inside = [pair for pair in left if all((m.start, m.end) in place for m in pair)]
        left = [pair for pair in left if pair not in inside]
        places = [(place[a.start, a.end], place[b.start, b.end]) for a, b in inside]
        yield Candidates(window, inside, places)


def linker_items(cutter: Cutter, example: Example) -> Iterator[LinkerItem]:
    """Windows with marked mentions, then windows with marked stances.

    The stances are given to a system apart from the partnerships, so the two never share a window.
    """
    text, gold = example
    linked, ids = relations(gold), {mention.bounds: mention.id for mention in gold.mentions}
    said = _evidence_of_pairs(gold)
    for window, pairs, places in candidates(cutter, text, gold.mentions):
        keys = [(ids[a.start, a.end], ids[b.start, b.end]) for a, b in pairs]
        found = [linked.get(key, []) for key in keys]
        yield LinkerItem(
            window,
            places,
            [[RELATIONS.index(relation.label) for relation in of] for of in found],
            [STATUSES.index(of[0].status) if of else IGNORED for of in found],
            [_places(window, said.get(key, [])) for key in keys],
            _evidence_tags(window, gold),
            [],
            [],
        )
    for window, stances in stance_windows(cutter, text, [s.bounds for s in gold.stances]):
        sides = {stance.bounds: SIDES.index(stance.polarity) for stance in gold.stances}
        places = [window.markers[bounds] for bounds in stances]
        tags = [IGNORED] * len(window.ids)
        yield LinkerItem(window, [], [], [], [], tags, places, [sides[b] for b in stances])


def stance_windows(
    cutter: Cutter, text: str, stances: Sequence[tuple[int, int]]
) -> Iterator[tuple[Window, list[tuple[int, int]]]]:
    """The windows that hold a stance, with the bounds of those in them."""
    for window in cutter.windows(text, mark_stances(dict.fromkeys(stances)), overlap=False):
        if window.markers:
            yield window, list(window.markers)


def _evidence_of_pairs(gold: Annotation) -> dict[tuple[str, str], list[Span]]:
    """The evidence of each pair of mention ids, the earlier mention first."""
    place = {mention.id: mention.bounds for mention in gold.mentions}
    found: dict[tuple[str, str], list[Span]] = {}
    for partnership in gold.partnerships:
        for pair in partnership.pairs():
            head, tail = sorted(pair, key=place.__getitem__)
            found.setdefault((head, tail), []).append(partnership)
    return found


def _places(window: Window, spans: Sequence[Span]) -> list[int]:
    """The places of the pieces that spans touch."""
    return [
        place
        for place, piece in window.pieces
        if any(piece.start < span.end and span.start < piece.end for span in spans)
    ]


def _evidence_tags(window: Window, gold: Annotation) -> list[int]:
    """A tag for every place; of evidence that overlaps, the later one's."""
    tags = [IGNORED] * len(window.ids)
    for place, _ in window.pieces:
        tags[place] = 0
    for partnership in gold.partnerships:
        first = EVIDENCE.index(f"B-{partnership.type}")
        for number, place in enumerate(_places(window, [partnership])):
            tags[place] = first + (number > 0)
    return tags
