"""Adjudication: two annotators' work in one Label Studio project, to be settled into gold.

Every task comes with a prediction that the page opens as the adjudicator's own, editable
annotation: task and prediction are stored by one request, so that a run that is cut off
leaves no task without its start, and the adjudicator's work is never written to.

What both annotators say stands there.  A status or an article stance that they differ in is
left open, and the page demands it; so is an entity, which the marked name gives where it stays
empty.  What else they differ in stands once for each of them.  A note on the region says who
said what, the region's own annotator first.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from hapjong.annotation.accounts import StudioError, plain_errors
from hapjong.annotation.convert import Item, to_result
from hapjong.annotation.interface import (
    ARTICLE_STANCE,
    ENTITY,
    HOLDER,
    MENTION,
    PARTNERSHIP,
    STANCE,
    STATUS,
    TARGET,
)
from hapjong.annotation.merging import Merged, Region, merge
from hapjong.annotation.notate import notate_both
from hapjong.annotation.projects import (
    BATCH,
    Connect,
    bare_tasks_of,
    find_project,
    project_title,
    task_data,
    task_place,
)
from hapjong.annotation.rounds import export, label
from hapjong.corpus.dataset import Corpus, inspect_annotations
from hapjong.corpus.registry import Registry
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import Annotation, Article, Mention, Partnership, Party, Span, Stance

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

ADJUDICATION = "adjudication"
ADJUDICATOR = "adjudicator"
"""The account that adjudicates unless another is named."""

MODEL = "both annotators"
"""What Label Studio shows as the maker of the annotation to start from."""

_LAYERS = ("mentions", "partnerships", "stances")
_CAPTIONS = {"mentions": "언급", "partnerships": "협력 관계", "stances": "입장"}


class Adjudication(NamedTuple):
    """What `adjudicate` did; ``skipped`` are articles that lack a text or an annotation."""

    project: int
    added: int
    present: int
    differing: int
    skipped: tuple[str, ...]


def read_round(
    corpus: Corpus, round_name: str, annotators: Sequence[str]
) -> tuple[Mapping[str, Annotation], Mapping[str, Annotation]]:
    """The two annotators' exported annotations by article.

    Raises ProblemsError with every fault of either, StudioError where they are not two or
    have exported nothing.
    """
    if len(set(annotators)) != 2:
        raise StudioError(f"two annotators are expected, found {', '.join(annotators)}")
    found, problems = [], []
    for annotator in annotators:
        folder = corpus.layout.rounds / round_name / annotator
        if not folder.is_dir():
            fault = f"the folder is missing: hapjong studio export --round {round_name}"
            problems.append(Problem(corpus.layout.name(folder), "", fault))
            continue
        annotations, faults = inspect_annotations(corpus, folder, annotator)
        found.append(annotations)
        problems += faults
    if problems:
        raise ProblemsError(problems)
    return found[0], found[1]


@plain_errors()
def adjudicate(
    connect: Connect,
    round_name: str,
    adjudicator: str,
    sides: tuple[Mapping[str, Annotation], Mapping[str, Annotation]],
    articles: Iterable[Article],
    interface_xml: str,
    instructions: str = "",
) -> Adjudication:
    """Give the adjudicator a project with all that both annotators have labelled.

    ``sides`` are the two annotators' annotations by article; ``instructions`` is HTML that the
    page shows behind "Instructions".  Only what is missing is added.
    Raises ProblemsError, and adds nothing, where a task holds another text, an article
    twice, or was made of other annotations than those given.
    """
    tasks: dict[str, dict[str, Any]] = {}
    skipped = []
    differing = 0
    for article in articles:
        pair = [side.get(article.article_id) for side in sides]
        if article.text is None or pair[0] is None or pair[1] is None:
            skipped.append(article.article_id)
            continue
        merged = merge(pair[0], pair[1])
        differing += bool(disputes(merged))
        tasks[article.article_id] = _task(merged, article)
    if not tasks:
        raise StudioError("there is no article that both annotators have labelled")
    title = project_title(round_name, ADJUDICATION)
    client = connect(adjudicator)
    project = _open(client, title, page(interface_xml))
    present = _present(client, project.id, title, tasks)
    client.projects.update(id=project.id, expert_instruction=instructions)
    missing: list[Any] = [task for article_id, task in tasks.items() if article_id not in present]
    for start in range(0, len(missing), BATCH):
        client.projects.import_tasks(id=project.id, request=missing[start : start + BATCH])
    return Adjudication(project.id, len(missing), len(present), differing, tuple(skipped))


def page(interface_xml: str) -> str:
    """The labelling page with a line on top that says what the annotators differ in."""
    header = '<Header value="$disputes" size="5"/>'
    return re.sub(r"<View[^>]*>", lambda tag: f"{tag[0]}\n  {header}", interface_xml, count=1)


def _open(client: LabelStudio, title: str, interface_xml: str) -> Any:
    project = find_project(client, title)
    if project is None:
        return client.projects.create(
            title=title,
            label_config=interface_xml,
            maximum_annotations=1,
            show_skip_button=False,
            show_collab_predictions=True,  # or the page would open empty
        )
    if project.label_config.strip() != interface_xml.strip():
        fault = "the project has another labelling page: delete it, or restore the page"
        raise ProblemsError([Problem(title, "", fault)])
    return project


def _present(
    client: LabelStudio, project: int, title: str, tasks: Mapping[str, Mapping[str, Any]]
) -> set[str]:
    """The articles that the project holds.  Raises ProblemsError with all that do not fit."""
    problems = []
    present: set[str] = set()
    for stored in bare_tasks_of(client, project):
        article_id = str(stored.data.get("article_id"))
        place = task_place(stored.id, article_id)
        if article_id in present:
            problems.append(Problem(title, place, "the article has another task already"))
        present.add(article_id)
        if article_id not in tasks:
            continue
        data = tasks[article_id]["data"]
        if stored.data.get("text") != data["text"]:
            problems.append(Problem(title, place, "the task has another text than the article"))
        elif stored.data.get("merged") != data["merged"]:
            fault = "made of other annotations than those given now: delete the task to renew it"
            problems.append(Problem(title, place, fault))
    if problems:
        raise ProblemsError(problems)
    return present


def export_gold(
    connect: Connect,
    round_name: str,
    adjudicator: str,
    articles: Iterable[Article],
    registry: Registry,
) -> list[Annotation]:
    """What the adjudicator has settled, as gold.  Raises as `rounds.export` does."""
    title = project_title(round_name, ADJUDICATION)
    client = connect(adjudicator)
    settled = export(client, round_name, adjudicator, articles, registry, title=title)
    return [msgspec.structs.replace(annotation, annotator="gold") for annotation in settled]


def label_gold(
    connect: Connect,
    round_name: str,
    adjudicator: str,
    annotations: Iterable[Annotation],
    articles: Mapping[str, Article],
) -> None:
    """Store what the adjudicator has settled elsewhere, under the adjudicator's own account."""
    title = project_title(round_name, ADJUDICATION)
    label(connect, round_name, adjudicator, annotations, articles, title=title)


def write_notation(
    folder: Path,
    sides: tuple[Mapping[str, Annotation], Mapping[str, Annotation]],
    articles: Iterable[Article],
) -> list[Path]:
    """Write both annotators' work side by side, one file of notation an article.

    A file that is there stays as it is: it may hold the adjudicator's work.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for article in articles:
        pair = [side.get(article.article_id) for side in sides]
        path = folder / f"{article.article_id}.txt"
        if article.text is None or pair[0] is None or pair[1] is None or path.exists():
            continue
        path.write_text(notate_both(merge(pair[0], pair[1]), article), encoding="utf-8")
        written.append(path)
    return written


@plain_errors()
def has_adjudicated(connect: Connect, round_name: str, annotator: str) -> bool:
    """Whether the annotator has no project in the round, but the round has an adjudication."""
    client = connect(annotator)
    if find_project(client, project_title(round_name, annotator)) is not None:
        return False
    return find_project(client, project_title(round_name, ADJUDICATION)) is not None


def _task(merged: Merged, article: Article) -> dict[str, Any]:
    result = start_from(merged, article.text or "")
    # The order of the two annotators changes only the wording of the notes.
    made_of = [msgspec.json.encode(merged.side(index)) for index in (0, 1)]
    digest = hashlib.sha256(b"\n".join(sorted(made_of))).hexdigest()
    data = {**task_data(article), "disputes": summary(merged), "merged": digest}
    return {"data": data, "predictions": [{"model_version": MODEL, "result": result}]}


def start_from(merged: Merged, text: str) -> list[Item]:
    """The Label Studio result that the adjudicator starts from."""
    opened = _open_attributes(merged)
    result = [
        item
        for item in to_result(_union(merged), text)
        if (item.get("from_name"), item.get("id")) not in opened
    ]
    _relate_stances(result, merged)
    notes = disputes(merged, text)
    for item in result:
        if item.get("from_name") in (MENTION, PARTNERSHIP, STANCE) and item["id"] in notes:
            item["meta"] = {"text": [notes[item["id"]]]}
    return result


def _union(merged: Merged) -> Annotation:
    """One annotation with every region; of two words on one region the first, but all parties."""

    def every_party(region: Region[Partnership]) -> tuple[Party, ...]:
        return tuple(dict.fromkeys(party for said in region.said for party in said.parties))

    return msgspec.structs.replace(
        merged.side(0),
        mentions=tuple(region.said[0] for region in merged.mentions),
        partnerships=tuple(
            msgspec.structs.replace(region.said[0], parties=every_party(region))
            for region in merged.partnerships
        ),
        stances=tuple(region.said[0] for region in merged.stances),
    )


def _open_attributes(merged: Merged) -> set[tuple[str, str]]:
    """Control and region of what the two differ in and the adjudicator has to choose."""
    found = {(ENTITY, r.said[0].id) for r in merged.mentions if len({m.entity for m in r.said}) > 1}
    found |= {
        (STATUS, r.said[0].id) for r in merged.partnerships if len({p.status for p in r.said}) > 1
    }
    if merged.article_stance[0] != merged.article_stance[1]:
        found.add((ARTICLE_STANCE, "article"))
    return found


def _relate_stances(result: list[Item], merged: Merged) -> None:
    """Add the second annotator's relations of a stance where they end at other regions.

    That is so where a mention or partnership at one place has two types: the adjudicator
    deletes one of the two regions, and the relation to it goes with it.
    """
    known = {(i["from_id"], i["to_id"]): i for i in result if i["type"] == "relation"}
    for stance in (said for region in merged.stances for said in region.said):
        for role, to_id in ((HOLDER, stance.holder), (TARGET, stance.target)):
            if to_id is None:
                continue
            item = known.get((stance.id, to_id))
            if item is None:
                item = {"from_id": stance.id, "to_id": to_id, "type": "relation"}
                item |= {"direction": "right", "labels": []}
                known[stance.id, to_id] = item
                result.append(item)
            if role not in item["labels"]:
                item["labels"].append(role)


def summary(merged: Merged) -> str:
    """What the two annotators differ in, in one line on top of the page."""
    differing = disputes(merged)
    first, second = merged.annotators
    counts = [
        f"{_CAPTIONS[layer]} {count}"
        for layer in _LAYERS
        if (count := sum(r.said[0].id in differing for r in getattr(merged, layer)))
    ]
    words = [f"이견: {' · '.join(counts)}" if counts else "이견 없음"]
    if merged.article_stance[0] != merged.article_stance[1]:
        one, two = merged.article_stance
        words.append(f"기사 전체의 입장: {first}: {one} · {second}: {two}")
    return f"{first} / {second} — {' — '.join(words)}"


def disputes(merged: Merged, text: str = "") -> dict[str, str]:
    """The regions that the two differ in: who said what, by the region's id."""
    places = merged.places()
    notes = {}
    for layer in _LAYERS:
        regions: Sequence[Region[Any]] = getattr(merged, layer)
        for region in regions:
            if note := _note(region, regions, merged.annotators, places, text):
                notes[region.said[0].id] = note
    return notes


def _note(
    region: Region[Any],
    regions: Sequence[Region[Any]],
    names: tuple[str, str],
    places: Mapping[str, tuple[int, int]],
    text: str,
) -> str | None:
    """Who says what; None where both say the same."""
    own = 0 if region.first is not None else 1
    span = region.said[0]
    here = _aspects(span, places, text)
    if len(region.said) == 2:
        there = _aspects(region.said[1], places, text)
    else:
        others = [
            _aspects(other.said[0], places, text)
            for other in regions
            if other[own] is None and _overlap(other.said[0], span)
        ]
        if not others:
            return f"only {names[own]}"
        there = max(others, key=lambda other: sum(here[key] == other[key] for key in here))
    differing = [key for key in here if here[key][0] != there[key][0]]
    if not differing:
        return None if len(region.said) == 2 else f"only {names[own]}"
    words = (", ".join(said[key][1] for key in differing) for said in (here, there))
    return " · ".join(
        f"{name}: {word}" for name, word in zip((names[own], names[1 - own]), words, strict=True)
    )


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _aspects(
    span: Span, places: Mapping[str, tuple[int, int]], text: str
) -> dict[str, tuple[object, str]]:
    """All that a span says, aspect by aspect: the value to compare and the words to show."""

    def words(bounds: tuple[int, int]) -> str:
        return text[slice(*bounds)]

    found: dict[str, tuple[object, str]] = {"span": (span.bounds, f"“{words(span.bounds)}”")}
    if isinstance(span, Mention):
        found["type"] = (span.type, str(span.type))
        found["entity"] = (span.entity, span.entity or "–")
    elif isinstance(span, Partnership):
        found["type"] = (span.type, str(span.type))
        found["status"] = (span.status, str(span.status))
        parties = sorted((places[party.mention], party.role) for party in span.parties)
        shown = " + ".join(f"{role} {words(bounds)}" for bounds, role in parties)
        found["parties"] = (parties, shown or "–")
    elif isinstance(span, Stance):
        holder = None if span.holder is None else places[span.holder]
        shown = "–" if holder is None else words(holder)
        found["polarity"] = (span.polarity, str(span.polarity))
        found["holder"] = (holder, f"holder {shown}")
        target = places[span.target]
        found["target"] = ((span.target[0], target), f"target {words(target)}")
    return found
