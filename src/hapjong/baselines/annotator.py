"""The annotator baseline: what each annotator made of the articles, scored as a system's answers.

It is the line to reach.  ``baselines/annotator/README.md`` tells how to read it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hapjong.baselines.common import Question, ask, write_submission
from hapjong.corpus.dataset import Corpus, inspect_annotations
from hapjong.evaluation.matching import Item, match
from hapjong.evaluation.submission import (
    PredictedMention,
    PredictedPartnership,
    PredictedStance,
    Prediction,
)
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import Annotation, Split, Track

Work = Mapping[str, Annotation]
"""An annotator's annotations by article."""


def run(rounds: Sequence[str], corpus: Corpus, folder: Path) -> list[Path]:
    """Write a submission ``annotator-NAME`` below ``folder`` for each annotator of the rounds.

    It holds every article that the annotator labelled, of whatever split.  Raises ProblemsError
    with every fault of the rounds, and every article of `Split.TEST` that one of the
    annotators did not label: scores of annotators on different articles could not be compared.
    Nothing is written then.
    """
    annotators = read_rounds(corpus, rounds)
    problems = [
        Problem(
            ", ".join(corpus.layout.name(corpus.layout.round(name) / annotator) for name in rounds),
            "",
            f"the article {article.article_id!r} of test is not labelled",
        )
        for annotator, work in annotators.items()
        for article in corpus.of_split(Split.TEST)
        if article.article_id not in work
    ]
    if problems:
        raise ProblemsError(problems)
    written = []
    for annotator, work in annotators.items():
        name = f"annotator-{annotator}"
        predictions = [
            answer(annotation, ask(corpus.articles[article_id], corpus.gold[article_id], Track.RAW))
            for article_id, annotation in sorted(work.items())
        ]
        description = f"The annotator {annotator!r}, scored as a system ({', '.join(rounds)})."
        write_submission(
            folder / name, name, description, Track.RAW, corpus.version.number, predictions
        )
        written.append(folder / name)
    return written


def read_rounds(corpus: Corpus, rounds: Sequence[str]) -> dict[str, Work]:
    """The work of every annotator of the rounds, joined.

    An article that an annotator labelled in several of them counts as in the one named first.
    Raises ProblemsError with every fault: a round that is not there or empty, a bad annotation.
    """
    annotators: dict[str, dict[str, Annotation]] = defaultdict(dict)
    problems: list[Problem] = []
    for name in rounds:
        try:
            folder = corpus.layout.round(name)
        except ProblemsError as error:
            problems += error.problems
            continue
        # Dotted folders are what an export that was cut off left behind.
        folders = sorted(folder.glob("[!.]*/"))
        if not folders:
            problems.append(Problem(corpus.layout.name(folder), "", "no annotator's work is here"))
        for path in folders:
            work, faults = inspect_annotations(corpus, path, path.name)
            annotators[path.name] = {**work, **annotators[path.name]}
            problems += faults
    if problems:
        raise ProblemsError(problems)
    return dict(sorted(annotators.items()))


def answer(annotation: Annotation, question: Question) -> Prediction:
    """What an annotation says, in the form of a system's answers."""
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
        stances=tuple(_stances(annotation, question)),
        article_stance=annotation.article_stance,
    )


def _stances(annotation: Annotation, question: Question) -> Iterator[PredictedStance]:
    """The polarity of the annotator's own stance where it overlaps the one asked for.

    Where the annotator saw no stance there is no answer, and a missing answer is a wrong one.
    """
    asked = [Item(start, end, "") for _, start, end in question.stances]
    own = [Item(stance.start, stance.end, "") for stance in annotation.stances]
    for i, j in match(asked, own):
        yield PredictedStance(id=question.stances[i][0], polarity=annotation.stances[j].polarity)
