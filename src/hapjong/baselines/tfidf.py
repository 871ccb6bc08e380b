"""The TF-IDF baseline: one linear classifier a task over weighted n-grams.

Every task is a classification of items; an item is described by a list of features
(character n-grams of the text around it, types, distances), which are weighted by TF-IDF
and given to a linear support vector machine.  ``baselines/tfidf/README.md`` tells more.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hapjong.baselines.common import Example, Question
from hapjong.corpus.pairs import (
    NO_RELATION,
    Named,
    Pair,
    Relation,
    candidate_pairs,
    relations,
    split_label,
)
from hapjong.corpus.sentences import sentences
from hapjong.evaluation.submission import (
    PredictedMention,
    PredictedPartnership,
    PredictedStance,
    Prediction,
)
from hapjong.problems import convert
from hapjong.schema import MentionType, Polarity, Record, Status

OUTSIDE = "O"


class TaskSettings(Record, frozen=True, kw_only=True):
    """``window`` characters on each side, n-grams up to ``ngram``, the SVM's C and weights."""

    window: int
    ngram: int
    c: float
    balanced: bool


class Settings(Record, frozen=True, kw_only=True):
    """``baselines/tfidf/config.toml``; chosen on the validation split."""

    seed: int
    mentions: TaskSettings
    partnerships: TaskSettings
    statuses: TaskSettings
    stances: TaskSettings
    article_stance: TaskSettings


def read_settings(path: Path, file: str) -> Settings:
    """Raises ProblemsError with every fault of the file."""
    return convert(tomllib.loads(path.read_text()), Settings, file)


class Item(NamedTuple):
    """Something to classify: its features and, when learning, its label."""

    features: list[str]
    label: str


class Tfidf:
    """A classifier for each task, fitted on the training gold."""

    description = "Linear SVMs over TF-IDF weighted character n-grams (scikit-learn)."

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def fit(self, examples: Sequence[Example]) -> None:
        of = self.settings
        self.tagger = self._fitted(of.mentions, (i for e in examples for i in self._characters(e)))
        self.linker = self._fitted(of.partnerships, (i for e in examples for i in self._links(e)))
        self.statuses = self._fitted(of.statuses, (i for e in examples for i in self._held(e)))
        self.stances = self._fitted(of.stances, (i for e in examples for i in self._takes(e)))
        self.article_stance = self._fitted(
            of.article_stance,
            (Item(self._of_article(e.text), str(e.gold.article_stance)) for e in examples),
        )

    def predict(self, question: Question) -> Prediction:
        given = question.mentions
        found = tuple(self._mentions(question.text)) if given is None else ()
        return Prediction(
            article_id=question.article_id,
            mentions=found,
            partnerships=tuple(
                self._partnerships(question.text, found if given is None else given)
            ),
            stances=tuple(self._polarities(question)),
            article_stance=Polarity(
                self.article_stance.predict([self._of_article(question.text)])[0]
            ),
        )

    def _fitted(self, settings: TaskSettings, items: Iterable[Item]) -> Any:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_pipeline
        from sklearn.svm import LinearSVC

        features, labels = zip(*items, strict=True)
        return make_pipeline(
            TfidfVectorizer(analyzer=_as_given, sublinear_tf=True),
            LinearSVC(
                C=settings.c,
                class_weight="balanced" if settings.balanced else None,
                max_iter=20_000,
                random_state=self.settings.seed,
            ),
        ).fit(features, labels)

    # Mentions: every character of a sentence is tagged B-, I- or O.

    def _characters(self, example: Example) -> Iterator[Item]:
        tags = [OUTSIDE] * len(example.text)
        for mention in example.gold.mentions:
            tags[mention.start : mention.end] = [f"I-{mention.type}"] * (
                mention.end - mention.start
            )
            tags[mention.start] = f"B-{mention.type}"
        for sentence in sentences(example.text):
            for position in range(len(sentence.text)):
                features = character_features(sentence.text, position, self.settings.mentions)
                yield Item(features, tags[sentence.start + position])

    def _mentions(self, text: str) -> Iterator[PredictedMention]:
        for sentence in sentences(text):
            tags = self.tagger.predict(
                [
                    character_features(sentence.text, position, self.settings.mentions)
                    for position in range(len(sentence.text))
                ]
            )
            for start, end, kind in decode_tags(list(tags)):
                yield PredictedMention(
                    start=sentence.start + start, end=sentence.start + end, type=kind
                )

    # Partnerships: every candidate pair has a relation, and a relation has a status.

    def _links(self, example: Example) -> Iterator[Item]:
        for features, found in self._gold_pairs(example, self.settings.partnerships):
            for label in sorted({relation.label for relation in found}) or [NO_RELATION]:
                yield Item(features, label)

    def _held(self, example: Example) -> Iterator[Item]:
        for features, found in self._gold_pairs(example, self.settings.statuses):
            for relation in found:
                yield Item(features, str(relation.status))

    @staticmethod
    def _gold_pairs(
        example: Example, settings: TaskSettings
    ) -> Iterator[tuple[list[str], list[Relation]]]:
        """Features of every candidate pair of the gold, and what holds between the two."""
        text, gold = example
        linked = relations(gold)
        masked = mask(text, gold.mentions)
        by_bounds = {mention.bounds: mention.id for mention in gold.mentions}
        for pair in candidate_pairs(text, gold.mentions):
            subject, other = pair.subject, pair.object
            key = (by_bounds[subject.start, subject.end], by_bounds[other.start, other.end])
            yield pair_features(text, masked, pair, settings), linked.get(key, [])

    def _partnerships(self, text: str, mentions: Sequence[Named]) -> Iterator[PredictedPartnership]:
        masked = mask(text, mentions)
        for pair in candidate_pairs(text, mentions):
            features = pair_features(text, masked, pair, self.settings.partnerships)
            label = self.linker.predict([features])[0]
            if label == NO_RELATION:
                continue
            status = self.statuses.predict(
                [pair_features(text, masked, pair, self.settings.statuses)]
            )[0]
            kind, forward = split_label(label)
            head, tail = (pair.subject, pair.object) if forward else (pair.object, pair.subject)
            yield PredictedPartnership(
                head=(head.start, head.end),
                tail=(tail.start, tail.end),
                type=kind,
                status=Status(status),
            )

    # Stances: the polarity of each given span of evidence, and of the article.

    def _takes(self, example: Example) -> Iterator[Item]:
        for stance in example.gold.stances:
            features = span_features(example.text, stance.start, stance.end, self.settings.stances)
            yield Item(features, str(stance.polarity))

    def _polarities(self, question: Question) -> Iterator[PredictedStance]:
        for stance_id, start, end in question.stances:
            features = span_features(question.text, start, end, self.settings.stances)
            label = self.stances.predict([features])[0]
            yield PredictedStance(id=stance_id, polarity=Polarity(label))

    def _of_article(self, text: str) -> list[str]:
        return list(ngrams("A", text, self.settings.article_stance.ngram))


def _as_given(features: list[str]) -> list[str]:
    """The vectorizer's analyzer: items are lists of features already."""
    return features


def ngrams(prefix: str, text: str, longest: int) -> Iterator[str]:
    """Character n-grams of 1 to ``longest``, each marked with where it comes from."""
    for size in range(1, longest + 1):
        for start in range(len(text) - size + 1):
            yield f"{prefix}:{text[start : start + size]}"


def character_features(sentence: str, position: int, settings: TaskSettings) -> list[str]:
    """N-grams of the window by their offset from the character, and kinds of characters."""
    padded = "\x02" * settings.window + sentence + "\x03" * settings.window
    centre = position + settings.window
    features = []
    for offset in range(-settings.window, settings.window + 1):
        features.append(f"k{offset}:{_kind(padded[centre + offset])}")
        for size in range(1, settings.ngram + 1):
            if offset + size <= settings.window + 1:
                piece = padded[centre + offset : centre + offset + size]
                features.append(f"{offset}:{piece}")
    return features


def _kind(character: str) -> str:
    """A coarse kind of character: Hangul, Latin, digit, space or other."""
    if "가" <= character <= "힣":
        return "hangul"
    if character.isascii() and character.isalpha():
        return "upper" if character.isupper() else "lower"
    if character.isdigit():
        return "digit"
    return "space" if character.isspace() else character


def decode_tags(tags: Sequence[str]) -> Iterator[tuple[int, int, MentionType]]:
    """Spans of a tag sequence; an I- that continues nothing begins one (as conlleval reads it)."""
    start, kind = 0, ""
    for position, tag in enumerate([*tags, OUTSIDE]):
        edge, _, of_tag = tag.partition("-")
        if kind and not (edge == "I" and of_tag == kind):
            yield start, position, MentionType(kind)
            kind = ""
        if edge == "B" or (edge == "I" and not kind):
            start, kind = position, of_tag


MENTION = "■"


def mask(text: str, mentions: Iterable[Named]) -> str:
    """The text with every character of a mention replaced, so that contexts generalise."""
    for mention in mentions:
        hidden = MENTION * (mention.end - mention.start)
        text = text[: mention.start] + hidden + text[mention.end :]
    return text


def pair_features(text: str, masked: str, pair: Pair, settings: TaskSettings) -> list[str]:
    """N-grams before, between and behind the two, their types and how far apart they are."""
    first, second = pair.subject, pair.object
    before = masked[max(pair.start, first.start - settings.window) : first.start]
    behind = masked[second.end : min(pair.end, second.end + settings.window)]
    between = _one_mark_each(masked[first.end : second.start])
    same = text[first.start : first.end] == text[second.start : second.end]
    return [
        *ngrams("L", _one_mark_each(before), settings.ngram),
        *ngrams("M", between, settings.ngram),
        *ngrams("R", _one_mark_each(behind), settings.ngram),
        f"types:{first.type}-{second.type}",
        f"distance:{min((second.start - first.end) // 10, 6)}",
        f"mentions between:{min(between.count(MENTION), 4)}",
        f"lines between:{between.count(chr(10)) > 0}",
        f"between:{between if len(between) < 6 else 'long'}",
        f"same name:{same}",
    ]


def _one_mark_each(masked: str) -> str:
    return re.sub(f"{MENTION}+", MENTION, masked)


def span_features(text: str, start: int, end: int, settings: TaskSettings) -> list[str]:
    """N-grams of the evidence and of the window on each side of it."""
    return [
        *ngrams("E", text[start:end], settings.ngram),
        *ngrams("L", text[max(0, start - settings.window) : start], settings.ngram),
        *ngrams("R", text[end : end + settings.window], settings.ngram),
    ]
