"""Mentions counted over many articles at once, in arrays: one at a time takes ten times as long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import NamedTuple, Protocol

import numpy as np

from hapjong.evaluation.metrics import CORRECT, GOLD, PREDICTED, ROW, ROWS, Counts
from hapjong.schema import MentionType

_CODE = {kind: code for code, kind in enumerate(MentionType)}
_ROWS = [ROW[f"ner:{kind}"] for kind in MentionType]
_KINDS = len(_CODE)


class LabelledSpan(Protocol):
    """A mention, gold or predicted."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def type(self) -> MentionType: ...


class _Columns(NamedTuple):
    """Mentions of all articles, one a row."""

    article: Counts
    start: Counts
    end: Counts
    kind: Counts


def count_mentions(
    *, gold: Sequence[Sequence[LabelledSpan]], predicted: Sequence[Sequence[LabelledSpan]]
) -> Counts:
    """Counts of each article's mentions: ``(articles, rows, 3)``, all other rows 0.

    What stands twice counts once.  An item is one number, so that equal items are equal
    numbers: the articles are laid end to end, and a span is its place there, its length and type.
    """
    columns = {PREDICTED: _columns(predicted), GOLD: _columns(gold)}
    room = np.ones(len(gold), dtype=np.int64)  # a place at least, so that no two begin at one
    for found in columns.values():
        np.maximum.at(room, found.article, found.end + 1)
    first = np.cumsum(room) - room
    width = int(room.max(initial=1)) + 1
    counts = np.zeros((len(gold), len(ROWS), 3), dtype=np.int64)
    spans = {side: _spans(found, first, width) for side, found in columns.items()}
    for side, keys in _with_correct(spans):
        article = _article(keys // (width * _KINDS), first)
        counts[:, _ROWS, side] = _table(article, keys % _KINDS, len(gold))
    bounds = {side: _distinct(keys // _KINDS) for side, keys in spans.items()}
    for side, keys in _with_correct(bounds):
        article = _article(keys // width, first)
        counts[:, ROW["ner_boundary"], side] = np.bincount(article, minlength=len(gold))
    characters = {side: _characters(found, first) for side, found in columns.items()}
    for side, keys in _with_correct(characters):
        article = _article(keys // _KINDS, first)
        counts[:, ROW["ner_char"], side] = np.bincount(article, minlength=len(gold))
    return counts


def _columns(articles: Sequence[Sequence[LabelledSpan]]) -> _Columns:
    mentions = list(chain.from_iterable(articles))
    kinds = map(_CODE.__getitem__, map(attrgetter("type"), mentions))
    return _Columns(
        np.repeat(np.arange(len(articles)), [len(spans) for spans in articles]),
        _numbers(map(attrgetter("start"), mentions), len(mentions)),
        _numbers(map(attrgetter("end"), mentions), len(mentions)),
        _numbers(kinds, len(mentions)),
    )


def _numbers(values: Iterable[int], length: int) -> Counts:
    return np.fromiter(values, dtype=np.int64, count=length)


def _spans(found: _Columns, first: Counts, width: int) -> Counts:
    """Every mention as one number, in order."""
    place = (first[found.article] + found.start) * width + found.end - found.start
    return _distinct(np.sort(place * _KINDS + found.kind))


def _characters(found: _Columns, first: Counts) -> Counts:
    """Every character inside a mention with its type; those outside (O) are not counted."""
    length = np.maximum(found.end - found.start, 0)
    begin = np.cumsum(length) - length
    inside = np.arange(length.sum()) - np.repeat(begin, length)
    place = np.repeat(first[found.article] + found.start, length) + inside
    return _distinct(np.sort(place * _KINDS + np.repeat(found.kind, length)))


def _distinct(ordered: Counts) -> Counts:
    distinct: Counts = ordered[np.diff(ordered, prepend=-1) != 0]
    return distinct


def _with_correct(sides: dict[int, Counts]) -> list[tuple[int, Counts]]:
    """What is on both sides is correct."""
    both: Counts = np.intersect1d(sides[GOLD], sides[PREDICTED], assume_unique=True)
    return [*sides.items(), (CORRECT, both)]


def _article(place: Counts, first: Counts) -> Counts:
    """The article that each place is in."""
    found: Counts = np.searchsorted(first, place, side="right") - 1
    return found


def _table(article: Counts, kind: Counts, articles: int) -> Counts:
    """How often each kind stands in each article."""
    cells = np.bincount(article * _KINDS + kind, minlength=articles * _KINDS)
    table: Counts = cells.reshape(articles, _KINDS)
    return table
