"""Labels and words that only one annotator of a round ever used."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from hapjong.corpus.occurrences import Place, Places
from hapjong.schema import Annotation, Article, MentionType, Record, Span

Annotations = Mapping[str, Annotation]
"""One annotator's, by article."""


class LoneLabel(Record, frozen=True, kw_only=True):
    """A label that of all annotators of the round only one used, and where."""

    round: str
    annotator: str
    layer: str
    label: str
    places: list[Place]


class LoneWord(Record, frozen=True, kw_only=True):
    """A TECH surface, or the word that evidence begins with, that only one annotator marked.

    Evidence begins with the word that tells the relation (guidelines P10).
    """

    round: str
    annotator: str
    layer: str
    word: str
    count: int


def shared(annotators: Mapping[str, Annotations]) -> dict[str, Annotations]:
    """The same without the articles that only one annotator has, and who then has none."""
    times = Counter(article_id for labelled in annotators.values() for article_id in labelled)
    common = {
        annotator: {key: value for key, value in labelled.items() if times[key] > 1}
        for annotator, labelled in annotators.items()
    }
    return {annotator: labelled for annotator, labelled in common.items() if labelled}


def lone_labels(
    name: str, annotators: Mapping[str, Annotations], articles: Mapping[str, Article]
) -> list[LoneLabel]:
    """Labels of one annotator alone in a round, by layer and label."""
    users: dict[tuple[str, str], dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
    for annotator, labelled in annotators.items():
        for article_id, annotation in sorted(labelled.items()):
            places = Places(articles[article_id])
            for layer, label, span in _uses(annotation):
                place = places.of(*span.bounds) if span else places.whole()
                users[layer, label][annotator].append(place)
    return [
        LoneLabel(round=name, annotator=annotator, layer=layer, label=label, places=places)
        for (layer, label), used in sorted(users.items())
        for annotator, places in used.items()
        if len(used) == 1
    ]


def lone_words(
    name: str, annotators: Mapping[str, Annotations], articles: Mapping[str, Article]
) -> list[LoneWord]:
    """Words of one annotator alone in a round, by layer and word."""
    users: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for annotator, labelled in annotators.items():
        for article_id, annotation in labelled.items():
            for layer, word in _words(annotation, articles[article_id].text):
                users[layer, word][annotator] += 1
    return [
        LoneWord(round=name, annotator=annotator, layer=layer, word=word, count=count)
        for (layer, word), used in sorted(users.items())
        for annotator, count in used.items()
        if len(used) == 1
    ]


def _uses(annotation: Annotation) -> Iterator[tuple[str, str, Span | None]]:
    """Layer and label of everything labelled, with its span; the whole article has none."""
    for mention in annotation.mentions:
        yield "mention type", mention.type, mention
    for partnership in annotation.partnerships:
        yield "partnership type", partnership.type, partnership
        yield "status", partnership.status, partnership
        for party in partnership.parties:
            yield "role", party.role, partnership
    for stance in annotation.stances:
        yield "polarity", stance.polarity, stance
    yield "article stance", annotation.article_stance, None


def _words(annotation: Annotation, text: str | None) -> Iterator[tuple[str, str]]:
    """Nothing where the text, and so the words, is not at hand."""
    if text is None:
        return
    for mention in annotation.mentions:
        if mention.type is MentionType.TECH:
            yield "TECH", text[mention.start : mention.end].casefold()
    for partnership in annotation.partnerships:
        yield "evidence", text[partnership.start : partnership.end].split()[0]
