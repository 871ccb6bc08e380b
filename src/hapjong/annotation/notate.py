"""Annotations written in the text notation that `notation` reads.

One annotation, or two side by side for an adjudicator who works without a mouse: what both
say stands as it is, what they differ in stands once for each behind ``?`` and the name::

    # 2	가나전자가 다라통신에 투자한다고 밝혔다.
    2 ORG 가나전자 = gana-electronics
    ? kim: 2 INVESTMENT agreed 투자한다고 | head 2:가나전자 | tail 2:다라통신
    ? lee: 2 INVESTMENT in_talks 투자한다고 | head 2:가나전자 | tail 2:다라통신

The reader refuses a line with ``?``, so that nothing is settled by oversight.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hapjong.annotation.merging import Merged, Region
from hapjong.annotation.notation import OPEN, occurrences, text_of
from hapjong.corpus.sentences import sentences
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import Annotation, Article, Mention, Partnership, Span, Stance

Said = tuple[int, str]
"""The number of the sentence and the whole line."""


def notate(annotation: Annotation, article: Article) -> str:
    """The annotation in the notation, sentence by sentence.

    Raises ProblemsError with every span that is not inside one sentence.
    """
    lines = _Side(annotation, article).lines()
    return _page(article, lines.values(), [f"stance {annotation.article_stance}"])


def notate_both(merged: Merged, article: Article) -> str:
    """Two annotations side by side.

    A number such as ``#2`` counts as in the annotation that it comes from: outside the longer
    mentions of that one.  Raises as `notate` does.
    """
    first, second = (_Side(_side(merged, index), article).lines() for index in (0, 1))
    lines: list[Said] = []
    regions: list[Region[Any]] = [*merged.mentions, *merged.partnerships, *merged.stances]
    for region in regions:
        key = region.said[0].id
        number, _ = first.get(key) or second[key]
        said = [side[key][1] if key in side else None for side in (first, second)]
        lines += [(number, line) for line in _either(said, merged)]
    stances = _either([f"stance {value}" for value in merged.article_stance], merged)
    return _page(article, lines, stances)


def _either(lines: Sequence[str | None], merged: Merged) -> list[str]:
    """One line where both say the same, else one for each who says something."""
    if lines[0] == lines[1] and lines[0] is not None:
        return [lines[0]]
    names = zip(merged.annotators, lines, strict=True)
    return [f"{OPEN} {name}: {line}" for name, line in names if line is not None]


def _side(merged: Merged, index: int) -> Annotation:
    """What one annotator said, under the ids of the merge."""

    def layer(regions: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(region[index] for region in regions if region[index] is not None)

    return Annotation(
        scheme=0,
        article_id=merged.article_id,
        annotator=merged.annotators[index],
        mentions=layer(merged.mentions),
        partnerships=layer(merged.partnerships),
        stances=layer(merged.stances),
        article_stance=merged.article_stance[index],
    )


def _page(article: Article, lines: Iterable[Said], ending: Iterable[str]) -> str:
    """The lines below the sentences, shown as comments, that they belong to."""
    by_sentence: dict[int, list[str]] = {}
    for number, line in lines:
        by_sentence.setdefault(number, []).append(line)
    blocks = [f"article {article.article_id}  {article.header.date}  {article.header.genre}\n"]
    for number, sentence in enumerate(sentences(text_of(article, "")), 1):
        blocks.append("\n".join([f"# {number}\t{sentence.text}", *by_sentence.get(number, ()), ""]))
    return "\n".join([*blocks, *ending, ""])


class _Side:
    """One annotation's lines."""

    def __init__(self, annotation: Annotation, article: Article) -> None:
        self.annotation = annotation
        self.text = text_of(article, "")
        self.article_id = article.article_id
        self.sentences = sentences(self.text)
        self.spans: dict[str, Span] = {span.id: span for _, span in annotation.spans()}
        self.mentions = annotation.mentions

    def lines(self) -> dict[str, Said]:
        """The line of every span, by its id."""
        outside = [span for span in self.spans.values() if not self._sentence(span)]
        if outside:
            fault = "is not inside one sentence, as the notation needs"
            shown = [(f"[{s.start}, {s.end}) {self.text[s.start : s.end]!r}", s) for s in outside]
            raise ProblemsError([Problem(self.article_id, words, fault) for words, _ in shown])
        return {key: (self._sentence(span), self._line(span)) for key, span in self.spans.items()}

    def _line(self, span: Span) -> str:
        number = self._sentence(span)
        if isinstance(span, Mention):
            entity = f" = {span.entity}" if span.entity else ""
            return f"{number} {span.type} {self._name(span, self.mentions)}{entity}"
        ends: list[tuple[str, str | None]]
        if isinstance(span, Partnership):
            head = f"{number} {span.type} {span.status}"
            ends = [(str(party.role), party.mention) for party in span.parties]
        elif isinstance(span, Stance):
            head = f"{number} STANCE {span.polarity}"
            ends = [("holder", span.holder), ("target", span.target)]
        named = [f"{role} {self._reference(key)}" for role, key in ends if key is not None]
        return " | ".join([f"{head} {self._name(span)}", *named])

    def _reference(self, key: str) -> str:
        """``SENTENCE:SURFACE``, and the type where several spans stand at one place."""
        span: Any = self.spans[key]
        shared = [
            other
            for other in (*self.mentions, *self.annotation.partnerships)
            if other.bounds == span.bounds
        ]
        kind = f"/{span.type}" if len(shared) > 1 else ""
        inside = any(_within(span, longer) for longer in self.mentions)
        return f"{self._sentence(span)}:{self._name(span, () if inside else self.mentions)}{kind}"

    def _sentence(self, span: Span) -> int:
        """The number of the sentence that holds the span; 0 where there is none."""
        for number, sentence in enumerate(self.sentences, 1):
            if sentence.start <= span.start and span.end <= sentence.end:
                return number
        return 0

    def _name(self, span: Span, free_of: Iterable[Mention] = ()) -> str:
        """The surface, and which one it is where the sentence holds several."""
        surface = self.text[span.start : span.end]
        sentence = self.sentences[self._sentence(span) - 1]
        starts = [start for start, _ in occurrences(sentence, surface, free_of)]
        return surface if len(starts) == 1 else f"{surface}#{starts.index(span.start) + 1}"


def _within(span: Span, longer: Span) -> bool:
    room = longer.end - longer.start > span.end - span.start
    return room and longer.start <= span.start and span.end <= longer.end
