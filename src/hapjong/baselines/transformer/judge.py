"""Stances: the polarity of given evidence, and of an article as a whole.

Both are told by a logistic regression from states of the pretrained encoder as it came: stances
are too few to train an encoder with, and one that was trained to find names has lost what tells
praise from blame.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from hapjong.baselines.common import Example
from hapjong.baselines.majority import most_frequent
from hapjong.baselines.transformer.encoders import Encoder
from hapjong.baselines.transformer.encoding import batch, word_embeddings
from hapjong.baselines.transformer.settings import Judging
from hapjong.baselines.transformer.windows import Cutter, Window
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import Polarity

Vector = npt.NDArray[np.float32]

_BATCH = 16
"""Sentences that the encoder reads at once."""


class Judge:
    """What training articles say of stances; ``encoder`` is read only."""

    def __init__(self, encoder: Encoder, judging: Judging, device: torch.device) -> None:
        """Raises ProblemsError where the encoder has fewer layers than the settings ask for."""
        self.states = _States(encoder, judging, device)
        self.judging = judging

    def fit(self, examples: Sequence[Example]) -> None:
        evidence, polarities, articles = [], [], []
        for text, gold in examples:
            read = self.states.of(text)
            evidence += read.evidence([stance.bounds for stance in gold.stances])
            polarities += [str(stance.polarity) for stance in gold.stances]
            articles.append(read.article())
        self._of_evidence = _fit(evidence, polarities, self.judging.c)
        whole = [str(gold.article_stance) for _, gold in examples]
        self._of_article = _fit(articles, whole, self.judging.c)

    def judge(
        self, text: str, evidence: Sequence[tuple[int, int]]
    ) -> tuple[list[Polarity], Polarity]:
        """The polarity of each evidence, given by its bounds, and that of the article."""
        read = self.states.of(text)
        [article] = self._of_article.predict([read.article()])
        found = self._of_evidence.predict(read.evidence(evidence)) if evidence else []
        return [Polarity(label) for label in found], Polarity(article)


class _Read(NamedTuple):
    """A text's sentences with the states (places, numbers) of their pieces."""

    sentences: list[tuple[Window, Vector]]

    def article(self) -> Vector:
        """The mean of the sentences' means: a long one counts no more than a short one."""
        means = [
            states[[place for place, _ in window.pieces]].mean(0)
            for window, states in self.sentences
        ]
        mean: Vector = np.mean(means, axis=0)
        return mean

    def evidence(self, bounds: Iterable[tuple[int, int]]) -> list[Vector]:
        """The mean of the pieces that each touches, whatever sentences they are in."""
        return [self._evidence(start, end) for start, end in bounds]

    def _evidence(self, start: int, end: int) -> Vector:
        touched = [
            states[place]
            for window, states in self.sentences
            for place, piece in window.pieces
            if piece.start < end and start < piece.end
        ]
        mean: Vector = np.mean(touched, axis=0)
        return mean


class _States:
    """Reads texts sentence by sentence, each by itself."""

    def __init__(self, encoder: Encoder, judging: Judging, device: torch.device) -> None:
        self.model: nn.Module = encoder.model
        nn.Module.to(self.model, device).train(False)
        self.device, self.layers = device, judging.layers
        words = word_embeddings(encoder.model).num_embeddings
        self.cutter = Cutter(encoder.tokenizer, words, judging.window)
        has = encoder.model.config.num_hidden_layers
        if max(self.layers) > has:
            fault = f"the encoder has {has} layers"
            raise ProblemsError([Problem("", f"judge.layers = {list(self.layers)}", fault)])

    def of(self, text: str) -> _Read:
        windows = list(self.cutter.sentences(text))
        parts = [windows[at : at + _BATCH] for at in range(0, len(windows), _BATCH)]
        return _Read([pair for part in parts for pair in self._pass(part)])

    def _pass(self, windows: Sequence[Window]) -> Iterator[tuple[Window, Vector]]:
        given = batch(windows, self.device)
        with torch.inference_mode():
            found = self.model(
                input_ids=given.ids, attention_mask=given.mask, output_hidden_states=True
            ).hidden_states
            states = torch.cat([found[-layer] for layer in self.layers], dim=2).cpu().numpy()
        for window, row in zip(windows, states, strict=True):
            yield window, row[: len(window.ids)]


def _fit(vectors: Sequence[Vector], labels: Sequence[str], c: float) -> Any:
    """Every label counts alike, however rare."""
    from sklearn.dummy import DummyClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if len(set(labels)) < 2:  # nothing to tell apart
        only = most_frequent(map(Polarity, labels), Polarity)
        return DummyClassifier().fit([[0.0]], [str(only)])
    machine = LogisticRegression(C=c, class_weight="balanced", max_iter=3_000)
    return make_pipeline(StandardScaler(), machine).fit(vectors, labels)
