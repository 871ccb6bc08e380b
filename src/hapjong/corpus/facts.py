"""Facts: what the partnerships of an article say about two entities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hapjong.corpus.registry import Registry, organisation
from hapjong.schema import SYMMETRIC_TYPES, Annotation, PartnershipType, Status


class Fact(NamedTuple):
    """What a partnership says about two entities; symmetric types in canonical order."""

    head: str
    tail: str
    type: PartnershipType
    status: Status

    def rungs(self) -> tuple[tuple[str, ...], ...]:
        """What must match on each rung of the ladder of metrics: pair, type, direction, status."""
        first, second = sorted((self.head, self.tail))
        return (
            (first, second),
            (first, second, self.type),
            (self.head, self.tail, self.type),
            (self.head, self.tail, self.type, self.status),
        )


def make_facts(
    claims: Iterable[tuple[str, str, PartnershipType, Status]], registry: Registry
) -> set[Fact]:
    """Facts of (head, tail, type, status), over organisations.

    A person stands for the organisation of their affiliation; an entity with itself is
    dropped; symmetric pairs are put in one order; duplicates count once.
    """
    facts = set()
    for head, tail, kind, status in claims:
        head, tail = organisation(registry, head), organisation(registry, tail)
        if head == tail:
            continue
        if kind in SYMMETRIC_TYPES:
            head, tail = sorted((head, tail))
        facts.add(Fact(head, tail, kind, status))
    return facts


def gold_facts(annotation: Annotation, registry: Registry) -> set[Fact]:
    """The facts of an annotation."""
    entity = {mention.id: mention.entity or mention.id for mention in annotation.mentions}
    claims = (
        (entity[head], entity[tail], partnership.type, partnership.status)
        for partnership in annotation.partnerships
        for head, tail in partnership.pairs()
    )
    return make_facts(claims, registry)
