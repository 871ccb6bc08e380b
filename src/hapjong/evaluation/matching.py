"""Which spans of two annotators belong together: one to one, as many as possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

# Lexicographic weights of a couple: that it is one, that the boundaries are the same, that the
# labels are, that the boundaries are close.  Each outweighs any sum of the next.
_COUPLE, _EXACT, _LABEL, _FARTHEST = 10**15, 10**11, 10**7, 10**3


class Item(NamedTuple):
    """A span ``[start, end)`` with a label; sorts by position."""

    start: int
    end: int
    label: str

    def overlaps(self, other: Item) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


Couples = list[tuple[int, int]]
"""Indexes of the first and of the second sequence."""


def match(first: Sequence[Item], second: Sequence[Item]) -> Couples:
    """Couple spans that overlap, one to one, as many as can be.

    Among the largest such sets the one with most couples of the same boundaries is taken, then
    of the same label, and then the one with the closest boundaries.  ``match(b, a)`` is
    ``match(a, b)`` turned round.
    """
    if sorted(second) < sorted(first):  # so that ties fall the same way in both directions
        return sorted((i, j) for j, i in match(second, first))
    couples: Couples = []
    for left, right in _clusters(first, second):
        weights = [[_weight(first[i], second[j]) for j in right] for i in left]
        couples += [(left[i], right[j]) for i, j in assign(weights) if weights[i][j]]
    return sorted(couples)


def _weight(a: Item, b: Item) -> int:
    if not a.overlaps(b):
        return 0
    distance = min(_FARTHEST, abs(a.start - b.start) + abs(a.end - b.end))
    exact = a[:2] == b[:2]
    return _COUPLE + _EXACT * exact + _LABEL * (a.label == b.label) - distance


def _clusters(
    first: Sequence[Item], second: Sequence[Item]
) -> Iterator[tuple[list[int], list[int]]]:
    """Indexes of spans that hang together: no span overlaps one of another cluster."""
    left: list[int] = []
    right: list[int] = []
    reach = 0
    tagged = [(item, 0, i) for i, item in enumerate(first)]
    tagged += [(item, 1, j) for j, item in enumerate(second)]
    for item, side, index in sorted(tagged):
        if item.start >= reach:
            if left and right:
                yield left, right
            left, right = [], []
        (right if side else left).append(index)
        reach = max(reach, item.end)
    if left and right:
        yield left, right


def assign(weights: Sequence[Sequence[int]]) -> Couples:
    """The one-to-one assignment of rows to columns with the greatest sum of weights.

    The Hungarian method with potentials, O(rows² · columns), as described at
    https://cp-algorithms.com/graph/hungarian-algorithm.html; in whole numbers, so exact.
    """
    if len(weights) > len(weights[0]):
        turned = assign(list(zip(*weights, strict=True)))
        return sorted((i, j) for j, i in turned)
    columns = len(weights[0])
    of_row, of_column = [0] * (len(weights) + 1), [0] * (columns + 1)
    row_at = [0] * (columns + 1)  # rows and columns count from 1, 0 stands for none
    for row in range(1, len(weights) + 1):
        row_at[0] = row
        path = _shortest_path(weights, row_at, of_row, of_column)
        while path:
            column, previous = path.pop()
            row_at[column] = row_at[previous]
    return sorted((row_at[j] - 1, j - 1) for j in range(1, columns + 1) if row_at[j])


def _shortest_path(
    weights: Sequence[Sequence[int]], row_at: list[int], of_row: list[int], of_column: list[int]
) -> list[tuple[int, int]]:
    """Steps (column, column before) of the cheapest way to a free column, the last step first."""
    columns = len(of_column)
    slack: list[float] = [float("inf")] * columns
    before = [0] * columns
    done = [False] * columns
    at = 0
    while row_at[at]:
        done[at] = True
        row = row_at[at]
        for j in range(1, columns):
            cost = -weights[row - 1][j - 1] - of_row[row] - of_column[j]
            if not done[j] and cost < slack[j]:
                slack[j], before[j] = cost, at
        nearest = min((j for j in range(1, columns) if not done[j]), key=slack.__getitem__)
        delta = int(slack[nearest])
        for j in range(columns):
            if done[j]:
                of_row[row_at[j]] += delta
                of_column[j] -= delta
            else:
                slack[j] -= delta
        at = nearest
    steps = []
    while at:
        steps.append((at, before[at]))
        at = before[at]
    return steps[::-1]
