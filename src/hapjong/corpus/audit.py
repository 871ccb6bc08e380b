"""``hapjong audit``: what a machine can suspect of data that ``hapjong validate`` accepts.

Text that stands in two splits, or that was copied, is a failure.  All the rest is a suspicion
for someone to look at, and right as often as not.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from hapjong.corpus.dataset import Corpus, inspect_rounds
from hapjong.corpus.layout import Layout
from hapjong.corpus.lone import LoneLabel, LoneWord, lone_labels, lone_words, shared
from hapjong.corpus.overlap import Alike, Limits, Shared, copied_text, near_duplicates
from hapjong.corpus.press import document_texts
from hapjong.corpus.suspicions import (
    SeveralReadings,
    SharedName,
    UnlabelledEvidence,
    UnlabelledName,
    labelled_articles,
    several_readings,
    shared_names,
    unlabelled_evidence,
    unlabelled_names,
)
from hapjong.corpus.validate import validate
from hapjong.problems import ProblemsError
from hapjong.schema import Record, Split

Pair = TypeVar("Pair", bound=Alike)

HIGHEST = 10
"""So many of the most alike pairs are listed, also where none is above what is allowed."""


class Findings(Record, frozen=True, kw_only=True):
    """What each check found; of the pairs of texts the most alike ones are listed anyway."""

    unlabelled_names: list[UnlabelledName]
    several_readings: list[SeveralReadings]
    shared_names: list[SharedName]
    unlabelled_evidence: list[UnlabelledEvidence]
    near_duplicates: list[Alike]
    copied_text: list[Shared]
    lone_labels: list[LoneLabel]
    lone_words: list[LoneWord]

    def counts(self) -> dict[str, int]:
        """How many there are of each; of the pairs of texts, how many fail."""
        return {
            name: sum(getattr(found, "above", True) for found in getattr(self, name))
            for name in self.__struct_fields__
        }


class Audit(Record, frozen=True, kw_only=True):
    """What ``hapjong audit --json`` prints; ``skipped`` says what could not be looked at."""

    data_version: str
    articles: int
    skipped: list[str]
    limits: Limits
    failures: int
    counts: dict[str, int]
    findings: Findings


def audit(layout: Layout, documents: Path | None = None) -> Audit:
    """Everything suspicious in the dataset and the rounds of annotation.

    Written articles are compared with the press documents in the folder ``documents``, or else
    with the hydrated press articles.  Raises ProblemsError with every problem that ``validate``
    finds, or that the documents have.
    """
    corpus, problems = validate(layout, [])
    if problems:
        raise ProblemsError(problems)
    labelled = labelled_articles(corpus)
    duplicates, copies = _alike(corpus, documents)
    labels, words, alone = _lone(corpus)
    findings = Findings(
        unlabelled_names=unlabelled_names(labelled),
        several_readings=several_readings(labelled),
        shared_names=shared_names(corpus.registry),
        unlabelled_evidence=unlabelled_evidence(labelled, corpus.registry),
        near_duplicates=duplicates,
        copied_text=copies,
        lone_labels=labels,
        lone_words=words,
    )
    return Audit(
        data_version=str(corpus.version),
        articles=len(corpus.articles),
        skipped=[*_without_text(corpus, documents), *alone],
        limits=Limits(),
        failures=sum(pair.above for pair in [*duplicates, *copies]),
        counts=findings.counts(),
        findings=findings,
    )


def _alike(corpus: Corpus, documents: Path | None) -> tuple[list[Alike], list[Shared]]:
    """Texts like one of another split, and written articles that share text."""
    texts = {key: article.text for key, article in corpus.articles.items() if article.text}
    splits = {key: str(corpus.articles[key].split) for key in texts}
    written = {key: text for key, text in texts.items() if splits[key] != Split.PRESS}
    if documents is None:
        press = {key: text for key, text in texts.items() if splits[key] == Split.PRESS}
    else:
        press = document_texts(corpus.documents, documents)
    return (
        _worth_listing(near_duplicates(texts, splits)),
        _worth_listing(copied_text(written, press)),
    )


def _worth_listing(pairs: list[Pair]) -> list[Pair]:
    """The first ones, and all above what is allowed."""
    return [*pairs[:HIGHEST], *(pair for pair in pairs[HIGHEST:] if pair.above)]


def _without_text(corpus: Corpus, documents: Path | None) -> list[str]:
    missing = corpus.missing_text()
    if not missing:
        return []
    said = (
        f"the text of {len(missing)} press articles is not here, and what needs it was left out "
        "(hapjong hydrate DIR)"
    )
    if documents is None:
        said += "; so no written article was compared with it (or give --documents DIR)"
    return [said]


def _lone(corpus: Corpus) -> tuple[list[LoneLabel], list[LoneWord], list[str]]:
    """Labels and words of one annotator alone, and the rounds that have no second one."""
    labels: list[LoneLabel] = []
    words: list[LoneWord] = []
    alone = []
    for name, annotators in inspect_rounds(corpus)[0].items():
        common = shared(annotators)
        if common:
            labels += lone_labels(name, common, corpus.articles)
            words += lone_words(name, common, corpus.articles)
        else:
            alone.append(f"the round {name!r} has no article that two annotators labelled")
    return labels, words, alone
