"""Windows lose nothing: every character, every mention and every pair is in one."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pieces import Pieces

from hapjong.baselines.transformer.items import candidates
from hapjong.baselines.transformer.windows import (
    Cutter,
    Marked,
    Piece,
    covered,
    mark_mentions,
    pack,
)
from hapjong.corpus.dataset import Corpus
from hapjong.corpus.pairs import candidate_pairs
from hapjong.corpus.sentences import sentences
from hapjong.schema import Split

WORDS = 1_000


@pytest.fixture
def cutter() -> Cutter:
    return Cutter(Pieces(2), WORDS, 60)


def test_every_character_is_in_one_window(cutter: Cutter, corpus: Corpus) -> None:
    for article in corpus.of_split(Split.TRAIN):
        text = article.text or ""
        places = Counter(
            position
            for window in cutter.windows(text, [], overlap=False)
            for _, piece in window.pieces
            for position in range(piece.start, piece.end)
        )
        assert places == Counter(i for i, character in enumerate(text) if not character.isspace())


def test_sentences_are_windows_of_their_own(corpus: Corpus) -> None:
    cutter = Cutter(Pieces(2), WORDS, 500)
    for article in corpus.of_split(Split.TRAIN):
        text = article.text or ""
        found = [(window.start, window.end) for window in cutter.sentences(text)]
        assert [text[start:end] for start, end in found] == [
            text[s.start : s.end].strip() for s in sentences(text)
        ]
    # One that is longer than a window is cut, and nothing of it is lost.
    cut = [window.pieces for window in cutter._replace(limit=1).sentences(text)]
    assert {len(pieces) for pieces in cut} == {1}
    assert "".join(text[p.start : p.end] for [(_, p)] in cut) == "".join(text.split())


def test_every_candidate_pair_is_asked_about_once(corpus: Corpus) -> None:
    cutter = Cutter(Pieces(2), WORDS, 300)
    for article in corpus.of_split(Split.TRAIN):
        text, mentions = article.text or "", corpus.gold[article.article_id].mentions
        wanted = [(p.subject, p.object) for p in candidate_pairs(text, mentions)]
        found = [pair for asked in candidates(cutter, text, mentions) for pair in asked.pairs]
        assert sorted(found, key=_bounds) == sorted(wanted, key=_bounds)


def _bounds(pair: Any) -> Any:
    return [(mention.start, mention.end) for mention in pair]


def test_markers_stand_around_their_mention(cutter: Cutter, corpus: Corpus) -> None:
    [article, *_] = corpus.of_split(Split.TRAIN)
    mentions = corpus.gold[article.article_id].mentions
    marked = {span[:2]: span.marker for span in mark_mentions(mentions)}
    seen = set()
    for window in cutter.windows(article.text or "", mark_mentions(mentions), overlap=False):
        piece_at = dict(window.pieces)
        for bounds, (opening, closing) in window.markers.items():
            seen.add(bounds)
            kind = WORDS + 2 * marked[bounds]
            assert (window.ids[opening], window.ids[closing]) == (kind, kind + 1)
            inside = [piece_at[p] for p in range(opening, closing) if p in piece_at]
            assert inside[0].start <= bounds[0] < inside[0].end
            assert inside[-1].start < bounds[1] <= inside[-1].end
    assert len(seen) >= len(marked) - 2, "a mention may be cut only where a sentence is"


class Sizes(NamedTuple):
    sizes: list[int]
    limit: int
    overlap: bool
    first_limit: int | None


cases = st.builds(
    Sizes,
    st.lists(st.integers(1, 12), max_size=12),
    st.integers(1, 20),
    st.booleans(),
    st.none() | st.integers(1, 20),
)


@given(cases)
@settings(deadline=None, derandomize=True, max_examples=300)
def test_packing(case: Sizes) -> None:
    units = [[Piece(n, 0, 1)] * size for n, size in enumerate(case.sizes)]
    runs = [
        [unit[0].id for unit in run]
        for run in pack(units, case.limit, overlap=case.overlap, first_limit=case.first_limit)
    ]
    assert sorted({n for run in runs for n in run}) == list(range(len(units)))
    for number, run in enumerate(runs):
        assert run == list(range(run[0], run[-1] + 1)), "neighbours only"
        limit = case.first_limit or case.limit if number == 0 else case.limit
        assert sum(case.sizes[n] for n in run) <= limit or len(run) <= 1 + case.overlap
        if run[-1] + 1 < len(units):
            assert sum(case.sizes[n] for n in [*run, run[-1] + 1]) > limit, "as many as fit"
    neighbours = {pair for run in runs for pair in pairwise(run)}
    if case.overlap:
        assert neighbours == set(pairwise(range(len(units))))
    else:
        assert sum(map(len, runs)) == len(units), "no unit twice"


def test_spans_that_share_a_piece_nest() -> None:
    pieces = [Piece(1, 0, 3), Piece(2, 3, 6)]
    outer, first, second = Marked(0, 6, 0), Marked(0, 1, 1), Marked(2, 4, 2)
    places = covered(pieces, [second, first, outer])
    assert places.opening == {0: [outer, first, second]}
    assert places.closing == {0: [first], 1: [second, outer]}


def test_a_span_that_no_piece_touches_is_left_out() -> None:
    assert covered([Piece(1, 0, 3)], [Marked(5, 6, 0)]) == ({}, {})
