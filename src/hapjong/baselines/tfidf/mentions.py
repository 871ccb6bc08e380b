"""Mentions: which spans of morphemes name something, and what.

Every span of a few morphemes that begins and ends like a name is an item.  Its features are its
own characters and morphemes, what stands around it, the names of training that it is, holds or
lies in, and what stands around the same surface elsewhere in the article.  Of the spans that
overlap those are kept whose scores add up to the most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from hapjong.baselines.morphemes import (
    Analysed,
    Morpheme,
    Sentence,
    kinds,
    ngrams,
    open_numbers,
)
from hapjong.baselines.names import Bounds, Known, Names
from hapjong.baselines.tfidf.classifier import Classifier, Features
from hapjong.baselines.tfidf.settings import MentionSettings
from hapjong.evaluation.submission import PredictedMention
from hapjong.schema import Annotation, MentionType

NOTHING = "O"
GROUP = "span"

# Tags of Kiwi, as mentions of the training gold begin and end; XSN, ETM and NNB end only.
_ALONE = frozenset({"NNP", "NNG", "SL", "SN", "SH", "NR", "XR", "W_SERIAL"})
_FIRST = _ALONE | {"MM", "XPN", "NP", "IC", "VV", "VA"}
_LAST = _ALONE | {"NNB", "SW", "MM", "XSN", "XPN", "ETM", "VV"}
_NEVER_INSIDE = frozenset({"JKS", "JKO", "JX", "JKC", "JKV", "JKQ", "EF", "EP", "SF", "SP"})

_ELSEWHERE = 12
"""As many places of one surface are looked at."""


class Span(NamedTuple):
    """Morphemes ``first`` to ``last`` of a sentence, both within."""

    first: int
    last: int


def candidates(sentence: Sentence, longest: int) -> Iterator[Span]:
    """Spans that may be a mention, by the tags of their morphemes."""
    morphemes = sentence.morphemes
    for first, opening in enumerate(morphemes):
        if opening.tag not in _FIRST or (first and morphemes[first - 1].end > opening.start):
            continue
        for last in range(first, min(first + longest, len(morphemes))):
            closing = morphemes[last]
            if closing.tag in _NEVER_INSIDE:
                break
            cut = last + 1 < len(morphemes) and morphemes[last + 1].start < closing.end
            allowed = _ALONE if first == last else _LAST
            if closing.tag in allowed and not cut:
                yield Span(first, last)


def decode(scores: Mapping[Span, float]) -> list[Span]:
    """The spans that do not overlap and whose scores add up to the most, in order."""
    ending: dict[int, list[Span]] = defaultdict(list)
    for candidate, score in scores.items():
        if score > 0:
            ending[candidate.last].append(candidate)
    # best[n]: the most that the first n morphemes can give, and the span that they end with.
    best: list[tuple[float, Span | None]] = [(0.0, None)]
    for last in range(max(ending, default=-1) + 1):
        choices = [(best[span.first][0] + scores[span], span) for span in ending[last]]
        best.append(max([(best[last][0], None), *choices], key=lambda choice: choice[0]))
    found = []
    reached = len(best) - 1
    while reached:
        span = best[reached][1]
        if span:
            found.append(span)
        reached = span.first if span else reached - 1
    return found[::-1]


class Tagger(NamedTuple):
    """Finds the mentions of a text."""

    settings: MentionSettings
    names: Names
    classifier: Classifier

    @classmethod
    def fit(
        cls,
        articles: Sequence[tuple[Analysed, Annotation]],
        settings: MentionSettings,
        seed: int,
    ) -> Tagger:
        names = Names.learn(articles)

        def items() -> Iterator[tuple[Features, str]]:
            for analysed, gold in articles:
                types = {mention.bounds: str(mention.type) for mention in gold.mentions}
                described = describe(analysed, names, settings, gold.article_id)
                for sentence, spans in zip(analysed.sentences, described, strict=True):
                    for span, features in spans.items():
                        yield {GROUP: features}, types.get(_bounds(sentence, span), NOTHING)

        return cls(settings, names, Classifier.fit(items(), settings, seed, {GROUP: 1.0}))

    def find(self, analysed: Analysed) -> Iterator[PredictedMention]:
        """In order; no two overlap."""
        described = describe(analysed, self.names, self.settings)
        for sentence, spans in zip(analysed.sentences, described, strict=True):
            types, gains = self._judge(spans)
            for span in decode(gains):
                start, end = _bounds(sentence, span)
                yield PredictedMention(start=start, end=end, type=types[span])

    def _judge(
        self, spans: Mapping[Span, list[str]]
    ) -> tuple[dict[Span, MentionType], dict[Span, float]]:
        """The best type of each span, and how much more it scores than no mention."""
        labels = self.classifier.labels
        kinds_of_mention = [n for n, label in enumerate(labels) if label != NOTHING]
        if not kinds_of_mention or NOTHING not in labels:
            return {}, {}
        nothing = labels.index(NOTHING)
        types, gains = {}, {}
        scores = self.classifier.scores([{GROUP: features} for features in spans.values()])
        for span, row in zip(spans, scores, strict=True):
            best = max(kinds_of_mention, key=lambda number: row[number])
            types[span] = MentionType(labels[best])
            gains[span] = float(row[best] - row[nothing]) + self.settings.bonus
        return types, gains


def _bounds(sentence: Sentence, span: Span) -> Bounds:
    return sentence.morphemes[span.first].start, sentence.morphemes[span.last].end


class _Place(NamedTuple):
    """A place of a surface: what stands before and behind it there."""

    sentence: int
    first: int
    before: str
    behind: str
    form_behind: str


def describe(
    analysed: Analysed, names: Names, settings: MentionSettings, but_for: str | None = None
) -> list[dict[Span, list[str]]]:
    """The candidates of each sentence and their features."""
    text = analysed.text
    spans = [list(candidates(s, settings.longest)) for s in analysed.sentences]
    places = _places(analysed, spans)
    described = []
    for number, sentence in enumerate(analysed.sentences):
        known = names.known(text, sentence, but_for)
        quoted = _enclosed(sentence.morphemes)
        described.append(
            {
                span: [
                    *_own_features(text, sentence, span, settings.ngram),
                    *_context_features(sentence, span, quoted),
                    *_name_features(text, sentence, span, known),
                    *_elsewhere_features(text, sentence, span, number, places),
                ]
                for span in spans[number]
            }
        )
    return described


def _places(analysed: Analysed, spans: Sequence[Sequence[Span]]) -> Mapping[str, list[_Place]]:
    """Where each surface stands in the article."""
    places: dict[str, list[_Place]] = defaultdict(list)
    for number, (sentence, found) in enumerate(zip(analysed.sentences, spans, strict=True)):
        around = _Around(sentence.morphemes)
        for span in found:
            start, end = _bounds(sentence, span)
            places[analysed.text[start:end]].append(
                _Place(
                    number,
                    span.first,
                    around.tag(span.first - 1),
                    around.tag(span.last + 1),
                    around.form(span.last + 1),
                )
            )
    return places


class _Around(NamedTuple):
    """Forms and tags by number; there is none before the first and behind the last."""

    morphemes: Sequence[Morpheme]

    def form(self, number: int) -> str:
        return self.morphemes[number].form if 0 <= number < len(self.morphemes) else "<>"

    def tag(self, number: int) -> str:
        return self.morphemes[number].tag if 0 <= number < len(self.morphemes) else "<>"


def _own_features(text: str, sentence: Sentence, span: Span, longest: int) -> list[str]:
    """The span itself: its surface with numbers left open, characters and morphemes."""
    start, end = _bounds(sentence, span)
    surface = text[start:end]
    opened = open_numbers(surface)
    within = sentence.morphemes[span.first : span.last + 1]
    return [
        f"is {opened}",
        f"kinds {kinds(surface)}",
        f"tags {' '.join(m.tag for m in within)}",
        f"morphemes {len(within)}",
        f"characters {min(len(surface), 10)}",
        f"spaces {surface.count(' ')}",
        f"first {within[0].form}/{within[0].tag}",
        f"last {within[-1].form}/{within[-1].tag}",
        f"last {within[-1].form} of {len(within)}",
        *(f"holds {m.form}" for m in within if len(within) > 1),
        *(f"ngram {piece}" for piece in ngrams(f"^{opened}$", longest)),
    ]


def _context_features(
    sentence: Sentence, span: Span, quoted: Sequence[tuple[bool, bool]]
) -> list[str]:
    """Morphemes on both sides, and whether a space, a quotation or a bracket is there."""
    morphemes = sentence.morphemes
    around = _Around(morphemes)
    form, tag = around.form, around.tag
    first, last = span
    left, right = first - 1, last + 1
    begins = first == 0 or morphemes[left].end < morphemes[first].start
    ends = right >= len(morphemes) or morphemes[right].start > morphemes[last].end
    tags = " ".join(m.tag for m in morphemes[first : last + 1])
    features = [f"word {begins}{ends}", f"in {quoted[first]}", f"in {quoted[first]}{quoted[last]}"]
    for step in (1, 2, 3):
        features += [
            f"-{step} {form(first - step)}",
            f"+{step} {form(last + step)}",
            f"-{step}/ {tag(first - step)}",
            f"+{step}/ {tag(last + step)}",
        ]
    return [
        *features,
        f"-- {form(left - 1)} {form(left)}",
        f"++ {form(right)} {form(right + 1)}",
        f"--/ {tag(left - 1)} {tag(left)} {begins}",
        f"++/ {tag(right)} {tag(right + 1)} {ends}",
        f"+++/ {tag(right)} {tag(right + 1)} {tag(right + 2)}",
        f"-/- {form(left - 1)} {tag(left)} {begins}",
        f"+/+ {tag(right)} {form(right + 1)} {ends}",
        f"-+/ {tag(left)}{begins} {tag(right)}{ends}",
        f"-+ {form(left)} {form(right)}",
        f"-tags+ {tag(left)}{begins} {tags} {tag(right)}{ends}",
        f"-kinds {kinds(morphemes[left].surface) if first else ''}",
        f"+kinds {kinds(morphemes[right].surface) if right < len(morphemes) else ''}",
    ]


def _name_features(
    text: str, sentence: Sentence, span: Span, known: Mapping[Bounds, Known]
) -> list[str]:
    """Names of training that the span is, overlaps or stands beside."""
    start, end = _bounds(sentence, span)
    following = _Around(sentence.morphemes).tag(span.last + 1)
    features = []
    if name := known.get((start, end)):
        features += [
            f"name {name.type}",
            f"name {name.type} {name.sure}",
            f"name {name.sure}",
            f"name {name.type} {following}",
        ]
    else:
        features.append("name no")
    for (begin, stop), name in known.items():
        if (begin, stop) == (start, end):
            continue
        if begin < end and start < stop:
            how = _overlap((start, end), (begin, stop))
            features += [f"name {how}", f"name {how} {name.type} {name.sure}"]
        elif 0 <= start - stop <= 2:
            features.append(f"name before {name.type} {text[stop:start]}")
        elif 0 <= begin - end <= 2:
            features.append(f"name behind {name.type} {text[end:begin]}")
    return features


def _overlap(span: Bounds, name: Bounds) -> str:
    if name[0] <= span[0] and span[1] <= name[1]:
        return "around"
    if span[0] <= name[0] and name[1] <= span[1]:
        return f"within {name[0] == span[0]} {name[1] == span[1]}"
    return "across"


def _elsewhere_features(
    text: str,
    sentence: Sentence,
    span: Span,
    number: int,
    places: Mapping[str, list[_Place]],
) -> list[str]:
    """How often the surface stands in the article, and what stands around it elsewhere."""
    start, end = _bounds(sentence, span)
    tags = " ".join(m.tag for m in sentence.morphemes[span.first : span.last + 1])
    same = places[text[start:end]]
    features = [f"times {min(len(same), 4)}", f"times {min(len(same), 4)} {tags}"]
    for place in same[:_ELSEWHERE]:
        if (place.sentence, place.first) != (number, span.first):
            features += [
                f"also before {place.before}",
                f"also behind {place.behind}",
                f"also behind {place.form_behind}/",
            ]
    return features


def _enclosed(morphemes: Sequence[Morpheme]) -> list[tuple[bool, bool]]:
    """For each morpheme whether it stands in quotation marks, and whether in brackets."""
    quoted = bracketed = False
    found = []
    for morpheme in morphemes:
        if morpheme.surface in ("'", '"'):
            quoted = not quoted
        elif morpheme.surface in ("‘", "“", "’", "”"):
            quoted = morpheme.surface in ("‘", "“")
        elif morpheme.surface in ("(", ")"):
            bracketed = morpheme.surface == "("
        found.append((quoted, bracketed))
    return found
