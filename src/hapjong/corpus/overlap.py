"""How much of their text articles share with each other and with the press documents.

Two measures of a pair, after Broder, On the resemblance and containment of documents (1997), over
shingles: every run of `SHINGLE` letters and digits, case, spaces and punctuation left out.  A
third is the longest run of characters that both have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import NamedTuple

import msgspec

from hapjong.schema import Record

SHINGLE = 8
"""Longer than most names, so that articles about the same companies share few."""

MAX_JACCARD, MAX_CONTAINMENT = 0.1, 0.3
"""Above either, a pair holds one text twice.

Of the first 21 articles none of two events share more than 0.02 and 0.15 (the latter in a text of
150 characters that is full of names); one that takes over half of another has 0.33 and 0.5.
"""

_DIGITS = 4


class Prose(Record, frozen=True, kw_only=True):
    """A run of ``length`` characters of which at least ``hangul`` are Hangul."""

    length: int
    hangul: int


PRESS_PROSE = Prose(length=24, hangul=15)
"""A run this long is no coincidence; names and titles are shorter, addresses are no Hangul."""

WRITTEN_PROSE = Prose(length=40, hangul=25)
"""Texts of one writer about the same companies share phrases, but no sentence."""


class Limits(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a pair must stay within, as the report states it."""

    shingle: int = SHINGLE
    jaccard: float = MAX_JACCARD
    containment: float = MAX_CONTAINMENT
    press_run: Prose = PRESS_PROSE
    written_run: Prose = WRITTEN_PROSE


class Alike(Record, frozen=True, kw_only=True):
    """How alike two texts are; ``above`` where that is more than is allowed.

    ``containment`` is of the text that has fewer shingles.
    """

    first: str
    second: str
    jaccard: float
    containment: float
    above: bool


class Shared(Alike, frozen=True, kw_only=True):
    """Also the longest run of characters that both have, white space squeezed."""

    run: str


class _Prepared(NamedTuple):
    squeezed: str
    shingles: frozenset[str]


def near_duplicates(texts: Mapping[str, str], groups: Mapping[str, str]) -> list[Alike]:
    """Every pair of texts of two groups (splits), the most alike first."""
    prepared = _prepare(texts)
    pairs = [
        _alike(prepared, first, second)
        for first, second in combinations(sorted(texts), 2)
        if groups[first] != groups[second]
    ]
    return sorted(pairs, key=lambda pair: (-pair.containment, -pair.jaccard))


def copied_text(written: Mapping[str, str], press: Mapping[str, str]) -> list[Shared]:
    """Each written article with each other one and each press text; the longest runs first."""
    prepared = _prepare({**written, **press})
    pairs = [
        _shared(prepared, first, second, prose)
        for prose, couples in (
            (WRITTEN_PROSE, combinations(sorted(written), 2)),
            (PRESS_PROSE, product(sorted(written), sorted(press))),
        )
        for first, second in couples
    ]
    return sorted(pairs, key=lambda pair: (-len(pair.run), -pair.containment))


def _prepare(texts: Mapping[str, str]) -> dict[str, _Prepared]:
    return {
        key: _Prepared(squeezed=" ".join(text.split()), shingles=shingles(text))
        for key, text in texts.items()
    }


def _alike(prepared: Mapping[str, _Prepared], first: str, second: str) -> Alike:
    jaccard, containment = resemblance(prepared[first].shingles, prepared[second].shingles)
    return Alike(
        first=first,
        second=second,
        jaccard=round(jaccard, _DIGITS),
        containment=round(containment, _DIGITS),
        above=jaccard > MAX_JACCARD or containment > MAX_CONTAINMENT,
    )


def _shared(prepared: Mapping[str, _Prepared], first: str, second: str, prose: Prose) -> Shared:
    one, other = prepared[first].squeezed, prepared[second].squeezed
    alike = _alike(prepared, first, second)
    run = longest_common_run(one, other)
    copied = len(run) >= prose.length and not prose_runs(one, prose).isdisjoint(
        prose_runs(other, prose)
    )
    return Shared(
        **{**msgspec.structs.asdict(alike), "above": alike.above or copied}, run=run.strip()
    )


def shingles(text: str) -> frozenset[str]:
    """Every run of `SHINGLE` letters and digits; of a shorter text, the text itself."""
    letters = re.sub(r"[\W_]", "", text.casefold())
    return frozenset(_windows(letters, min(SHINGLE, len(letters)))) - {""}


def resemblance(first: frozenset[str], second: frozenset[str]) -> tuple[float, float]:
    """Jaccard: shared / all of both; containment: shared / all of the smaller.  0 for none."""
    shared, smaller = len(first & second), min(len(first), len(second))
    if not smaller:
        return 0.0, 0.0
    return shared / (len(first) + len(second) - shared), shared / smaller


def longest_common_run(first: str, second: str) -> str:
    """The longest string that both hold; of several, the first in ``second``.

    Texts that share a run share every shorter one in it: so its length is found by doubling
    until nothing is shared and then halving the gap.
    """
    longest, too_long = "", 1
    while run := _common(first, second, too_long):
        longest, too_long = run, 2 * too_long
    while too_long - len(longest) > 1:
        length = (len(longest) + too_long) // 2
        if run := _common(first, second, length):
            longest = run
        else:
            too_long = length
    return longest


def _common(first: str, second: str, length: int) -> str | None:
    known = set(_windows(first, length))
    return next((run for run in _windows(second, length) if run in known), None)


def prose_runs(text: str, prose: Prose) -> set[str]:
    """All runs of the text, white space squeezed, that count as prose."""
    windows = set(_windows(" ".join(text.split()), prose.length))
    return {run for run in windows if len(re.findall("[가-힣]", run)) >= prose.hangul}


def _windows(text: str, length: int) -> Iterator[str]:
    return (text[start : start + length] for start in range(len(text) - length + 1))
