"""A text notation for labelling without a mouse.

A span is named by its sentence, its surface and, where the sentence holds the surface
more than once, by which of them it is; never by counted offsets.  The sentences are
numbered as `sheet` shows them::

    article 2024-02-microsoft-mistral-1
    1 ORG 마이크로소프트 = microsoft
    1 ORG 미스트랄 AI = mistral-ai
    1 DATE 26일
    1 INVESTMENT agreed 투자한다고 밝혔다 | head 1:마이크로소프트 | tail 1:미스트랄 AI
    4 ORG 유럽연합#2 = european-union
    4 STANCE against 우려를 나타냈다 | holder 4:유럽연합#2 | target 1:투자한다고 밝혔다
    stance neutral

``#2`` is the second occurrence in the sentence; an occurrence inside a longer mention of
the same sentence is not counted.  A stance without holder is the author's.  A target is
a mention or a partnership; ``1:투자한다고 밝혔다/INVESTMENT`` tells two partnerships with
one evidence apart.  ``#`` at the start of a line begins a comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hapjong.corpus.articles import read_text
from hapjong.corpus.checks import check_annotation
from hapjong.corpus.dataset import Corpus
from hapjong.corpus.sentences import Sentence, sentences
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import (
    SCHEME,
    Annotation,
    Article,
    Mention,
    MentionType,
    Partnership,
    PartnershipType,
    Party,
    Polarity,
    Role,
    Span,
    Split,
    Stance,
    Status,
    canonical,
    sha256,
)

_KINDS = "|".join([*MentionType, *PartnershipType])
_REFERENCE = re.compile(rf"(?P<sentence>\d+):(?P<surface>.+?)(?:/(?P<type>{_KINDS}))?")
OPEN = "?"
"""Begins a line that an adjudicator still has to settle (`notate`)."""

_OCCURRENCE = re.compile(r"(?P<surface>.+)#(?P<number>[1-9]\d*)")


class Line(NamedTuple):
    """One statement of the notation: its number in the file and its words."""

    number: int
    sentence: int
    label: str
    rest: str


def sheet(article: Article) -> str:
    """The article's sentences, numbered, as an annotator works from them.

    Raises ProblemsError where the text is not at hand.
    """
    text = text_of(article, "")
    header = f"article {article.article_id}  {article.header.date}  {article.header.genre}"
    numbered = (f"{n}\t{s.text}" for n, s in enumerate(sentences(text), 1))
    return "\n".join([header, *numbered, ""])


def article_of(source: str) -> str | None:
    """The id on the notation's first statement, ``article ID``."""
    match = re.search(r"^article\s+(\S+)", source, re.MULTILINE)
    return match[1] if match else None


def parse(source: str, article: Article, annotator: str, file: str) -> Annotation:
    """The annotation that a notation file holds, in canonical form.

    Raises ProblemsError with every fault and its line.  Rules between labels are
    `check_annotation`'s.
    """
    return _Parser(article, text_of(article, file), file).annotation(source, annotator)


def text_of(article: Article, file: str) -> str:
    """The article's text.  Raises ProblemsError where it is not at hand."""
    if article.text is None:
        fault = "the article's text is not at hand (hapjong hydrate)"
        raise ProblemsError([Problem(file, article.article_id, fault)])
    return article.text


class _Parser:
    def __init__(self, article: Article, text: str, file: str) -> None:
        self.article = article
        self.sentences: list[Sentence] = sentences(text)
        self.file = file
        self.problems: list[Problem] = []
        self.mentions: list[Mention] = []
        self.partnerships: list[Partnership] = []
        self.stances: list[Stance] = []
        self.article_stance: Polarity | None = None

    def _fault(self, number: int, fault: str) -> None:
        self.problems.append(Problem(self.file, f"line {number}", fault))

    def annotation(self, source: str, annotator: str) -> Annotation:
        """Three passes, because a line may refer to what a later line names."""
        lines = list(self._lines(source))
        self._pass(lines, self._is_mention, self._mention)
        self._pass(lines, lambda line: line.label in set(PartnershipType), self._partnership)
        self._pass(lines, lambda line: line.label == "STANCE", self._stance)
        for line in lines:
            if not (self._is_mention(line) or line.label in {*PartnershipType, "STANCE"}):
                self._fault(line.number, f"unknown label {line.label!r}")
        if self.article_stance is None:
            self._fault(
                source.count("\n") + 1, "the line 'stance favor|against|neutral' is missing"
            )
        if self.problems or self.article_stance is None:
            raise ProblemsError(sorted(self.problems, key=lambda p: int(p.place.split()[1])))
        return canonical(
            Annotation(
                scheme=SCHEME,
                article_id=self.article.article_id,
                annotator=annotator,
                mentions=tuple(self.mentions),
                partnerships=tuple(self.partnerships),
                stances=tuple(self.stances),
                article_stance=self.article_stance,
            )
        )

    def _lines(self, source: str) -> Iterator[Line]:
        for number, raw in enumerate(source.splitlines(), 1):
            words = raw.strip()
            if not words or words.startswith("#"):
                continue
            match = re.fullmatch(r"(\d+)\s+(\S+)\s+(.+)", words)
            if words.startswith(OPEN):
                self._fault(number, f"still to be settled: {words[len(OPEN) :].strip()!r}")
            elif match:
                yield Line(number, int(match[1]), match[2], match[3])
            else:
                self._header(number, words)

    def _header(self, number: int, words: str) -> None:
        key, _, value = words.partition(" ")
        value = value.split()[0] if value.split() else ""
        if key == "article":
            if value != self.article.article_id:
                self._fault(number, f"{value!r} is not {self.article.article_id!r}")
        elif key == "stance" and value in set(Polarity):
            if self.article_stance is not None:
                self._fault(number, "the article's stance is given twice")
            self.article_stance = Polarity(value)
        else:
            self._fault(number, f"not understood: {words!r}")

    @staticmethod
    def _is_mention(line: Line) -> bool:
        return line.label in set(MentionType)

    def _pass(
        self, lines: Iterable[Line], wanted: Callable[[Line], bool], read: Callable[[Line], None]
    ) -> None:
        # Longest surface first: an occurrence inside a longer mention is not counted.
        for line in sorted(filter(wanted, lines), key=_surface_length, reverse=True):
            try:
                read(line)
            except ValueError as error:
                self._fault(line.number, str(error))

    def _mention(self, line: Line) -> None:
        surface, _, entity = (part.strip() for part in line.rest.partition(" = "))
        start, end = self._locate(line.sentence, surface, free_of=self.mentions)
        self.mentions.append(
            Mention(
                id=f"m{line.number}",
                **self._place(start, end),
                type=MentionType(line.label),
                entity=entity or None,
            )
        )

    def _partnership(self, line: Line) -> None:
        (status, surface), arguments = self._evidence(line)
        if status not in set(Status):
            raise ValueError(f"{status!r} is no status ({', '.join(Status)})")
        parties = []
        for role, reference in arguments:
            if role not in set(Role):
                raise ValueError(f"{role!r} is no role ({', '.join(Role)})")
            parties.append(Party(role=Role(role), mention=self._refer(reference, self.mentions)))
        start, end = self._locate(line.sentence, surface)
        self.partnerships.append(
            Partnership(
                id=f"p{line.number}",
                **self._place(start, end),
                type=PartnershipType(line.label),
                status=Status(status),
                parties=tuple(parties),
            )
        )

    def _stance(self, line: Line) -> None:
        (polarity, surface), arguments = self._evidence(line)
        if polarity not in set(Polarity):
            raise ValueError(f"{polarity!r} is no polarity ({', '.join(Polarity)})")
        ends = dict(arguments)
        if not {"target"} <= ends.keys() <= {"holder", "target"} or len(ends) != len(arguments):
            raise ValueError("a stance has one target and at most one holder")
        holder = self._refer(ends["holder"], self.mentions) if "holder" in ends else None
        target = self._refer(ends["target"], [*self.mentions, *self.partnerships])
        start, end = self._locate(line.sentence, surface)
        self.stances.append(
            Stance(
                id=f"s{line.number}",
                **self._place(start, end),
                polarity=Polarity(polarity),
                holder=holder,
                target=target,
            )
        )

    def _evidence(self, line: Line) -> tuple[tuple[str, str], list[tuple[str, str]]]:
        """Second label and surface; then role and reference of every argument."""
        first, *more = (part.strip() for part in line.rest.split(" | "))
        label, _, surface = first.partition(" ")
        arguments = []
        for part in more:
            role, _, reference = part.partition(" ")
            arguments.append((role, reference.strip()))
        return (label, surface.strip()), arguments

    def _place(self, start: int, end: int) -> dict[str, Any]:
        surface = (self.article.text or "")[start:end]
        if self.article.split is Split.PRESS:
            return {"start": start, "end": end, "surface_sha256": sha256(surface)}
        return {"start": start, "end": end, "surface": surface}

    def _locate(self, number: int, named: str, free_of: Iterable[Span] = ()) -> tuple[int, int]:
        """Where a surface stands.  Raises ValueError unless it is one place.

        ``free_of`` are longer spans whose insides are not searched.
        """
        if not 1 <= number <= len(self.sentences):
            raise ValueError(f"there is no sentence {number} (1 to {len(self.sentences)})")
        sentence = self.sentences[number - 1]
        match = _OCCURRENCE.fullmatch(named)
        surface = match["surface"] if match else named
        places = list(occurrences(sentence, surface, free_of))
        if not places:
            raise ValueError(f"{surface!r} is not in sentence {number}")
        if match is None and len(places) > 1:
            raise ValueError(
                f"{surface!r} stands {len(places)} times in sentence {number}: add #1 …"
            )
        wanted = int(match["number"]) if match else 1
        if wanted > len(places):
            raise ValueError(f"{surface!r} stands only {len(places)} times in sentence {number}")
        return places[wanted - 1]

    def _refer(self, reference: str, spans: Iterable[Span]) -> str:
        """The id of the span that ``SENTENCE:SURFACE`` names."""
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise ValueError(f"{reference!r} is no reference SENTENCE:SURFACE")
        spans = list(spans)
        errors = []
        # A mention is counted outside longer mentions, evidence anywhere.
        for among in (self.mentions, ()):
            try:
                bounds = self._locate(int(match["sentence"]), match["surface"], free_of=among)
            except ValueError as error:
                errors.append(error)
                continue
            found = [
                span
                for span in spans
                if span.bounds == bounds and match["type"] in (None, getattr(span, "type", None))
            ]
            if len(found) == 1:
                return found[0].id
            if len(found) > 1:
                kinds = ", ".join(sorted(str(getattr(span, "type", "")) for span in found))
                raise ValueError(f"{reference!r} is one of {kinds}: add /TYPE")
        if errors:
            raise errors[0]
        raise ValueError(f"{reference!r} is not labelled")


def _surface_length(line: Line) -> int:
    """Length of the surface that a mention's line names, without its ``#2``."""
    named = line.rest.partition(" = ")[0].strip()
    match = _OCCURRENCE.fullmatch(named)
    return len(match["surface"] if match else named)


def occurrences(
    sentence: Sentence, surface: str, free_of: Iterable[Span] = ()
) -> Iterator[tuple[int, int]]:
    """Where the surface stands in the sentence, but for the insides of longer spans."""
    taken = [span.bounds for span in free_of if span.end - span.start > len(surface)]
    found = sentence.text.find(surface)
    while found >= 0:
        start, end = sentence.start + found, sentence.start + found + len(surface)
        if not any(low <= start and end <= high for low, high in taken):
            yield start, end
        found = sentence.text.find(surface, found + 1)


def read_notation(files: Iterable[Path], corpus: Corpus, annotator: str) -> list[Annotation]:
    """The annotations of notation files, checked.  Raises ProblemsError with every fault."""
    annotations: list[Annotation] = []
    problems: list[Problem] = []
    for path in files:
        try:
            annotations.append(_read_file(path, corpus, annotator))
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return annotations


def _read_file(path: Path, corpus: Corpus, annotator: str) -> Annotation:
    file = str(path)
    source = read_text(path, file)
    article = corpus.articles.get(article_of(source) or "")
    if article is None:
        fault = "the line 'article ID' is missing or names no article"
        raise ProblemsError([Problem(file, "line 1", fault)])
    annotation = parse(source, article, annotator, file)
    if problems := check_annotation(annotation, article, corpus.registry, file):
        raise ProblemsError(_with_surface(problems, annotation, article))
    return annotation


def _with_surface(
    problems: list[Problem], annotation: Annotation, article: Article
) -> list[Problem]:
    """Paths mean little to who wrote the notation: name the surface beside them."""
    spans = dict(annotation.spans())
    shown = []
    for problem in problems:
        match = re.match(r"\$\.\w+\[\d+\]", problem.place)
        span = spans.get(match[0]) if match else None
        surface = (article.text or "")[span.start : span.end] if span else ""
        shown.append(
            problem._replace(place=f"{problem.place} {surface!r}" if span else problem.place)
        )
    return shown
