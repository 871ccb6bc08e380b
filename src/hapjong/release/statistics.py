"""``dataset/statistics.json``: what the dataset holds, counted."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TypeVar

import msgspec
import numpy as np

from hapjong.corpus.dataset import Corpus
from hapjong.corpus.facts import Fact, gold_facts
from hapjong.corpus.layout import Layout
from hapjong.corpus.pairs import candidate_pairs, relations
from hapjong.problems import Problem, ProblemsError, decode_json
from hapjong.release.kept_agreement import PairAgreement, kept_agreement
from hapjong.schema import (
    Annotation,
    Article,
    Genre,
    MentionType,
    PartnershipType,
    Polarity,
    Record,
    Split,
    Status,
)

Label = TypeVar("Label", bound=str)

MENTION = "mention"
"""The target of a stance that is no partnership."""

BIN = 250
"""Characters in a bin of the lengths."""

QUANTILES = (0, 0.25, 0.5, 0.75, 1)


class SplitSizes(Record, frozen=True, kw_only=True):
    """What a split holds; ``first`` and ``last`` are dates of events, None where it is empty."""

    articles: int
    first: datetime.date | None = msgspec.field(name="from")
    last: datetime.date | None = msgspec.field(name="to")
    characters: int
    mentions: int
    partnerships: int
    stances: int


class ArticleCount(Record, frozen=True, kw_only=True):
    """Articles of one month (``2024-02``), genre and split; what has none is left out."""

    month: str
    genre: Genre
    split: Split
    articles: int


class Lengths(Record, frozen=True, kw_only=True):
    """Articles by length: how many in each bin from 0 on, and the lengths at `QUANTILES`."""

    bins: list[int]
    quantiles: list[int]


class FactCount(Record, frozen=True, kw_only=True):
    """In how many articles the gold states a fact, and the date of the latest of them."""

    head: str
    tail: str
    type: PartnershipType
    status: Status
    articles: int
    last: datetime.date


class FactEntity(Record, frozen=True, kw_only=True):
    """An entity that a fact is about."""

    en: str
    type: MentionType


class LinkedPairs(Record, frozen=True, kw_only=True):
    """Linked pairs of mentions of the written articles, and how many the config ``re`` holds."""

    all: int
    in_re: int


class Statistics(Record, frozen=True, kw_only=True):
    """Counts by split, and by label over all splits."""

    data_version: str
    entities: int
    events: int
    splits: dict[Split, SplitSizes]
    mentions: dict[MentionType, int]
    partnerships: dict[PartnershipType, int]
    statuses: dict[Status, int]
    polarities: dict[Polarity, int]
    article_stances: dict[Polarity, int]
    linked_pairs: LinkedPairs
    articles_by_month: list[ArticleCount]
    lengths: dict[Split, Lengths]
    partnership_statuses: dict[PartnershipType, dict[Status, int]]
    stance_targets: dict[str, dict[Polarity, int]]
    agreement: list[PairAgreement]
    fact_entities: dict[str, FactEntity]
    facts: list[FactCount]


def statistics(corpus: Corpus) -> Statistics:
    """Count the dataset.

    Needs no press text: it is the same whether or not the documents are at hand.
    Raises ProblemsError where the agreement kept of a round cannot be read.
    """
    gold = [annotation for _, annotation in sorted(corpus.gold.items())]
    partnerships = [p for annotation in gold for p in annotation.partnerships]
    mentions = [m for annotation in gold for m in annotation.mentions]
    stances = [s for annotation in gold for s in annotation.stances]
    facts = _count_facts(corpus)
    named = sorted({entity for fact in facts for entity in (fact.head, fact.tail)})
    return Statistics(
        data_version=corpus.version.number,
        entities=len(corpus.registry),
        events=len({article.header.event for article in corpus.articles.values()}),
        splits={split: _of_split(corpus, split) for split in Split},
        mentions=_by_label(MentionType, (m.type for m in mentions)),
        partnerships=_by_label(PartnershipType, (p.type for p in partnerships)),
        statuses=_by_label(Status, (p.status for p in partnerships)),
        polarities=_by_label(Polarity, (s.polarity for s in stances)),
        article_stances=_by_label(Polarity, (a.article_stance for a in gold)),
        linked_pairs=_linked_pairs(corpus),
        articles_by_month=_by_month(corpus),
        lengths={split: _lengths(a.length for a in corpus.of_split(split)) for split in Split},
        partnership_statuses={
            kind: _by_label(Status, (p.status for p in partnerships if p.type is kind))
            for kind in PartnershipType
        },
        stance_targets=_stance_targets(gold),
        agreement=kept_agreement(corpus.layout),
        fact_entities={
            key: FactEntity(en=corpus.registry[key].en, type=corpus.registry[key].type)
            for key in named
        },
        facts=facts,
    )


def _of_split(corpus: Corpus, split: Split) -> SplitSizes:
    articles = corpus.of_split(split)
    gold = [corpus.gold[article.article_id] for article in articles]
    dates = [article.header.date for article in articles]
    return SplitSizes(
        articles=len(articles),
        first=min(dates, default=None),
        last=max(dates, default=None),
        characters=sum(article.length for article in articles),
        mentions=sum(len(annotation.mentions) for annotation in gold),
        partnerships=sum(len(annotation.partnerships) for annotation in gold),
        stances=sum(len(annotation.stances) for annotation in gold),
    )


def _by_label(labels: Iterable[Label], found: Iterable[Label]) -> dict[Label, int]:
    times = Counter(found)
    return {label: times[label] for label in labels}


def _by_month(corpus: Corpus) -> list[ArticleCount]:
    times = Counter(
        (f"{article.header.date:%Y-%m}", article.header.genre, split)
        for split in Split
        for article in corpus.of_split(split)
    )
    return [
        ArticleCount(month=month, genre=genre, split=split, articles=number)
        for (month, genre, split), number in sorted(times.items())
    ]


def _lengths(found: Iterable[int]) -> Lengths:
    """Quantiles are lengths that an article has, so that they are whole numbers."""
    lengths = np.array(sorted(found), dtype=int)
    if not lengths.size:
        return Lengths(bins=[], quantiles=[])
    quantiles = np.quantile(lengths, QUANTILES, method="inverted_cdf")
    return Lengths(bins=np.bincount(lengths // BIN).tolist(), quantiles=quantiles.tolist())


def _stance_targets(gold: Iterable[Annotation]) -> dict[str, dict[Polarity, int]]:
    """Polarities by the type of the targeted partnership; `MENTION` where it is a mention."""
    found: dict[str, list[Polarity]] = defaultdict(list)
    for annotation in gold:
        types = {partnership.id: partnership.type for partnership in annotation.partnerships}
        for stance in annotation.stances:
            found[types.get(stance.target, MENTION)].append(stance.polarity)
    return {key: _by_label(Polarity, found[key]) for key in (*map(str, PartnershipType), MENTION)}


def _count_facts(corpus: Corpus) -> list[FactCount]:
    dates: dict[Fact, list[datetime.date]] = defaultdict(list)
    for article_id, annotation in corpus.gold.items():
        for fact in gold_facts(annotation, corpus.registry):
            dates[fact].append(corpus.articles[article_id].header.date)
    return [
        FactCount(**fact._asdict(), articles=len(found), last=max(found))
        for fact, found in sorted(dates.items())
    ]


def _linked_pairs(corpus: Corpus) -> LinkedPairs:
    linked = held = 0
    for split in (Split.TRAIN, Split.VALIDATION, Split.TEST):
        for article in corpus.of_split(split):
            gold = corpus.gold[article.article_id]
            wanted = set(relations(gold))
            linked += len(wanted)
            held += len(wanted & _candidates(article, gold))
    return LinkedPairs(all=linked, in_re=held)


def _candidates(article: Article, gold: Annotation) -> set[tuple[str, str]]:
    by_bounds = {mention.bounds: mention.id for mention in gold.mentions}
    return {
        (
            by_bounds[pair.subject.start, pair.subject.end],
            by_bounds[pair.object.start, pair.object.end],
        )
        for pair in candidate_pairs(article.text or "", gold.mentions)
    }


def dump_statistics(corpus: Corpus) -> bytes:
    """The bytes of ``dataset/statistics.json``."""
    return msgspec.json.format(msgspec.json.encode(statistics(corpus)), indent=2) + b"\n"


def read_statistics(layout: Layout) -> Statistics:
    """What ``dataset/statistics.json`` says.  Raises ProblemsError with every fault of it."""
    file = layout.name(layout.statistics)
    try:
        return decode_json(layout.statistics.read_bytes(), Statistics, file)
    except FileNotFoundError as error:
        fault = "the file is not there (hapjong documents writes it)"
        raise ProblemsError([Problem(file, "", fault)]) from error
