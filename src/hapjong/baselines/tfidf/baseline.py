"""The baseline as a whole: what is fitted, and the answer to a question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from hapjong.baselines.common import Example, Question
from hapjong.baselines.morphemes import Analysed, analyse
from hapjong.baselines.tfidf.classifier import Classifier
from hapjong.baselines.tfidf.mentions import Tagger
from hapjong.baselines.tfidf.partnerships import Linker
from hapjong.baselines.tfidf.settings import Settings
from hapjong.baselines.tfidf.stances import (
    CHARACTERS,
    EVIDENCE,
    SENTENCE,
    STANCE_VOICE,
    VOICE,
    describe_span,
    describe_voice,
)
from hapjong.evaluation.submission import PredictedStance, Prediction
from hapjong.schema import Annotation, Polarity

Articles = Sequence[tuple[Analysed, Annotation]]


class Tfidf:
    """A classifier for each task, fitted on the training gold."""

    description = (
        "Linear SVMs over TF-IDF weighted morphemes and character n-grams (scikit-learn, Kiwi)."
    )

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def fit(self, examples: Sequence[Example]) -> None:
        articles = [(analyse(text), gold) for text, gold in examples]
        of = self.settings
        # Only the track `raw` asks for mentions, and their tagger takes the longest.
        self.tagger = cache(lambda: Tagger.fit(articles, of.mentions, of.seed))
        self.linker = Linker.fit(articles, of.partnerships, of.statuses, of.seed)
        self.stances = self._fit_stances(articles)
        self.article_stance = self._fit_article_stance(articles)

    def predict(self, question: Question) -> Prediction:
        analysed = analyse(question.text)
        given = question.mentions
        found = tuple(self.tagger().find(analysed)) if given is None else ()
        spans = [(start, end) for _, start, end in question.stances]
        return Prediction(
            article_id=question.article_id,
            mentions=found,
            partnerships=tuple(self.linker.find(analysed, found if given is None else given)),
            stances=tuple(self._polarities(analysed, question)),
            article_stance=Polarity(self.article_stance.best(describe_voice(analysed, spans))),
        )

    def _fit_stances(self, articles: Articles) -> Classifier | None:
        of = self.settings.stances
        items = [
            (describe_span(analysed, stance.start, stance.end, of.ngram), str(stance.polarity))
            for analysed, gold in articles
            for stance in gold.stances
        ]
        weights = {EVIDENCE: 1.0, CHARACTERS: of.characters, SENTENCE: of.sentence}
        return Classifier.fit(items, of, self.settings.seed, weights) if items else None

    def _fit_article_stance(self, articles: Articles) -> Classifier:
        items = [
            (
                describe_voice(analysed, [stance.bounds for stance in gold.stances]),
                str(gold.article_stance),
            )
            for analysed, gold in articles
        ]
        weights = {VOICE: 1.0, STANCE_VOICE: 1.0}
        return Classifier.fit(items, self.settings.article_stance, self.settings.seed, weights)

    def _polarities(self, analysed: Analysed, question: Question) -> Iterator[PredictedStance]:
        if self.stances is None:
            return
        for stance_id, start, end in question.stances:
            features = describe_span(analysed, start, end, self.settings.stances.ngram)
            yield PredictedStance(id=stance_id, polarity=Polarity(self.stances.best(features)))
