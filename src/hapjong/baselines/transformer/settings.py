"""Settings of the transformer baseline: ``baselines/transformer/config.toml``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from hapjong.problems import convert, read_toml
from hapjong.schema import Record

Positive = Annotated[int, msgspec.Meta(ge=1)]
Rate = Annotated[float, msgspec.Meta(gt=0)]
Weight = Annotated[float, msgspec.Meta(ge=0)]


class Learning(Record, frozen=True, kw_only=True):
    """How a model is trained: ``window`` pieces at most, ``batch`` windows a step.

    ``frozen`` layers of the encoder are left as they are, those next to the words.  ``rate`` is the
    learning rate of its other layers, ``head_rate`` that of the new weights.
    """

    window: Positive
    batch: Positive
    epochs: Positive
    frozen: Annotated[int, msgspec.Meta(ge=0)]
    rate: Rate
    head_rate: Rate


class Judging(Record, frozen=True, kw_only=True):
    """How stances are told: from ``layers`` of the encoder, 1 the one furthest from the words.

    Sentences are cut at ``window`` pieces; ``c`` is that of `sklearn.linear_model`.
    """

    window: Positive
    layers: Annotated[tuple[Positive, ...], msgspec.Meta(min_length=1)]
    c: Rate


class Settings(Record, frozen=True, kw_only=True):
    """``encoder`` is ``bundled`` or a checkpoint's name; the weights are of the linker's losses."""

    encoder: str
    seeds: Annotated[tuple[int, ...], msgspec.Meta(min_length=1)]
    reader: Learning
    linker: Learning
    judge: Judging
    status_weight: Weight
    attention_weight: Weight
    evidence_weight: Weight


def read_settings(path: Path, file: str) -> Settings:
    """Raises ProblemsError with every fault of the file."""
    return convert(read_toml(path.read_bytes(), file), Settings, file)
