"""The scheme's own operations: canonical form, files, pairs."""

from __future__ import annotations

from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hapjong.schema import (
    ENTITY_TYPES,
    PARTY_TYPES,
    TOPIC_TYPES,
    Annotation,
    Entity,
    Mention,
    MentionType,
    Partnership,
    PartnershipType,
    Party,
    Polarity,
    Role,
    Status,
    canonical,
    dump_annotation,
    sha256,
)
from random_annotations import Annotated, annotated_articles, disguised

properties = settings(deadline=None, derandomize=True, max_examples=100)


def partnership(*parties: tuple[Role, str]) -> Partnership:
    return Partnership(
        id="p1",
        start=0,
        end=2,
        surface="협력",
        type=PartnershipType.COOPERATION,
        status=Status.AGREED,
        parties=tuple(Party(role=role, mention=mention) for role, mention in parties),
    )


@properties
@given(annotated_articles())
def test_canonical_form_is_its_own_canonical_form(drawn: Annotated) -> None:
    once = canonical(drawn.annotation)
    assert canonical(once) == once


@properties
@given(annotated_articles(), st.randoms(use_true_random=True))
def test_canonical_form_depends_on_neither_ids_nor_order(drawn: Annotated, random: Random) -> None:
    other = disguised(drawn.annotation, random)
    assert canonical(other) == canonical(drawn.annotation)


@properties
@given(annotated_articles())
def test_canonical_form_is_sorted_and_numbered_along_the_text(drawn: Annotated) -> None:
    form = canonical(drawn.annotation)
    for letter, layer in (("m", form.mentions), ("p", form.partnerships), ("s", form.stances)):
        assert [span.id for span in layer] == [f"{letter}{n}" for n in range(1, len(layer) + 1)]
        assert [span.bounds for span in layer] == sorted(span.bounds for span in layer)


@properties
@given(annotated_articles())
def test_canonical_form_keeps_who_is_what_in_each_partnership(drawn: Annotated) -> None:
    def said(annotation: Annotation) -> set[object]:
        place = {mention.id: mention.bounds for mention in annotation.mentions}
        return {
            (p.bounds, p.type, p.status, frozenset((q.role, place[q.mention]) for q in p.parties))
            for p in annotation.partnerships
        }

    assert said(canonical(drawn.annotation)) == said(drawn.annotation)


def test_canonical_parties_stand_by_role_and_then_by_position() -> None:
    annotation = msgspec.json.decode(
        b"""{"scheme": 1, "article_id": "a", "annotator": "kim", "article_stance": "neutral",
        "mentions": [{"id": "later", "start": 9, "end": 10, "surface": "-", "type": "ORG"},
                     {"id": "first", "start": 0, "end": 1, "surface": "-", "type": "ORG"},
                     {"id": "about", "start": 4, "end": 5, "surface": "-", "type": "TECH"}],
        "partnerships": [{"id": "x", "start": 2, "end": 3, "surface": "-", "type": "SUPPLY",
            "status": "agreed", "parties": [{"role": "topic", "mention": "about"},
            {"role": "tail", "mention": "first"}, {"role": "head", "mention": "later"}]}],
        "stances": []}""",
        type=Annotation,
    )
    (only,) = canonical(annotation).partnerships
    assert [(p.role, p.mention) for p in only.parties] == [
        (Role.HEAD, "m3"),
        (Role.TAIL, "m1"),
        (Role.TOPIC, "m2"),
    ]


def test_canonical_parties_at_one_place_stand_as_their_mentions_do() -> None:
    def said(*parties: str) -> Annotation:
        mentions = [
            Mention(id=kind, start=0, end=2, surface="가나", type=kind)
            for kind in (MentionType.PERSON, MentionType.ORG)
        ]
        return Annotation(
            scheme=1,
            article_id="a",
            annotator="kim",
            mentions=tuple(mentions),
            partnerships=(partnership(*((Role.PARTY, party) for party in parties)),),
            stances=(),
            article_stance=Polarity.NEUTRAL,
        )

    form = canonical(said("PERSON", "ORG"))
    assert [(m.id, m.type) for m in form.mentions] == [("m1", "ORG"), ("m2", "PERSON")]
    assert [party.mention for party in form.partnerships[0].parties] == ["m1", "m2"]
    assert canonical(said("ORG", "PERSON")) == form


@properties
@given(annotated_articles())
def test_a_written_annotation_reads_back_as_its_canonical_form(drawn: Annotated) -> None:
    data = dump_annotation(drawn.annotation)
    assert msgspec.json.decode(data, type=Annotation) == canonical(drawn.annotation)
    assert data.endswith(b"}\n")
    assert data.startswith(b'{\n  "scheme": 1')


def test_each_party_pairs_with_each_later_one() -> None:
    found = partnership((Role.PARTY, "a"), (Role.PARTY, "b"), (Role.PARTY, "c"))
    assert list(found.pairs()) == [("a", "b"), ("a", "c"), ("b", "c")]


def test_each_head_pairs_with_each_tail() -> None:
    found = partnership((Role.TAIL, "c"), (Role.HEAD, "a"), (Role.HEAD, "b"), (Role.TAIL, "d"))
    assert list(found.pairs()) == [("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")]


@pytest.mark.parametrize("roles", [[Role.PARTY], [Role.HEAD], [Role.TAIL, Role.TOPIC], []])
def test_one_side_alone_makes_no_pair(roles: list[Role]) -> None:
    assert list(partnership(*((role, f"m{n}") for n, role in enumerate(roles))).pairs()) == []


def test_a_topic_is_in_no_pair() -> None:
    found = partnership((Role.PARTY, "a"), (Role.TOPIC, "t"), (Role.PARTY, "b"))
    assert list(found.pairs()) == [("a", "b")]


def test_parties_have_entities_and_topics_are_no_parties() -> None:
    assert PARTY_TYPES < ENTITY_TYPES
    assert not PARTY_TYPES & TOPIC_TYPES


def test_an_entity_goes_by_all_its_names() -> None:
    entity = Entity(type=MentionType.ORG, ko="마바AI", en="Maba AI", aliases=("마바 AI",))
    assert entity.names == {"마바AI", "Maba AI", "마바 AI"}


def test_hashes_are_of_utf_8() -> None:
    # printf 가나전자 | sha256sum
    assert sha256("가나전자") == "95b775cef00ce68039788450c897958c9d27308d6ff67142f2d0ca72a15ae4e3"
