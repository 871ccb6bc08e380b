"""The agreement of annotators that ``hapjong studio agreement`` keeps in each round's folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from hapjong.corpus.layout import Layout
from hapjong.problems import Problem, ProblemsError, decode_json
from hapjong.schema import MentionType, PartnershipType, Polarity, Record, Status

LAYERS: Mapping[str, Iterable[str]] = {
    "mention": MentionType,
    "partnership": PartnershipType,
    "status": Status,
    "polarity": Polarity,
    "article_stance": Polarity,
}
"""What is labelled, and its labels."""

_SPANS = {
    "mention": "mention_exact",
    "partnership": "partnership",
    "polarity": "stance_polarity",
}
"""The name of the layer's F1 in ``agreement.json``.

Of the other layers only the tables are kept, which label met which; F1 is counted from them.
"""


HEADLINES: Mapping[str, str] = {
    "mention_exact": "mentions, exact, F1",
    "pair": "pairs of entities, F1",
    "partnership": "partnerships (`partnership_f1`)",
    "status": "with status (`status_f1`)",
    "evidence_exact": "evidence of partnerships, exact, F1",
    "evidence_overlap": "evidence of partnerships, overlapping, F1",
    "stance_exact": "evidence of stances, exact, F1",
    "stance_overlap": "evidence of stances, overlapping, F1",
}
"""The figures of spans and facts that a reader looks for first, and their captions."""

ALPHAS: Mapping[str, str] = {
    "status": "status of shared partnerships, alpha",
    "polarity": "polarity of shared stances, alpha",
    "article_stance": "article stance, alpha",
}
"""The labels whose Krippendorff's alpha a reader looks for first, and their captions."""


class LabelAgreement(Record, frozen=True, kw_only=True):
    """F1 between two annotators on one label, its interval where one is kept, and both's items."""

    f1: float
    low: float | None
    high: float | None
    first: int
    second: int


class PairAgreement(Record, frozen=True, kw_only=True):
    """Two annotators of a round: every label of `LAYERS` that one of them has given."""

    round: str
    first: str
    second: str
    articles: int
    labels: dict[str, dict[str, LabelAgreement]]


class Estimate(msgspec.Struct):
    """As in ``agreement.json``, of which fields that are not needed here are passed over."""

    value: float | None
    low: float | None
    high: float | None


class _Figure(msgspec.Struct):
    f1: Estimate
    union: Estimate
    first: int
    second: int


class _Table(msgspec.Struct):
    labels: list[str]
    table: list[list[int]]
    alpha: Estimate
    alpha_union: Estimate


class _Pair(msgspec.Struct):
    first: str
    second: str
    articles: int
    spans: dict[str, _Figure]
    labels: dict[str, _Table]


class _Kept(msgspec.Struct):
    pairs: list[_Pair]


def kept_agreement(layout: Layout) -> list[PairAgreement]:
    """Every pair of every round.  Raises ProblemsError where a file cannot be read."""
    return [_agreement(name, pair) for name, kept in _read(layout) for pair in kept.pairs]


def headline_agreement(layout: Layout) -> dict[str, dict[str, tuple[Estimate, Estimate]]]:
    """By round and its size, then by caption: the figure, and the same over the union of items.

    Raises as `kept_agreement` does.
    """
    return {
        f"{name} ({pair.articles} articles)": {
            **{
                caption: (pair.spans[k].f1, pair.spans[k].union) for k, caption in HEADLINES.items()
            },
            **{
                caption: (pair.labels[k].alpha, pair.labels[k].alpha_union)
                for k, caption in ALPHAS.items()
            },
        }
        for name, kept in _read(layout)
        for pair in kept.pairs
    }


def _read(layout: Layout) -> Iterator[tuple[str, _Kept]]:
    """Every round's name and what it keeps."""
    for path in sorted(layout.rounds.glob(f"*/{layout.agreement('').name}")):
        kept = decode_json(path.read_bytes(), _Kept, layout.name(path))
        if problems := list(_check_tables(kept, layout.name(path))):
            raise ProblemsError(problems)
        yield path.parent.name, kept


def _check_tables(kept: _Kept, file: str) -> Iterator[Problem]:
    for place, pair in enumerate(kept.pairs):
        for layer in sorted(LAYERS.keys() - _SPANS.keys() - pair.labels.keys()):
            yield Problem(file, f"$.pairs[{place}].labels", f"{layer!r} is not there")
        for layer, found in pair.labels.items():
            side = len(found.labels) + 1
            if [len(row) for row in found.table] != [side] * side:
                path = f"$.pairs[{place}].labels.{layer}.table"
                yield Problem(file, path, f"a table of {side} by {side} is expected")


def _agreement(round_name: str, pair: _Pair) -> PairAgreement:
    labels = {
        layer: dict(
            _of_spans(pair.spans, _SPANS[layer], LAYERS[layer])
            if layer in _SPANS
            else _of_table(pair.labels[layer])
        )
        for layer in LAYERS
    }
    return PairAgreement(
        round=round_name,
        first=pair.first,
        second=pair.second,
        articles=pair.articles,
        labels={layer: found for layer, found in labels.items() if found},
    )


def _of_spans(
    spans: Mapping[str, _Figure], name: str, labels: Iterable[str]
) -> Iterator[tuple[str, LabelAgreement]]:
    for label in labels:
        figure = spans.get(f"{name}:{label}")
        if figure is not None and figure.f1.value is not None:
            yield (
                str(label),
                LabelAgreement(
                    f1=figure.f1.value,
                    low=figure.f1.low,
                    high=figure.f1.high,
                    first=figure.first,
                    second=figure.second,
                ),
            )


def _of_table(kept: _Table) -> Iterator[tuple[str, LabelAgreement]]:
    """The last row and column are items that only one of the two has; they count as missed."""
    for place, label in enumerate(kept.labels):
        first, second = sum(kept.table[place]), sum(row[place] for row in kept.table)
        if first + second:
            yield (
                label,
                LabelAgreement(
                    f1=round(2 * kept.table[place][place] / (first + second), 6),
                    low=None,
                    high=None,
                    first=first,
                    second=second,
                ),
            )
