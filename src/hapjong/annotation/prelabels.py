"""Pre-labels: what a system predicts, shown to annotators as Label Studio's predictions.

A prediction carries the system's name as its ``model_version`` and never counts as an
annotation.  A predicted partnership has no evidence, so no region can stand for it: it is
shown as a note on the mention of its head (or tail).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from hapjong.annotation.accounts import plain_errors
from hapjong.annotation.convert import Item, to_result
from hapjong.annotation.interface import ARTICLE_STANCE
from hapjong.annotation.projects import BATCH, Connect, bare_tasks_of, round_project
from hapjong.schema import (
    SCHEME,
    SYMMETRIC_TYPES,
    Annotation,
    Mention,
    MentionType,
    PartnershipType,
    Polarity,
    Status,
)

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

Bounds = tuple[int, int]


class GuessedFact(NamedTuple):
    """A predicted partnership of two spans."""

    head: Bounds
    tail: Bounds
    type: PartnershipType
    status: Status


class Guess(NamedTuple):
    """What a system says of one article."""

    mentions: tuple[tuple[Bounds, MentionType], ...] = ()
    facts: tuple[GuessedFact, ...] = ()
    article_stance: Polarity | None = None


class Prelabelled(NamedTuple):
    """One annotator's predictions: added now, replaced, and the same before.

    ``unshown`` counts the partnerships with no mention to be noted at.
    """

    annotator: str
    added: int
    replaced: int
    present: int
    unshown: int


def to_prediction(guess: Guess, text: str) -> tuple[list[Item], int]:
    """The guess as Label Studio shows it, and how many of its facts cannot be shown."""
    mentions = [
        Mention(id=f"m{number}", start=start, end=end, type=kind)
        for number, ((start, end), kind) in enumerate(sorted(set(guess.mentions)), 1)
    ]
    annotation = Annotation(
        scheme=SCHEME,
        article_id="",
        annotator="",
        mentions=tuple(mentions),
        partnerships=(),
        stances=(),
        article_stance=guess.article_stance or Polarity.NEUTRAL,
    )
    result = to_result(annotation, text)
    if guess.article_stance is None:
        result = [item for item in result if item["from_name"] != ARTICLE_STANCE]
    notes, unshown = _notes(guess, text)
    for item in result:
        if "origin" in item:
            item["origin"] = "prediction"
            bounds = (item["value"]["start"], item["value"]["end"])
            if bounds in notes:
                item["meta"] = {"text": notes[bounds]}
    return result, unshown


def _notes(guess: Guess, text: str) -> tuple[dict[Bounds, list[str]], int]:
    """What is noted at each mention, and how many facts have no mention to be noted at."""
    shown = {bounds for bounds, _ in guess.mentions}
    notes: dict[Bounds, list[str]] = defaultdict(list)
    unshown = 0
    for fact in guess.facts:
        places = [bounds for bounds in (fact.head, fact.tail) if bounds in shown]
        if not places:
            unshown += 1
            continue
        arrow = "–" if fact.type in SYMMETRIC_TYPES else "→"
        head, tail = (text[start:end] for start, end in (fact.head, fact.tail))
        notes[places[0]].append(f"{fact.type} {fact.status}: {head} {arrow} {tail}")
    return notes, unshown


@plain_errors()
def prelabel(
    connect: Connect,
    round_name: str,
    annotators: Iterable[str],
    system: str,
    guesses: Mapping[str, Guess],
) -> list[Prelabelled]:
    """Show the guesses, by article, in every annotator's project of a loaded round.

    An article has one prediction of a system: a second run adds nothing, and replaces
    what the system says otherwise now.  Raises StudioError where a project is missing.
    """
    projects = [
        (name, client, round_project(client, round_name, name))
        for name in annotators
        for client in [connect(name)]
    ]
    return [_prelabel(name, client, id_, system, guesses) for name, client, id_ in projects]


def _prelabel(
    annotator: str, client: LabelStudio, project: int, system: str, guesses: Mapping[str, Guess]
) -> Prelabelled:
    before = {
        stored.task: stored
        for stored in client.predictions.list(project=project)
        if stored.model_version == system
    }
    added: list[Any] = []
    changed: list[tuple[int, list[Item]]] = []
    present = left_out = 0
    for task in bare_tasks_of(client, project):
        guess = guesses.get(str(task.data.get("article_id")))
        if guess is None:
            continue
        result, unshown = to_prediction(guess, task.data["text"])
        left_out += unshown
        stored = before.get(task.id)
        if stored is None and not result:
            continue
        if stored is None:
            added.append({"task": task.id, "result": result, "model_version": system})
        elif stored.result != result:
            changed.append((int(stored.id or 0), result))
        else:
            present += 1
    waiting = iter(added)
    while batch := list(islice(waiting, BATCH)):
        client.projects.import_predictions(id=project, request=batch)
    for prediction, result in changed:
        client.predictions.update(id=prediction, result=result)
    if added or changed or present:
        # Label Studio pre-labels with the predictions of one version only.
        client.projects.update(id=project, model_version=system)
    return Prelabelled(annotator, len(added), len(changed), present, left_out)
