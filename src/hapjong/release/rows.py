"""The rows of every configuration, as plain dictionaries.

``ner`` and ``re`` keep the field names and conventions of ``klue/ner`` and ``klue/re``
(characters as tokens; ``end_idx`` inclusive), so that their readers work unchanged; no
gold is in the text.  Press articles are never among the rows: their text may not be passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hapjong.corpus.dataset import Corpus, inspect_rounds
from hapjong.corpus.pairs import NO_RELATION, Relation, candidate_pairs, relations
from hapjong.corpus.sentences import Sentence, sentences
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import Annotation, Article, Mention, MentionType, Span, Split

Row = dict[str, Any]
NER_TAGS = (*(f"{edge}-{kind}" for kind in MentionType for edge in "BI"), "O")
WRITTEN_SPLITS = (Split.TRAIN, Split.VALIDATION, Split.TEST)


def article_rows(article: Article, text: str, gold: Annotation) -> Iterator[Row]:
    """One row: the text, its header and its gold, nested."""
    yield {
        "article_id": article.article_id,
        "date": article.header.date.isoformat(),
        "event": article.header.event,
        "genre": str(article.header.genre),
        "facts": list(article.header.facts),
        "title": article.title,
        "text": text,
        **_labels(gold),
    }


def _labels(annotation: Annotation) -> Row:
    """Every label of an annotation, nested."""
    return {
        "mentions": [
            {**_span(m), "type": str(m.type), "entity": m.entity} for m in annotation.mentions
        ],
        "partnerships": [
            {
                **_span(p),
                "type": str(p.type),
                "status": str(p.status),
                "parties": [{"role": str(q.role), "mention": q.mention} for q in p.parties],
            }
            for p in annotation.partnerships
        ],
        "stances": [
            {
                **_span(s),
                "polarity": str(s.polarity),
                "holder": s.holder,
                "target": s.target,
            }
            for s in annotation.stances
        ],
        "article_stance": str(annotation.article_stance),
    }


def _span(span: Span) -> Row:
    return {"id": span.id, "start": span.start, "end": span.end, "surface": span.surface}


def ner_rows(article: Article, text: str, gold: Annotation) -> Iterator[Row]:
    """One row a sentence: its characters and their tags.

    Raises ProblemsError for a mention that runs over the end of a sentence.
    """
    found = sentences(text)
    inside = 0
    for number, sentence in enumerate(found, 1):
        tags = ["O"] * len(sentence.text)
        for mention in gold.mentions:
            if sentence.start <= mention.start and mention.end <= sentence.end:
                inside += 1
                first, last = mention.start - sentence.start, mention.end - sentence.start
                tags[first:last] = [f"I-{mention.type}"] * (last - first)
                tags[first] = f"B-{mention.type}"
        yield {
            "id": f"{article.article_id}-s{number}",
            "article_id": article.article_id,
            "start": sentence.start,
            "sentence": sentence.text,
            "tokens": list(sentence.text),
            "ner_tags": tags,
        }
    if inside != len(gold.mentions):
        fault = f"{len(gold.mentions) - inside} mentions run over the end of a sentence"
        raise ProblemsError([Problem(article.article_id, "", fault)])


def re_rows(article: Article, text: str, gold: Annotation) -> Iterator[Row]:
    """One row for each candidate pair and each relation between its mentions."""
    linked = relations(gold)
    number = 0
    for pair in candidate_pairs(text, gold.mentions):
        subject, other = pair.subject, pair.object
        key = (subject.id, other.id)  # type: ignore[attr-defined]
        found: list[Relation | None] = [*linked.get(key, [])]
        for relation in found or [None]:
            number += 1
            yield {
                "guid": f"{article.article_id}-r{number}",
                "article_id": article.article_id,
                "start": pair.start,
                "sentence": text[pair.start : pair.end],
                "subject_entity": _klue_entity(subject, pair.start),
                "object_entity": _klue_entity(other, pair.start),
                **_relation(relation),
                "source": "hapjong",
            }


def _klue_entity(mention: Any, start: int) -> Row:
    """An entity as ``klue/re`` has it: ``end_idx`` is the last character's index."""
    return {
        "word": mention.surface,
        "start_idx": mention.start - start,
        "end_idx": mention.end - start - 1,
        "type": str(mention.type),
    }


def _relation(relation: Relation | None) -> Row:
    if relation is None:
        return {"label": NO_RELATION, "status": None}
    return {"label": relation.label, "status": str(relation.status)}


def stance_rows(article: Article, text: str, gold: Annotation) -> Iterator[Row]:
    """One row a stance: its sentence, and evidence, holder and target placed in the article."""
    found = sentences(text)
    named: dict[str, Span] = {span.id: span for _, span in gold.spans()}
    for stance in gold.stances:
        sentence = _sentence_at(found, stance.start)
        target = named[stance.target]
        yield {
            "id": f"{article.article_id}-{stance.id}",
            "article_id": article.article_id,
            "stance_id": stance.id,
            "text": text,
            "sentence": sentence.text,
            "evidence": _span(stance),
            "holder": None if stance.holder is None else _span(named[stance.holder]),
            "target": _span(target),
            "target_kind": "mention" if isinstance(target, Mention) else "partnership",
            "polarity": str(stance.polarity),
        }


def _sentence_at(found: list[Sentence], position: int) -> Sentence:
    return next(s for s in found if s.start <= position < s.end)


def article_stance_rows(article: Article, text: str, gold: Annotation) -> Iterator[Row]:
    yield {
        "article_id": article.article_id,
        "title": article.title,
        "text": text,
        "label": str(gold.article_stance),
    }


def annotation_rows(corpus: Corpus) -> dict[str, list[Row]]:
    """One row for each article and annotator, round by round, and one for its gold.

    Raises ProblemsError with every fault of the rounds.
    """
    rounds, problems = inspect_rounds(corpus)
    if problems:
        raise ProblemsError(problems)
    # Annotators of different rounds may share a name; the gold is of no round.
    made = [
        *((name, who, given) for name, by in rounds.items() for who, given in by.items()),
        (GOLD, GOLD, corpus.gold),
    ]
    return {
        str(split): [
            {
                "article_id": article.article_id,
                "round": round_name,
                "annotator": annotator,
                **_labels(given[article.article_id]),
            }
            for article in corpus.of_split(split)
            for round_name, annotator, given in made
            if article.article_id in given
        ]
        for split in WRITTEN_SPLITS
    }


def party_rows(annotations: list[Row]) -> Iterator[Row]:
    """The parties of the partnerships of `annotation_rows`, one row each.

    For readers that know no list of records in another, as mlcroissant 1.1.
    """
    for row in annotations:
        for partnership in row["partnerships"]:
            for party in partnership["parties"]:
                yield {
                    **{key: row[key] for key in ("article_id", "round", "annotator")},
                    "partnership": partnership["id"],
                    **party,
                }


def entity_rows(corpus: Corpus) -> Iterator[Row]:
    """The registry, one row an entity."""
    for entity_id, entity in sorted(corpus.registry.items()):
        yield {
            "id": entity_id,
            "type": str(entity.type),
            "ko": entity.ko,
            "en": entity.en,
            "aliases": list(entity.aliases),
            "affiliation": entity.affiliation,
            "parent": entity.parent,
        }


MakeRows = Callable[[Article, str, Annotation], Iterator[Row]]
BY_ARTICLE: dict[str, MakeRows] = {
    "articles": article_rows,
    "ner": ner_rows,
    "re": re_rows,
    "stance": stance_rows,
    "article_stance": article_stance_rows,
}
DEFAULT_CONFIG = "articles"
GOLD = "gold"


def rows_of(corpus: Corpus, config: str) -> dict[str, list[Row]]:
    """The rows of a configuration by split; the entities are one split, ``registry``."""
    if config == "entities":
        return {"registry": list(entity_rows(corpus))}
    if config == "annotations":
        return annotation_rows(corpus)
    if config == "parties":
        return {split: list(party_rows(of)) for split, of in annotation_rows(corpus).items()}
    make = BY_ARTICLE[config]
    return {
        str(split): [
            row
            for article in corpus.of_split(split)
            if article.text is not None
            for row in make(article, article.text, corpus.gold[article.article_id])
        ]
        for split in WRITTEN_SPLITS
    }


def data_file(config: str, split: str) -> str:
    """The path of a split's parquet file, named as ``push_to_hub`` names it."""
    return f"{config}/{split}-00000-of-00001.parquet"
