"""What the two models are trained to make small, for a batch of items."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from hapjong.baselines.transformer.encoding import batch
from hapjong.baselines.transformer.items import IGNORED, LinkerItem, ReaderItem
from hapjong.baselines.transformer.models import (
    Linker,
    Pairs,
    Reader,
    Units,
)
from hapjong.baselines.transformer.settings import Settings
from hapjong.baselines.transformer.units import LENGTHS, NAME_TAGS, Numbers, Placed


def gather_units(
    texts: Sequence[str],
    found: Sequence[Sequence[Placed]],
    numbers: Numbers,
    device: torch.device,
) -> Units:
    """The units of several windows as tensors."""
    rows = [[_row(text, one, numbers) for one in of] for text, of in zip(texts, found, strict=True)]
    table = pad_sequence([torch.tensor(row) for row in rows], batch_first=True).to(device)
    return Units(
        places=table[..., 0:2],
        edges=table[..., 2:5].float(),
        characters=table[..., 5:7],
        name=table[..., 7],
        morpheme_tag=table[..., 8],
        length=table[..., 9],
        mask=table[..., 10].bool(),
    )


def _row(text: str, one: Placed, numbers: Numbers) -> list[int]:
    unit = one.unit
    first, last = (numbers.characters.get(text[at], 0) for at in (unit.start, unit.end - 1))
    return [
        *(one.first, one.last, one.begins, one.ends, one.spaced, first, last),
        NAME_TAGS.index(unit.name),
        numbers.morpheme_tags.get(unit.morpheme_tag, 0),
        min(unit.end - unit.start, LENGTHS) - 1,
        1,
    ]


def gather_pairs(places: Sequence[Sequence[tuple[int, int]]], device: torch.device) -> Pairs:
    """Pairs of places of several windows as tensors."""
    rows = [(row, first, second) for row, of in enumerate(places) for first, second in of]
    table = torch.tensor(rows, dtype=torch.long, device=device).reshape(-1, 3)
    return Pairs(table[:, 0], table[:, 1], table[:, 2])


class ReaderLoss:
    """Tags of units."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers

    def __call__(self, model: Reader, items: Sequence[ReaderItem]) -> Tensor:
        device = model.tag.weight.device
        given = batch([item.window for item in items], device)
        texts, found = [item.text for item in items], [item.units for item in items]
        units = gather_units(texts, found, self.numbers, device)
        scores = model(given, units)
        wanted = [torch.tensor(item.tags) for item in items]
        tags = pad_sequence(wanted, batch_first=True).to(device)
        likelihood: Tensor = model.field(scores, tags, units.mask, reduction="token_mean")
        return -likelihood


class LinkerLoss:
    """Relations, their status and where they are said."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __call__(self, model: Linker, items: Sequence[LinkerItem]) -> Tensor:
        device = model.relation.weight.device
        given = batch([item.window for item in items], device)
        states = model.states(given)
        loss = self._evidence(model, states, items) * self.settings.evidence_weight
        pairs = gather_pairs([item.pairs for item in items], device)
        if len(pairs.window):
            hints = torch.tensor([hint for item in items for hint in item.hints], device=device)
            linked = model.link(states, given, pairs, hints)
            of = [labels for item in items for labels in item.relations]
            loss = loss + relation_loss(linked.relation, of)
            status = torch.tensor([one for item in items for one in item.statuses], device=device)
            if (status >= 0).any():
                held = functional.cross_entropy(linked.status, status)
                loss = loss + held * self.settings.status_weight
            said = [places for item in items for places in item.evidence]
            loss = loss + attention_loss(linked.attention, said) * self.settings.attention_weight
        return loss

    @staticmethod
    def _evidence(model: Linker, states: Tensor, items: Sequence[LinkerItem]) -> Tensor:
        wanted = torch.full(states.shape[:2], IGNORED, device=states.device)
        for row, item in enumerate(items):
            wanted[row, : len(item.tags)] = torch.tensor(item.tags, device=states.device)
        if not (wanted >= 0).any():
            return states.new_zeros(())
        return functional.cross_entropy(model.evidence(states).flatten(0, 1), wanted.flatten())


def relation_loss(scores: Tensor, wanted: Sequence[Sequence[int]]) -> Tensor:
    """The adaptive-thresholding loss of ATLOP (Zhou et al. 2021, equations 6 to 8).

    ``scores`` are (pairs, relations); the score of relation 0, `no_relation`, is the threshold
    that those that hold are raised above and the others kept below.  Unlike there the first is a
    mean over the relations that hold, not over all pairs: few hold, and the articles are few.
    """
    holds = torch.zeros_like(scores)
    for row, labels in enumerate(wanted):
        holds[row, list(labels)] = 1.0
    is_threshold = torch.zeros_like(scores)
    is_threshold[:, 0] = 1.0
    among_held = functional.log_softmax(scores - 1e30 * (1 - holds - is_threshold), dim=1)
    among_others = functional.log_softmax(scores - 1e30 * holds, dim=1)
    raised = -(among_held * holds).sum() / holds.sum().clamp(min=1)
    return raised - among_others[:, 0].mean()


def attention_loss(attention: Tensor, evidence: Sequence[Sequence[int]]) -> Tensor:
    """How far the attention of pairs that hold is from their evidence (cross-entropy, each word
    of the evidence alike)."""
    losses = [-attention[row, list(of)].mean() for row, of in enumerate(evidence) if of]
    return torch.stack(losses).mean() if losses else attention.new_zeros(())
