"""Training of one model: seeded, with progress, and resumable after every epoch."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from hapjong.baselines.transformer.settings import Learning

Item = TypeVar("Item")

WARM_UP = 0.1
"""The part of the steps in which the learning rate rises; after it, it falls to 0."""
LONGEST_GRADIENT = 1.0


class Trainer(Generic[Item]):
    """Trains ``model`` on ``items``; ``loss`` takes the model and a batch of items.

    There may be several versions of the items: the epochs take them in turn.

    Only weights that ask for a gradient are changed, and kept in files.
    """

    def __init__(
        self,
        model: nn.Module,
        items: Sequence[Sequence[Item]],
        loss: Callable[[Any, Sequence[Item]], Tensor],
        learning: Learning,
        seed: int,
    ) -> None:
        self.model, self.items, self.loss = model, items, loss
        self.learning, self.seed = learning, seed
        steps = sum(-(-len(self._of(epoch)) // learning.batch) for epoch in range(learning.epochs))
        self.optimizer = torch.optim.AdamW(_groups(model, learning), weight_decay=0.01, fused=True)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: _factor(step, steps)
        )

    def _of(self, epoch: int) -> Sequence[Item]:
        return self.items[epoch % len(self.items)]

    def run(self, kept: Path, title: str) -> None:
        """Train until all epochs are done, from where the file ``kept`` stands.

        The state is written there after each epoch, so that a run that was cut off goes on with
        the next one and comes to the same weights as one that was not.  The file of a finished
        run is only read.
        """
        for epoch in range(self._resume(kept), self.learning.epochs):
            self._run_epoch(epoch, f"{title}, epoch {epoch + 1} of {self.learning.epochs}")
            self._keep(kept, epoch + 1)
        self.model.eval()

    def _run_epoch(self, epoch: int, title: str) -> None:
        from tqdm import tqdm

        # Seeded for each epoch, so that it does not matter whether the ones before ran just now.
        torch.manual_seed(self.seed * 1_000 + epoch)
        items = self._of(epoch)
        order = list(range(len(items)))
        random.Random(self.seed * 1_000 + epoch).shuffle(order)  # noqa: S311 - no secret
        self.model.train()
        total, size = 0.0, self.learning.batch
        with tqdm(range(0, len(order), size), title, unit="step", mininterval=1) as progress:
            for number, start in enumerate(progress, 1):
                total += self._step([items[i] for i in order[start : start + size]])
                progress.set_postfix(loss=f"{total / number:.3f}", refresh=False)

    def _step(self, items: Sequence[Item]) -> float:
        self.optimizer.zero_grad()
        found = self.loss(self.model, items)
        found.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), LONGEST_GRADIENT)
        self.optimizer.step()
        self.schedule.step()
        return found.item()

    def _resume(self, kept: Path) -> int:
        """The number of epochs that the file has done; its state is taken over."""
        if not kept.exists():
            return 0
        state = torch.load(kept, weights_only=True, map_location=_device(self.model))
        self.model.load_state_dict(state["model"], strict=False)  # the frozen ones are not kept
        done: int = state["epochs"]
        if done < self.learning.epochs:
            self.optimizer.load_state_dict(state["optimizer"])
            self.schedule.load_state_dict(state["schedule"])
        return done

    def _keep(self, kept: Path, done: int) -> None:
        trained = {name for name, weight in self.model.named_parameters() if weight.requires_grad}
        weights = {name: w for name, w in self.model.state_dict().items() if name in trained}
        state: dict[str, Any] = {"epochs": done, "model": weights}
        if done < self.learning.epochs:
            state["optimizer"] = self.optimizer.state_dict()
            state["schedule"] = self.schedule.state_dict()
        kept.parent.mkdir(parents=True, exist_ok=True)
        staging = kept.with_suffix(".new")
        torch.save(state, staging)
        staging.replace(kept)


def _groups(model: nn.Module, learning: Learning) -> list[dict[str, Any]]:
    """The pretrained weights and the new ones, each with their learning rate."""
    groups: dict[bool, list[nn.Parameter]] = {True: [], False: []}
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            groups[name.startswith("encoder.pretrained.")].append(weight)
    return [
        {"params": groups[True], "lr": learning.rate},
        {"params": groups[False], "lr": learning.head_rate},
    ]


def _factor(step: int, steps: int) -> float:
    rising = max(1, round(WARM_UP * steps))
    if step < rising:
        return (step + 1) / rising
    return max(0.0, (steps - step) / max(1, steps - rising))


def _device(model: nn.Module) -> torch.device:
    return next(model.parameters()).device
