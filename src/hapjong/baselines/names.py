"""Names of the training gold: which of them stand in a sentence, and how sure that is.

What is told of an article that is itself learned from must come from the other articles: a
classifier that saw every name of its training articles known would trust the names too much.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from hapjong.baselines.morphemes import Analysed, Sentence, open_numbers
from hapjong.schema import Annotation, MentionType

Bounds = tuple[int, int]
ByArticle = dict[str, Counter[str]]

SURE = ("seldom", "often", "mostly")
"""How sure it is that a name is a mention where it stands, the least first."""

_NUMERIC_TYPES = frozenset({MentionType.DATE, MentionType.QUANTITY})


class Known(NamedTuple):
    """The type that a name had most often; how often it was a mention where it stood, of `SURE`."""

    type: str
    sure: str


class Names:
    """Surfaces of mentions, those of dates and quantities with their numbers left open."""

    def __init__(self) -> None:
        self._types: dict[str, ByArticle] = defaultdict(lambda: defaultdict(Counter))
        self._places: dict[str, Counter[str]] = defaultdict(Counter)
        self._mentions: dict[str, Counter[str]] = defaultdict(Counter)
        self._longest = 0

    @classmethod
    def learn(cls, articles: Sequence[tuple[Analysed, Annotation]]) -> Names:
        names = cls()
        for analysed, gold in articles:
            for mention in gold.mentions:
                surface = analysed.text[mention.start : mention.end]
                key = open_numbers(surface) if mention.type in _NUMERIC_TYPES else surface
                names._types[key][gold.article_id][mention.type] += 1
        # Numbers that were left open are longer where they stand.
        names._longest = max(map(len, names._types), default=0) + 6
        for analysed, gold in articles:
            bounds = {mention.bounds for mention in gold.mentions}
            for sentence in analysed.sentences:
                for start, end, key in names._standing(analysed.text, sentence):
                    names._places[key][gold.article_id] += 1
                    names._mentions[key][gold.article_id] += (start, end) in bounds
        return names

    def known(
        self, text: str, sentence: Sentence, but_for: str | None = None
    ) -> Mapping[Bounds, Known]:
        """The names in a sentence, learned from all articles ``but_for`` the one it is from."""
        found = {}
        for start, end, key in self._standing(text, sentence):
            types: Counter[str] = Counter()
            for article_id, counts in self._types[key].items():
                if article_id != but_for:
                    types.update(counts)
            if types:
                kind = max(types, key=lambda one: types[one])
                found[start, end] = Known(kind, self._sure(key, but_for))
        return found

    def _sure(self, key: str, but_for: str | None) -> str:
        places = _but(self._places[key], but_for)
        share = (_but(self._mentions[key], but_for) + 0.5) / (places + 1)
        return SURE[(share > 0.5) + (share > 0.85)]

    def _standing(self, text: str, sentence: Sentence) -> Iterator[tuple[int, int, str]]:
        """Names between the edges of morphemes; they may overlap."""
        starts = sorted({morpheme.start for morpheme in sentence.morphemes})
        ends = sorted({morpheme.end for morpheme in sentence.morphemes})
        for start in starts:
            for end in ends:
                if start < end <= start + self._longest:
                    surface = text[start:end]
                    for key in dict.fromkeys((surface, open_numbers(surface))):
                        if key in self._types:
                            yield start, end, key
                            break


def _but(counts: Counter[str], but_for: str | None) -> int:
    return counts.total() - (0 if but_for is None else counts[but_for])
