"""Laying two annotations side by side: nothing of either is lost, nothing is made up."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hapjong.annotation.merging import Merged, merge
from hapjong.schema import Annotation, canonical
from random_annotations import annotated_articles, disguised

RANDOM = st.integers(0, 2**32).map(Random)
FEW = settings(max_examples=40, deadline=None)
LAYERS = ("mentions", "partnerships", "stances")


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Annotation, Annotation]:
    """Two annotations of one article, the second one often a changed copy of the first."""
    first = draw(annotated_articles()).annotation
    if draw(st.booleans()):
        return first, replace(draw(annotated_articles()).annotation, annotator="lee")
    other = draw(annotated_articles()).annotation
    second = replace(first, annotator="lee", article_stance=other.article_stance)
    mentions = tuple(
        replace(m, entity=draw(st.sampled_from(["gana", "dara"]))) if m.entity else m
        for m in first.mentions
    )
    kept = draw(st.sets(st.sampled_from([p.id for p in first.partnerships] or ["none"])))
    pointed = {s.target for s in first.stances}
    partnerships = tuple(p for p in first.partnerships if p.id in kept | pointed)
    return first, replace(second, mentions=mentions, partnerships=partnerships)


def regions(merged: Merged) -> list[Any]:
    return [region for layer in LAYERS for region in getattr(merged, layer)]


@FEW
@given(annotated_articles(), RANDOM)
def test_merged_with_itself(annotated: Any, random: Random) -> None:
    annotation = annotated.annotation
    merged = merge(annotation, disguised(annotation, random))
    assert all(region.agreed for region in regions(merged))
    assert merged.side(0) == merged.side(1) == canonical(annotation)
    for layer in LAYERS:  # not even the ids change
        said = tuple(region.first for region in getattr(merged, layer))
        assert said == getattr(canonical(annotation), layer)


@FEW
@given(pairs())
def test_both_come_back_unchanged(pair: tuple[Annotation, Annotation]) -> None:
    merged = merge(*pair)
    assert (merged.side(0), merged.side(1)) == tuple(map(canonical, pair))
    ids = [{span.id for span in region.said} for region in regions(merged)]
    assert all(len(one) == 1 for one in ids)
    assert len(set().union(*ids)) == len(ids)


@FEW
@given(pairs(), RANDOM)
def test_order_and_ids_mean_nothing(pair: tuple[Annotation, Annotation], random: Random) -> None:
    merged = merge(*pair)
    assert merge(*(disguised(one, random) for one in pair)) == merged


@FEW
@given(pairs())
def test_no_agreement_is_missed(pair: tuple[Annotation, Annotation]) -> None:
    """What only one says is said by the other nowhere: not even with an attribute changed."""
    merged = merge(*pair)
    for first in (r.first for r in merged.mentions if r.second is None):
        assert not [
            r.second
            for r in merged.mentions
            if r.first is None and r.second and (r.second.bounds, r.second.type)
            == (first.bounds, first.type)
        ]  # fmt: skip


@FEW
@given(pairs())
def test_who_is_first_changes_only_that(pair: tuple[Annotation, Annotation]) -> None:
    merged, mirrored = merge(*pair), merge(*reversed(pair))
    for layer in ("mentions", "partnerships"):
        flipped = tuple((region.second, region.first) for region in getattr(mirrored, layer))
        assert tuple(map(tuple, getattr(merged, layer))) == flipped


def test_two_articles_are_refused() -> None:
    @settings(max_examples=1, deadline=None)
    @given(annotated_articles())
    def check(annotated: Any) -> None:
        other = replace(annotated.annotation, article_id="2025-01-gana-dara-2")
        with pytest.raises(ValueError, match="two articles"):
            merge(annotated.annotation, other)

    check()
