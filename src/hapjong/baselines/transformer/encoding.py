"""A pretrained encoder as both models use it: windows in, states out, markers known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from hapjong.baselines.transformer.windows import Window

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Batch(NamedTuple):
    """Windows of unequal length: ``ids`` and ``mask`` are (windows, places)."""

    ids: Tensor
    mask: Tensor


def batch(windows: Sequence[Window], device: torch.device) -> Batch:
    longest = max(len(window.ids) for window in windows)
    ids = torch.zeros(len(windows), longest, dtype=torch.long)
    mask = torch.zeros(len(windows), longest, dtype=torch.long)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = torch.tensor(window.ids)
        mask[row, : len(window.ids)] = 1
    return Batch(ids.to(device), mask.to(device))


def word_embeddings(pretrained: PreTrainedModel) -> nn.Embedding:
    found: nn.Embedding = pretrained.get_input_embeddings()  # type: ignore[assignment]
    return found


def layers(pretrained: PreTrainedModel) -> nn.ModuleList:
    """The layers of an encoder, from the words upwards: the one list of modules that it has."""
    return next(part for part in pretrained.modules() if isinstance(part, nn.ModuleList))


class Lower:
    """The frozen layers of an encoder: without dropout, they give the same for a window each time.

    In training they are therefore passed once for each window, and their states recalled.
    """

    def __init__(self, frozen: Iterable[nn.Module]) -> None:
        self._known: dict[tuple[int, ...], Tensor] = {}
        self._recalled: Tensor | None = None
        self._passed: object = None
        for layer in frozen:
            layer.requires_grad_(False).eval()
            layer.train = partial(_stay, layer)  # type: ignore[method-assign]
            layer.forward = partial(self._pass, layer.forward)

    def _pass(self, layer: Callable[..., object], *args: object, **kwargs: object) -> object:
        if self._recalled is not None:
            return self._recalled
        with torch.no_grad():
            self._passed = layer(*args, **kwargs)
        return self._passed

    @contextmanager
    def recall(self, given: Batch) -> Iterator[None]:
        """While the encoder reads ``given``: recall the states of its windows, or remember them."""
        lengths = given.mask.sum(1).tolist()
        keys = [tuple(row[:n].tolist()) for row, n in zip(given.ids, lengths, strict=True)]
        if all(key in self._known for key in keys):
            self._recalled = pad_sequence([self._known[key] for key in keys], batch_first=True)
        try:
            yield
            # A layer of another make may give more than states: those are not remembered.
            if torch.is_grad_enabled() and isinstance(self._passed, Tensor):
                for key, states in zip(keys, self._passed, strict=True):
                    self._known[key] = states[: len(key)].clone()
        finally:
            self._recalled = self._passed = None


def _stay(layer: nn.Module, mode: bool = True) -> nn.Module:
    """In place of `nn.Module.train`: a frozen layer drops nothing out, whatever the others do."""
    return layer


class Marking(nn.Module):
    """A pretrained encoder that also knows the markers.

    ``markers`` are the ids of the words that each marker is read as, as in `MARKER_WORDS`.  All
    embeddings and the first ``frozen`` layers stay as they are: most of a multilingual encoder's
    weights are word embeddings, of which most never occur, and the articles are few.
    """

    def __init__(
        self, pretrained: PreTrainedModel, markers: Sequence[Sequence[int]], frozen: int
    ) -> None:
        super().__init__()
        self.pretrained = pretrained
        self.words = word_embeddings(pretrained)
        means = [self.words.weight[list(ids)].mean(0) for ids in markers]
        self.markers = nn.Embedding(
            len(means), len(means[0]), _weight=torch.stack(means), _freeze=True
        )
        for name, weight in pretrained.named_parameters():
            if "embeddings" in name:
                weight.requires_grad_(False)
        self.lower = Lower(layers(pretrained)[:frozen])

    def forward(self, given: Batch) -> Tensor:
        """States (windows, places, hidden)."""
        marker = given.ids - self.words.num_embeddings
        is_marker = (marker >= 0).unsqueeze(-1)
        vectors = torch.where(
            is_marker,
            self.markers(marker.clamp(min=0)),
            self.words(given.ids.clamp(max=self.words.num_embeddings - 1)),
        )
        with self.lower.recall(given):
            found: Tensor = self.pretrained(
                inputs_embeds=vectors, attention_mask=given.mask
            ).last_hidden_state
        return found
