"""Two annotations of one article laid side by side, so that nothing either says is lost.

Pure: no file and no server.  What both say is one `Region`; so is what differs only in an
attribute that can be left open (the entity of a mention, the status of a partnership).
All else stands once for each annotator who says it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from hapjong.schema import (
    SCHEME,
    Annotation,
    Mention,
    Partnership,
    Party,
    Polarity,
    Span,
    Stance,
    canonical,
)

SpanType = TypeVar("SpanType", bound=Span)
Place = tuple[str, int, int]
"""Layer and bounds: what a reference means, whatever type the region there has."""

_replace = msgspec.structs.replace


class Region(NamedTuple, Generic[SpanType]):
    """One region: what the first and the second annotator say there; None is nothing."""

    first: SpanType | None
    second: SpanType | None

    @property
    def said(self) -> list[SpanType]:
        """What is said, the first annotator's word before the second's."""
        return [span for span in self if span is not None]

    @property
    def agreed(self) -> bool:
        return self.first == self.second


class Merged(NamedTuple):
    """Two annotations of one article.  References are to the ids of the merged regions."""

    article_id: str
    annotators: tuple[str, str]
    mentions: tuple[Region[Mention], ...]
    partnerships: tuple[Region[Partnership], ...]
    stances: tuple[Region[Stance], ...]
    article_stance: tuple[Polarity, Polarity]

    def side(self, index: int) -> Annotation:
        """What annotator 0 or 1 said, canonical: the merge gives both back unchanged."""

        def layer(regions: Sequence[Region[SpanType]]) -> tuple[SpanType, ...]:
            return tuple(span for span in (region[index] for region in regions) if span is not None)

        return canonical(
            Annotation(
                scheme=SCHEME,
                article_id=self.article_id,
                annotator=self.annotators[index],
                mentions=layer(self.mentions),
                partnerships=layer(self.partnerships),
                stances=layer(self.stances),
                article_stance=self.article_stance[index],
            )
        )

    def places(self) -> dict[str, tuple[int, int]]:
        """The bounds of every region by its id."""
        layers: tuple[Sequence[Region[Any]], ...]
        layers = (self.mentions, self.partnerships, self.stances)
        return {r.said[0].id: r.said[0].bounds for layer in layers for r in layer}


class _Said(NamedTuple):
    """A span without its id and with references to merged ids; ``id`` is its own."""

    id: str
    span: Any


class _Side:
    """One annotation and what its ids become in the merge."""

    def __init__(self, annotation: Annotation) -> None:
        self.annotation = canonical(annotation)
        self.merged_ids: dict[str, str] = {}
        self.places: dict[str, Place] = {
            span.id: (path.partition("[")[0], *span.bounds)
            for path, span in self.annotation.spans()
        }

    def said(self, span: Span) -> _Said:
        bare: Any = _replace(span, id="")
        if isinstance(bare, Partnership):
            parties = (Party(role=p.role, mention=self.merged_ids[p.mention]) for p in bare.parties)
            bare = _replace(bare, parties=tuple(parties))
        elif isinstance(bare, Stance):
            holder = None if bare.holder is None else self.merged_ids[bare.holder]
            bare = _replace(bare, holder=holder, target=self.merged_ids[bare.target])
        return _Said(span.id, bare)

    def mention_key(self, mention: Mention) -> object:
        return mention.bounds, mention.type

    def partnership_key(self, partnership: Partnership) -> object:
        parties = sorted((p.role, self.places[p.mention]) for p in partnership.parties)
        return partnership.bounds, partnership.type, tuple(parties)

    def stance_key(self, stance: Stance) -> object:
        holder = None if stance.holder is None else self.places[stance.holder]
        return stance.bounds, stance.polarity, holder, self.places[stance.target]


def merge(first: Annotation, second: Annotation) -> Merged:
    """Lay two annotations of one article side by side.  Every id referred to must exist.

    Raises ValueError where they are of two articles.
    """
    if first.article_id != second.article_id:
        raise ValueError(f"annotations of two articles: {first.article_id}, {second.article_id}")
    one, two = sides = _Side(first), _Side(second)
    return Merged(
        article_id=first.article_id,
        annotators=(first.annotator, second.annotator),
        mentions=_layer(sides, "m", lambda side: side.annotation.mentions, _Side.mention_key),
        partnerships=_layer(
            sides, "p", lambda side: side.annotation.partnerships, _Side.partnership_key
        ),
        stances=_layer(sides, "s", lambda side: side.annotation.stances, _Side.stance_key),
        article_stance=(one.annotation.article_stance, two.annotation.article_stance),
    )


def _layer(
    sides: tuple[_Side, _Side],
    letter: str,
    spans: Callable[[_Side], Sequence[SpanType]],
    key: Callable[[_Side, SpanType], object],
) -> tuple[Region[SpanType], ...]:
    """The regions of one layer by position; notes what each span's id becomes."""
    groups: dict[object, tuple[list[_Said], list[_Said]]] = defaultdict(lambda: ([], []))
    for index, side in enumerate(sides):
        for span in spans(side):
            groups[key(side, span)][index].append(side.said(span))
    pairs = sorted((pair for group in groups.values() for pair in _couple(*group)), key=_order)
    regions = []
    for number, pair in enumerate(pairs, 1):
        found: list[Any] = []
        for side, said in zip(sides, pair, strict=True):
            if said is not None:
                side.merged_ids[said.id] = f"{letter}{number}"
            found.append(None if said is None else _replace(said.span, id=f"{letter}{number}"))
        regions.append(Region(*found))
    return tuple(regions)


def _couple(
    firsts: list[_Said], seconds: list[_Said]
) -> Iterator[tuple[_Said | None, _Said | None]]:
    """Who says the same as whom; then the rest of the group in order."""
    left, alone = list(seconds), []
    for one in firsts:
        twin = next((other for other in left if other.span == one.span), None)
        if twin is None:
            alone.append(one)
        else:
            left.remove(twin)
            yield one, twin
    yield from zip_longest(alone, left)


def _order(pair: tuple[_Said | None, _Said | None]) -> tuple[int, int, list[bytes]]:
    """By position, then by all that is said, whoever says it."""
    spans = [said.span for said in pair if said is not None]
    return spans[0].start, spans[0].end, sorted(map(msgspec.json.encode, spans))
