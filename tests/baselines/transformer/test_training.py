"""Training can be cut off after any epoch, and learns what it is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Require = Callable[[str], None]


@pytest.fixture(autouse=True)
def _needs(require: Require) -> None:
    require("torch")


class CutOffError(Exception):
    """The power went out."""


def _trainer(epochs: int, stop_after: int | None = None) -> Any:
    """A line to be fitted, with dropout, so that the random numbers count too."""
    import torch
    from torch import nn

    from hapjong.baselines.transformer.settings import Learning
    from hapjong.baselines.transformer.training import Trainer

    torch.manual_seed(3)
    model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 1))
    frozen = model[0].bias.requires_grad_(False)
    frozen.data.fill_(1.0)
    items = [(torch.randn(4), float(n % 3)) for n in range(10)]
    steps = 0

    def loss(model: Any, batch: Any) -> Any:
        nonlocal steps
        steps += 1
        if stop_after is not None and steps > stop_after:
            raise CutOffError
        return sum((model(x) - y) ** 2 for x, y in batch).mean()

    return Trainer(
        model,
        [items, items[1:]],
        loss,
        Learning(window=1, batch=3, epochs=epochs, frozen=0, rate=0.01, head_rate=0.01),
        seed=5,
    )


def _weights(trainer: Any) -> dict[str, list[Any]]:
    return {name: weight.tolist() for name, weight in trainer.model.state_dict().items()}


STEPS = 4
"""In the first epoch: ten items, three at a time."""


@pytest.mark.parametrize("done", [STEPS - 1, STEPS, STEPS + 2, 3 * STEPS])
def test_cut_off_and_resumed_is_the_same(tmp_path: Path, done: int) -> None:
    whole = _trainer(4)
    whole.run(tmp_path / "whole.pt", "whole")
    with pytest.raises(CutOffError):
        _trainer(4, stop_after=done).run(tmp_path / "parts.pt", "first part")
    again = _trainer(4)
    again.run(tmp_path / "parts.pt", "second part")
    assert _weights(again) == _weights(whole)


def test_a_finished_run_is_only_read(tmp_path: Path) -> None:
    first = _trainer(2)
    first.run(tmp_path / "kept.pt", "trained")
    before = (tmp_path / "kept.pt").read_bytes()
    again = _trainer(2, stop_after=0)
    again.run(tmp_path / "kept.pt", "read")
    assert _weights(again) == _weights(first)
    assert (tmp_path / "kept.pt").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["kept.pt"]
    assert not again.model.training


def test_frozen_weights_are_neither_changed_nor_kept(tmp_path: Path) -> None:
    import torch

    trainer = _trainer(1)
    trainer.run(tmp_path / "kept.pt", "trained")
    assert trainer.model[0].bias.tolist() == [1.0] * 8
    assert "0.bias" not in torch.load(tmp_path / "kept.pt", weights_only=True)["model"]


def test_progress_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _trainer(2).run(tmp_path / "kept.pt", "seed 5: reader")
    shown = capsys.readouterr().err
    assert "seed 5: reader, epoch 2 of 2: 100%" in shown
    assert "loss=" in shown


def test_epochs_take_the_versions_of_the_items_in_turn(tmp_path: Path) -> None:
    trainer = _trainer(3)
    seen: list[int] = []
    loss = trainer.loss

    def count(model: Any, batch: Any) -> Any:
        seen.append(len(batch))
        return loss(model, batch)

    trainer.loss = count
    trainer.run(tmp_path / "kept.pt", "seed 5")
    assert seen == [3, 3, 3, 1, 3, 3, 3, 3, 3, 3, 1]
    # The learning rate has come down to nothing at the very end.
    assert trainer.schedule.get_last_lr() == [0.0, 0.0]
