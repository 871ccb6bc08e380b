"""In what two annotations of one article differ, each difference with its kind and its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from hapjong.corpus.facts import Fact, make_facts
from hapjong.corpus.registry import Registry
from hapjong.corpus.sentences import sentences
from hapjong.evaluation.agreement_items import (
    Both,
    evidence_items,
    mention_items,
    stance_items,
)
from hapjong.evaluation.matching import Couples, match
from hapjong.schema import (
    SYMMETRIC_TYPES,
    Annotation,
    Article,
    Mention,
    Partnership,
    Record,
    Role,
    Span,
    Stance,
)

MISSED_FIRST, MISSED_SECOND = "missed by the first", "missed by the second"


class Place(Record, frozen=True, kw_only=True):
    """What one annotator has; ``surface`` is None where the text of a press article is not here."""

    start: int
    end: int
    surface: str | None
    label: str


class Disagreement(Record, frozen=True, kw_only=True):
    """One difference; a side is None where that annotator has nothing.

    ``sentence`` counts from 1, as in ``hapjong studio sheet``, and is None without the text.
    """

    article: str
    layer: str
    kind: str
    sentence: int | None
    first: Place | None
    second: Place | None


Difference = tuple[str, str, "tuple[Span, str] | None", "tuple[Span, str] | None"]
S = TypeVar("S", Mention, Partnership, Stance)


def disagreements(both: Both, article: Article, registry: Registry) -> list[Disagreement]:
    """Every difference, by place."""
    found = [
        *_mentions(both),
        *_facts(both, registry),
        *_evidence(both),
        *_stances(both),
    ]
    rows = [_row(article, *difference) for difference in found]
    rows.sort(key=lambda row: min(side.start for side in (row.first, row.second) if side))
    one, other = both.first.article_stance, both.second.article_stance
    if one != other:
        whole = Span(id="", start=0, end=article.length)
        stance = _row(article, "article_stance", "polarity", (whole, one), (whole, other))
        rows.append(_without_surface(stance))
    return rows


def _without_surface(row: Disagreement) -> Disagreement:
    """The article stance is of the whole text, which need not be repeated."""
    sides = [side and replace(side, surface=None) for side in (row.first, row.second)]
    return replace(row, sentence=None, first=sides[0], second=sides[1])


def _row(
    article: Article,
    layer: str,
    kind: str,
    first: tuple[Span, str] | None,
    second: tuple[Span, str] | None,
) -> Disagreement:
    def place(side: tuple[Span, str] | None) -> Place | None:
        if side is None:
            return None
        (start, end), label = side[0].bounds, side[1]
        surface = None if article.text is None else article.text[start:end]
        return Place(start=start, end=end, surface=surface, label=label)

    start = min(side[0].start for side in (first, second) if side)
    sentence = None
    if article.text is not None:
        found = sentences(article.text)
        sentence = sum(s.start <= start for s in found)
    return Disagreement(
        article=article.article_id,
        layer=layer,
        kind=kind,
        sentence=sentence,
        first=place(first),
        second=place(second),
    )


def _compare(
    layer: str,
    sides: tuple[Sequence[S], Sequence[S]],
    couples: Couples,
    label: tuple[Callable[[S], str], Callable[[S], str]],
    facets: Mapping[str, Callable[[int, S], object]],
) -> Iterator[Difference]:
    """Spans of one layer: those that one does not have, and in what the couples differ."""
    first, second = sides
    for i, j in couples:
        kinds = [kind for kind, of in facets.items() if of(0, first[i]) != of(1, second[j])]
        if first[i].bounds != second[j].bounds:
            kinds.insert(0, "boundary")
        for kind in kinds:
            yield layer, kind, (first[i], label[0](first[i])), (second[j], label[1](second[j]))
    left, right = {i for i, _ in couples}, {j for _, j in couples}
    for i, span in enumerate(first):
        if i not in left:
            yield layer, MISSED_SECOND, (span, label[0](span)), None
    for j, span in enumerate(second):
        if j not in right:
            yield layer, MISSED_FIRST, None, (span, label[1](span))


def _mentions(both: Both) -> Iterator[Difference]:
    def label(mention: Mention) -> str:
        return mention.type if mention.entity is None else f"{mention.type} = {mention.entity}"

    sides = (both.first.mentions, both.second.mentions)
    couples = match(mention_items(both.first), mention_items(both.second))
    yield from _compare(
        "mention",
        sides,
        couples,
        (label, label),
        {"type": lambda _, m: m.type, "entity": lambda _, m: m.entity},
    )


def _entities(annotation: Annotation) -> Mapping[str, str]:
    """What each mention stands for: its entity, or its place where its type has none."""
    return {m.id: m.entity or f"[{m.start}, {m.end})" for m in annotation.mentions}


class _Stated(NamedTuple):
    """A fact and the first evidence of it."""

    fact: Fact
    evidence: Partnership


def _stated(annotation: Annotation, registry: Registry) -> list[_Stated]:
    entity = {mention.id: mention.entity or mention.id for mention in annotation.mentions}
    found: dict[Fact, Partnership] = {}
    for partnership in annotation.partnerships:
        claims = (
            (entity[head], entity[tail], partnership.type, partnership.status)
            for head, tail in partnership.pairs()
        )
        for fact in make_facts(claims, registry):
            found.setdefault(fact, partnership)
    return [_Stated(fact, found[fact]) for fact in sorted(found)]


def _facts(both: Both, registry: Registry) -> Iterator[Difference]:
    """Facts about one pair of entities: those that agree most are put beside each other."""
    by_pair: dict[object, tuple[list[_Stated], list[_Stated]]] = defaultdict(lambda: ([], []))
    for side, annotation in enumerate(both):
        for stated in _stated(annotation, registry):
            by_pair[stated.fact.rungs()[0]][side].append(stated)
    for first, second in by_pair.values():
        for one, other in _pair_off(first, second):
            yield from _fact_differences(one, other)


def _pair_off(
    first: list[_Stated], second: list[_Stated]
) -> Iterator[tuple[_Stated | None, _Stated | None]]:
    """Those equal on the highest rung first, down to those about the same pair only."""
    for rung in (3, 2, 1, 0):
        for one in list(first):
            same = (o for o in second if o.fact.rungs()[rung] == one.fact.rungs()[rung])
            if other := next(same, None):
                first.remove(one)
                second.remove(other)
                yield one, other
    yield from zip_longest(first, second)


def _fact_differences(one: _Stated | None, other: _Stated | None) -> Iterator[Difference]:
    first = None if one is None else (one.evidence, _fact_label(one.fact))
    second = None if other is None else (other.evidence, _fact_label(other.fact))
    if one is None or other is None:
        yield "fact", MISSED_FIRST if one is None else MISSED_SECOND, first, second
        return
    if one.fact.type != other.fact.type:
        yield "fact", "type", first, second
    elif one.fact.head != other.fact.head:
        yield "fact", "direction", first, second
    if one.fact.status != other.fact.status:
        yield "fact", "status", first, second


def _fact_label(fact: Fact) -> str:
    arrow = "–" if fact.type in SYMMETRIC_TYPES else "→"
    return f"{fact.head} {arrow} {fact.tail} · {fact.type} · {fact.status}"


def _evidence(both: Both) -> Iterator[Difference]:
    """Evidence by place; what it says is compared fact by fact, but for its topics."""
    entities = [_entities(annotation) for annotation in both]

    def label(partnership: Partnership) -> str:
        return f"{partnership.type} · {partnership.status}"

    def topic(side: int, partnership: Partnership) -> object:
        return {entities[side][mention] for mention in partnership.in_role(Role.TOPIC)}

    couples = match(evidence_items(both.first), evidence_items(both.second))
    sides = (both.first.partnerships, both.second.partnerships)
    yield from _compare("evidence", sides, couples, (label, label), {"topic": topic})


def _stances(both: Both) -> Iterator[Difference]:
    entities = [_entities(annotation) for annotation in both]
    targets = [_targets(annotation) for annotation in both]

    def holder(side: int, stance: Stance) -> str:
        return "author" if stance.holder is None else entities[side][stance.holder]

    def target(side: int, stance: Stance) -> str:
        return targets[side][stance.target]

    def label(side: int) -> Callable[[Stance], str]:
        return lambda s: f"{s.polarity} · {holder(side, s)} on {target(side, s)}"

    couples = match(stance_items(both.first), stance_items(both.second))
    yield from _compare(
        "stance",
        (both.first.stances, both.second.stances),
        couples,
        (label(0), label(1)),
        {"polarity": lambda _, s: s.polarity, "holder": holder, "target": target},
    )


def _targets(annotation: Annotation) -> Mapping[str, str]:
    """What can be a target, in words that do not depend on ids or places of evidence."""
    entity = _entities(annotation)
    said = {
        p.id: f"{p.type} of {', '.join(sorted({entity[m] for pair in p.pairs() for m in pair}))}"
        for p in annotation.partnerships
    }
    return {**entity, **said}
