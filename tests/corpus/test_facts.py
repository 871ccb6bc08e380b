"""Tests of hapjong.corpus.facts."""

from __future__ import annotations

from hapjong.corpus.facts import Fact, make_facts
from hapjong.schema import Entity, MentionType, PartnershipType, Status

REGISTRY = {
    "gana": Entity(type=MentionType.ORG, ko="가나", en="Gana"),
    "dara": Entity(type=MentionType.ORG, ko="다라", en="Dara"),
    "lee": Entity(type=MentionType.PERSON, ko="이나래", en="Lee", affiliation="gana"),
}
AGREED = Status.AGREED


def test_facts_are_over_organisations_in_one_order_and_once() -> None:
    cooperation, supply = PartnershipType.COOPERATION, PartnershipType.SUPPLY
    claims = [
        ("lee", "dara", cooperation, AGREED),
        ("dara", "gana", cooperation, AGREED),
        ("lee", "gana", cooperation, AGREED),
        ("gana", "dara", supply, AGREED),
        ("dara", "lee", supply, AGREED),
    ]
    assert make_facts(claims, REGISTRY) == {
        Fact("dara", "gana", cooperation, AGREED),
        Fact("gana", "dara", supply, AGREED),
        Fact("dara", "gana", supply, AGREED),
    }
