"""Pairs of mentions that a partnership may hold between: the unit of relation extraction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple, Protocol

from hapjong.corpus.sentences import Sentence, sentences
from hapjong.schema import (
    PARTY_TYPES,
    SYMMETRIC_TYPES,
    Annotation,
    MentionType,
    PartnershipType,
    Status,
)

NO_RELATION = "no_relation"

RELATIONS = (
    NO_RELATION,
    *(
        label
        for kind in PartnershipType
        for label in (
            [str(kind)]
            if kind in SYMMETRIC_TYPES
            else [f"{kind}(subject,object)", f"{kind}(object,subject)"]
        )
    ),
)
"""Labels of a pair.  The arguments tell head and tail apart, as in SemEval-2010 Task 8."""

MAX_SENTENCES_APART = 1
"""Pairs further apart are no candidates: most of them have nothing to do with each other."""


class Named(Protocol):
    """Anything with a place and a type: a gold mention or a predicted one."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def type(self) -> MentionType: ...


class Pair(NamedTuple):
    """Two mentions, the earlier one the subject, and the sentences from one to the other."""

    subject: Named
    object: Named
    start: int
    end: int


class Relation(NamedTuple):
    """What holds between subject and object of a pair."""

    label: str
    status: Status


def candidate_pairs(text: str, mentions: Sequence[Named]) -> Iterator[Pair]:
    """Pairs of possible parties in one sentence or in neighbouring ones, in order."""
    parties = sorted(
        (mention for mention in mentions if mention.type in PARTY_TYPES),
        key=lambda mention: (mention.start, mention.end),
    )
    found = sentences(text)
    number = {id(party): _sentence_of(party, found) for party in parties}
    for subject, other in combinations(parties, 2):
        first, last = number[id(subject)], number[id(other)]
        if last - first <= MAX_SENTENCES_APART:
            yield Pair(subject, other, found[first].start, found[last].end)


def _sentence_of(mention: Named, found: Sequence[Sentence]) -> int:
    """The sentence that a mention begins in; one always does, for mentions have no white space."""
    return next(
        number
        for number, sentence in enumerate(found)
        if sentence.start <= mention.start < sentence.end
    )


def relations(annotation: Annotation) -> Mapping[tuple[str, str], list[Relation]]:
    """Relations of each linked pair of mention ids, the earlier mention first."""
    place = {mention.id: mention.bounds for mention in annotation.mentions}
    found: dict[tuple[str, str], list[Relation]] = defaultdict(list)
    for partnership in annotation.partnerships:
        for head, tail in partnership.pairs():
            forward = place[head] <= place[tail]
            pair = (head, tail) if forward else (tail, head)
            relation = Relation(relation_label(partnership.type, forward), partnership.status)
            if relation not in found[pair]:
                found[pair].append(relation)
    return found


def relation_label(kind: PartnershipType, forward: bool) -> str:
    """The label of a type; ``forward`` where the subject is the head."""
    if kind in SYMMETRIC_TYPES:
        return str(kind)
    return f"{kind}(subject,object)" if forward else f"{kind}(object,subject)"


def split_label(label: str) -> tuple[PartnershipType, bool]:
    """Type of a label other than `NO_RELATION`, and whether the subject is the head."""
    kind, _, order = label.partition("(")
    return PartnershipType(kind), order != "object,subject)"
