"""Weighting by TF-IDF and linear support vector machines: all that is fitted here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hapjong.baselines.tfidf.settings import LearnerSettings

Features = Mapping[str, Sequence[str]]
"""The features of an item in groups, each of which is weighted and normalised for itself."""

Scores = npt.NDArray[np.float64]


class Classifier(NamedTuple):
    """A score for each label: above 0 is yes, by the margin of a support vector machine."""

    labels: tuple[str, ...]
    pipeline: Any
    alone: str | None
    """The one label of all items, where there is nothing to tell apart."""

    @classmethod
    def fit(
        cls,
        items: Iterable[tuple[Features, str]],
        settings: LearnerSettings,
        seed: int,
        weights: Mapping[str, float],
    ) -> Classifier:
        """One label an item, the best against all others; ``weights`` are of the groups."""
        features, labels = zip(*items, strict=True)
        if len(set(labels)) == 1:
            return cls((labels[0],), None, labels[0])
        pipeline = _pipeline(weights, _machine(settings, seed)).fit(features, labels)
        return cls(tuple(map(str, pipeline.classes_)), pipeline, None)

    def scores(self, items: Sequence[Features]) -> Scores:
        """``(items, labels)``."""
        if self.alone or not items:
            return np.zeros((len(items), len(self.labels)))
        margins: Scores = self.pipeline.decision_function(items)
        # Of two labels scikit-learn gives the margin of the second only.
        return margins if margins.ndim == 2 else np.stack([-margins, margins], axis=1)

    def best(self, item: Features) -> str:
        return self.labels[int(self.scores([item])[0].argmax())]


class Taggers(NamedTuple):
    """For each label whether an item has it; it may have several or none."""

    labels: tuple[str, ...]
    pipeline: Any

    @classmethod
    def fit(
        cls,
        items: Iterable[tuple[Features, Collection[str]]],
        settings: LearnerSettings,
        seed: int,
        weights: Mapping[str, float],
    ) -> Taggers:
        from sklearn.multiclass import OneVsRestClassifier
        from sklearn.preprocessing import MultiLabelBinarizer

        features, labels = zip(*items, strict=True) if (items := list(items)) else ((), ())
        binary = MultiLabelBinarizer()
        wanted = binary.fit_transform(labels)
        if not binary.classes_.size:
            return cls((), None)
        machines = OneVsRestClassifier(_machine(settings, seed))
        pipeline = _pipeline(weights, machines).fit(features, wanted)
        return cls(tuple(map(str, binary.classes_)), pipeline)

    def scores(self, items: Sequence[Features]) -> Scores:
        """``(items, labels)``."""
        if not self.labels or not items:
            return np.zeros((len(items), len(self.labels)))
        margins: Scores = self.pipeline.decision_function(items)
        return margins.reshape(len(items), len(self.labels))


def _machine(settings: LearnerSettings, seed: int) -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(
        C=settings.c,
        class_weight="balanced" if settings.balanced else None,
        max_iter=20_000,
        random_state=seed,
    )


def _pipeline(weights: Mapping[str, float], last: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion, make_pipeline

    vectorizers = [
        (group, TfidfVectorizer(analyzer=itemgetter(group), sublinear_tf=True)) for group in weights
    ]
    return make_pipeline(FeatureUnion(vectorizers, transformer_weights=dict(weights)), last)
