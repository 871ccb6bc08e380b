"""Adjudication on a real server: two accounts' work settled into gold, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from hapjong.annotation.accounts import Accounts, StudioError
from hapjong.annotation.adjudicate import (
    adjudicate,
    disputes,
    export_gold,
    has_adjudicated,
    label_gold,
    read_round,
    start_from,
    summary,
    write_notation,
)
from hapjong.annotation.adjudicate import page as adjudication_page
from hapjong.annotation.convert import from_result
from hapjong.annotation.interface import render
from hapjong.annotation.merging import merge
from hapjong.annotation.rounds import export, label, load, submit
from hapjong.annotation.server import Server
from hapjong.corpus.dataset import inspect_corpus
from hapjong.corpus.layout import Layout
from hapjong.problems import ProblemsError
from hapjong.schema import (
    Annotation,
    Article,
    Entity,
    MentionType,
    PartnershipType,
    Polarity,
    Status,
    canonical,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

KIM, LEE, CHOI = "kim", "lee", "choi"
REGISTRY = {
    "gana": Entity(type=MentionType.ORG, ko="가나전자", en="Gana Electronics"),
    "dara-soft": Entity(type=MentionType.ORG, ko="다라소프트", en="Dara Soft"),
    "dara-group": Entity(type=MentionType.ORG, ko="다라소프트", en="Dara Group"),
}
Annotate = Callable[[Article, str], Annotation]
Sides = tuple[dict[str, Annotation], dict[str, Annotation]]


def second_opinion(record: Annotation) -> Annotation:
    """The same article as another annotator sees it: every kind of difference at once."""
    mentions, [partnership] = record.mentions, record.partnerships
    return replace(
        record,
        annotator=LEE,
        mentions=(mentions[0], replace(mentions[1], entity="dara-group")),
        partnerships=(replace(partnership, status=Status.IN_TALKS),),
        stances=(replace(record.stances[0], polarity=Polarity.NEUTRAL),),
        article_stance=Polarity.NEUTRAL,
    )


def by_article(*records: Annotation) -> dict[str, Annotation]:
    return {record.article_id: record for record in records}


def test_what_differs_is_open_and_says_who_said_what(
    articles: list[Article], annotate: Annotate
) -> None:
    article, record = articles[0], annotate(articles[0], KIM)
    merged = merge(record, second_opinion(record))
    text = article.text or ""
    assert disputes(merged, text) == {
        "m2": "kim: dara-soft · lee: dara-group",
        "m3": "only kim",
        "p1": "kim: agreed · lee: in_talks",
        "s1": "kim: favor · lee: neutral",
        "s2": "lee: neutral · kim: favor",
    }
    with pytest.raises(ProblemsError) as caught:
        from_result(start_from(merged, text), article, CHOI)
    assert [(p.place, p.fault) for p in caught.value.problems] == [
        ("region p1", "the status is missing"),
        ("article", "one article stance is expected, found 0"),
    ]
    assert "kim: favor · lee: neutral" in summary(merged)
    assert "언급 2 · 협력 관계 1 · 입장 2" in summary(merged)


def test_two_types_at_one_place_share_what_points_there(
    articles: list[Article], annotate: Annotate
) -> None:
    """The partnership stays one; deleting either mention leaves it whole."""
    article, record = articles[0], annotate(articles[0], KIM)
    changed = replace(record.mentions[1], type=MentionType.ALLIANCE)
    other = replace(record, annotator=LEE, mentions=(*record.mentions[:1], changed))
    merged = merge(record, other)
    result = start_from(merged, article.text or "")
    twins = [r.said[0].id for r in merged.mentions if r.said[0].bounds == changed.bounds]
    assert len(twins) == 2
    for kept, deleted in (twins, reversed(twins)):
        left = [i for i in result if deleted not in (i.get("id"), i.get("to_id"))]
        settled = from_result(left, article, CHOI)
        [partnership], [stance] = settled.partnerships, settled.stances
        assert len(partnership.parties) == 2
        holder = next(m for m in settled.mentions if m.id == stance.holder)
        kept_type = next(r.said[0].type for r in merged.mentions if r.said[0].id == kept)
        assert holder.type is kept_type


def settle(result: list[dict[str, Any]], wanted: Annotation) -> list[dict[str, Any]]:
    """What the adjudicator adds to what stands there: here everything as ``wanted`` has it."""
    keep = [i for i in result if i.get("id") not in ("s2",) and i.get("from_id") not in ("s2",)]
    span = {"start": wanted.mentions[1].start, "end": wanted.mentions[1].end}
    entity = {"id": "m2", "from_name": "entity", "to_name": "text", "type": "textarea"}
    keep.append({**entity, "value": {**span, "text": [wanted.mentions[1].entity]}})
    span = {"start": wanted.partnerships[0].start, "end": wanted.partnerships[0].end}
    status = {"id": "p1", "from_name": "status", "to_name": "text", "type": "choices"}
    keep.append({**status, "value": {**span, "choices": [wanted.partnerships[0].status]}})
    whole = {"id": "a", "from_name": "article_stance", "to_name": "text", "type": "choices"}
    keep.append({**whole, "value": {"choices": [wanted.article_stance]}})
    return keep


@pytest.mark.studio
def test_from_two_accounts_to_gold(
    accounts: Accounts, articles: list[Article], annotate: Annotate
) -> None:
    name, pair = "to-gold", articles[:2]
    load(accounts.connect, name, [KIM, LEE], pair, render())
    kims = [annotate(article, KIM) for article in pair]
    lees = [second_opinion(kims[0]), replace(kims[1], annotator=LEE)]
    known = {article.article_id: article for article in pair}
    label(accounts.connect, name, KIM, kims, known)
    label(accounts.connect, name, LEE, lees, known)
    sides = tuple(
        by_article(*export(accounts.connect("owner"), name, who, pair, REGISTRY))
        for who in (KIM, LEE)
    )
    assert sides == tuple({a.article_id: canonical(a) for a in side} for side in (kims, lees))

    done = adjudicate(accounts.connect, name, CHOI, sides, articles, render(), "<p>규칙</p>")  # type: ignore[arg-type]
    assert (done.added, done.present, done.differing) == (2, 0, 1)
    assert done.skipped == tuple(article.article_id for article in articles[2:])
    client = accounts.connect(CHOI)
    tasks = list(client.tasks.list(project=done.project))
    project = client.projects.get(id=done.project)
    assert project.model_version  # or the page would open empty
    assert project.expert_instruction == "<p>규칙</p>"
    for task, record in zip(tasks, kims, strict=True):
        start = task.predictions[0].result
        agreed = task is tasks[1]
        submit(client, done.project, record.article_id, start if agreed else settle(start, record))
    before = [task.annotations for task in client.tasks.list(project=done.project)]
    again = adjudicate(accounts.connect, name, CHOI, sides, articles, render())  # type: ignore[arg-type]
    assert (again.added, again.present, again.project) == (0, 2, done.project)
    assert [task.annotations for task in client.tasks.list(project=done.project)] == before

    gold = export_gold(accounts.connect, name, CHOI, articles, REGISTRY)
    assert gold == [replace(canonical(record), annotator="gold") for record in kims]
    assert has_adjudicated(accounts.connect, name, CHOI)
    assert not has_adjudicated(accounts.connect, name, KIM)

    label_gold(accounts.connect, name, CHOI, [replace(lees[0], annotator=CHOI)], known)
    gold = export_gold(accounts.connect, name, CHOI, articles, REGISTRY)
    assert gold == [replace(canonical(record), annotator="gold") for record in (lees[0], kims[1])]


@pytest.mark.studio
def test_half_made_project_is_completed_and_a_stale_one_refused(
    accounts: Accounts, articles: list[Article], annotate: Annotate
) -> None:
    name, records = "half", [annotate(article, KIM) for article in articles]
    sides: Sides = by_article(*records), by_article(*map(second_opinion, records))
    adjudicate(accounts.connect, name, CHOI, sides, articles[:1], render())
    done = adjudicate(accounts.connect, name, CHOI, sides, articles, render())
    assert (done.added, done.present) == (3, 1)
    client = accounts.connect(CHOI)
    tasks = list(client.tasks.list(project=done.project))
    assert sorted(t.data["article_id"] for t in tasks) == [a.article_id for a in articles]
    assert all(len(task.predictions) == 1 for task in tasks)
    changed: Sides = by_article(*records), by_article(*(replace(r, annotator=LEE) for r in records))
    with pytest.raises(ProblemsError) as caught:
        adjudicate(accounts.connect, name, CHOI, changed, articles, render())
    assert len(caught.value.problems) == 4
    assert "made of other annotations" in caught.value.problems[0].fault


@pytest.mark.studio
@pytest.mark.browser
def test_page_opens_the_merge_as_an_editable_annotation(
    server: Server,
    page: Page,
    sign_in: Callable[[str], None],
    artefacts: Path,
    articles: list[Article],
    annotate: Annotate,
) -> None:
    """The adjudicator signs in, sees who said what, chooses, and submits."""
    accounts = server.accounts
    article, record = articles[0], annotate(articles[0], KIM)
    other = replace(
        record, annotator=LEE, article_stance=Polarity.NEUTRAL, stances=(),
        partnerships=(replace(record.partnerships[0], status=Status.IN_TALKS),),
    )  # fmt: skip
    sides = by_article(record), by_article(other)
    done = adjudicate(accounts.connect, "page-gold", CHOI, sides, [article], render())
    [task] = accounts.connect(CHOI).tasks.list(project=done.project)
    sign_in(CHOI)
    page.goto(f"{server.url}/projects/{done.project}/data?task={task.id}")
    page.get_by_text("kim: favor · lee: neutral").wait_for()

    marks = page.locator(".lsf-htx-richtext .htx-highlight")
    marks.nth(3).wait_for()
    marks.filter(has_text="개발하기로 했다").click()
    page.get_by_text("kim: agreed · lee: in_talks").first.wait_for()
    page.screenshot(path=artefacts / "adjudication-page.png")
    for caption in ("합의·시행", "찬성·긍정"):
        page.locator(".lsf-choice", has_text=caption).locator("input").check()
    with page.expect_response(
        lambda answer: f"/tasks/{task.id}/annotations" in answer.url
    ) as answer:
        page.get_by_test_id("bottombar-submit-button").click()
    assert answer.value.status == 201
    gold = export_gold(accounts.connect, "page-gold", CHOI, [article], REGISTRY)
    assert gold == [replace(canonical(record), annotator="gold")]
    [task] = accounts.connect(CHOI).tasks.list(project=done.project)
    result = task.annotations[0]["result"]
    notes = {i["id"]: i["meta"]["text"] for i in result if i.get("meta")}
    assert sorted(notes.values()) == [["kim: agreed · lee: in_talks"], ["only kim"]]


def test_notation_of_both_is_written_once(
    tmp_path: Path, articles: list[Article], annotate: Annotate
) -> None:
    """A file may hold the adjudicator's work: it is never written again."""
    kims = [annotate(article, KIM) for article in articles[:2]]
    sides = by_article(*kims), by_article(second_opinion(kims[0]))
    [path] = write_notation(tmp_path / "new", sides, articles)
    assert path == tmp_path / "new" / f"{articles[0].article_id}.txt"
    assert f"? {LEE}: " in path.read_text()
    path.write_text("mine")
    assert write_notation(tmp_path / "new", sides, articles) == []
    assert path.read_text() == "mine"


def test_page_shows_what_differs() -> None:
    assert adjudication_page('<!-- x -->\n<View className="a">\n<View>').startswith(
        '<!-- x -->\n<View className="a">\n  <Header value="$disputes" size="5"/>\n<View>'
    )
    assert adjudication_page(render()).count("$disputes") == 1


def test_rounds_that_cannot_be_read(fixture_repository: Path) -> None:
    corpus = inspect_corpus(Layout(fixture_repository))[0]
    with pytest.raises(StudioError, match="two annotators are expected"):
        read_round(corpus, "pilot", [KIM, KIM])
    with pytest.raises(ProblemsError) as caught:
        read_round(corpus, "pilot", [KIM, LEE])
    files = [problem.file for problem in caught.value.problems]
    assert files == ["annotation/rounds/pilot/kim", "annotation/rounds/pilot/lee"]


def test_nothing_in_common(articles: list[Article], annotate: Annotate) -> None:
    def connect(name: str) -> Any:
        raise AssertionError("no server is needed to see that")

    sides = by_article(annotate(articles[0], KIM)), by_article(annotate(articles[1], LEE))
    with pytest.raises(StudioError, match="no article that both"):
        adjudicate(connect, "apart", CHOI, sides, articles, render())


def test_types_that_differ_stand_twice(articles: list[Article], annotate: Annotate) -> None:
    record = annotate(articles[0], KIM)
    other = replace(record.partnerships[0], type=PartnershipType.COMPETITION)
    merged = merge(record, replace(record, annotator=LEE, partnerships=(other,)))
    notes = disputes(merged, articles[0].text or "")
    assert notes["p1"] == "lee: COMPETITION · kim: COOPERATION"
    assert notes["p2"] == "kim: COOPERATION · lee: COMPETITION"
    targets = [i["to_id"] for i in start_from(merged, articles[0].text or "")
               if i.get("from_id") == "s1" and "target" in i["labels"]]  # fmt: skip
    assert sorted(targets) == ["p1", "p2"]
