"""Frozen layers are computed once for each window, and give what they always gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def frozen(require: Callable[[str], None], tiny: str) -> Any:
    """The tiny encoder, its lower layer frozen, with dropout in both."""
    require("torch")
    from hapjong.baselines.transformer.encoders import load_encoder
    from hapjong.baselines.transformer.encoding import Marking

    return Marking(load_encoder(tiny).model, [[5, 6]], frozen=1)


def _batch(*windows: list[int]) -> Any:
    import torch

    from hapjong.baselines.transformer.encoding import batch
    from hapjong.baselines.transformer.windows import Window

    return batch([Window(0, 0, ids, [], {}) for ids in windows], torch.device("cpu"))


def test_states_are_recalled_whatever_windows_they_are_batched_with(frozen: Any) -> None:
    import torch

    long, short = [0, 9, 11, 12, 2], [0, 10, 2]
    with torch.no_grad():
        wanted = frozen(_batch(long, short))
    calls = []
    lower = frozen.pretrained.encoder.layer[0]
    lower.attention.register_forward_hook(lambda *_: calls.append(1))
    frozen.train()
    for windows in ([long, short], [short], [long], [long, [0, 13, 2]], [short, long]):
        frozen(_batch(*windows)).sum().backward()
    assert len(calls) == 2, "for the first batch, and for the one with a window not seen before"
    with torch.no_grad():
        found = frozen(_batch(long, short))
    torch.testing.assert_close(found[0], wanted[0])
    torch.testing.assert_close(found[1, :3], wanted[1, :3])


def test_only_what_is_above_is_trained(frozen: Any) -> None:
    frozen(_batch([0, 9, 2])).sum().backward()
    lower, upper = frozen.pretrained.encoder.layer
    assert all(weight.grad is None for weight in lower.parameters())
    assert all(weight.grad is not None for weight in upper.parameters())
    assert frozen.words.weight.grad is None
