"""What can be set: ``baselines/tfidf/config.toml``; README.md beside it says how it was chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from hapjong.problems import convert, read_toml
from hapjong.schema import Record

Positive = Annotated[float, msgspec.Meta(gt=0)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class LearnerSettings(Record, frozen=True, kw_only=True):
    """``c`` of the support vector machine, and whether rare labels weigh more."""

    c: Positive
    balanced: bool


class MentionSettings(LearnerSettings, frozen=True, kw_only=True):
    """``longest`` span in morphemes; n-grams of its characters up to ``ngram``.

    ``bonus`` is added to the score of every span: what it finds too much costs less than what it
    would miss.
    """

    longest: Count
    ngram: Count
    bonus: float


class PartnershipSettings(LearnerSettings, frozen=True, kw_only=True):
    """``back``: how many sentences before that of the evidence a name may stand.

    ``window``: units behind the second name that are looked at.  ``evidence_share``: how often a
    word was evidence in training, to count as an evidence word.  A label is told whose score,
    ``label_weight`` of its own and the rest of there being any partnership, reaches ``least``.
    """

    back: Annotated[int, msgspec.Meta(ge=0)]
    window: Count
    evidence_share: Share
    label_weight: Share
    least: float


class StanceSettings(LearnerSettings, frozen=True, kw_only=True):
    """N-grams of the evidence's characters up to ``ngram``; weights of the groups of features."""

    ngram: Count
    characters: float
    sentence: float


class Settings(Record, frozen=True, kw_only=True):
    """The settings of every task, and the seed of all of them."""

    seed: int
    mentions: MentionSettings
    partnerships: PartnershipSettings
    statuses: LearnerSettings
    stances: StanceSettings
    article_stance: LearnerSettings


def read_settings(path: Path, file: str) -> Settings:
    """Raises ProblemsError with every fault of the file."""
    return convert(read_toml(path.read_bytes(), file), Settings, file)
