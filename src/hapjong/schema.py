"""The annotation scheme: every label, every record and every rule that joins them.

This module is the only place that lists a label.  It reads no file and imports
nothing else of the project.  The scheme is explained for annotators in
``annotation/guidelines.md``.

Spans are half-open ``[start, end)`` in Unicode code points over NFC text with
``\\n`` line ends; ``text[start:end]`` is the surface, always.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import combinations, product
from operator import attrgetter
from typing import TypeVar

import msgspec

SCHEME = 1


class MentionType(StrEnum):
    """What a mention names."""

    ORG = "ORG"
    ALLIANCE = "ALLIANCE"
    PERSON = "PERSON"
    PRODUCT = "PRODUCT"
    TECH = "TECH"
    PLACE = "PLACE"
    DATE = "DATE"
    QUANTITY = "QUANTITY"
    EVENT = "EVENT"


class PartnershipType(StrEnum):
    """What two parties have, plan or are said to have with each other."""

    COOPERATION = "COOPERATION"
    INVESTMENT = "INVESTMENT"
    SUPPLY = "SUPPLY"
    MEMBERSHIP = "MEMBERSHIP"
    ACQUISITION = "ACQUISITION"
    MERGER = "MERGER"
    COMPETITION = "COMPETITION"


class Role(StrEnum):
    """What a mention is in a partnership."""

    PARTY = "party"
    HEAD = "head"
    TAIL = "tail"
    TOPIC = "topic"


class Status(StrEnum):
    """How far along a partnership is, and who vouches for it."""

    AGREED = "agreed"
    IN_TALKS = "in_talks"
    SPECULATED = "speculated"
    ENDED = "ended"


class Polarity(StrEnum):
    """Which side a stance, or an article as a whole, takes."""

    FAVOR = "favor"
    AGAINST = "against"
    NEUTRAL = "neutral"


class Genre(StrEnum):
    NEWS = "news"
    ANALYSIS = "analysis"
    PRESS_RELEASE = "press_release"
    NEWSLETTER = "newsletter"
    OPINION = "opinion"
    BRIEF = "brief"
    INTERVIEW = "interview"


class Split(StrEnum):
    """``train``, ``validation`` and ``test`` hold written articles, ``press`` real ones."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"
    PRESS = "press"


class Track(StrEnum):
    """What a system was given: ``raw`` text only, ``gold_mentions`` the mentions too."""

    RAW = "raw"
    GOLD_MENTIONS = "gold_mentions"


SYMMETRIC_TYPES = frozenset(
    {PartnershipType.COOPERATION, PartnershipType.MERGER, PartnershipType.COMPETITION}
)
"""Types in which the order of a pair means nothing."""

ENTITY_TYPES = frozenset(
    {MentionType.ORG, MentionType.ALLIANCE, MentionType.PERSON, MentionType.PRODUCT}
)
"""Types whose every mention has an entity; the others never have one."""

PARTY_TYPES = frozenset({MentionType.ORG, MentionType.ALLIANCE, MentionType.PERSON})
"""Types that can be a party, head or tail."""

TOPIC_TYPES = frozenset({MentionType.PRODUCT, MentionType.TECH})
"""Types that can be a topic."""


class Record(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    gc=False,  # no record can hold itself, so the collector need not look at the many of them
):
    """Base of every record that is read from or written to a file (kw_only is not inherited)."""


class Span(Record, frozen=True, kw_only=True):
    """A stretch of an article's text with an id that is unique in its annotation.

    Exactly one of ``surface`` (written articles) and ``surface_sha256`` (press
    articles, whose text must not be redistributed) is set.
    """

    id: str
    start: int
    end: int
    surface: str | None = None
    surface_sha256: str | None = None

    @property
    def bounds(self) -> tuple[int, int]:
        return self.start, self.end


class Mention(Span, frozen=True, kw_only=True):
    """A span that names something; ``entity`` is an id of ``dataset/entities.yaml``."""

    type: MentionType
    entity: str | None = None


class Party(Record, frozen=True, kw_only=True):
    """One argument of a partnership: ``mention`` is a mention's id."""

    role: Role
    mention: str


class Partnership(Span, frozen=True, kw_only=True):
    """A span of evidence with a type, a status and at least two parties."""

    type: PartnershipType
    status: Status
    parties: tuple[Party, ...]

    def in_role(self, role: Role) -> list[str]:
        """Ids of the mentions in ``role``, in order."""
        return [party.mention for party in self.parties if party.role is role]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Pairs of mention ids: each party with each later one, or each head with each tail."""
        yield from combinations(self.in_role(Role.PARTY), 2)
        yield from product(self.in_role(Role.HEAD), self.in_role(Role.TAIL))


class Stance(Span, frozen=True, kw_only=True):
    """A span of evidence with a polarity; ``holder`` is a mention, or None for the author.

    ``target`` is the id of a mention or of a partnership.
    """

    polarity: Polarity
    holder: str | None = None
    target: str


class Annotation(Record, frozen=True, kw_only=True):
    """What one annotator made of one article; the gold is an annotation too."""

    scheme: int
    article_id: str
    annotator: str
    mentions: tuple[Mention, ...]
    partnerships: tuple[Partnership, ...]
    stances: tuple[Stance, ...]
    article_stance: Polarity

    def spans(self) -> Iterator[tuple[str, Span]]:
        """Every span with its path (``$.mentions[0]``), layer by layer."""
        for layer in ("mentions", "partnerships", "stances"):
            for index, span in enumerate(getattr(self, layer)):
                yield f"$.{layer}[{index}]", span


class Entity(Record, frozen=True, kw_only=True):
    """One row of the registry of named things.

    ``affiliation`` is the organisation that a person stands for in facts;
    ``parent`` the group that an organisation belongs to.
    """

    type: MentionType
    ko: str
    en: str
    aliases: tuple[str, ...] = ()
    affiliation: str | None = None
    parent: str | None = None

    @property
    def names(self) -> frozenset[str]:
        return frozenset({self.ko, self.en, *self.aliases})


class ArticleHeader(Record, frozen=True, kw_only=True):
    """What is known of an article beside its text."""

    date: datetime.date
    event: str
    genre: Genre
    facts: tuple[str, ...] = ()


class Article(Record, frozen=True, kw_only=True):
    """One text.  ``text`` is None for a press article that has not been hydrated."""

    article_id: str
    header: ArticleHeader
    split: Split | None
    length: int
    text: str | None

    @property
    def title(self) -> str | None:
        """The first line of the text."""
        return None if self.text is None else self.text.partition("\n")[0]


def sha256(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(annotation: Annotation) -> Annotation:
    """The same annotation with spans by position, ids numbered along them, parties by role.

    Two annotations that say the same are equal in this form, whatever ids and order
    they came with.  Every id that is referred to must exist.
    """
    replace = msgspec.structs.replace
    number: dict[str, str] = {}

    def numbered(letter: str, spans: Iterable[SpanType]) -> tuple[SpanType, ...]:
        """In order; what they refer to must be numbered, for spans at one place go by it."""
        ordered = _by_position(spans)
        ids = [f"{letter}{count}" for count in range(1, len(ordered) + 1)]
        number.update(zip([span.id for span in ordered], ids, strict=True))
        return tuple(map(_with_id, ordered, ids))

    mentions = numbered("m", annotation.mentions)
    place = {mention.id: mention.bounds for mention in mentions}

    def by_role(parties: tuple[Party, ...]) -> tuple[Party, ...]:
        renamed = [Party(role=p.role, mention=number[p.mention]) for p in parties]
        renamed.sort(key=lambda p: (_ROLE_ORDER[p.role], place[p.mention]))
        return tuple(renamed)

    partnerships = numbered(
        "p", (replace(p, parties=by_role(p.parties)) for p in annotation.partnerships)
    )
    stances = numbered(
        "s",
        (
            replace(
                s,
                holder=None if s.holder is None else number[s.holder],
                target=number[s.target],
            )
            for s in annotation.stances
        ),
    )
    return replace(annotation, mentions=mentions, partnerships=partnerships, stances=stances)


SpanType = TypeVar("SpanType", bound=Span)
_ROLE_ORDER = {role: order for order, role in enumerate(Role)}


def _with_id(span: SpanType, new: str) -> SpanType:
    return msgspec.structs.replace(span, id=new)


def _by_position(spans: Iterable[SpanType]) -> list[SpanType]:
    """By position; spans at one place by all they say but their ids, which are arbitrary."""
    ordered = sorted(spans, key=attrgetter("start", "end"))
    if len({(span.start, span.end) for span in ordered}) == len(ordered):
        return ordered  # nearly always, and the other way takes most of the time of `canonical`
    return sorted(
        ordered,
        key=lambda s: (s.start, s.end, msgspec.json.encode(msgspec.structs.replace(s, id=""))),
    )


def dump_annotation(annotation: Annotation) -> bytes:
    """An annotation file's bytes: canonical, two spaces, one newline at the end."""
    return msgspec.json.format(msgspec.json.encode(canonical(annotation)), indent=2) + b"\n"
