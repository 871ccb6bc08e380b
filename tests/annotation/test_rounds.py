"""Rounds of annotation against a real server: load, submit, export."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hapjong.annotation.accounts import Accounts, StudioError
from hapjong.annotation.convert import to_result
from hapjong.annotation.interface import render
from hapjong.annotation.rounds import (
    export,
    load,
    project_title,
    read_export,
    submit,
    write_annotations,
)
from hapjong.problems import ProblemsError
from hapjong.schema import (
    Annotation,
    Article,
    Entity,
    MentionType,
    Split,
    canonical,
    dump_annotation,
    sha256,
)

KIM, LEE = "kim", "lee"
INTERFACE = render()
REGISTRY = {
    "gana": Entity(type=MentionType.ORG, ko="가나전자", en="Gana Electronics"),
    "dara-soft": Entity(type=MentionType.ORG, ko="다라소프트", en="Dara Soft"),
}
Annotate = Callable[[Article, str], Annotation]


def load_for(accounts: Accounts, name: str, articles: list[Article], *annotators: str) -> list[int]:
    """Load a round; the ids of the annotators' projects."""
    report = load(accounts.connect, name, annotators or [KIM], articles, INTERFACE)
    return [loaded.project for loaded in report.projects]


def article_ids(accounts: Accounts, project: int) -> list[str]:
    return [task.data["article_id"] for task in accounts.connect(KIM).tasks.list(project=project)]


@pytest.mark.studio
def test_load_twice_adds_nothing(accounts: Accounts, articles: list[Article]) -> None:
    first = load(accounts.connect, "twice", [KIM], articles, INTERFACE)
    second = load(accounts.connect, "twice", [KIM], articles, INTERFACE)
    assert [(p.added, p.present) for p in first.projects] == [(4, 0)]
    assert [(p.added, p.present) for p in second.projects] == [(0, 4)]
    assert first.projects[0].project == second.projects[0].project
    assert article_ids(accounts, first.projects[0].project) == [a.article_id for a in articles]


@pytest.mark.studio
def test_interrupted_load_is_completed(accounts: Accounts, articles: list[Article]) -> None:
    load_for(accounts, "halfway", articles[:2])
    report = load(accounts.connect, "halfway", [KIM], articles, INTERFACE)
    assert [(p.added, p.present) for p in report.projects] == [(2, 2)]
    assert article_ids(accounts, report.projects[0].project) == [a.article_id for a in articles]


@pytest.mark.studio
def test_each_annotator_has_a_project(accounts: Accounts, articles: list[Article]) -> None:
    unread = msgspec.structs.replace(articles[3], split=Split.PRESS, text=None)
    report = load(accounts.connect, "pair", [KIM, LEE], [*articles[:3], unread], INTERFACE)
    assert report.skipped == (unread.article_id,)
    assert [(p.annotator, p.added) for p in report.projects] == [(KIM, 3), (LEE, 3)]
    first, second = (p.project for p in report.projects)
    assert first != second
    assert article_ids(accounts, first) == article_ids(accounts, second)


@pytest.mark.studio
def test_load_refuses_another_text(accounts: Accounts, articles: list[Article]) -> None:
    [project] = load_for(accounts, "edited", articles[:2])
    edited = [msgspec.structs.replace(a, text=f"{a.text} 고침") for a in articles[:2]]
    with pytest.raises(ProblemsError) as caught:
        load_for(accounts, "edited", [*edited, articles[2]], KIM)
    assert [problem.fault for problem in caught.value.problems] == [
        "the task has another text than the article"
    ] * 2
    assert len(article_ids(accounts, project)) == 2


@pytest.mark.studio
def test_load_refuses_another_page(accounts: Accounts, articles: list[Article]) -> None:
    load_for(accounts, "page", articles[:1])
    with pytest.raises(ProblemsError, match="another labelling page"):
        load(accounts.connect, "page", [KIM], articles, INTERFACE.replace("ORG", "FIRM"))


@pytest.mark.studio
def test_export_gives_what_was_submitted(
    accounts: Accounts, articles: list[Article], annotate: Annotate
) -> None:
    pressed = msgspec.structs.replace(articles[3], split=Split.PRESS)
    articles = [*articles[:3], pressed]
    [project] = load_for(accounts, "there-and-back", articles)
    client = accounts.connect(KIM)
    records = [annotate(article, KIM) for article in articles]
    for article, record in zip(articles, records, strict=True):
        result = to_result(record, article.text or "")
        submit(client, project, article.article_id, result, lead_time=12.5)
    owner = accounts.connect("owner")
    exported = list(export(owner, "there-and-back", KIM, articles, REGISTRY))
    assert exported[:3] == [canonical(record) for record in records[:3]]
    hashes = [span.surface_sha256 for _, span in exported[3].spans()]
    assert hashes == [sha256(span.surface or "") for _, span in canonical(records[3]).spans()]


@pytest.mark.studio
def test_submitting_again_replaces(
    accounts: Accounts, articles: list[Article], annotate: Annotate
) -> None:
    [project] = load_for(accounts, "again", articles[:1])
    client = accounts.connect(KIM)
    article, record = articles[0], annotate(articles[0], KIM)
    text = article.text or ""
    first = submit(client, project, article.article_id, to_result(record, text))
    changed = msgspec.structs.replace(record, stances=())
    second = submit(client, project, article.article_id, to_result(changed, text))
    assert first == second
    assert list(export(client, "again", KIM, articles, REGISTRY)) == [canonical(changed)]


@pytest.mark.studio
def test_overwritten_annotation_is_refused(
    accounts: Accounts, articles: list[Article], annotate: Annotate
) -> None:
    [project] = load_for(accounts, "touched", articles[:1])
    article = articles[0]
    result = to_result(annotate(article, KIM), article.text or "")
    annotation = submit(accounts.connect(KIM), project, article.article_id, result)
    accounts.connect(LEE).annotations.update(id=annotation, result=result)
    with pytest.raises(ProblemsError, match=r"task \d+ .*annotation \d+: account \d+ changed it"):
        list(export(accounts.connect(KIM), "touched", KIM, articles, REGISTRY))


@pytest.mark.studio
def test_another_annotator_beside_is_refused(
    accounts: Accounts, articles: list[Article], annotate: Annotate
) -> None:
    [project] = load_for(accounts, "beside", articles[:1])
    article = articles[0]
    result = to_result(annotate(article, KIM), article.text or "")
    for name in (KIM, LEE):
        submit(accounts.connect(name), project, article.article_id, result)
    with pytest.raises(ProblemsError, match="one annotation is expected, found 2"):
        list(export(accounts.connect(KIM), "beside", KIM, articles, REGISTRY))


@pytest.mark.studio
def test_export_lists_every_problem(
    accounts: Accounts, articles: list[Article], annotate: Annotate
) -> None:
    [project] = load_for(accounts, "faulty", articles)
    client = accounts.connect(KIM)
    for article in articles[:3]:
        result = to_result(annotate(article, KIM), article.text or "")
        if article is not articles[0]:
            result[0]["value"]["labels"] = ["FIRM"]  # m1
        submit(client, project, article.article_id, result)
    with pytest.raises(ProblemsError) as caught:
        list(export(client, "faulty", KIM, articles, REGISTRY))
    problems = [(p.file, p.place.partition(" (")[2], p.fault) for p in caught.value.problems]
    title = project_title("faulty", KIM)
    assert problems == [
        (title, f"{articles[1].article_id}): region m1", "unknown label 'FIRM'"),
        (title, f"{articles[2].article_id}): region m1", "unknown label 'FIRM'"),
        (title, f"{articles[3].article_id})", "one annotation is expected, found 0"),
    ]


@pytest.mark.studio
def test_errors_of_the_server_show_no_cookie(accounts: Accounts, articles: list[Article]) -> None:
    with pytest.raises(StudioError, match="refused: 400") as caught:
        load(accounts.connect, "broken", [KIM], articles, "<View")
    assert "sessionid" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.studio
def test_unknown_round(accounts: Accounts, articles: list[Article]) -> None:
    with pytest.raises(StudioError, match="there is no project 'nowhere · kim'"):
        list(export(accounts.connect(KIM), "nowhere", KIM, articles, REGISTRY))


def test_long_title_is_refused() -> None:
    with pytest.raises(StudioError, match="at most 50 characters"):
        project_title("r" * 45, KIM)


def test_written_files(tmp_path: Path, articles: list[Article], annotate: Annotate) -> None:
    folder = tmp_path / "pilot" / KIM
    records = [annotate(article, KIM) for article in articles]
    write_annotations(folder, records[:1])
    written = write_annotations(folder, records)
    assert [path.read_bytes() for path in written] == list(map(dump_annotation, records))
    assert sorted(folder.iterdir()) == written
    assert list(folder.parent.iterdir()) == [folder]


def test_failed_writing_leaves_the_old_files(
    tmp_path: Path, articles: list[Article], annotate: Annotate
) -> None:
    folder = tmp_path / "pilot" / KIM
    good = annotate(articles[0], KIM)
    [path] = write_annotations(folder, [good])
    changed = msgspec.structs.replace(good, stances=())
    dangling = msgspec.structs.replace(annotate(articles[1], KIM), mentions=())
    with pytest.raises(KeyError):
        write_annotations(folder, [changed, dangling])
    assert path.read_bytes() == dump_annotation(good)
    assert list(folder.iterdir()) == [path]
    assert list(folder.parent.iterdir()) == [folder]


def test_files_of_other_articles_stay(
    tmp_path: Path, articles: list[Article], annotate: Annotate
) -> None:
    first, second = (annotate(article, KIM) for article in articles[:2])
    [other] = write_annotations(tmp_path / KIM, [first])
    [written] = write_annotations(tmp_path / KIM, [second])
    assert sorted((tmp_path / KIM).iterdir()) == [other, written]
    assert other.read_bytes() == dump_annotation(first)


def test_files_appear_all_at_once(
    tmp_path: Path, articles: list[Article], annotate: Annotate
) -> None:
    folder = tmp_path / KIM
    write_annotations(folder, [annotate(articles[0], KIM)])
    seen: list[int] = []

    def watched() -> Iterator[Annotation]:
        for article in articles:
            yield annotate(article, KIM)
            seen.append(len(list(folder.iterdir())))

    written = write_annotations(folder, watched())
    assert seen == [1] * len(articles)
    assert sorted(folder.iterdir()) == written


def export_file(path: Path, annotations: list[Annotation], articles: list[Article]) -> list[Any]:
    """A raw JSON export of the annotations, all by account 7; its tasks, for changes."""
    tasks = [
        {
            "id": number,
            "data": {"article_id": article.article_id, "text": article.text},
            "annotations": [
                {
                    "id": 100 + number,
                    "completed_by": 7,
                    "updated_by": 7,
                    "was_cancelled": False,
                    "prediction": {"id": 1, "result": [{"anything": None}]},
                    "result": to_result(annotation, article.text or ""),
                }
            ],
        }
        for number, (article, annotation) in enumerate(zip(articles, annotations, strict=True), 1)
    ]
    path.write_text(json.dumps(tasks, indent=2), encoding="utf-8")
    return tasks


def test_a_raw_export_gives_what_was_annotated(
    tmp_path: Path, articles: list[Article], annotate: Annotate
) -> None:
    path = tmp_path / "export.json"
    records = [annotate(article, KIM) for article in articles]
    export_file(path, records, articles)
    found = list(read_export(path, KIM, articles, REGISTRY))
    assert found == [canonical(record) for record in records]


def test_every_fault_of_a_raw_export_has_its_task_and_region(
    tmp_path: Path, articles: list[Article], annotate: Annotate
) -> None:
    path = tmp_path / "export.json"
    tasks = export_file(path, [annotate(article, KIM) for article in articles], articles)
    tasks[1]["annotations"][0]["result"][0]["value"]["labels"] = ["FIRM"]  # m1
    tasks[2]["annotations"][0]["result"][0]["value"] = 5
    tasks[3]["annotations"][0]["updated_by"] = 8
    path.write_text(json.dumps(tasks)[:-1] + ", {")
    with pytest.raises(ProblemsError) as caught:
        write_annotations(tmp_path / KIM, read_export(path, KIM, articles, REGISTRY))
    ids = [article.article_id for article in articles]
    shown = [": ".join(problem[1:]) for problem in caught.value.problems]
    assert shown[0] == f"task 2 ({ids[1]}): region m1: unknown label 'FIRM'"
    assert shown[1].startswith("task number 3: $.annotations[0].result[0].value: 5 is not")
    assert shown[2].startswith(f"task 4 ({ids[3]}): annotation 104: account 8 changed it")
    assert shown[3].endswith("the file ends within this task")
    assert len(shown) == 4
    assert list(tmp_path.iterdir()) == [path]


def test_a_raw_export_of_two_accounts_is_refused(
    tmp_path: Path, articles: list[Article], annotate: Annotate
) -> None:
    path = tmp_path / "export.json"
    tasks = export_file(path, [annotate(article, KIM) for article in articles], articles)
    tasks[2]["annotations"][0]["completed_by"] = 8
    path.write_text(json.dumps(tasks))
    with pytest.raises(ProblemsError, match="account 8 made it, not kim's"):
        list(read_export(path, KIM, articles, REGISTRY))
