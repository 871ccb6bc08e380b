"""Annotations written in the notation: what is written is what is read again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hapjong.annotation.merging import merge
from hapjong.annotation.notate import notate, notate_both
from hapjong.annotation.notation import parse
from hapjong.corpus.dataset import inspect_corpus
from hapjong.corpus.layout import Layout
from hapjong.problems import ProblemsError
from hapjong.schema import (
    SCHEME,
    Annotation,
    Mention,
    MentionType,
    Partnership,
    PartnershipType,
    Party,
    Polarity,
    Role,
    Stance,
    Status,
    canonical,
)
from random_annotations import article, place

TEXT = """가나 가나전자 가나AI 손잡다

가나전자가 가나AI/CPU를 가나에 팔고 가나를 산다. 가나AI는 가나전자 가나AI 뿐이다.

다라가 반겼다. 가나전자가 반기고 또 반겼다."""
WORDS = [
    match.span() for match in re.finditer(r"가나전자|가나AI|가나|반겼다|반기|산다|다라|팔", TEXT)
]
INNER = [match.span() for match in re.finditer(r"전자|AI|나", TEXT)]


@st.composite
def annotations(draw: st.DrawFn, annotator: str = "kim") -> Annotation:
    """Mentions are some of the words; evidence may also stand inside them."""
    chosen = draw(st.lists(st.sampled_from(WORDS), min_size=2, unique=True))
    mentions = tuple(
        Mention(
            id=f"m{n}", type=draw(st.sampled_from(MentionType)), entity=entity, **place(TEXT, *b)
        )
        for n, b in enumerate(chosen)
        for entity in [draw(st.none() | st.sampled_from(["gana", "dara"]))]
    )
    keys = st.sampled_from([mention.id for mention in mentions])
    # Two partnerships of one type at one place cannot be told apart in a reference.
    evidence = st.tuples(st.sampled_from(WORDS + INNER), st.sampled_from(PartnershipType))
    partnerships = tuple(
        Partnership(
            id=f"p{n}", type=kind, status=draw(st.sampled_from(Status)), **place(TEXT, *bounds),
            parties=tuple(
                Party(role=role, mention=key)
                for key, role in draw(
                    st.dictionaries(keys, st.sampled_from(Role), max_size=3)
                ).items()
            ),
        )
        for n, (bounds, kind) in enumerate(draw(st.lists(evidence, max_size=4, unique=True)))
    )  # fmt: skip
    targets = st.sampled_from([span.id for span in (*mentions, *partnerships)])
    stances = tuple(
        Stance(
            id=f"s{n}", polarity=draw(st.sampled_from(Polarity)), holder=draw(st.none() | keys),
            target=draw(targets), **place(TEXT, *bounds),
        )
        for n, bounds in enumerate(draw(st.lists(st.sampled_from(WORDS + INNER), max_size=3)))
    )  # fmt: skip
    return canonical(
        Annotation(
            scheme=SCHEME, article_id="2025-01-gana-dara-1", annotator=annotator,
            mentions=mentions, partnerships=partnerships, stances=stances,
            article_stance=draw(st.sampled_from(Polarity)),
        )
    )  # fmt: skip


def settled(page: str, name: str) -> str:
    """The page as an adjudicator leaves it who follows one annotator throughout."""
    mine = re.sub(rf"^\? {name}: ", "", page, flags=re.MULTILINE)
    return re.sub(r"^\? .*$", "", mine, flags=re.MULTILINE)


@settings(deadline=None, derandomize=True)
@given(annotations())
def test_what_is_written_is_read_again(annotation: Annotation) -> None:
    page = notate(annotation, article(TEXT))
    assert parse(page, article(TEXT), "kim", "a.txt") == annotation


@settings(deadline=None, derandomize=True)
@given(annotations("kim"), st.data())
def test_the_page_of_two_holds_what_either_says(first: Annotation, data: Any) -> None:
    """Mentions are shared: a number counts outside those of its own annotator only."""
    partnerships = data.draw(st.sets(st.sampled_from([p.id for p in first.partnerships]))
                             if first.partnerships else st.just(set()))  # fmt: skip
    kept = tuple(p for p in first.partnerships if p.id not in partnerships)
    second = canonical(
        replace(
            first,
            annotator="lee",
            partnerships=tuple(replace(p, status=Status.ENDED) for p in kept),
            stances=tuple(s for s in first.stances if s.target not in partnerships),
            article_stance=Polarity.FAVOR,
        )
    )
    page = notate_both(merge(first, second), article(TEXT))
    for said in (first, second):
        name = said.annotator
        assert parse(settled(page, name), article(TEXT), name, "a.txt") == said
    if "?" in page:
        with pytest.raises(ProblemsError, match="still to be settled"):
            parse(page, article(TEXT), "choi", "a.txt")


def test_the_gold_of_every_written_article_is_read_again() -> None:
    corpus, problems = inspect_corpus(Layout(Path(__file__).parents[2]))
    assert not problems
    for article_id, gold in corpus.gold.items():
        its = corpus.articles[article_id]
        if its.text is not None:
            assert parse(notate(gold, its), its, "gold", "a.txt") == gold


def test_what_differs_stands_once_for_each() -> None:
    text = "가나전자가 다라에 투자한다.\n\n다라는 웃었다."
    mentions = tuple(
        Mention(id=key, type=MentionType.ORG, entity=key, **place(text, start, end))
        for key, start, end in (("gana", 0, 4), ("dara", 6, 8))
    )
    deal = Partnership(
        id="p1", type=PartnershipType.INVESTMENT, status=Status.AGREED, **place(text, 10, 14),
        parties=(Party(role=Role.HEAD, mention="gana"), Party(role=Role.TAIL, mention="dara")),
    )  # fmt: skip
    kim = Annotation(
        scheme=SCHEME, article_id="2025-01-gana-dara-1", annotator="kim", mentions=mentions,
        partnerships=(deal,), stances=(), article_stance=Polarity.NEUTRAL,
    )  # fmt: skip
    lee = replace(kim, annotator="lee", partnerships=(), article_stance=Polarity.FAVOR)
    assert notate_both(merge(kim, lee), article(text)) == (
        "article 2025-01-gana-dara-1  2025-01-15  news\n\n"
        "# 1\t가나전자가 다라에 투자한다.\n"
        "1 ORG 가나전자 = gana\n"
        "1 ORG 다라 = dara\n"
        "? kim: 1 INVESTMENT agreed 투자한다 | head 1:가나전자 | tail 1:다라\n\n"
        "# 2\t다라는 웃었다.\n\n"
        "? kim: stance neutral\n"
        "? lee: stance favor\n"
    )


def test_a_span_over_two_sentences_is_refused() -> None:
    text = "가나가 왔다. 다라도 왔다."
    long = Mention(id="m1", type=MentionType.TECH, **place(text, 4, 9))
    annotation = Annotation(
        scheme=SCHEME, article_id="2025-01-gana-dara-1", annotator="kim", mentions=(long,),
        partnerships=(), stances=(), article_stance=Polarity.NEUTRAL,
    )  # fmt: skip
    with pytest.raises(ProblemsError, match=r"\[4, 9\) '왔다. 다': is not inside one sentence"):
        notate(annotation, article(text))
