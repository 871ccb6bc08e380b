"""The majority baseline: the most frequent answer of the training gold, whatever the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TypeVar

from hapjong.baselines.common import Example, Question
from hapjong.evaluation.submission import PredictedStance, Prediction
from hapjong.schema import Polarity

Label = TypeVar("Label", bound=StrEnum)


class Majority:
    """Most characters are in no mention and most pairs in no relation: it predicts neither."""

    description = "The most frequent label of the training gold."

    def fit(self, examples: Sequence[Example]) -> None:
        self.polarity = most_frequent(
            (stance.polarity for example in examples for stance in example.gold.stances), Polarity
        )
        self.article_stance = most_frequent(
            (example.gold.article_stance for example in examples), Polarity
        )

    def predict(self, question: Question) -> Prediction:
        return Prediction(
            article_id=question.article_id,
            stances=tuple(
                PredictedStance(id=stance_id, polarity=self.polarity)
                for stance_id, _, _ in question.stances
            ),
            article_stance=self.article_stance,
        )


def most_frequent(labels: Iterable[Label], among: type[Label]) -> Label:
    """The most frequent label; among equals the first in the order of the scheme."""
    times = Counter(labels)
    return max(among, key=lambda label: times[label])
