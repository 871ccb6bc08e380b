"""Candidate pairs, and the relation labels of linked pairs."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings

from hapjong.corpus.pairs import (
    NO_RELATION,
    RELATIONS,
    Pair,
    Relation,
    candidate_pairs,
    relations,
    split_label,
)
from hapjong.schema import (
    SCHEME,
    SYMMETRIC_TYPES,
    Annotation,
    Mention,
    MentionType,
    Partnership,
    PartnershipType,
    Party,
    Polarity,
    Role,
    Status,
)
from random_annotations import Annotated, annotated_articles

TEXT = "가나전자와 다라통신\n가나전자가 하루를 쓴다. 다라통신은 안 쓴다. 마바AI도 그렇다."


class Named(NamedTuple):
    """A predicted mention: it has no id."""

    start: int
    end: int
    type: MentionType


def named(surface: str, kind: MentionType = MentionType.ORG, after: int = 0) -> Named:
    start = TEXT.index(surface, after)
    return Named(start, start + len(surface), kind)


def surfaces(pairs: list[Pair]) -> list[tuple[str, str]]:
    return [
        (TEXT[p.subject.start : p.subject.end], TEXT[p.object.start : p.object.end]) for p in pairs
    ]


def linked(*partnerships: tuple[PartnershipType, Status, list[tuple[Role, str]]]) -> Annotation:
    """An annotation with mentions a < b < c and the partnerships given."""
    return Annotation(
        scheme=SCHEME,
        article_id="2025-01-gana-dara-1",
        annotator="kim",
        mentions=tuple(
            Mention(id=key, start=at, end=at + 1, surface="-", type=MentionType.ORG, entity=key)
            for at, key in ((4, "c"), (0, "a"), (2, "b"))
        ),
        partnerships=tuple(
            Partnership(
                id=f"p{number}",
                start=6,
                end=7,
                surface="-",
                type=kind,
                status=status,
                parties=tuple(Party(role=role, mention=key) for role, key in parties),
            )
            for number, (kind, status, parties) in enumerate(partnerships, 1)
        ),
        stances=(),
        article_stance=Polarity.NEUTRAL,
    )


HEAD_A_TAIL_B = [(Role.HEAD, "a"), (Role.TAIL, "b")]
HEAD_B_TAIL_A = [(Role.HEAD, "b"), (Role.TAIL, "a")]


def test_candidates_are_in_one_sentence_or_in_neighbouring_ones() -> None:
    mentions = [
        named("가나전자"),
        named("가나전자", after=5),
        named("다라통신", after=20),
        named("마바AI"),
    ]
    assert surfaces(list(candidate_pairs(TEXT, mentions))) == [
        ("가나전자", "가나전자"),
        ("가나전자", "다라통신"),
        ("다라통신", "마바AI"),
    ]


def test_the_earlier_mention_is_the_subject_whatever_the_order_given() -> None:
    mentions = [named("다라통신"), named("가나전자")]
    assert surfaces(list(candidate_pairs(TEXT, mentions))) == [("가나전자", "다라통신")]


def test_only_possible_parties_are_candidates() -> None:
    mentions = [named("가나전자", after=5), named("하루", MentionType.PRODUCT)]
    assert list(candidate_pairs(TEXT, mentions)) == []


def test_a_pair_spans_the_sentences_from_one_mention_to_the_other() -> None:
    (pair,) = candidate_pairs(TEXT, [named("다라통신", after=20), named("마바AI")])
    assert TEXT[pair.start : pair.end] == "다라통신은 안 쓴다. 마바AI도 그렇다."


def test_directed_types_have_a_label_for_each_direction_and_symmetric_ones_one() -> None:
    assert len(RELATIONS) == len(set(RELATIONS))
    assert len(RELATIONS) == 1 + 2 * len(PartnershipType) - len(SYMMETRIC_TYPES)
    assert RELATIONS[0] == NO_RELATION


@pytest.mark.parametrize(
    ("kind", "parties", "label"),
    [
        (PartnershipType.INVESTMENT, HEAD_A_TAIL_B, "INVESTMENT(subject,object)"),
        (PartnershipType.INVESTMENT, HEAD_B_TAIL_A, "INVESTMENT(object,subject)"),
        (PartnershipType.MERGER, HEAD_A_TAIL_B, "MERGER"),
        (PartnershipType.MERGER, HEAD_B_TAIL_A, "MERGER"),
        (PartnershipType.MERGER, [(Role.PARTY, "b"), (Role.PARTY, "a")], "MERGER"),
    ],
)
def test_a_label_tells_head_and_tail_by_position(
    kind: PartnershipType, parties: list[tuple[Role, str]], label: str
) -> None:
    found = relations(linked((kind, Status.AGREED, parties)))
    assert found == {("a", "b"): [Relation(label, Status.AGREED)]}


def test_a_pair_can_have_several_relations() -> None:
    annotation = linked(
        (PartnershipType.INVESTMENT, Status.AGREED, HEAD_A_TAIL_B),
        (PartnershipType.INVESTMENT, Status.ENDED, HEAD_A_TAIL_B),
        (PartnershipType.COMPETITION, Status.AGREED, HEAD_A_TAIL_B),
    )
    assert relations(annotation)["a", "b"] == [
        Relation("INVESTMENT(subject,object)", Status.AGREED),
        Relation("INVESTMENT(subject,object)", Status.ENDED),
        Relation("COMPETITION", Status.AGREED),
    ]


def test_a_relation_stated_twice_is_listed_once() -> None:
    twice = [(PartnershipType.SUPPLY, Status.AGREED, HEAD_A_TAIL_B)] * 2
    assert relations(linked(*twice)) == {
        ("a", "b"): [Relation("SUPPLY(subject,object)", Status.AGREED)]
    }


def test_three_parties_are_three_pairs() -> None:
    parties = [(Role.PARTY, key) for key in "cab"]
    found = relations(linked((PartnershipType.COOPERATION, Status.IN_TALKS, parties)))
    assert set(found) == {("a", "b"), ("a", "c"), ("b", "c")}


@settings(deadline=None, derandomize=True)
@given(annotated_articles())
def test_splitting_labels_gives_back_type_and_direction(drawn: Annotated) -> None:
    annotation = drawn.annotation
    place = {mention.id: mention.bounds for mention in annotation.mentions}
    expected = {
        (*sorted([head, tail], key=place.__getitem__), p.type, place[head] <= place[tail], p.status)
        if p.type not in SYMMETRIC_TYPES
        else (*sorted([head, tail], key=place.__getitem__), p.type, True, p.status)
        for p in annotation.partnerships
        for head, tail in p.pairs()
    }
    found = {
        (*pair, *split_label(relation.label), relation.status)
        for pair, listed in relations(annotation).items()
        for relation in listed
    }
    assert found == expected


@pytest.mark.parametrize("label", RELATIONS[1:])
def test_every_label_is_of_a_type(label: str) -> None:
    kind, forward = split_label(label)
    assert label.startswith(kind)
    assert forward is not label.endswith("(object,subject)")
