"""The dictionary baseline: names, evidence words and evaluating words, looked up.

Names are those of the registry and of the training gold, words those of the training gold; how
often each of them was right in the training articles decides what it says.
``baselines/dictionary/README.md`` tells more.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, TypeVar

import msgspec

from hapjong.baselines.common import Example, Question
from hapjong.baselines.majority import most_frequent
from hapjong.corpus.pairs import Named, Relation, candidate_pairs, relations, split_label
from hapjong.corpus.registry import Registry
from hapjong.corpus.sentences import sentences
from hapjong.evaluation.submission import (
    PredictedMention,
    PredictedPartnership,
    PredictedStance,
    Prediction,
)
from hapjong.problems import convert, read_toml
from hapjong.schema import MentionType, Polarity, Record

Key = TypeVar("Key")
Bounds = tuple[int, int]

_WORD = re.compile(r"[가-힣A-Za-z0-9]+")
_WORD_START = re.compile(r"(?<![가-힣A-Za-z0-9])[가-힣A-Za-z0-9]")
_DIGITS = re.compile(r"\d+")
_A_YEAR = r"(?:19|20)\d\d"
_NUMBER, _YEAR = "\0", "\1"  # no text holds them
_NUMERIC_TYPES = frozenset({MentionType.DATE, MentionType.QUANTITY})


class Settings(Record, frozen=True, kw_only=True):
    """``baselines/dictionary/config.toml``; README.md beside it says how they were chosen.

    ``registry``: whose names are known beside the surfaces of the training gold, those of the
    entities ``seen`` in it or of ``all``.  The latter is no fair system: every name in the test
    articles is in the registry, because `hapjong validate` demands it.
    ``evidence_stem``, ``evaluating_stem``: the characters of an evidence word and of a word of a
    stance that are looked at, for what is inflected is behind them;
    ``name_share``, ``evidence_share``: how often a name was a mention, or a pair beside a word a
    partnership, where they were seen in training.
    """

    registry: Literal["seen", "all"]
    evidence_stem: Annotated[int, msgspec.Meta(ge=1)]
    evaluating_stem: Annotated[int, msgspec.Meta(ge=1)]
    name_share: Annotated[float, msgspec.Meta(ge=0, le=1)]
    evidence_share: Annotated[float, msgspec.Meta(ge=0, le=1)]


def read_settings(path: Path, file: str) -> Settings:
    """Raises ProblemsError with every fault of the file."""
    return convert(read_toml(path.read_bytes(), file), Settings, file)


class Dictionary:
    """Names are found by the longest match; pairs and stances by the words beside them."""

    description = "Names of the registry and of the training gold, words of the training gold."

    def __init__(self, settings: Settings, registry: Registry) -> None:
        self.settings = settings
        self.registry = registry

    def fit(self, examples: Sequence[Example]) -> None:
        self.names = Names.learn(examples, self._registered(examples), self.settings)
        self.evidence = self._learn_evidence(examples)
        self.evaluating = self._learn_evaluating(examples)
        self.polarity = most_frequent(
            (stance.polarity for example in examples for stance in example.gold.stances), Polarity
        )
        self.article_stance = most_frequent(
            (example.gold.article_stance for example in examples), Polarity
        )

    def predict(self, question: Question) -> Prediction:
        given = question.mentions
        found = tuple(self.names.find(question.text)) if given is None else ()
        return Prediction(
            article_id=question.article_id,
            mentions=found,
            partnerships=tuple(
                self._partnerships(question.text, found if given is None else given)
            ),
            stances=tuple(
                PredictedStance(id=stance_id, polarity=self._polarity(question.text[start:end]))
                for stance_id, start, end in question.stances
            ),
            article_stance=self.article_stance,
        )

    def _registered(self, examples: Sequence[Example]) -> Iterator[tuple[str, MentionType]]:
        """Names of the registry with their types."""
        seen = {mention.entity for example in examples for mention in example.gold.mentions}
        for entity_id, entity in self.registry.items():
            if entity_id in seen or self.settings.registry == "all":
                for name in entity.names:
                    yield name, entity.type

    def _learn_evidence(self, examples: Sequence[Example]) -> Mapping[str, tuple[Relation, float]]:
        """What each evidence word says of a pair, and of how many pairs beside it that is true."""
        length = self.settings.evidence_stem
        words = {
            stem
            for text, gold in examples
            for partnership in gold.partnerships
            for stem in _stems(text[partnership.start : partnership.end], length)
        }
        beside: Counter[str] = Counter()
        says: dict[str, Counter[Relation]] = defaultdict(Counter)
        for text, gold in examples:
            ids = {mention.bounds: mention.id for mention in gold.mentions}
            linked = relations(gold)
            for first, second, stems in self._pairs(text, gold.mentions):
                found = linked.get((ids[first], ids[second]), [])
                beside.update(stems & words)
                for stem in stems & words:
                    says[stem].update(found)
        best = {stem: _most_common(counts) for stem, counts in says.items() if counts}
        return {
            # One more pair without: a word seen once is not sure.
            stem: (relation, times / (beside[stem] + 1))
            for stem, (relation, times) in best.items()
        }

    def _pairs(
        self, text: str, mentions: Sequence[Named]
    ) -> Iterator[tuple[Bounds, Bounds, set[str]]]:
        """Bounds of each candidate pair in one sentence, and the stems of the words around it.

        Names are no evidence: a pair that was partners in training need not be so again.
        """
        hidden = text
        for mention in mentions:
            blank = " " * (mention.end - mention.start)
            hidden = hidden[: mention.start] + blank + hidden[mention.end :]
        length = self.settings.evidence_stem
        stems = {(s.start, s.end): _stems(hidden[s.start : s.end], length) for s in sentences(text)}
        for pair in candidate_pairs(text, mentions):
            if (pair.start, pair.end) in stems:
                first, second = pair.subject, pair.object
                yield (
                    (first.start, first.end),
                    (second.start, second.end),
                    stems[pair.start, pair.end],
                )

    def _partnerships(self, text: str, mentions: Sequence[Named]) -> Iterator[PredictedPartnership]:
        for first, second, stems in self._pairs(text, mentions):
            known = sorted(stems & self.evidence.keys())
            if not known:
                continue
            relation, share = max((self.evidence[stem] for stem in known), key=lambda one: one[1])
            if share < self.settings.evidence_share:
                continue
            kind, forward = split_label(relation.label)
            head, tail = (first, second) if forward else (second, first)
            yield PredictedPartnership(head=head, tail=tail, type=kind, status=relation.status)

    def _learn_evaluating(self, examples: Sequence[Example]) -> Mapping[str, Counter[Polarity]]:
        """How often each word stands in the evidence of each polarity."""
        length = self.settings.evaluating_stem
        counts: dict[str, Counter[Polarity]] = defaultdict(Counter)
        for text, gold in examples:
            for stance in gold.stances:
                for stem in _stems(text[stance.start : stance.end], length):
                    counts[stem][stance.polarity] += 1
        return counts

    def _polarity(self, evidence: str) -> Polarity:
        """Each word votes in the shares of its polarities; without votes, the most frequent."""
        votes: dict[Polarity, float] = defaultdict(float)
        for stem in sorted(_stems(evidence, self.settings.evaluating_stem)):
            counts = self.evaluating.get(stem, Counter())
            for polarity, times in counts.items():
                votes[polarity] += times / counts.total()
        if not votes:
            return self.polarity
        return max(Polarity, key=lambda one: (votes[one], one is self.polarity))


def _stems(text: str, length: int) -> set[str]:
    return {word[:length] for word in _WORD.findall(text)}


def _most_common(counts: Counter[Key]) -> tuple[Key, int]:
    """The most frequent key, among equals the first in order of appearance, and its count."""
    return max(counts.items(), key=lambda one: one[1])


class Found(NamedTuple):
    """A place where an entry of the dictionary stands."""

    start: int
    end: int
    entry: str


class Names:
    """Names by their shape, and what may follow them in a word.

    The shape of a date or quantity has its numbers left open, so that ``3월 7일`` is found where
    ``8월 1일`` was learned; a year is told from other numbers.  What may follow a name are the
    endings that followed one in training: particles, mostly.
    """

    def __init__(self, types: Mapping[str, MentionType], endings: Iterable[str]) -> None:
        self.types = types
        self.endings = {"", *endings}
        self.longest = max((len(name) for name in types), default=0)
        self.patterns = [
            (shape, re.compile(_pattern(shape)))
            for shape in types
            if _NUMBER in shape or _YEAR in shape
        ]

    @classmethod
    def learn(
        cls,
        examples: Sequence[Example],
        registered: Iterable[tuple[str, MentionType]],
        settings: Settings,
    ) -> Names:
        """The names of both sources, but those that in training mostly were no mention."""
        counts: dict[str, Counter[MentionType]] = defaultdict(Counter)
        endings: set[str] = set()
        for text, gold in examples:
            for mention in gold.mentions:
                counts[_shape(text[mention.start : mention.end], mention.type)][mention.type] += 1
                rest = _WORD.match(text, mention.end)
                endings.add(rest[0] if rest else "")
        types = dict(sorted(registered))
        types |= {shape: _most_common(found)[0] for shape, found in sorted(counts.items())}
        everything = cls(types, endings)
        seen, right = Counter[str](), Counter[str]()
        for text, gold in examples:
            labelled = {(*mention.bounds, mention.type) for mention in gold.mentions}
            for found in everything.places(text):
                seen[found.entry] += 1
                right[found.entry] += (found.start, found.end, types[found.entry]) in labelled
        kept = {
            entry: kind
            for entry, kind in types.items()
            if right[entry] >= settings.name_share * seen[entry]
        }
        return cls(kept, endings)

    def find(self, text: str) -> Iterator[PredictedMention]:
        """The names in a text, in order; no two overlap."""
        for found in self.places(text):
            yield PredictedMention(start=found.start, end=found.end, type=self.types[found.entry])

    def places(self, text: str) -> Iterator[Found]:
        """At each start of a word outside what was found, the longest entry that fits."""
        reached = 0
        for start in _WORD_START.finditer(text):
            if start.start() < reached:
                continue
            fits = filter(partial(self._ends, text), self._starting(text, start.start()))
            longest = max(fits, key=lambda found: (found.end, _YEAR in found.entry), default=None)
            if longest:
                reached = longest.end
                yield longest

    def _starting(self, text: str, start: int) -> Iterator[Found]:
        for end in range(start + 1, min(len(text), start + self.longest) + 1):
            if text[start:end] in self.types:
                yield Found(start, end, text[start:end])
        for shape, pattern in self.patterns:
            if match := pattern.match(text, start):
                yield Found(start, match.end(), shape)

    def _ends(self, text: str, found: Found) -> bool:
        rest = _WORD.match(text, found.end)
        return (rest[0] if rest else "") in self.endings


def _shape(surface: str, kind: MentionType) -> str:
    """The surface, that of a date or quantity with its years and other numbers left open."""
    if kind not in _NUMERIC_TYPES:
        return surface
    return _DIGITS.sub(lambda run: _YEAR if re.fullmatch(_A_YEAR, run[0]) else _NUMBER, surface)


def _pattern(shape: str) -> str:
    return re.escape(shape).replace(_YEAR, rf"{_A_YEAR}(?!\d)").replace(_NUMBER, r"\d+")
