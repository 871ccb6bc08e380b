"""What the tests of this folder share: random articles, their predictions, settings, paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from hapjong.corpus.registry import Registry
from hapjong.evaluation.counting import count_article
from hapjong.evaluation.metrics import ROW, ROWS, Counts
from hapjong.evaluation.submission import (
    PredictedMention,
    PredictedPartnership,
    PredictedStance,
    Prediction,
)
from hapjong.schema import (
    ENTITY_TYPES,
    PARTY_TYPES,
    SCHEME,
    SYMMETRIC_TYPES,
    Annotation,
    Entity,
    Mention,
    MentionType,
    Partnership,
    PartnershipType,
    Party,
    Polarity,
    Role,
    Stance,
    Status,
)

Bounds = tuple[int, int]
Label = TypeVar("Label", Polarity, PartnershipType, Status)
Labelled = tuple[int, int, MentionType]

VALID = Path(__file__).parents[1] / "fixtures" / "valid"
WriteSubmission = Callable[..., Path]

properties = settings(deadline=None, derandomize=True, max_examples=100)
"""Decorate a property test with it: the same examples in every run."""


def _entity(kind: MentionType, name: str, affiliation: str | None = None) -> Entity:
    return Entity(type=kind, ko=name, en=name, affiliation=affiliation)


REGISTRY: Registry = {
    "gana-electronics": _entity(MentionType.ORG, "가나전자"),
    "dara-telecom": _entity(MentionType.ORG, "다라통신"),
    "maba-ai": _entity(MentionType.ORG, "마바AI"),
    "onbit-alliance": _entity(MentionType.ALLIANCE, "온빛 얼라이언스"),
    "lee-narae": _entity(MentionType.PERSON, "이나래", "gana-electronics"),
    "park-dasom": _entity(MentionType.PERSON, "박다솜", "maba-ai"),
    "kim-haneul": _entity(MentionType.PERSON, "김하늘"),
    "haru": _entity(MentionType.PRODUCT, "하루"),
}


class Case(NamedTuple):
    """One article: what is right, what a system says, and where the sentences are."""

    gold: Annotation
    predicted: Prediction
    sentences: tuple[Bounds, ...]


def make_case(rng: Random) -> Case:
    """A random article whose prediction is often right and wrong in every way."""
    edges = [0]
    for _ in range(rng.randint(1, 10)):
        edges.append(edges[-1] + rng.randint(1, 4))
    pieces = list(pairwise(edges))
    labelled = [_some_label(rng) for _ in pieces]
    gold = _gold(rng, [(*p, kind) for p, kind in zip(pieces, labelled, strict=True) if kind])
    inner = [edge for edge in edges[1:-1] if rng.random() < 0.3]
    return Case(
        gold=gold,
        predicted=Prediction(
            article_id=gold.article_id,
            mentions=tuple(_predicted_mentions(rng, pieces, labelled)),
            partnerships=tuple(_predicted_partnerships(rng, gold, edges[-1])),
            stances=tuple(
                PredictedStance(id=stance.id, polarity=_mostly(rng, stance.polarity, Polarity))
                for stance in gold.stances
                if rng.random() < 0.8
            ),
            article_stance=(
                _mostly(rng, gold.article_stance, Polarity) if rng.random() < 0.8 else None
            ),
        ),
        sentences=tuple(pairwise([0, *inner, edges[-1]])),
    )


cases: st.SearchStrategy[Case] = st.randoms(use_true_random=False).map(make_case)
corpora: st.SearchStrategy[list[Case]] = st.lists(cases, min_size=1, max_size=5)


def random_cases(number: int) -> list[Case]:
    """Many cases, the same ones in every run."""
    rng = Random(13)
    return [make_case(rng) for _ in range(number)]


def random_counts(rng: np.random.Generator, articles: int) -> Counts:
    """Counts that can occur: never more correct than predicted or gold, often none at all."""
    pair = rng.integers(0, 6, size=(articles, len(ROWS), 2)) * rng.integers(0, 2, (len(ROWS), 1))
    correct = rng.integers(0, pair.min(axis=-1) + 1)
    return np.concatenate([correct[..., None], pair], axis=-1)


_MENTIONS = [f"ner:{kind}" for kind in MentionType]
_POLARITIES = ("favor", "against", "neutral")
PLAIN = {
    "ner_f1": [_MENTIONS],
    "ner_boundary_f1": [["ner_boundary"]],
    "ner_macro_f1": [[row] for row in _MENTIONS],
    "ner_char_f1": [["ner_char"]],
    **{f"ner_{kind.lower()}_f1": [[f"ner:{kind}"]] for kind in MentionType},
    **{f"{rung}_f1": [[rung]] for rung in ("pair", "type", "partnership", "status")},
    "stance_f1": [[f"stance:{polarity}"] for polarity in _POLARITIES],
    "stance_favor_against_f1": [["stance:favor"], ["stance:against"]],
    "article_stance_f1": [[f"article_stance:{polarity}"] for polarity in _POLARITIES],
}
"""Section 6 of the design by hand: a metric is the mean of the F1 of these groups of rows."""


def plain_value(name: str, articles: list[list[list[int]]]) -> float:
    """A metric of the counts of articles, added up and divided one by one."""
    if name == "overall":
        parts = ("ner_f1", "partnership_f1", "stance_f1", "article_stance_f1")
        return sum(plain_value(part, articles) for part in parts) / 4
    scores = []
    for group in PLAIN[name]:
        cells = [article[ROW[row]] for article in articles for row in group]
        correct, predicted, gold = (sum(column) for column in zip(*cells, strict=True))
        precision = correct / predicted if predicted else 0
        recall = correct / gold if gold else 0
        both = precision + recall
        scores.append(2 * precision * recall / both if both else 0)
    return sum(scores) / len(scores)


def plain_interval(values: list[float]) -> tuple[float, float]:
    """What 2.5 % of the values lie below and above, between two values by their distance."""

    def below(share: float) -> float:
        ordered = sorted(values)
        place = share * (len(ordered) - 1)
        at = int(place)
        return ordered[at] + (place - at) * (ordered[min(at + 1, len(ordered) - 1)] - ordered[at])

    return below(0.025), below(0.975)


def count(gold: Annotation, predicted: Prediction) -> Counts:
    return count_article(gold=gold, predicted=predicted, registry=REGISTRY)


def as_prediction(annotation: Annotation) -> Prediction:
    """The prediction that says what the annotation says."""
    place = {mention.id: mention.bounds for mention in annotation.mentions}
    return Prediction(
        article_id=annotation.article_id,
        mentions=tuple(
            PredictedMention(start=m.start, end=m.end, type=m.type) for m in annotation.mentions
        ),
        partnerships=tuple(
            PredictedPartnership(head=place[head], tail=place[tail], type=p.type, status=p.status)
            for p in annotation.partnerships
            for head, tail in p.pairs()
        ),
        stances=tuple(PredictedStance(id=s.id, polarity=s.polarity) for s in annotation.stances),
        article_stance=annotation.article_stance,
    )


def _some_label(rng: Random) -> MentionType | None:
    kinds = [*MentionType, *[MentionType.ORG] * 8]  # most mentions name a company
    return rng.choice(kinds) if rng.random() < 0.7 else None


def _mostly(rng: Random, right: Label, labels: type[Label]) -> Label:
    return right if rng.random() < 0.7 else rng.choice(list(labels))


def _gold(rng: Random, labelled: list[Labelled]) -> Annotation:
    mentions = [
        Mention(id=f"m{number}", start=start, end=end, type=kind, entity=_entity_of(rng, kind))
        for number, (start, end, kind) in enumerate(labelled, 1)
    ]
    parties = [mention.id for mention in mentions if mention.type in PARTY_TYPES]
    return Annotation(
        scheme=SCHEME,
        article_id="2025-01-gana-dara-1",
        annotator="gold",
        mentions=tuple(mentions),
        partnerships=tuple(
            _partnership(rng, f"p{number}", parties)
            for number in range(rng.randint(0, 4) if len(parties) > 1 else 0)
        ),
        stances=tuple(
            Stance(id=f"s{number}", start=0, end=1, polarity=rng.choice(list(Polarity)), target="p")
            for number in range(rng.randint(0, 4))
        ),
        article_stance=rng.choice(list(Polarity)),
    )


def _entity_of(rng: Random, kind: MentionType) -> str | None:
    if kind not in ENTITY_TYPES:
        return None
    return rng.choice([key for key, entity in REGISTRY.items() if entity.type is kind])


def _partnership(rng: Random, name: str, parties: list[str]) -> Partnership:
    """Parties each with each, or heads with tails; the latter for a directed type always."""
    kind = rng.choice(list(PartnershipType))
    chosen = rng.sample(parties, rng.randint(2, min(4, len(parties))))
    cut = rng.randint(1, len(chosen) - 1)
    if kind in SYMMETRIC_TYPES and rng.random() < 0.5:
        roles = [Role.PARTY] * len(chosen)
    else:
        roles = [Role.HEAD] * cut + [Role.TAIL] * (len(chosen) - cut)
    return Partnership(
        id=name,
        start=0,
        end=1,
        type=kind,
        status=rng.choice(list(Status)),
        parties=tuple(
            Party(role=role, mention=mention) for role, mention in zip(roles, chosen, strict=True)
        ),
    )


def _predicted_mentions(
    rng: Random, pieces: list[Bounds], labelled: list[MentionType | None]
) -> Iterator[PredictedMention]:
    """At most one mention a piece, so that they do not overlap; some are cut short."""
    for (start, end), right in zip(pieces, labelled, strict=True):
        kind = right if rng.random() < 0.7 else _some_label(rng)
        if kind is not None:
            short = end - start > 1 and rng.random() < 0.2
            yield PredictedMention(start=start, end=end - short, type=kind)


def _predicted_partnerships(
    rng: Random, gold: Annotation, length: int
) -> Iterator[PredictedPartnership]:
    """The gold ones with changes, and some that are made up."""
    for claim in as_prediction(gold).partnerships:
        head, tail = (claim.tail, claim.head) if rng.random() < 0.3 else (claim.head, claim.tail)
        if rng.random() < 0.8:
            yield PredictedPartnership(
                head=head,
                tail=tail,
                type=_mostly(rng, claim.type, PartnershipType),
                status=_mostly(rng, claim.status, Status),
            )
    # A mention of any type, or a span that is no mention.
    spans = [*(mention.bounds for mention in gold.mentions), (0, length), (0, length + 1)]
    for _ in range(rng.randint(0, 3)):
        yield PredictedPartnership(
            head=rng.choice(spans),
            tail=rng.choice(spans),
            type=rng.choice(list(PartnershipType)),
            status=rng.choice(list(Status)),
        )
