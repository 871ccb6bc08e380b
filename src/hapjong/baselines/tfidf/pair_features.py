"""What describes a sentence and two names when a partnership between them is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from hapjong.baselines.morphemes import bigrams
from hapjong.baselines.tfidf.evidence import Evidence
from hapjong.baselines.tfidf.scene import MENTION, Item, Scene, Unit

_SUBJECT = frozenset({"이", "가", "은", "는"})
_CLAUSE_ENDS = frozenset({"EC", "EF", "ETM"})
_SURE = 0.5


class Seen(NamedTuple):
    """An item as the functions here look at it: units of the sentence, and places in it.

    A place is None where the name stands in a sentence before.
    """

    units: Sequence[Unit]
    names: tuple[str, str]
    places: tuple[int | None, int | None]
    back: str
    """How many sentences before the evidence the two stand: ``00``, ``10``."""
    particles: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def reach(self) -> tuple[int, int]:
        """The places of both; one of a sentence before is in front of all."""
        low, high = sorted(-1 if place is None else place for place in self.places)
        return low, high

    @property
    def roles(self) -> str:
        return f"{self.particles[0][0]} {self.particles[1][0]}"


def describe(scene: Scene, item: Item, evidence: Sequence[Evidence], window: int) -> list[str]:
    """The features of an item; ``evidence`` are the evidence words of its sentence."""
    seen = _see(scene, item)
    return [
        *_pair_features(scene, item, seen),
        *_text_features(seen, window),
        *_evidence_features(seen, evidence),
        *_nearest_features(seen, evidence),
        *_clause_features(seen, evidence),
    ]


def _see(scene: Scene, item: Item) -> Seen:
    pair = (item.first, item.second)
    sentences = [scene.sentence_of(one) for one in pair]
    places = [scene.place_of(item.sentence, one) for one in pair]
    own = [scene.place_of(number, one) for number, one in zip(sentences, pair, strict=True)]
    particles = [
        _behind(scene.units[number], place or 0)
        for number, place in zip(sentences, own, strict=True)
    ]
    return Seen(
        units=scene.units[item.sentence],
        names=(scene.names[item.first], scene.names[item.second]),
        places=(places[0], places[1]),
        back="".join(str(item.sentence - number) for number in sentences),
        particles=(particles[0], particles[1]),
    )


def _behind(units: Sequence[Unit], place: int) -> tuple[str, ...]:
    """The two units behind a name, and behind the bracket that follows it."""
    place += 1
    if units[place : place + 1] and units[place].form == "(":
        closing = (n for n, unit in enumerate(units[place:], place) if unit.form == ")")
        place = next(closing, len(units)) + 1
    found = units[place : place + 2]
    return tuple(u.form if u.tag.startswith("J") else f"{u.form}/{u.tag}" for u in found) or ("$",)


def _pair_features(scene: Scene, item: Item, seen: Seen) -> list[str]:
    """Types, particles, and where in the article the two names stand."""
    one, other = seen.particles
    types = f"{item.first.type}-{item.second.type}"
    headline = {scene.names[naming] for naming in scene.parties[0]}
    times = [sum(name == own for own in scene.names.values()) for name in seen.names]
    named = len({unit.name for unit in seen.units if unit.name})
    return [
        f"back {seen.back}",
        f"types {types}",
        f"types {types} {seen.back}",
        f"first {one[0]} {seen.back}",
        f"second {other[0]} {seen.back}",
        f"particles {seen.roles} {seen.back}",
        f"first {' '.join(one)}",
        f"second {' '.join(other)}",
        f"headline {item.sentence == 0}",
        f"in headline {[name in headline for name in seen.names]}",
        f"times {[min(number, 4) for number in times]}",
        f"names {_about(named)} {seen.back}",
    ]


def _text_features(seen: Seen, window: int) -> list[str]:
    """Words before, between and behind two names that are both in the sentence."""
    first, second = seen.places
    if first is None or second is None:
        return []
    forms = [_form(unit, seen.names) for unit in seen.units]
    between = forms[first + 1 : second]
    before = forms[max(0, first - 6) : first]
    behind = forms[second + 1 : second + 1 + window]
    edged = ["^", *between, "$"]
    others = {unit.name for unit in seen.units[first + 1 : second] if unit.name}
    verbs = [u.form for u in seen.units[second + 1 :] if u.tag in ("VV", "VA")] or ["-"]
    inner = [u.form for u in seen.units[first + 1 : second] if u.tag in ("VV", "VA")]
    return [
        *(f"M {form}" for form in between),
        *(f"M {two}" for two in bigrams(edged)),
        *(f"M {a}_{b}_{c}" for a, b, c in zip(edged, edged[1:], [*edged[2:], "$"], strict=False)),
        f"M is {' '.join(between) if len(between) < 5 else 'long'}",
        *(f"L {form}" for form in [*before, *bigrams(before)]),
        *(f"R {form}" for form in [*behind, *bigrams(behind)]),
        *(f"L-{n} {form}" for n, form in enumerate(before[-2:])),
        *(f"R+{n} {form}" for n, form in enumerate(behind[:3])),
        f"apart {_about(len(between))}",
        f"others between {min(len(others), 4)}",
        f"verb behind {verbs[0]}",
        f"verb behind {verbs[0]} {seen.roles}",
        f"last verb {verbs[-1]}",
        f"verb between {inner[0] if inner else '-'}",
        f"verbs between {min(len(inner), 3)}",
    ]


def _form(unit: Unit, names: tuple[str, str]) -> str:
    """Names are told by what they are here, so that sentences on other names are alike."""
    if unit.tag == MENTION and unit.name in names:
        return "AB"[names.index(unit.name)]
    return unit.form


def _evidence_features(seen: Seen, evidence: Sequence[Evidence]) -> list[str]:
    """Each evidence word with where it stands and with the particles of the two names."""
    features = [f"evidence {min(len(evidence), 4)} {seen.back}"]
    for one in evidence:
        side = _side(seen, one.place)
        sure = one.share > _SURE
        between = _between(seen, one.place)
        features += [
            f"{one.word} {side} {seen.back}",
            f"{one.word} {seen.roles}",
            f"{one.type} {side} {sure} {seen.back}",
            f"{one.type} {side} {seen.roles}",
            f"{one.type} {side} first {seen.particles[0][0]}",
            f"{one.type} {side} second {seen.particles[1][0]}",
            f"{one.type} {side} between {min(between, 3)}",
        ]
    return features


def _nearest_features(seen: Seen, evidence: Sequence[Evidence]) -> list[str]:
    """The nearest evidence word behind, between and before the two."""
    features = []
    high = seen.reach[1]
    for side in ("behind", "between", "before"):
        there = [one for one in evidence if _side(seen, one.place) == side]
        if not there:
            features.append(f"nearest {side} - {seen.back}")
            continue
        near = min(there, key=lambda one: (abs(one.place - high), one.word, one.type))
        apart = _about(abs(near.place - high))
        between = min(_between(seen, near.place), 2)
        features += [
            f"nearest {side} {near.type} {seen.back}",
            f"nearest {side} {near.word}",
            f"nearest {side} {near.type} {apart} {between}",
            f"nearest {side} {near.type} {seen.roles}",
            f"nearest {side} {near.share > _SURE} {seen.back}",
        ]
    return features


def _clause_features(seen: Seen, evidence: Sequence[Evidence]) -> list[str]:
    """Whether other names stand nearer to the evidence, or take the roles of the two there."""
    units = seen.units
    clauses = [0, *accumulate(unit.tag in _CLAUSE_ENDS for unit in units)]
    low, high = seen.reach
    features = []
    for one in evidence:
        side = _side(seen, one.place)
        # Of a name that stands several times the last place counts, as it is read last.
        distance = {u.name: abs(n - one.place) for n, u in enumerate(units) if u.name}
        nearest = sorted(distance, key=lambda name: distance[name])
        ranks = [min(nearest.index(name), 3) if name in nearest else 3 for name in seen.names]
        ends = min(clauses[max(one.place, high)] - clauses[min(one.place, high)], 3)
        others = [
            (n, behind.form)
            for n, (unit, behind) in enumerate(pairwise(units))
            if unit.name and unit.name not in seen.names
        ]
        subject = any(low < n < one.place and form in _SUBJECT for n, form in others)
        same = any(high < n < one.place and form == seen.particles[1][0] for n, form in others)
        following = [unit.form for unit in units[one.place + 1 : one.place + 3]]
        features += [
            f"ranks {ranks} {one.type} {side} {seen.back}",
            f"ranks {ranks} {one.share > _SURE} {side}",
            f"clauses {ends} {side} {one.share > _SURE}",
            f"clauses {ends} {side} {one.type}",
            f"taken {subject} {same} {side} {seen.roles}",
            f"taken {subject} {same} {side} {one.type}",
            f"{one.word} then {' '.join(following[:1])}",
            f"{one.type} then {' '.join(following)}",
        ]
    return features


def _side(seen: Seen, place: int) -> str:
    low, high = seen.reach
    return "behind" if place > high else "between" if place > low else "before"


def _between(seen: Seen, place: int) -> int:
    """How many other names stand between the later of the two and a place."""
    low, high = sorted((seen.reach[1], place))
    between = {unit.name for unit in seen.units[low + 1 : high] if unit.name}
    return len(between - set(seen.names))


def _about(number: int) -> str:
    return str(number) if number < 4 else "4+" if number < 7 else "7+" if number < 12 else "12+"
