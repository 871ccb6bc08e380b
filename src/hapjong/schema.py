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
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
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
    ids: dict[str, str] = {}
    mentions = _by_position(annotation.mentions)
    order = {mention.id: index for index, mention in enumerate(mentions)}
    numbered = _numbered("m", mentions, ids)
    # What spans refer to must be numbered before them, for those at one place go by it.
    partnerships = _by_position([_by_role(p, order, ids) for p in annotation.partnerships])
    partnerships = _numbered("p", partnerships, ids)
    stances = _by_position([_referring(s, ids) for s in annotation.stances])
    return msgspec.structs.replace(
        annotation,
        mentions=tuple(numbered),
        partnerships=tuple(partnerships),
        stances=tuple(_numbered("s", stances, ids)),
    )


SpanType = TypeVar("SpanType", bound=Span)
_ROLES = tuple(Role)
_ROLE_ORDER = {role: order for order, role in enumerate(Role)}


def _numbered(letter: str, spans: list[SpanType], ids: dict[str, str]) -> list[SpanType]:
    """The spans with ids by their order; ``ids`` learns the new one of each old one."""
    replace = msgspec.structs.replace
    numbered = []
    for span, new in zip(spans, _ids(letter, len(spans)), strict=True):
        ids[span.id] = new
        numbered.append(replace(span, id=new))
    return numbered


@lru_cache
def _ids(letter: str, count: int) -> tuple[str, ...]:
    return tuple(f"{letter}{number}" for number in range(1, count + 1))


def _by_role(partnership: Partnership, order: dict[str, int], ids: dict[str, str]) -> Partnership:
    """With its parties by role, then as their mentions are in order."""
    places = [(_ROLE_ORDER[p.role], order[p.mention], p.mention) for p in partnership.parties]
    places.sort()
    parties = tuple([Party(role=_ROLES[role], mention=ids[old]) for role, _, old in places])
    return msgspec.structs.replace(partnership, parties=parties)


def _referring(stance: Stance, ids: dict[str, str]) -> Stance:
    holder = None if stance.holder is None else ids[stance.holder]
    return msgspec.structs.replace(stance, holder=holder, target=ids[stance.target])


def _by_position(spans: Sequence[SpanType]) -> list[SpanType]:
    """By position; spans at one place by all they say but their ids, which are arbitrary."""
    ordered = sorted(spans, key=attrgetter("start"))
    if len({span.start for span in ordered}) == len(ordered):
        return ordered  # mostly, and the other way takes most of the time of `canonical`
    return sorted(
        ordered,
        key=lambda s: (s.start, s.end, msgspec.json.encode(msgspec.structs.replace(s, id=""))),
    )


def dump_annotation(annotation: Annotation) -> bytes:
    """An annotation file's bytes: canonical, two spaces, one newline at the end."""
    return msgspec.json.format(msgspec.json.encode(canonical(annotation)), indent=2) + b"\n"
