"""Rounds of annotation: articles into Label Studio, annotations out of it.

Anyone who is signed in to Label Studio can read and overwrite everything in a project.
So each annotator of a round has a project of their own, and what another account touched
is refused on export.  Nothing is checked on import either, and the same article twice is
two tasks, so everything here is keyed on ``article_id``.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hapjong.annotation.accounts import StudioError, email_of, plain_errors
from hapjong.annotation.convert import from_result, to_result
from hapjong.annotation.naming import name_entities, without
from hapjong.annotation.projects import (
    BATCH,
    Connect,
    bare_tasks_of,
    find_project,
    project_title,
    require_project,
    task_data,
    task_place,
    tasks_of,
)
from hapjong.annotation.stored import (
    StoredAnnotation,
    StoredTask,
    read_elements,
    read_task,
    stored_annotations,
)
from hapjong.corpus.checks import check_annotation
from hapjong.corpus.registry import Registry
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import Annotation, Article, dump_annotation

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio


class Loaded(NamedTuple):
    """One annotator's project: tasks ``added`` now, and tasks ``present`` before."""

    annotator: str
    project: int
    added: int
    present: int


class LoadReport(NamedTuple):
    """What `load` did; ``skipped`` are the articles whose text is not at hand."""

    projects: tuple[Loaded, ...]
    skipped: tuple[str, ...]


class _Project(NamedTuple):
    client: LabelStudio
    annotator: str
    id: int
    texts: dict[str, str]


@plain_errors()
def load(
    connect: Connect,
    round_name: str,
    annotators: Iterable[str],
    articles: Iterable[Article],
    interface_xml: str,
    instructions: str = "",
) -> LoadReport:
    """Give every annotator a project with all articles whose text is at hand.

    Only what is missing is added, so a second run, or one after a run that was cut off,
    completes the round.  Raises ProblemsError, and adds nothing, where a project holds
    another text of an article, an article twice, or another labelling page.
    ``instructions`` (HTML) stand behind the button of that name on the page.
    """
    articles = list(articles)
    texts = {article.article_id: article.text for article in articles if article.text is not None}
    projects: list[_Project] = []
    problems: list[Problem] = []
    for annotator in annotators:
        title = project_title(round_name, annotator)
        try:
            project = _open(connect(annotator), annotator, title, texts, interface_xml)
            projects.append(project)
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    for project in projects:
        project.client.projects.update(id=project.id, expert_instruction=instructions)
    return LoadReport(
        projects=tuple(_add_missing(project, articles) for project in projects),
        skipped=tuple(article.article_id for article in articles if article.text is None),
    )


def _open(
    client: LabelStudio, annotator: str, title: str, texts: Mapping[str, str], interface_xml: str
) -> _Project:
    """The annotator's project, made if there is none, checked if there is one."""
    project = find_project(client, title)
    if project is None:
        project = client.projects.create(
            title=title,
            label_config=interface_xml,
            maximum_annotations=1,
            show_skip_button=False,  # a round needs an answer for every article
        )
    problems = []
    # Label Studio strips what it stores.
    if project.label_config.strip() != interface_xml.strip():
        fault = "the project has another labelling page: give the round a new name"
        problems.append(Problem(title, "", fault))
    present: dict[str, str] = {}
    for task in bare_tasks_of(client, project.id):
        article_id, text = task.data.get("article_id"), task.data.get("text")
        place = task_place(task.id, article_id)
        if article_id in present:
            problems.append(Problem(title, place, "the article has another task already"))
        if text != texts.get(article_id, text):
            problems.append(Problem(title, place, "the task has another text than the article"))
        present[article_id] = text
    if problems:
        raise ProblemsError(problems)
    return _Project(client, annotator, project.id, present)


def _add_missing(project: _Project, articles: Iterable[Article]) -> Loaded:
    tasks: list[Any] = [
        {"data": task_data(article)}
        for article in articles
        if article.text is not None and article.article_id not in project.texts
    ]
    for start in range(0, len(tasks), BATCH):
        project.client.projects.import_tasks(id=project.id, request=tasks[start : start + BATCH])
    return Loaded(project.annotator, project.id, len(tasks), len(project.texts))


@plain_errors()
def submit(
    client: LabelStudio,
    project: int,
    article_id: str,
    result: list[dict[str, Any]],
    lead_time: float | None = None,
) -> int:
    """Store the result as the annotation of the client's own account; the annotation's id.

    An annotation that this account has made of the article before is replaced.
    """
    task = _find_task(client, project, article_id)
    account = client.users.whoami().id
    own = [stored["id"] for stored in task.annotations or [] if stored["completed_by"] == account]
    timing = {} if lead_time is None else {"lead_time": lead_time}
    if own:
        stored = client.annotations.update(id=own[0], result=result, was_cancelled=False, **timing)
    else:
        stored = client.annotations.create(id=task.id, result=result, **timing)
    return int(stored.id)


def label(
    connect: Connect,
    round_name: str,
    annotator: str,
    annotations: Iterable[Annotation],
    articles: Mapping[str, Article],
    title: str | None = None,
) -> None:
    """Store annotations that were made elsewhere under the annotator's own account.

    They go into the annotator's project of the round, or into the project ``title``.
    """
    client = connect(annotator)
    project = require_project(client, title or project_title(round_name, annotator))
    for annotation in annotations:
        text = articles[annotation.article_id].text or ""
        submit(client, project.id, annotation.article_id, to_result(annotation, text))


def _find_task(client: LabelStudio, project: int, article_id: str) -> Any:
    condition = {
        "filter": "filter:tasks:data.article_id",
        "operator": "equal",
        "type": "String",
        "value": article_id,
    }
    query = json.dumps({"filters": {"conjunction": "and", "items": [condition]}})
    tasks = list(tasks_of(client, project, query=query))
    if len(tasks) != 1:
        fault = f"one task of {article_id} is expected in project {project}, found {len(tasks)}"
        raise StudioError(fault)
    return tasks[0]


def export(
    client: LabelStudio,
    round_name: str,
    annotator: str,
    articles: Iterable[Article],
    registry: Registry,
    title: str | None = None,
) -> Iterator[Annotation]:
    """The annotations of one annotator's project, or of the project ``title``, page by page.

    Only when the last one has been taken is it sure that the round is sound: then it
    raises ProblemsError with every fault of every task (`write_annotations` leaves nothing
    behind in that case): none or several annotations, another account's hand in it, an
    article that is unknown or has changed, whatever is wrong in a stored result, and every
    rule of the scheme that it breaks.
    """
    with plain_errors():
        title = title or project_title(round_name, annotator)
        project = require_project(client, title)
        reader = _TaskReader(articles, registry, annotator, _account_id(client, annotator))
        tasks = (partial(_from_sdk, task) for task in tasks_of(client, project.id))
        yield from _read_tasks(tasks, reader, title)


def read_export(
    path: Path, annotator: str, articles: Iterable[Article], registry: Registry
) -> Iterator[Annotation]:
    """The annotations of a raw JSON export of Label Studio, read task by task.

    Errors as in `export`.  A file does not say whose account is whose, so all of it must
    be the work of the account that made the first annotation.
    """
    reader = _TaskReader(articles, registry, annotator, None)
    tasks = (partial(read_task, element, str(path)) for element in read_elements(path))
    yield from _read_tasks(tasks, reader, str(path))


def _from_sdk(task: Any) -> StoredTask:
    place = task_place(task.id, task.data.get("article_id"))
    annotations = stored_annotations(task.annotations or [], place)
    return StoredTask(id=task.id, data=task.data, annotations=annotations)


def _read_tasks(
    tasks: Iterable[Callable[[], StoredTask]], reader: _TaskReader, title: str
) -> Iterator[Annotation]:
    """What the reader makes of each task; at the end ProblemsError if there was any fault."""
    problems: list[Problem] = []
    try:
        for decode in tasks:
            place = ""
            try:
                task = decode()
                place = task_place(task.id, task.data.get("article_id"))
                annotation = reader.read(task.data, task.annotations)
            except ProblemsError as error:
                problems += [_within(title, place, problem) for problem in error.problems]
            else:
                if not problems:  # else nothing of the round will be used
                    yield annotation
    except ProblemsError as error:  # a file that ceases to be JSON
        problems += error.problems
    if problems:
        raise ProblemsError(problems)


class _TaskReader:
    """Turns the tasks of one project into annotations."""

    def __init__(
        self, articles: Iterable[Article], registry: Registry, annotator: str, account: int | None
    ) -> None:
        self.articles = {article.article_id: article for article in articles}
        self.registry = registry
        self.annotator = annotator
        self.account = account
        self.seen: Counter[str] = Counter()

    def read(self, data: Mapping[str, Any], stored: Iterable[StoredAnnotation]) -> Annotation:
        """The one annotation of a task.  Raises ProblemsError with all that is wrong with it."""
        article_id = str(data.get("article_id"))
        self.seen[article_id] += 1
        article = self.articles.get(article_id)
        if article is None:
            raise _fault("no such article")
        if article.text not in (None, data.get("text")):
            raise _fault("the task has another text than the article")
        if self.seen[article_id] > 1:
            raise _fault("the article has another task already")
        uncancelled = [one for one in stored if not one.was_cancelled]
        if len(uncancelled) != 1:
            raise _fault(f"one annotation is expected, found {len(uncancelled)}")
        problems = list(self._check_hands(uncancelled[0]))
        try:
            annotation = from_result(uncancelled[0].result, article, self.annotator)
        except ProblemsError as error:
            raise ProblemsError([*problems, *error.problems]) from error
        annotation, unnamed = name_entities(annotation, article, self.registry)
        problems += unnamed
        problems += without(check_annotation(annotation, article, self.registry, ""), unnamed)
        if problems:
            raise ProblemsError(problems)
        return annotation

    def _check_hands(self, stored: StoredAnnotation) -> Iterator[Problem]:
        if self.account is None:
            self.account = stored.completed_by
        for account, done in ((stored.completed_by, "made"), (stored.updated_by, "changed")):
            if account not in (None, self.account):
                fault = f"account {account} {done} it, not {self.annotator}'s ({self.account})"
                yield Problem("", f"annotation {stored.id}", fault)


def _account_id(client: LabelStudio, annotator: str) -> int:
    email = email_of(annotator)
    for user in client.users.list():
        if user.email == email:
            return int(user.id)
    raise StudioError(f"{email} has no account on this server: hapjong studio load")


def _within(title: str, place: str, problem: Problem) -> Problem:
    return Problem(title, ": ".join(filter(None, (place, problem.place))), problem.fault)


def _fault(fault: str) -> ProblemsError:
    return ProblemsError([Problem("", "", fault)])


def write_annotations(folder: Path, annotations: Iterable[Annotation]) -> list[Path]:
    """Write one file an article into the folder; other files in it stay as they are.

    All files are written beside the folder first and then moved into it, so that a run
    that is cut off leaves old files and new ones, but never half of one.  The drafts of a
    run that was killed are removed by the next one, which finds them by their fixed name.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.parent / f".{folder.name}.part"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        drafts = []
        for annotation in annotations:
            draft = beside / f"{annotation.article_id}.json"
            draft.write_bytes(dump_annotation(annotation))
            drafts.append(draft)
        folder.mkdir(exist_ok=True)
        return [draft.replace(folder / draft.name) for draft in drafts]
    finally:
        shutil.rmtree(beside)
