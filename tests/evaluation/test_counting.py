"""Tests of hapjong.evaluation.counting: what counts as correct, against peers and by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, combinations, product
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec
import numpy as np
import pytest
from evaluation_strategies import (
    REGISTRY,
    Bounds,
    Case,
    Labelled,
    as_prediction,
    cases,
    corpora,
    count,
    properties,
    random_cases,
)
from hypothesis import given
from hypothesis import strategies as st
from nervaluate import Evaluator
from seqeval.metrics import f1_score as seqeval_f1
from seqeval.scheme import IOB2
from sklearn.metrics import f1_score as sklearn_f1
from sklearn.metrics import multilabel_confusion_matrix

from hapjong.corpus.dataset import Corpus
from hapjong.evaluation.counting import count_article, count_articles
from hapjong.evaluation.metrics import (
    BY_NAME,
    GOLD,
    LADDER,
    METRICS,
    PREDICTED,
    ROW,
    ROWS,
    Counts,
    totals,
    value,
)
from hapjong.evaluation.submission import PredictedMention, PredictedPartnership, Prediction
from hapjong.schema import (
    SYMMETRIC_TYPES,
    Annotation,
    MentionType,
    Polarity,
    Role,
    Status,
)

POLARITIES = [str(polarity) for polarity in Polarity]
NUMBER = 2_000
"""Random cases that each peer has to agree on, one by one."""

CASES = random_cases(NUMBER + 200)  # nervaluate leaves out those without gold or prediction
GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("counts-*.json"))


@cache
def counted() -> Counts:
    """The counts of every case: ``(cases, rows, 3)``."""
    return count_articles([(case.gold, case.predicted) for case in CASES], REGISTRY)


def values(name: str) -> list[float]:
    """A metric of every case, each scored alone."""
    found: list[float] = value(BY_NAME[name], counted()).tolist()
    return found


def count_all(corpus: Sequence[Case]) -> Counts:
    return np.sum([count(case.gold, case.predicted) for case in corpus], axis=0)


def metric_value(name: str, counts: Counts) -> float:
    return float(value(BY_NAME[name], counts))


# Mentions, against the scorers of others.


def spans_of(case: Case) -> tuple[list[Labelled], list[Labelled]]:
    """Gold and predicted mentions."""
    gold, predicted = case.gold.mentions, case.predicted.mentions
    return (
        [(m.start, m.end, m.type) for m in gold],
        [(m.start, m.end, m.type) for m in predicted],
    )


def tags(mentions: list[Labelled], sentences: Sequence[Bounds]) -> list[list[str]]:
    """A tag for each character, sentence by sentence."""
    row = ["O"] * sentences[-1][1]
    for start, end, kind in mentions:
        row[start:end] = [f"B-{kind}"] + [f"I-{kind}"] * (end - start - 1)
    return [row[start:end] for start, end in sentences]


@pytest.mark.filterwarnings("ignore:Mean of empty slice|invalid value:RuntimeWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
def test_mentions_are_scored_as_by_seqeval_sentence_by_sentence() -> None:
    strict = {"mode": "strict", "scheme": IOB2, "zero_division": 0}
    found = zip(values("ner_f1"), values("ner_macro_f1"), counted(), strict=True)
    for case, (micro, macro, counts) in zip(CASES, found, strict=True):
        gold, predicted = (tags(side, case.sentences) for side in spans_of(case))
        assert micro == pytest.approx(seqeval_f1(gold, predicted, average="micro", **strict))
        # seqeval's macro average leaves out the types that occur nowhere; ours counts them 0.
        occurring = int((counts[: len(MentionType), PREDICTED:].sum(axis=1) > 0).sum())
        expected = seqeval_f1(gold, predicted, average="macro", **strict) * occurring  # or nan
        assert macro * len(MentionType) == pytest.approx(expected if occurring else 0)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
def test_mentions_of_several_articles_are_scored_as_by_seqeval() -> None:
    for start in range(0, len(CASES), 20):
        corpus = CASES[start : start + 20]
        sides = [[tags(side, case.sentences) for side in spans_of(case)] for case in corpus]
        gold, predicted = (list(chain(*side)) for side in zip(*sides, strict=True))
        expected = seqeval_f1(gold, predicted, mode="strict", scheme=IOB2, zero_division=0)
        assert metric_value("ner_f1", count_all(corpus)) == pytest.approx(expected)


@pytest.mark.parametrize("boundaries_only", [False, True])
def test_mentions_are_counted_as_by_nervaluate(boundaries_only: bool) -> None:
    """One article at a time, type by type: across types its matching depends on the order."""

    def entities(mentions: list[Labelled]) -> list[dict[str, object]]:
        # Its ends are inclusive.
        label = "ANY" if boundaries_only else None
        return [{"label": label or str(k), "start": s, "end": e - 1} for s, e, k in mentions]

    compared = 0
    kinds = ["ANY"] if boundaries_only else [str(kind) for kind in MentionType]
    for case, counts in zip(CASES, counted(), strict=True):
        gold, predicted = spans_of(case)
        if not gold or not predicted:  # where an article has none it raises
            continue
        compared += 1
        peer = Evaluator([entities(gold)], [entities(predicted)], tags=kinds, loader="dict")
        found = peer.evaluate()["entities"]
        for kind in found:
            strict = found[kind]["strict"]
            row = "ner_boundary" if boundaries_only else f"ner:{kind}"
            assert counts[ROW[row]].tolist() == [strict.correct, strict.actual, strict.possible]
    assert compared >= NUMBER


# Labels, against scikit-learn: all cases in one call, each with labels of its own.


class Coded(NamedTuple):
    """What is right and what is said; ``labels`` has those of the first case, then the next."""

    gold: list[int]
    predicted: list[int]
    labels: range


def coded(answers: Iterable[tuple[int, str, str]], labels: Sequence[str]) -> Coded:
    """Of (case, right, answer); what is none of the labels is right or wrong for no case."""
    cases, gold, predicted = zip(*answers, strict=True)
    code = {str(label): number for number, label in enumerate(labels)}
    other = len(CASES) * len(labels)
    sides = [
        [
            case * len(labels) + code[one] if one in code else other
            for case, one in zip(cases, side, strict=True)
        ]
        for side in (gold, predicted)
    ]
    return Coded(*sides, range(other))


def stance_answers(case: Case) -> list[tuple[str, str]]:
    """The right polarity of each stance and the answer."""
    answered = {s.id: str(s.polarity) for s in case.predicted.stances}
    return [(str(s.polarity), answered.get(s.id, "missing")) for s in case.gold.stances]


def article_stance_answer(case: Case) -> list[tuple[str, str]]:
    return [(str(case.gold.article_stance), str(case.predicted.article_stance or "missing"))]


Answers = Callable[[Case], list[tuple[str, str]]]


@pytest.mark.parametrize(
    ("name", "answers", "labels"),
    [
        ("stance_f1", stance_answers, POLARITIES),
        ("stance_favor_against_f1", stance_answers, POLARITIES[:2]),
        ("article_stance_f1", article_stance_answer, POLARITIES),
    ],
)
def test_polarities_are_scored_as_by_scikit_learn_with_missing_answers_wrong(
    name: str, answers: Answers, labels: list[str]
) -> None:
    given = [(number, *one) for number, case in enumerate(CASES) for one in answers(case)]
    gold, said, own = coded(given, labels)
    each = sklearn_f1(gold, said, labels=own, average=None, zero_division=0)
    expected = np.reshape(each, (len(CASES), len(labels))).mean(axis=1)
    assert values(name) == pytest.approx(expected.tolist())
    # And as its users call it, on several articles.
    for start in range(0, len(CASES), 40):
        corpus = CASES[start : start + 40]
        gold, said = zip(*chain.from_iterable(map(answers, corpus)), strict=True)
        of_all = sklearn_f1(gold, said, labels=labels, average="macro", zero_division=0)
        assert metric_value(name, counted()[start : start + 40].sum(axis=0)) == pytest.approx(
            of_all
        )


def test_characters_are_counted_as_by_scikit_learn() -> None:
    given = []
    for number, case in enumerate(CASES):
        sides = [chain(*tags(mentions, case.sentences)) for mentions in spans_of(case)]
        kinds = ([tag.partition("-")[2] for tag in side] for side in sides)
        given += [(number, *both) for both in zip(*kinds, strict=True)]
    gold, said, own = coded(given, list(MentionType))
    tables = multilabel_confusion_matrix(gold, said, labels=own)
    for found, table in zip(counted(), np.split(tables, len(CASES)), strict=True):
        (_, spurious), (missed, correct) = table.sum(axis=0).tolist()
        expected = [correct, correct + spurious, correct + missed]
        assert found[ROW["ner_char"]].tolist() == expected
    gold, said = zip(*(both for _, *both in given), strict=True)
    of_all = sklearn_f1(gold, said, labels=list(MentionType), average="micro")
    assert metric_value("ner_char_f1", counted().sum(axis=0)) == pytest.approx(of_all)


# Facts, against section 6 of the design read word by word.


class Claim(NamedTuple):
    """A fact as somebody states it: nothing put in order, nothing dropped."""

    head: object
    tail: object
    type: str
    status: str


def stands_for(entity: str | None) -> str | None:
    """A person stands for the organisation of their affiliation, where there is one."""
    row = REGISTRY.get(entity or "")
    return row.affiliation if row and row.affiliation else entity


def claims_of_gold(gold: Annotation) -> Iterator[Claim]:
    entity = {m.id: stands_for(m.entity) for m in gold.mentions}
    for partnership in gold.partnerships:
        who = {role: [p.mention for p in partnership.parties if p.role == role] for role in Role}
        linked = list(combinations(who[Role.PARTY], 2))
        linked += list(product(who[Role.HEAD], who[Role.TAIL]))
        for head, tail in linked:
            yield Claim(entity[head], entity[tail], partnership.type, partnership.status)


def claims_of_prediction(gold: Annotation, predicted: Prediction) -> Iterator[Claim]:
    def named(span: Bounds) -> object:
        for mention in gold.mentions:
            if (mention.start, mention.end) == span and mention.entity:
                return stands_for(mention.entity)
        return span  # equal to no entity

    for claim in predicted.partnerships:
        yield Claim(named(claim.head), named(claim.tail), claim.type, claim.status)


Same = Callable[[Claim, Claim], bool]


def same_pair(one: Claim, other: Claim) -> bool:
    return (one.head, one.tail) in ((other.head, other.tail), (other.tail, other.head))


def same_type(one: Claim, other: Claim) -> bool:
    return same_pair(one, other) and one.type == other.type


def same_partnership(one: Claim, other: Claim) -> bool:
    either_way = one.type in SYMMETRIC_TYPES
    return same_type(one, other) and (either_way or one.head == other.head)


def same_status(one: Claim, other: Claim) -> bool:
    return same_partnership(one, other) and one.status == other.status


def distinct(claims: Iterator[Claim], same: Same) -> list[Claim]:
    """Without pairs of one entity with itself, each fact once."""
    kept: list[Claim] = []
    for claim in claims:
        if claim.head != claim.tail and not any(same(claim, other) for other in kept):
            kept.append(claim)
    return kept


def test_facts_are_counted_as_by_a_plain_reading_of_the_design() -> None:
    rungs = (same_pair, same_type, same_partnership, same_status)
    for case, counts in zip(CASES, counted(), strict=True):
        for rung, same in zip(LADDER, rungs, strict=True):
            gold = distinct(claims_of_gold(case.gold), same)
            predicted = distinct(claims_of_prediction(case.gold, case.predicted), same)
            correct = [claim for claim in predicted if any(same(claim, g) for g in gold)]
            assert counts[ROW[rung]].tolist() == [len(correct), len(predicted), len(gold)]


def test_the_random_cases_reach_every_row_and_every_kind_of_answer() -> None:
    """Or the comparisons above would say little."""
    correct, predicted, gold = counted().sum(axis=0).T
    assert ((correct > 0) & (correct < predicted) & (correct < gold)).all()
    # Direction and status each make some fact wrong.
    assert (np.diff(correct[[ROW[rung] for rung in LADDER]]) != 0).all()


@properties
@given(cases)
def test_a_finer_rung_has_no_fewer_facts_and_needs_the_coarser_one(case: Case) -> None:
    counts = count(case.gold, case.predicted)[[ROW[rung] for rung in LADDER]]
    assert (np.diff(counts[:, [PREDICTED, GOLD]], axis=0) >= 0).all()
    reached = counts[:, 0] > 0
    assert reached.tolist() == sorted(reached, reverse=True)


# What holds for every metric.


@properties
@given(corpora)
def test_the_gold_as_prediction_is_all_correct(corpus: list[Case]) -> None:
    counts = count_all([case._replace(predicted=as_prediction(case.gold)) for case in corpus])
    assert (counts == counts[:, [GOLD]]).all()
    for metric in METRICS:
        grouped = totals(metric, counts)
        share = (grouped[:, GOLD] > 0).mean()
        assert metric_value(metric.name, counts) == pytest.approx(share)


@properties
@given(corpora)
def test_an_empty_prediction_scores_zero_on_every_metric(corpus: list[Case]) -> None:
    empty = Prediction(article_id="2025-01-gana-dara-1")
    counts = count_all([case._replace(predicted=empty) for case in corpus])
    assert not counts[:, :GOLD].any()
    assert [metric_value(metric.name, counts) for metric in METRICS] == [0.0] * len(METRICS)


@properties
@given(cases)
def test_no_more_is_correct_than_predicted_or_gold(case: Case) -> None:
    correct, predicted, gold = count(case.gold, case.predicted).T
    assert (correct >= 0).all()
    assert (correct <= np.minimum(predicted, gold)).all()


@properties
@given(cases, st.randoms(use_true_random=False))
def test_order_and_duplicates_of_a_prediction_change_nothing(case: Case, rng: Random) -> None:
    def disordered(items: Sequence[object]) -> tuple[object, ...]:
        return tuple(rng.sample([*items, *items], 2 * len(items)))

    given_twice = msgspec.structs.replace(
        case.predicted,
        mentions=disordered(case.predicted.mentions),
        partnerships=disordered(case.predicted.partnerships),
        stances=disordered(case.predicted.stances),
    )
    assert (count(case.gold, given_twice) == count(case.gold, case.predicted)).all()


@properties
@given(cases)
def test_head_and_tail_of_a_symmetric_type_may_change_places(case: Case) -> None:
    def turned(claim: PredictedPartnership) -> PredictedPartnership:
        if claim.type not in SYMMETRIC_TYPES:
            return claim
        return msgspec.structs.replace(claim, head=claim.tail, tail=claim.head)

    predicted = msgspec.structs.replace(
        case.predicted, partnerships=tuple(map(turned, case.predicted.partnerships))
    )
    assert (count(case.gold, predicted) == count(case.gold, case.predicted)).all()


@properties
@given(cases, st.sampled_from(Status))
def test_status_decides_on_the_last_rung_only(case: Case, status: Status) -> None:
    predicted = msgspec.structs.replace(
        case.predicted,
        partnerships=tuple(
            msgspec.structs.replace(claim, status=status) for claim in case.predicted.partnerships
        ),
    )
    changed = (count(case.gold, predicted) != count(case.gold, case.predicted)).any(axis=1)
    assert {ROWS[row] for row in np.flatnonzero(changed)} <= {"status"}


@properties
@given(cases)
def test_overlapping_mentions_are_each_counted(case: Case) -> None:
    whole = PredictedMention(start=0, end=case.sentences[-1][1] + 1, type=MentionType.EVENT)
    predicted = msgspec.structs.replace(case.predicted, mentions=(*case.predicted.mentions, whole))
    added = count(case.gold, predicted) - count(case.gold, case.predicted)
    assert added[ROW["ner:EVENT"]].tolist() == [0, 1, 0]
    assert added[ROW["ner_boundary"]].tolist() == [0, 1, 0]


# Faults of other scorers, by hand.


class Item(msgspec.Struct, forbid_unknown_fields=True):
    """One article of a golden case."""

    text: str
    gold: Annotation
    predicted: Prediction


class Golden(msgspec.Struct, forbid_unknown_fields=True):
    """What is right, what a system says, and [correct, predicted, gold] by metric."""

    about: str
    articles: list[Item]
    expected: dict[str, tuple[int, int, int]]


def read_golden(path: Path) -> Golden:
    return msgspec.json.decode(path.read_bytes(), type=Golden)


KNOWN_FAULTS = {
    "articles-not-flattened": "KLUE's NER metric takes all sentences as one sequence",
    "duplicate-predictions": "DocRED counts a prediction as correct as often as it is made",
    "empty-first-article": "nervaluate raises where the first document has no mention",
    "empty-submission": "DocRED divides by zero",
    "ends-are-exclusive": "nervaluate's ends are inclusive: offsets of another kind go unnoticed",
    "merging-is-addition": "nervaluate before 1.2 loses partial credit when documents are merged",
    "no-relation-never-counts": "scorers after TACRED leave open whether no_relation counts",
    "overlapping-predictions": "nervaluate's matching of overlaps depends on their order",
    "person-stands-for-organisation": "a rule of this dataset that no other scorer has",
    "span-begins-inside": "seqeval without mode='strict' takes a stray I for a beginning",
    "spans-across-sentences": "scorers of sentences cannot see them",
    "symmetric-in-both-orders": "PL-Marker counts a symmetric relation twice",
}
"""The golden case of every fault that a scorer of this field is known for."""


def test_there_is_a_golden_case_for_every_known_fault() -> None:
    assert {path.stem.removeprefix("counts-") for path in GOLDEN} == set(KNOWN_FAULTS)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_spans_are_those_of_the_text(path: Path) -> None:
    for item in read_golden(path).articles:
        for place, span in item.gold.spans():
            assert item.text[span.start : span.end] == span.surface, place


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_counts(path: Path, corpus: Corpus) -> None:
    golden = read_golden(path)
    counts = sum(
        count_article(gold=item.gold, predicted=item.predicted, registry=corpus.registry)
        for item in golden.articles
    )
    found = {
        name: tuple(totals(BY_NAME[name], np.asarray(counts)).sum(axis=0).tolist())
        for name in golden.expected
    }
    assert found == golden.expected
