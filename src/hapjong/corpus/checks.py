"""The rules an annotation must keep, checked one by one; every fault is listed.

Each check names the path of what is wrong (``$.mentions[3]``).  The rules are those of
``annotation/guidelines.md``; what a machine cannot see is left to the annotators.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from hapjong.corpus.registry import Registry
from hapjong.problems import Problem, indefinite
from hapjong.schema import (
    ENTITY_TYPES,
    PARTY_TYPES,
    SCHEME,
    SYMMETRIC_TYPES,
    TOPIC_TYPES,
    Annotation,
    Article,
    Mention,
    MentionType,
    Partnership,
    PartnershipType,
    Role,
    Span,
    Split,
    sha256,
)

_PARTICLE = re.compile(
    r"(?<=[가-힣A-Za-z0-9%)])"
    r"(?:에서는|에게서|으로는|까지는|에서|에게|으로|까지|부터|처럼|보다|만의|와의|과의|을|를|은|는|(?<!회)의)$"
)
"""Particles (josa) that hardly ever end a name; 가, 이, 와, 과, 도, 로, 에 often do, 회의 too."""

_ANY_PARTICLE = re.compile(r"(?:은|는|이|가|을|를|의|에|와|과|도|로|으로|에서|에게|까지|부터)$")

_LIKE_PARTICLES = ("가을", "마을")
_OPENING_OR_CLOSING = re.compile(r"^[\s'\"“”‘’`.,·(\[<]|[\s'\"“”‘’`.,·\[<]$|^[^(]*\)$")


def check_annotation(
    annotation: Annotation, article: Article, registry: Registry, file: str
) -> list[Problem]:
    """Every fault of an annotation of ``article``."""
    faults = [
        *_check_header(annotation, article),
        *_check_ids(annotation),
        *_check_spans(annotation, article),
        *_check_overlap(annotation, article),
        *_check_mentions(annotation, registry, article),
        *_check_partnerships(annotation),
        *_check_stances(annotation),
        *_check_readings(annotation),
    ]
    return [Problem(file, place, fault) for place, fault in faults]


Faults = Iterator[tuple[str, str]]


def _check_header(annotation: Annotation, article: Article) -> Faults:
    if annotation.scheme != SCHEME:
        yield "$.scheme", f"expected {SCHEME}, found {annotation.scheme}"
    if annotation.article_id != article.article_id:
        fault = f"expected {article.article_id!r}, found {annotation.article_id!r}"
        yield "$.article_id", fault


def _check_ids(annotation: Annotation) -> Faults:
    """Ids are unique over all layers, because a stance may point to any of them."""
    taken: dict[str, str] = {}
    for path, span in annotation.spans():
        first = taken.setdefault(span.id, path)
        if first != path:
            yield f"{path}.id", f"the id {span.id!r} belongs to {first} already"


def _check_spans(annotation: Annotation, article: Article) -> Faults:
    for path, span in annotation.spans():
        if span.start < 0:
            yield f"{path}.start", f"{span.start} is negative"
        elif span.end > article.length:
            yield f"{path}.end", f"{span.end} is past the end of the text ({article.length})"
        elif span.start >= span.end:
            yield path, f"[{span.start}, {span.end}) is empty or backwards"
        else:
            yield from _check_surface(path, span, article)


def _check_surface(path: str, span: Span, article: Article) -> Faults:
    """Press articles carry a hash in place of the surface, the others the surface itself."""
    wanted, other = ("surface_sha256", "surface")
    if article.split is not Split.PRESS:
        wanted, other = other, wanted
    if getattr(span, wanted) is None:
        yield path, f"{wanted!r} is missing"
    if getattr(span, other) is not None:
        yield f"{path}.{other}", f"must not be here: this article's spans carry {wanted!r}"
    if article.text is None:
        return
    surface = article.text[span.start : span.end]
    if span.surface is not None and span.surface != surface:
        yield f"{path}.surface", f"{span.surface!r} is not the text, which is {surface!r}"
    if span.surface_sha256 is not None and span.surface_sha256 != sha256(surface):
        yield f"{path}.surface_sha256", f"is not the hash of the text at [{span.start}, {span.end})"
    if surface != surface.strip():
        yield path, f"white space at the edge of {surface!r}"
    elif "\n" in surface:
        yield path, f"{surface!r} runs over the end of a line"


def _on_the_text(span: Span, article: Article) -> bool:
    return 0 <= span.start < span.end <= article.length


def _check_overlap(annotation: Annotation, article: Article) -> Faults:
    placed = [
        (index, mention)
        for index, mention in enumerate(annotation.mentions)
        if _on_the_text(mention, article)
    ]
    reaching: Mention | None = None
    for index, mention in sorted(placed, key=lambda pair: pair[1].bounds):
        if reaching is not None and mention.start < reaching.end:
            fault = (
                f"[{mention.start}, {mention.end}) overlaps "
                f"{reaching.id!r} at [{reaching.start}, {reaching.end})"
            )
            yield f"$.mentions[{index}]", fault
        if reaching is None or mention.end > reaching.end:
            reaching = mention


def _check_mentions(annotation: Annotation, registry: Registry, article: Article) -> Faults:
    for index, mention in enumerate(annotation.mentions):
        path = f"$.mentions[{index}]"
        if not _on_the_text(mention, article):
            continue
        surface = None if article.text is None else article.text[mention.start : mention.end]
        if surface and _OPENING_OR_CLOSING.search(surface) and surface == surface.strip():
            yield path, f"a quotation mark or other punctuation at the edge of {surface!r}"
        if mention.type in ENTITY_TYPES:
            yield from _check_entity(path, mention, surface, registry)
        else:
            if mention.entity is not None:
                yield f"{path}.entity", f"{indefinite(mention.type)} has no entity"
            if surface and _PARTICLE.search(surface) and not surface.endswith(_LIKE_PARTICLES):
                yield path, f"{surface!r} seems to end in a particle"


def _check_entity(path: str, mention: Mention, surface: str | None, registry: Registry) -> Faults:
    if mention.entity is None:
        yield f"{path}.entity", f"{indefinite(mention.type)} needs an entity"
        return
    entity = registry.get(mention.entity)
    if entity is None:
        yield f"{path}.entity", f"{mention.entity!r} is not in the registry"
        return
    if entity.type is not mention.type:
        fault = (
            f"{mention.entity!r} is {indefinite(entity.type)} in the registry, "
            f"the mention {indefinite(mention.type)}"
        )
        yield f"{path}.entity", fault
    if surface is None:
        known = mention.surface_sha256 in {sha256(name) for name in entity.names}
    else:
        known = surface in entity.names
    if known:
        return
    if surface is not None and _ANY_PARTICLE.sub("", surface) in entity.names:
        yield path, f"{surface!r} ends in a particle"
    else:
        shown = "the surface" if surface is None else repr(surface)
        yield path, f"{shown} is no name of {mention.entity!r} in the registry"


def _check_partnerships(annotation: Annotation) -> Faults:
    mentions = {mention.id: mention for mention in annotation.mentions}
    for index, partnership in enumerate(annotation.partnerships):
        path = f"$.partnerships[{index}]"
        for number, party in enumerate(partnership.parties):
            place = f"{path}.parties[{number}].mention"
            mention = mentions.get(party.mention)
            if mention is None:
                yield place, f"{party.mention!r} is no mention of this article"
                continue
            allowed = TOPIC_TYPES if party.role is Role.TOPIC else PARTY_TYPES
            if mention.type not in allowed:
                names = ", ".join(sorted(allowed))
                found = f"{party.mention!r} is {indefinite(mention.type)}"
                yield place, f"a {party.role} is one of {names}; {found}"
        yield from _check_roles(path, partnership, mentions)


def _check_roles(path: str, partnership: Partnership, mentions: dict[str, Mention]) -> Faults:
    """Symmetric types take parties, or heads with tails; directed ones heads with tails."""
    parties, heads, tails = (
        partnership.in_role(role) for role in (Role.PARTY, Role.HEAD, Role.TAIL)
    )
    times = Counter(party.mention for party in partnership.parties)
    for repeated in sorted(mention for mention, count in times.items() if count > 1):
        yield f"{path}.parties", f"{repeated!r} stands in more than one role"
    if partnership.type not in SYMMETRIC_TYPES and parties:
        yield f"{path}.parties", f"{indefinite(partnership.type)} has a head and a tail, no party"
    elif parties and (heads or tails):
        yield f"{path}.parties", "either parties, or heads with tails, not both"
    elif not list(partnership.pairs()):
        yield f"{path}.parties", "two parties, or a head and a tail, are needed"
    if partnership.type is PartnershipType.MEMBERSHIP:
        for tail in tails:
            if tail in mentions and mentions[tail].type is not MentionType.ALLIANCE:
                found = f"{tail!r} is {indefinite(mentions[tail].type)}"
                yield f"{path}.parties", f"the tail of a MEMBERSHIP is an ALLIANCE; {found}"


def _check_stances(annotation: Annotation) -> Faults:
    mentions = {mention.id for mention in annotation.mentions}
    targets = mentions | {partnership.id for partnership in annotation.partnerships}
    for index, stance in enumerate(annotation.stances):
        path = f"$.stances[{index}]"
        if stance.holder is not None and stance.holder not in mentions:
            yield f"{path}.holder", f"{stance.holder!r} is no mention of this article"
        if stance.target not in targets:
            yield (
                f"{path}.target",
                f"{stance.target!r} is no mention or partnership of this article",
            )


def _check_readings(annotation: Annotation) -> Faults:
    """One statement has one reading (guidelines P5, S10).

    Overlapping spans that tie the same two parties by the same type, or the same holder to the
    same target, are two readings of it, as when an adjudicator leaves both standing.
    """
    entity = {mention.id: mention.entity or mention.id for mention in annotation.mentions}
    told: list[tuple[str, Span, frozenset[object]]] = []
    for index, partnership in enumerate(annotation.partnerships):
        pairs = {
            (partnership.type, *sorted(entity.get(end, end) for end in pair))
            for pair in partnership.pairs()
        }
        told.append((f"$.partnerships[{index}]", partnership, frozenset(pairs)))
    for index, stance in enumerate(annotation.stances):
        holder = entity.get(stance.holder or "", stance.holder)
        target = entity.get(stance.target, stance.target)
        told.append((f"$.stances[{index}]", stance, frozenset({("stance", holder, target)})))
    for (first, one, says), (second, other, again) in combinations(told, 2):
        if says & again and one.start < other.end and other.start < one.end:
            yield second, f"a second reading of what {first} tells: keep one of the two"
