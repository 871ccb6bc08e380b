"""The two models: one reads bare text, one reads text with its mentions marked.

Both are a pretrained encoder with small heads.  Their ``loss`` and ``forward`` take one batch of
`Window` as `Batch`; places are those of `Window.ids`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchcrf import CRF

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


class Marking(nn.Module):
    """A pretrained encoder that also knows the markers.

    ``markers`` are the ids of the words that each marker is read as: `MARKERS` lists of them.  All
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
        for layer in layers(pretrained)[:frozen]:
            layer.requires_grad_(False)

    def forward(self, given: Batch) -> Tensor:
        """States (windows, places, hidden)."""
        marker = given.ids - self.words.num_embeddings
        is_marker = (marker >= 0).unsqueeze(-1)
        vectors = torch.where(
            is_marker,
            self.markers(marker.clamp(min=0)),
            self.words(given.ids.clamp(max=self.words.num_embeddings - 1)),
        )
        found: Tensor = self.pretrained(
            inputs_embeds=vectors, attention_mask=given.mask
        ).last_hidden_state
        return found


class Characters(NamedTuple):
    """The characters of a batch, (windows, characters): the place of their piece, their own number,
    whether the piece begins and ends with them (…, 2), and which are there at all."""

    place: Tensor
    id: Tensor
    edges: Tensor
    mask: Tensor


class Reader(nn.Module):
    """Reads bare text: a tag for every character, and the article's stance for every window.

    A piece often holds the end of a name and a particle (``스는`` of 릴라이언스는), so that tags
    are of characters: a character is the state of its piece, itself, and whether the piece begins
    and ends with it, mixed with the same of its two neighbours.  A conditional random field
    (Lafferty et al. 2001) makes one name of the characters of one name.
    """

    def __init__(self, encoder: Marking, characters: int, tags: int, sides: int) -> None:
        super().__init__()
        self.encoder = encoder
        hidden = encoder.words.embedding_dim
        self.characters = nn.Embedding(characters, CHARACTER_SIZE)
        self.mix = nn.Conv1d(hidden + CHARACTER_SIZE + 2, hidden, kernel_size=3, padding=1)
        self.tag = nn.Linear(hidden, tags)
        self.field = CRF(tags, batch_first=True)
        self.side = nn.Linear(hidden, sides)

    def forward(self, given: Batch, characters: Characters) -> tuple[Tensor, Tensor]:
        """Scores (windows, characters, tags) for the field, and (windows, sides)."""
        states = functional.dropout(self.encoder(given), DROPOUT, self.training)
        rows = torch.arange(len(states), device=states.device).unsqueeze(1)
        known = [states[rows, characters.place], self.characters(characters.id), characters.edges]
        joined = torch.cat(known, dim=2) * characters.mask.unsqueeze(2)
        mixed = functional.gelu(self.mix(joined.transpose(1, 2)).transpose(1, 2))
        mask = given.mask.unsqueeze(-1)
        mean = (states * mask).sum(1) / mask.sum(1)
        return self.tag(functional.dropout(mixed, DROPOUT, self.training)), self.side(mean)

    def tags(self, given: Batch, characters: Characters) -> tuple[list[list[int]], Tensor]:
        """The best tags of each window's characters, and (windows, sides)."""
        scores, sides = self(given, characters)
        best: list[list[int]] = self.field.decode(scores, characters.mask)
        return best, sides


CHARACTER_SIZE = 32
DISTANCES = 9
"""How far two markers are apart, in powers of two."""
DROPOUT = 0.1


class Pairs(NamedTuple):
    """Pairs of a batch: their window and the places of the markers that open the two mentions."""

    window: Tensor
    subject: Tensor
    object: Tensor


class Linked(NamedTuple):
    """Scores (pairs, relations) and (pairs, statuses); the logarithm of ``attention`` (pairs,
    places), which tells what words a pair's relation was read from."""

    relation: Tensor
    status: Tensor
    attention: Tensor


class Linker(nn.Module):
    """Reads text with markers: what holds between two mentions, and on what side a stance is.

    All pairs of a window are classified from one pass over it, from the states at their opening
    markers and from the words that the pair attends to, as ATLOP does (Zhou et al. 2021,
    https://arxiv.org/abs/2010.11304); in training the attention is drawn to the annotated
    evidence, as in DREEAM (Ma et al. 2023, https://arxiv.org/abs/2302.08675).
    """

    def __init__(
        self, encoder: Marking, relations: int, statuses: int, tags: int, sides: int
    ) -> None:
        super().__init__()
        self.encoder = encoder
        hidden = encoder.words.embedding_dim
        self.scale = nn.LayerNorm(hidden)
        self.ask = nn.Linear(2 * hidden, hidden)
        self.distance = nn.Embedding(DISTANCES, hidden)
        self.mix = nn.Linear(4 * hidden, hidden)
        self.relation = nn.Linear(hidden, relations)
        self.status = nn.Linear(hidden, statuses)
        self.evidence = nn.Linear(hidden, tags)
        self.side = nn.Linear(2 * hidden, sides)

    def states(self, given: Batch) -> Tensor:
        return functional.dropout(self.scale(self.encoder(given)), DROPOUT, self.training)

    def link(self, states: Tensor, given: Batch, pairs: Pairs) -> Linked:
        """Scores of the given pairs."""
        two = torch.cat(
            [states[pairs.window, pairs.subject], states[pairs.window, pairs.object]], dim=1
        )
        looked_at = states[pairs.window]
        asked = torch.einsum("ph,plh->pl", self.ask(two), looked_at) / states.shape[-1] ** 0.5
        asked = asked.masked_fill(given.mask[pairs.window] == 0, float("-inf"))
        attention = functional.log_softmax(asked, dim=1)
        context = torch.einsum("pl,plh->ph", attention.exp(), looked_at)
        apart = (pairs.object - pairs.subject).abs().clamp(min=1).log2().long()
        far = self.distance(apart.clamp(max=DISTANCES - 1))
        mixed = functional.gelu(self.mix(torch.cat([two, context, far], dim=1)))
        mixed = functional.dropout(mixed, DROPOUT, self.training)
        return Linked(self.relation(mixed), self.status(mixed), attention)

    def sides(self, states: Tensor, stances: Pairs) -> Tensor:
        """Scores (stances, sides) from the two markers around each stance."""
        ends = [states[stances.window, stances.subject], states[stances.window, stances.object]]
        scores: Tensor = self.side(torch.cat(ends, dim=1))
        return scores
