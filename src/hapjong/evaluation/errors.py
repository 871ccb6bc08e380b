"""``hapjong errors``: every mistake of a submission, its kind, and the text around it.

What is right and wrong is what `hapjong.evaluation.counting` counts: in each layer the gold items
are the correct ones and all kinds of mistakes but ``spurious``, the predicted items the correct
ones and all kinds but ``missed`` (``unanswered`` for stances).  Facts are those of ``status_f1``,
where all of a fact must match.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from hapjong.corpus.dataset import Corpus
from hapjong.corpus.facts import Fact, gold_facts
from hapjong.corpus.registry import Registry, organisation
from hapjong.evaluation.counting import predicted_facts
from hapjong.evaluation.matching import Item, match
from hapjong.evaluation.scoring import answered
from hapjong.evaluation.submission import Prediction, Submission, check_predictions
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import SYMMETRIC_TYPES, Annotation, Article, Polarity, Record, Split

CORRECT, MISSED, SPURIOUS = "correct", "missed", "spurious"
POLARITY, UNANSWERED = "polarity", "unanswered"

KINDS = {
    "mentions": (CORRECT, MISSED, SPURIOUS, "boundary", "type"),
    "partnerships": (CORRECT, MISSED, SPURIOUS, "type", "direction", "status"),
    "stances": (CORRECT, POLARITY, UNANSWERED),
    "article_stance": (CORRECT, POLARITY, UNANSWERED),
}
"""The kinds of each layer.

A mention that overlaps a gold one is wrong in its ``boundary``, or in its ``type`` where the
boundaries are right.  A fact is wrong in what first separates it from a gold fact of the same two
entities: ``type``, then ``direction``, then ``status``.
"""

_CONTEXT = 30


class Side(Record, frozen=True, kw_only=True):
    """What stands in the gold or was predicted; of a fact, where it is told."""

    start: int
    end: int
    label: str


class Mistake(Record, frozen=True, kw_only=True):
    """One mistake; a side is None where it has nothing.

    ``text`` reaches from the first to the last character of both sides.  ``seen``: whether the
    training gold has a mention with the surface (of the gold side, if there is one), or for a
    fact, whether it names both entities; None for stances.
    """

    article: str
    genre: str
    layer: str
    kind: str
    seen: bool | None
    gold: Side | None
    predicted: Side | None
    before: str
    text: str
    after: str


class ErrorReport(Record, frozen=True, kw_only=True):
    """What ``hapjong errors --json`` prints.

    ``counts``: layer → group (``all``, ``genre:news``, ``seen``, ``unseen``) → kind → how many.
    ``confusion``: layer → gold polarity → predicted polarity or ``unanswered`` → how many.
    Layers that the submission does not answer are left out of all.
    """

    submission: str
    track: str
    split: Split
    articles: int
    unanswered: list[str]
    counts: dict[str, dict[str, dict[str, int]]]
    confusion: dict[str, dict[str, dict[str, int]]]
    mistakes: list[Mistake]


class Training(NamedTuple):
    """What the training gold names: surfaces, and the organisations that facts are over."""

    surfaces: frozenset[str]
    entities: frozenset[str]


class Verdict(NamedTuple):
    """One item of gold or prediction, or one of each that were coupled, and its kind."""

    layer: str
    kind: str
    seen: bool | None
    gold: Side | None
    predicted: Side | None


def errors(submission: Submission, corpus: Corpus, split: Split) -> ErrorReport:
    """Every mistake in a split.  Raises ProblemsError with every fault of the submission.

    The texts must be here, the press articles hydrated.
    """
    articles = corpus.of_split(split)
    problems = _check(articles, corpus, split)
    problems += check_predictions(submission, corpus.articles, corpus.gold, split)
    if problems:
        raise ProblemsError(problems)
    answers, predictions = answered(submission, corpus, split), submission.predictions
    training = _training(corpus)
    found = [
        (article, verdict)
        for article in articles
        for verdict in verdicts(
            article, corpus.gold[article.article_id], predictions[article.article_id],
            corpus.registry, training,
        )
        if verdict.layer in answers
    ]  # fmt: skip
    return ErrorReport(
        submission=submission.info.name,
        track=submission.info.track,
        split=split,
        articles=len(articles),
        unanswered=[layer for layer in KINDS if layer not in answers],
        counts=_count(found),
        confusion=_confusion(verdict for _, verdict in found),
        mistakes=[
            _mistake(article, verdict) for article, verdict in found if verdict.kind != CORRECT
        ],
    )


def _check(articles: Sequence[Article], corpus: Corpus, split: Split) -> list[Problem]:
    layout = corpus.layout
    if not articles:
        fault = "the split has no articles to score"
        return [Problem(layout.name(layout.split(split)), "", fault)]
    return [
        Problem(
            layout.name(layout.hydrated / f"{article.article_id}.txt"),
            "",
            "the text is not here (hapjong hydrate DIR)",
        )
        for article in articles
        if article.text is None
    ]


def _training(corpus: Corpus) -> Training:
    surfaces, entities = set(), set()
    for article in corpus.of_split(Split.TRAIN):
        for mention in corpus.gold[article.article_id].mentions:
            surfaces.add((article.text or "")[mention.start : mention.end])
            if mention.entity is not None:
                entities.add(organisation(corpus.registry, mention.entity))
    return Training(frozenset(surfaces), frozenset(entities))


def verdicts(
    article: Article,
    gold: Annotation,
    predicted: Prediction,
    registry: Registry,
    training: Training,
) -> Iterator[Verdict]:
    """Every item of an article, layer by layer, by place."""
    yield from _mentions(article.text or "", gold, predicted, training)
    yield from _facts(gold, predicted, registry, training)
    yield from _stances(gold, predicted)
    yield from _article_stance(article, gold, predicted)


def _by_place(found: Iterable[Verdict]) -> list[Verdict]:
    return sorted(found, key=lambda one: [(s.start, s.end) for s in one[3:] if s is not None])


def _mentions(
    text: str, gold: Annotation, predicted: Prediction, training: Training
) -> list[Verdict]:
    """Right ones first, then those that overlap, coupled one to one; the others are alone."""
    own = {Item(m.start, m.end, str(m.type)) for m in gold.mentions}
    said = {Item(m.start, m.end, str(m.type)) for m in predicted.mentions}
    missed, spurious = sorted(own - said), sorted(said - own)
    couples = match(missed, spurious)
    pairs: list[tuple[str, Item | None, Item | None]]
    pairs = [(CORRECT, item, item) for item in own & said]
    for i, j in couples:
        kind = "type" if missed[i][:2] == spurious[j][:2] else "boundary"
        pairs.append((kind, missed[i], spurious[j]))
    first, second = {i for i, _ in couples}, {j for _, j in couples}
    pairs += [(MISSED, item, None) for i, item in enumerate(missed) if i not in first]
    pairs += [(SPURIOUS, None, item) for j, item in enumerate(spurious) if j not in second]
    found = []
    for kind, of_gold, of_system in pairs:
        shown = of_gold or of_system
        seen = shown is not None and text[shown.start : shown.end] in training.surfaces
        found.append(Verdict("mentions", kind, seen, _side(of_gold), _side(of_system)))
    return _by_place(found)


def _side(item: Item | None) -> Side | None:
    return item and Side(start=item.start, end=item.end, label=item.label)


_RUNGS = ((CORRECT, 3), ("status", 2), ("direction", 1), ("type", 0))
"""Which rung of `Fact.rungs` two facts share at best, and what they then differ in."""


def _facts(
    gold: Annotation, predicted: Prediction, registry: Registry, training: Training
) -> list[Verdict]:
    """Facts are coupled one to one by the highest rung that they share."""
    own: dict[Fact, Side] = {}
    for partnership in gold.partnerships:
        for fact in gold_facts(replace(gold, partnerships=(partnership,)), registry):
            start, end = partnership.bounds
            own.setdefault(fact, Side(start=start, end=end, label=_label(fact)))
    said: dict[Fact, Side] = {}
    for claim in predicted.partnerships:
        alone = replace(predicted, partnerships=(claim,))
        for fact in predicted_facts(gold=gold, predicted=alone, registry=registry):
            start, end = min(claim.head[0], claim.tail[0]), max(claim.head[1], claim.tail[1])
            said.setdefault(fact, Side(start=start, end=end, label=_label(fact)))
    found = []
    for kind, right, answer in _couple(set(own), set(said)):
        seen = {*(right or answer or ())[:2]} <= training.entities
        found.append(
            Verdict("partnerships", kind, seen, right and own[right], answer and said[answer])
        )
    return _by_place(found)


def _couple(own: set[Fact], said: set[Fact]) -> Iterator[tuple[str, Fact | None, Fact | None]]:
    for kind, rung in _RUNGS:
        waiting: dict[tuple[str, ...], list[Fact]] = defaultdict(list)
        for fact in sorted(own, reverse=True):
            waiting[fact.rungs()[rung]].append(fact)
        for other in sorted(said):
            if alike := waiting[other.rungs()[rung]]:
                fact = alike.pop()
                own, said = own - {fact}, said - {other}
                yield kind, fact, other
    yield from ((MISSED, fact, None) for fact in sorted(own))
    yield from ((SPURIOUS, None, other) for other in sorted(said))


def _label(fact: Fact) -> str:
    arrow = "–" if fact.type in SYMMETRIC_TYPES else "→"
    return f"{fact.head} {arrow} {fact.tail} {fact.type} {fact.status}"


def _stances(gold: Annotation, predicted: Prediction) -> list[Verdict]:
    said = {stance.id: stance.polarity for stance in predicted.stances}
    return _by_place(
        _polarity("stances", *stance.bounds, stance.polarity, said.get(stance.id))
        for stance in gold.stances
    )


def _article_stance(article: Article, gold: Annotation, predicted: Prediction) -> Iterator[Verdict]:
    """The place of an article's stance is its headline."""
    headline = len(article.title or "")
    yield _polarity("article_stance", 0, headline, gold.article_stance, predicted.article_stance)


def _polarity(
    layer: str, start: int, end: int, gold: Polarity, predicted: Polarity | None
) -> Verdict:
    kind = CORRECT if gold is predicted else UNANSWERED if predicted is None else POLARITY
    said = None if predicted is None else Side(start=start, end=end, label=predicted)
    return Verdict(layer, kind, None, Side(start=start, end=end, label=gold), said)


def _count(
    found: Iterable[tuple[Article, Verdict]],
) -> dict[str, dict[str, dict[str, int]]]:
    counts: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for article, verdict in found:
        groups = ["all", f"genre:{article.header.genre}"]
        if verdict.seen is not None:
            groups.append("seen" if verdict.seen else "unseen")
        for group in groups:
            counts[verdict.layer][group][verdict.kind] += 1
    return {
        layer: {
            group: {kind: counts[layer][group][kind] for kind in KINDS[layer]}
            for group in sorted(counts[layer])
        }
        for layer in KINDS
        if layer in counts
    }


def _confusion(found: Iterable[Verdict]) -> dict[str, dict[str, dict[str, int]]]:
    table: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for verdict in found:
        if verdict.gold is not None and UNANSWERED in KINDS[verdict.layer]:
            said = UNANSWERED if verdict.predicted is None else verdict.predicted.label
            table[verdict.layer][verdict.gold.label, said] += 1
    return {
        layer: {
            str(gold): {said: cells[gold, said] for said in [*map(str, Polarity), UNANSWERED]}
            for gold in Polarity
        }
        for layer, cells in table.items()
    }


def _mistake(article: Article, verdict: Verdict) -> Mistake:
    sides = [side for side in (verdict.gold, verdict.predicted) if side is not None]
    start, end = min(side.start for side in sides), max(side.end for side in sides)
    text = article.text or ""
    return Mistake(
        article=article.article_id,
        genre=article.header.genre,
        layer=verdict.layer,
        kind=verdict.kind,
        seen=verdict.seen,
        gold=verdict.gold,
        predicted=verdict.predicted,
        before=text[max(0, start - _CONTEXT) : start],
        text=text[start:end],
        after=text[end : end + _CONTEXT],
    )


def as_text(report: ErrorReport) -> str:
    """The tables of counts, then every mistake with the text around it in one line."""
    lines = [f"{report.submission} on {report.split} ({report.articles} articles), {report.track}"]
    for layer, groups in report.counts.items():
        lines += ["", f"{layer:26} {' '.join(f'{kind:>10}' for kind in KINDS[layer])}"]
        lines += [_table_row(group, counts.values()) for group, counts in groups.items()]
    for layer, table in report.confusion.items():
        columns = [*map(str, Polarity), UNANSWERED]
        lines += ["", f"{f'{layer} → predicted':26} {' '.join(f'{c:>10}' for c in columns)}"]
        lines += [_table_row(gold, cells.values()) for gold, cells in table.items()]
    if report.unanswered:
        lines += ["", f"not answered: {', '.join(report.unanswered)}"]
    lines += ["", *map(_line, report.mistakes)]
    return "\n".join(lines) + "\n"


def _table_row(head: str, numbers: Iterable[int]) -> str:
    return f"{head:26} {' '.join(f'{number:10}' for number in numbers)}"


def _line(mistake: Mistake) -> str:
    start = min(side.start for side in (mistake.gold, mistake.predicted) if side is not None)

    def shown(side: Side | None) -> str:
        if side is None:
            return "–"
        surface = f" {mistake.text[side.start - start : side.end - start]}"
        return side.label + (surface if mistake.kind == "boundary" else "")

    seen = {True: " seen", False: " unseen", None: ""}[mistake.seen]
    around = f"…{mistake.before}[{mistake.text}]{mistake.after}…".replace("\n", " ⏎ ")
    return (
        f"{mistake.article} {mistake.layer} {mistake.kind}{seen}: "
        f"{shown(mistake.gold)} ≠ {shown(mistake.predicted)}: {around}"
    )
