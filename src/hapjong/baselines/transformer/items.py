"""Windows with what is to be learned from them: tags, relations, statuses.

Labels are numbers: `TAGS`, `RELATIONS`, `STATUSES` and `EVIDENCE` name them in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hapjong.baselines.common import Example
from hapjong.baselines.morphemes import Analysed
from hapjong.baselines.tags import OUTSIDE
from hapjong.baselines.transformer.pair_hints import PairHint, PairHints
from hapjong.baselines.transformer.units import Placed, Unit, locate
from hapjong.baselines.transformer.windows import (
    Cutter,
    Window,
    mark_mentions,
)
from hapjong.corpus.pairs import RELATIONS, Named, candidate_pairs, relation_label
from hapjong.corpus.sentences import sentences
from hapjong.schema import (
    Annotation,
    MentionType,
    Partnership,
    PartnershipType,
    Span,
    Status,
)

TAGS = (OUTSIDE, *(f"{edge}-{kind}" for kind in MentionType for edge in "BI"))
EVIDENCE = (OUTSIDE, *(f"{edge}-{kind}" for kind in PartnershipType for edge in "BI"))
STATUSES = tuple(Status)

IGNORED = -100
"""The label of what is not learned from: `torch.nn.functional.cross_entropy` passes over it."""


class ReaderItem(NamedTuple):
    """A window of bare text; ``tags`` are of its ``units``."""

    text: str
    window: Window
    units: list[Placed]
    tags: list[int]


class LinkerItem(NamedTuple):
    """A window of marked text; places are those of its ids.

    ``pairs``: places of the opening markers of the subject and of the object; ``hints`` of them;
    ``relations``: the labels that hold, none for `no_relation`; ``statuses``: one for each pair;
    ``evidence``: the places of the words that say so; ``tags``: of every place, `EVIDENCE`.
    """

    window: Window
    pairs: list[tuple[int, int]]
    hints: list[PairHint]
    relations: list[list[int]]
    statuses: list[int]
    evidence: list[list[int]]
    tags: list[int]


def bare(cutter: Cutter, text: str, first: int | None = None) -> list[Window]:
    """Windows without markers; ``first`` as `Cutter.windows` has it."""
    return list(cutter.windows(text, [], overlap=False, first=first))


def reader_items(
    cutter: Cutter, example: Example, found: Sequence[Unit], first: int | None = None
) -> Iterator[ReaderItem]:
    """``found`` are the units of the example's text; ``first`` as `Cutter.windows` has it."""
    text, gold = example
    for window in bare(cutter, text, first):
        if placed := locate(text, window, found):
            yield ReaderItem(text, window, placed, _unit_tags(placed, gold))


def _unit_tags(placed: Sequence[Placed], gold: Annotation) -> list[int]:
    """A tag for every unit; one that a mention only touches is wholly in it."""
    tags = [0] * len(placed)
    for mention in gold.mentions:
        first = TAGS.index(f"B-{mention.type}")
        touched = [
            number
            for number, one in enumerate(placed)
            if one.unit.start < mention.end and mention.start < one.unit.end
        ]
        for number in touched:
            tags[number] = first + (number > touched[0])
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


def linker_items(
    cutter: Cutter, example: Example, analysed: Analysed, pair_hints: PairHints
) -> Iterator[LinkerItem]:
    """Windows with marked mentions."""
    text, gold = example
    claims = _Claims(example)
    for window, pairs, places in candidates(cutter, text, gold.mentions):
        hints = pair_hints.of(analysed, gold.mentions, pairs)
        asked = zip([claims.of(*pair) for pair in pairs], places, hints, strict=True)
        known = [(found, at, hint) for found, at, hint in asked if found is not None]
        yield LinkerItem(
            window,
            [at for _, at, _ in known],
            [hint for _, _, hint in known],
            [[RELATIONS.index(claim.label) for claim in found] for found, _, _ in known],
            [STATUSES.index(found[0].said.status) if found else IGNORED for found, _, _ in known],
            [_places(window, [claim.said for claim in found]) for found, _, _ in known],
            _evidence_tags(window, gold),
        )


class _Claim(NamedTuple):
    label: str
    said: Partnership


class _Claims:
    """What the gold says of a pair of its mentions.

    A partnership's parties are the mentions that its evidence is about.  It holds as well for
    another mention of the same entity, of pairs that reach as far as the evidence's sentence: to
    call such a pair none would teach that the very same words tell nothing.
    """

    def __init__(self, example: Example) -> None:
        text, self.gold = example
        self.sentences = sentences(text)
        self.ids = {mention.bounds: mention.id for mention in self.gold.mentions}
        self.entities = {m.id: m.entity or m.id for m in self.gold.mentions}

    def of(self, subject: Named, other: Named) -> list[_Claim] | None:
        """The claims of a pair, the earlier mention first; None where both are one entity."""
        first, second = (self.ids[one.start, one.end] for one in (subject, other))
        if self.entities[first] == self.entities[second]:
            return None
        found: list[_Claim] = []
        for said in self.gold.partnerships:
            same_sentence = self._sentence(said.start) == self._sentence(other.start)
            for head, tail in said.pairs():
                if {head, tail} == {first, second}:
                    forward = head == first
                elif same_sentence and self._entities(head, tail) == self._entities(first, second):
                    forward = self.entities[head] == self.entities[first]
                else:
                    continue
                claim = _Claim(relation_label(said.type, forward), said)
                if claim.label not in {one.label for one in found}:
                    found.append(claim)
        return found

    def _entities(self, first: str, second: str) -> set[str]:
        return {self.entities[first], self.entities[second]}

    def _sentence(self, position: int) -> int:
        return sum(sentence.start <= position for sentence in self.sentences)


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
