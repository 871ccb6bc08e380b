"""The losses are those of their papers, computed the long way."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest


@pytest.fixture(autouse=True)
def _needs(require: Callable[[str], None]) -> None:
    require("torch")


def test_relations_are_thresholded_as_in_atlop() -> None:
    import torch

    from hapjong.baselines.transformer.losses import relation_loss

    torch.manual_seed(2)
    scores = torch.randn(5, 6)
    wanted = [[], [2], [1, 4], [5], []]
    raised, kept = [], []
    for row, labels in enumerate(wanted):
        exp = [math.exp(score) for score in scores[row].tolist()]
        among = sum(exp[i] for i in [0, *labels])
        raised += [-math.log(exp[label] / among) for label in labels]
        others = sum(value for i, value in enumerate(exp) if i not in labels)
        kept.append(-math.log(exp[0] / others))
    wanted_loss = sum(raised) / len(raised) + sum(kept) / len(kept)
    assert relation_loss(scores, wanted).item() == pytest.approx(wanted_loss, rel=1e-5)
    assert relation_loss(scores, [[]] * 5).isfinite()


def test_attention_is_drawn_to_the_evidence() -> None:
    import torch

    from hapjong.baselines.transformer.losses import attention_loss

    attention = torch.tensor([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]).log()
    assert attention_loss(attention, [[0], [1, 2]]).item() == pytest.approx(
        (-math.log(0.5) + -(math.log(0.1) + math.log(0.8)) / 2) / 2
    )
    assert attention_loss(attention, [[], []]).item() == 0
