"""An article as partnerships are looked for in it: names, and sentences with names as units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise, product
from typing import NamedTuple

from hapjong.baselines.morphemes import Analysed, Sentence
from hapjong.corpus.pairs import Named
from hapjong.schema import PARTY_TYPES, MentionType

MENTION = "M"
"""The tag of a unit that is a mention; the others have Kiwi's."""

_CONTENT = frozenset({"NNG", "NNP", "VV", "VA", "XR", "SL", "MAG", "NNB", "VCN", "VX", "MM"})


class Naming(NamedTuple):
    """A mention by its place and type: whatever else a track gives of it is not looked at."""

    start: int
    end: int
    type: MentionType


class Unit(NamedTuple):
    """A morpheme, or a mention as a whole; ``name`` where the mention can be a party."""

    start: int
    form: str
    tag: str
    name: str | None = None

    @property
    def is_content(self) -> bool:
        """Whether it is a word that says something by itself."""
        return self.tag in _CONTENT


class Scene(NamedTuple):
    """An article as partnerships are looked for in it."""

    names: Mapping[Naming, str]
    parties: Sequence[Sequence[Naming]]
    """By sentence, as ``units`` are."""
    units: Sequence[Sequence[Unit]]

    @classmethod
    def of(cls, analysed: Analysed, mentions: Iterable[Named]) -> Scene:
        found = sorted(Naming(m.start, m.end, m.type) for m in mentions)
        names = _names(analysed.text, [one for one in found if one.type in PARTY_TYPES])
        by_sentence: list[list[Naming]] = [[] for _ in analysed.sentences]
        for one in found:
            by_sentence[analysed.sentence_at(one.start)].append(one)
        return cls(
            names,
            [[one for one in own if one in names] for own in by_sentence],
            [
                _units(analysed.text, sentence, own, names)
                for sentence, own in zip(analysed.sentences, by_sentence, strict=True)
            ],
        )

    def sentence_of(self, naming: Naming) -> int:
        return next(number for number, own in enumerate(self.parties) if naming in own)

    def place_of(self, sentence: int, naming: Naming) -> int | None:
        """The number of the naming's unit; None where it is not in the sentence."""
        units = self.units[sentence]
        return next((n for n, u in enumerate(units) if u.name and u.start == naming.start), None)


def _names(text: str, parties: Sequence[Naming]) -> dict[Naming, str]:
    """The name that each is known by: the surface, or the one before it of which it is the short
    form in brackets."""
    longer: dict[str, str] = {}
    for one, other in pairwise(parties):
        bracketed = text[one.end : other.start] == "(" and text[other.end : other.end + 1] == ")"
        if bracketed and one.type == other.type:
            name, short = text[one.start : one.end], text[other.start : other.end]
            longer.setdefault(short, longer.get(name, name))
    surfaces = {one: text[one.start : one.end] for one in parties}
    return {one: longer.get(surface, surface) for one, surface in surfaces.items()}


def _units(
    text: str, sentence: Sentence, mentions: Sequence[Naming], names: Mapping[Naming, str]
) -> list[Unit]:
    """Mentions take the place of their morphemes; a noun and the 하다 behind it are one verb."""
    units = [Unit(m.start, f"<{m.type}>", MENTION, names.get(m)) for m in mentions]
    for morpheme in sentence.morphemes:
        over = [m for m in mentions if morpheme.start < m.end and m.start < morpheme.end]
        if not over:
            units.append(Unit(morpheme.start, morpheme.form, morpheme.tag))
        elif morpheme.end > over[-1].end:  # a particle that was taken for a part of the name
            units.append(Unit(over[-1].end, text[over[-1].end : morpheme.end], "J"))
    joined: list[Unit] = []
    for unit in sorted(units, key=lambda one: one.start):
        before = joined[-1] if joined else None
        if unit.tag in ("XSV", "XSA") and before and before.tag in ("NNG", "XR"):
            joined[-1] = before._replace(form=before.form + unit.form, tag="VV")
        else:
            joined.append(unit)
    return joined


class Item(NamedTuple):
    """A sentence's number and two names as they stand nearest to it, in order of the text."""

    sentence: int
    first: Naming
    second: Naming


def items(scene: Scene, back: int) -> Iterator[Item]:
    """Pairs of names in a sentence, and those of which one stands in a sentence before it only.

    Of two names in the sentence those places count that are nearest to each other; of a name
    before it, up to ``back`` sentences, the first place in the nearest sentence.
    """
    for number, own in enumerate(scene.parties):
        here: dict[str, list[Naming]] = {}
        for naming in own:
            here.setdefault(scene.names[naming], []).append(naming)
        for one, other in combinations(here.values(), 2):
            pairs = [sorted(pair) for pair in product(one, other)]
            first, second = min(pairs, key=lambda pair: (pair[1].start - pair[0].start, pair))
            yield Item(number, first, second)
        for name, naming in _before(scene, number, back).items():
            if name not in here:
                for same in here.values():
                    yield Item(number, naming, same[0])


def _before(scene: Scene, number: int, back: int) -> Mapping[str, Naming]:
    found: dict[str, Naming] = {}
    for earlier in range(number - 1, max(-1, number - 1 - back), -1):
        own: dict[str, Naming] = {}
        for naming in scene.parties[earlier]:
            own.setdefault(scene.names[naming], naming)
        found = {**own, **found}
    return found
