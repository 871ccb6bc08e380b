"""Projects and tasks of a Label Studio server, as rounds use them.

A project is found by its title, a task by the article that it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from hapjong.annotation.accounts import StudioError
from hapjong.schema import Article

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

TITLE_LENGTH = 50  # Label Studio's PROJECT_TITLE_MAX_LEN, core/settings/base.py
BATCH = 50
"""Tasks in one request, either way."""

Connect = Callable[[str], "LabelStudio"]
"""Gives the client that acts as the named annotator (`Accounts.connect`)."""


def project_title(round_name: str, annotator: str) -> str:
    """The title that a project is found by.  Raises StudioError where it is too long."""
    title = f"{round_name} · {annotator}"
    if len(title) > TITLE_LENGTH:
        fault = f"{title!r} is too long for a project's title (at most {TITLE_LENGTH} characters)"
        raise StudioError(fault)
    return title


def tasks_of(client: LabelStudio, project: int, **options: str) -> Iterator[Any]:
    """The project's tasks, with their annotations unless asked otherwise, page by page."""
    yield from client.tasks.list(project=project, page_size=BATCH, resolve_uri=False, **options)


def bare_tasks_of(client: LabelStudio, project: int) -> Iterator[Any]:
    """The project's tasks without their annotations, page by page."""
    yield from tasks_of(client, project, fields="task_only", include="id,data")


def round_project(client: LabelStudio, round_name: str, annotator: str) -> int:
    """The id of the annotator's project.  Raises StudioError where the round has none."""
    return int(require_project(client, project_title(round_name, annotator)).id)


def find_project(client: LabelStudio, title: str) -> Any:
    """The project of this title, or None; the server's own search also finds longer titles."""
    alike: Iterable[Any] = client.projects.list(title=title)
    found = [project for project in alike if project.title == title]
    if len(found) > 1:
        raise StudioError(f"{len(found)} projects have the title {title!r}: delete all but one")
    return found[0] if found else None


def require_project(client: LabelStudio, title: str) -> Any:
    """The project of this title.  Raises StudioError where there is none."""
    project = find_project(client, title)
    if project is None:
        raise StudioError(f"there is no project {title!r}: hapjong studio load")
    return project


def task_data(article: Article) -> dict[str, str | None]:
    """What a task holds, for the page to show; ``article_id`` is its key."""
    return {
        "article_id": article.article_id,
        "text": article.text,
        "date": article.header.date.isoformat(),
        "genre": str(article.header.genre),
        "title": article.title,
    }


def task_place(task: int, article_id: str | None) -> str:
    """How messages name a task."""
    return f"task {task} ({article_id})"
