"""``dataset/statistics.json``: what the dataset holds, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from hapjong.corpus.dataset import Corpus
from hapjong.corpus.pairs import candidate_pairs, relations
from hapjong.schema import (
    Annotation,
    Article,
    MentionType,
    PartnershipType,
    Polarity,
    Split,
    Status,
)


def statistics(corpus: Corpus) -> dict[str, Any]:
    """Counts by split, and by label over all splits.

    Needs no press text: it is the same whether or not the documents are at hand.
    """
    gold = list(corpus.gold.values())
    partnerships = [p for annotation in gold for p in annotation.partnerships]
    mentions = [m for annotation in gold for m in annotation.mentions]
    stances = [s for annotation in gold for s in annotation.stances]
    return {
        "data_version": corpus.version.number,
        "entities": len(corpus.registry),
        "events": len({article.header.event for article in corpus.articles.values()}),
        "splits": {str(split): _of_split(corpus, split) for split in Split},
        "mentions": _by_label(MentionType, (m.type for m in mentions)),
        "partnerships": _by_label(PartnershipType, (p.type for p in partnerships)),
        "statuses": _by_label(Status, (p.status for p in partnerships)),
        "polarities": _by_label(Polarity, (s.polarity for s in stances)),
        "article_stances": _by_label(Polarity, (a.article_stance for a in gold)),
        "linked_pairs": _linked_pairs(corpus),
    }


def _of_split(corpus: Corpus, split: Split) -> dict[str, Any]:
    articles = corpus.of_split(split)
    gold = [corpus.gold[article.article_id] for article in articles]
    dates = sorted(article.header.date for article in articles)
    return {
        "articles": len(articles),
        "from": str(dates[0]) if dates else None,
        "to": str(dates[-1]) if dates else None,
        "characters": sum(article.length for article in articles),
        "mentions": sum(len(annotation.mentions) for annotation in gold),
        "partnerships": sum(len(annotation.partnerships) for annotation in gold),
        "stances": sum(len(annotation.stances) for annotation in gold),
    }


def _by_label(labels: Iterable[str], found: Iterable[str]) -> dict[str, int]:
    times = Counter(found)
    return {str(label): times[label] for label in labels}


def _linked_pairs(corpus: Corpus) -> dict[str, int]:
    """How many linked pairs of the written articles the configuration ``re`` holds."""
    linked = held = 0
    for split in (Split.TRAIN, Split.VALIDATION, Split.TEST):
        for article in corpus.of_split(split):
            gold = corpus.gold[article.article_id]
            wanted = set(relations(gold))
            linked += len(wanted)
            held += len(wanted & _candidates(article, gold))
    return {"all": linked, "in_re": held}


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
