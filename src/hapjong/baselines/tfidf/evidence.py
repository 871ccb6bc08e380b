"""Evidence words: what stands in the evidence of partnerships in the training gold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from hapjong.baselines.tfidf.scene import Scene, Unit
from hapjong.schema import Annotation

ByArticle = dict[str, Counter[str]]

_APART = 2
"""Two words are taken together with at most a particle between them: 손을 잡다."""


class Evidence(NamedTuple):
    """A word, where it stands among its sentence's units, and what it was evidence of most often.

    ``share`` is how often it stood in evidence at all.
    """

    word: str
    place: int
    type: str
    share: float


class EvidenceWords:
    """Words and pairs of words by the types of the evidence that they stood in."""

    def __init__(self) -> None:
        self._within: dict[str, ByArticle] = defaultdict(lambda: defaultdict(Counter))
        self._places: dict[str, Counter[str]] = defaultdict(Counter)

    @classmethod
    def learn(cls, scenes: Sequence[tuple[Scene, Annotation]]) -> EvidenceWords:
        words = cls()
        for scene, gold in scenes:
            for units in scene.units:
                for word, place in _words(units):
                    words._places[word][gold.article_id] += 1
                    for partnership in gold.partnerships:
                        if partnership.start <= units[place].start < partnership.end:
                            words._within[word][gold.article_id][partnership.type] += 1
        return words

    def find(self, units: Sequence[Unit], least: float, but_for: str | None) -> list[Evidence]:
        """The words whose share is ``least`` or more in all articles ``but_for`` one."""
        found = []
        for word, place in _words(units):
            types: Counter[str] = Counter()
            for article_id, counts in self._within.get(word, {}).items():
                if article_id != but_for:
                    types.update(counts)
            if types:
                places = self._places[word]
                seen = places.total() - (places.get(but_for, 0) if but_for else 0)
                # One more place without: a word seen once is not sure.
                share = types.total() / (seen + 1)
                if share >= least:
                    kind = max(types, key=lambda one: types[one])
                    found.append(Evidence(word, place, kind, share))
        return found


def _words(units: Sequence[Unit]) -> Iterator[tuple[str, int]]:
    """Words, and two at a time; each with the number of its (first) unit."""
    content = [(number, unit.form) for number, unit in enumerate(units) if unit.is_content]
    yield from ((form, number) for number, form in content)
    for (number, form), (following, other) in pairwise(content):
        if following - number <= _APART:
            yield f"{form}_{other}", number
