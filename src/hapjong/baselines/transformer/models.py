"""The two models: one reads bare text, one reads text with its mentions marked.

Both are a pretrained encoder with small heads; places are those of `Window.ids`.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torchcrf import CRF

from hapjong.baselines.transformer.encoding import Batch, Marking
from hapjong.baselines.transformer.pair_hints import BETWEEN
from hapjong.baselines.transformer.units import LENGTHS, NAME_TAGS, Numbers
from hapjong.schema import MentionType

EMBEDDED = 32
"""How long a vector is that stands for a character, a tag, a name, a length."""
DISTANCES = 9
"""How far two markers are apart, in powers of two."""
DROPOUT = 0.1


class Units(NamedTuple):
    """The units of a batch (`hapjong.baselines.transformer.units.Placed`), (windows, units).

    ``places`` of the first and last piece, ``edges`` (begins, ends, spaced) and ``characters``, the
    numbers of the first and last one, have one more dimension; ``mask`` tells which are there.
    """

    places: Tensor
    edges: Tensor
    characters: Tensor
    name: Tensor
    morpheme_tag: Tensor
    length: Tensor
    mask: Tensor


class Reader(nn.Module):
    """Reads bare text: a tag for every unit.

    A unit is the state of its pieces, joined with what is known of it beforehand, and read in
    both directions.  A conditional random field (Lafferty et al. 2001) makes one name of the
    units of one name.
    """

    def __init__(self, encoder: Marking, numbers: Numbers, tags: int) -> None:
        super().__init__()
        self.encoder = encoder
        hidden = encoder.words.embedding_dim
        self.characters = nn.Embedding(len(numbers.characters) + 1, EMBEDDED)
        self.morpheme_tags = nn.Embedding(len(numbers.morpheme_tags) + 1, EMBEDDED)
        self.names = nn.Embedding(len(NAME_TAGS), EMBEDDED)
        self.lengths = nn.Embedding(LENGTHS, EMBEDDED)
        width = hidden + 5 * EMBEDDED + 3
        self.context = nn.LSTM(width, hidden // 2, batch_first=True, bidirectional=True)
        self.tag = nn.Linear(hidden, tags)
        self.field = CRF(tags, batch_first=True)

    def forward(self, given: Batch, units: Units) -> Tensor:
        """Scores (windows, units, tags) for the field."""
        states = functional.dropout(self.encoder(given), DROPOUT, self.training)
        read = functional.dropout(self._read(states, units), DROPOUT, self.training)
        scores: Tensor = self.tag(read)
        return scores

    def _read(self, states: Tensor, units: Units) -> Tensor:
        """Units in both directions, each window to its own end."""
        packed = pack_padded_sequence(
            self._join(states, units),
            units.mask.sum(1).cpu(),
            batch_first=True,
            enforce_sorted=False,
        )
        read, _ = pad_packed_sequence(self.context(packed)[0], batch_first=True)
        return read

    def _join(self, states: Tensor, units: Units) -> Tensor:
        rows = torch.arange(len(states), device=states.device).reshape(-1, 1, 1)
        known = [
            states[rows, units.places].mean(2),
            self.characters(units.characters).flatten(2),
            self.morpheme_tags(units.morpheme_tag),
            self.names(units.name),
            self.lengths(units.length),
            units.edges,
        ]
        return torch.cat(known, dim=2)

    def decode(self, scores: Tensor) -> list[int]:
        """The best tags of units that follow each other, from their scores (units, tags)."""
        there = torch.ones(1, len(scores), dtype=torch.bool, device=scores.device)
        [best] = self.field.decode(scores.unsqueeze(0), there)
        return list(best)


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
    """Reads text with markers: what holds between two mentions.

    All pairs of a window are classified from one pass over it, from the states at their opening
    markers and from the words that the pair attends to, as ATLOP does (Zhou et al. 2021,
    https://arxiv.org/abs/2010.11304); in training the attention is drawn to the annotated
    evidence, as in DREEAM (Ma et al. 2023, https://arxiv.org/abs/2302.08675).
    """

    def __init__(
        self,
        encoder: Marking,
        *,
        behind: int,
        relations: int,
        statuses: int,
        tags: int,
    ) -> None:
        """``behind``: how many morphemes behind a mention are told apart; the rest are labels."""
        super().__init__()
        self.encoder = encoder
        hidden = encoder.words.embedding_dim
        self.scale = nn.LayerNorm(hidden)
        self.ask = nn.Linear(2 * hidden, hidden)
        self.distance = nn.Embedding(DISTANCES, EMBEDDED)
        self.types = nn.Embedding(len(MentionType), EMBEDDED)
        self.behind = nn.Embedding(behind + 1, EMBEDDED)
        self.neighbours = nn.Embedding(2, EMBEDDED)
        self.between = nn.Embedding(BETWEEN, EMBEDDED)
        self.mix = nn.Linear(3 * hidden + 7 * EMBEDDED + tags, hidden)
        self.relation = nn.Linear(hidden, relations)
        self.status = nn.Linear(hidden, statuses)
        self.evidence = nn.Linear(hidden, tags)

    def states(self, given: Batch) -> Tensor:
        return functional.dropout(self.scale(self.encoder(given)), DROPOUT, self.training)

    def link(self, states: Tensor, given: Batch, pairs: Pairs, hints: Tensor) -> Linked:
        """Scores of the given pairs; ``hints`` is (pairs, fields of `PairHint`)."""
        two = torch.cat(
            [states[pairs.window, pairs.subject], states[pairs.window, pairs.object]], dim=1
        )
        looked_at = states[pairs.window]
        asked = torch.einsum("ph,plh->pl", self.ask(two), looked_at) / states.shape[-1] ** 0.5
        asked = asked.masked_fill(given.mask[pairs.window] == 0, float("-inf"))
        attention = functional.log_softmax(asked, dim=1)
        context = torch.einsum("pl,plh->ph", attention.exp(), looked_at)
        # Of what type the words are that the pair attends to.
        tagged = self.evidence(states).softmax(2)[pairs.window]
        said = torch.einsum("pl,plt->pt", attention.exp(), tagged)
        known = self._known(pairs, hints)
        mixed = functional.gelu(self.mix(torch.cat([two, context, said, known], dim=1)))
        mixed = functional.dropout(mixed, DROPOUT, self.training)
        return Linked(self.relation(mixed), self.status(mixed), attention)

    def _known(self, pairs: Pairs, hints: Tensor) -> Tensor:
        """What is known of the pairs beforehand, and how far their markers are apart."""
        apart = (pairs.object - pairs.subject).abs().clamp(min=1).log2().long()
        return torch.cat(
            [
                self.distance(apart.clamp(max=DISTANCES - 1)),
                self.types(hints[:, 0:2]).flatten(1),
                self.behind(hints[:, 2:4]).flatten(1),
                self.neighbours(hints[:, 4]),
                self.between(hints[:, 5]),
            ],
            dim=1,
        )
