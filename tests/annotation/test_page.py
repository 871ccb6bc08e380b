"""The labelling page in a real browser: an annotator signs in, labels an article, submits."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hapjong.annotation.instructions import render_instructions
from hapjong.annotation.interface import render
from hapjong.annotation.rounds import export, load
from hapjong.annotation.server import Server
from hapjong.schema import (
    Annotation,
    Article,
    Entity,
    MentionType,
    PartnershipType,
    Polarity,
    canonical,
)

if TYPE_CHECKING:
    from playwright.sync_api import Locator, LocatorAssertions, Page

pytestmark = [pytest.mark.studio, pytest.mark.browser]

ANNOTATOR = "park"
REGISTRY = {
    "dara-soft": Entity(type=MentionType.ORG, ko="다라소프트", en="Dara Soft"),
    "gana": Entity(type=MentionType.ORG, ko="가나전자", en="Gana"),
}
RECTANGLE = """(line, [start, end]) => {
    // Regions split a line's text into several nodes.
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    let before = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const after = before + node.length;
        if (before <= start && start < after) range.setStart(node, start - before);
        if (before < end && end <= after) range.setEnd(node, end - before);
        before = after;
    }
    const {left, right, top, bottom} = range.getBoundingClientRect();
    return {left, right, middle: (top + bottom) / 2};
}"""


def expect(locator: Locator) -> LocatorAssertions:
    from playwright.sync_api import expect

    return expect(locator)


def select_text(page: Page, line: int, start: int, end: int) -> None:
    """Drag the mouse over characters of one line, as an annotator does."""
    place = page.locator(".lsf-richtext__line").nth(line).evaluate(RECTANGLE, [start, end])
    page.mouse.move(place["left"] + 1, place["middle"])
    page.mouse.down()
    page.mouse.move(place["right"] - 1, place["middle"], steps=5)
    page.mouse.up()


def region(page: Page, surface: str) -> Locator:
    return page.locator(".lsf-htx-richtext .htx-highlight", has_text=surface)


def mark(page: Page, key: str, line: int, text: str, surface: str) -> None:
    """Press a label's key, mark the surface, and select the new region, which LS does not."""
    before = page.locator(".lsf-htx-richtext .htx-highlight").count()
    page.keyboard.press(key)
    start = text.split("\n")[line].index(surface)
    select_text(page, line, start, start + len(surface))
    expect(page.locator(".lsf-htx-richtext .htx-highlight")).to_have_count(before + 1)
    region(page, surface).click()


def link(page: Page, source: str, target: str) -> None:
    """Link two regions, by keyboard and mouse; nothing is selected afterwards."""
    page.keyboard.press("Escape")
    region(page, source).click()
    page.keyboard.press("Alt+r")
    region(page, target).click()


def give_roles(page: Page, roles: list[str]) -> None:
    """Name the roles of the relations, in the order in which they were made."""
    page.locator("#Relations-draggable").click()
    rows = page.locator(".lsf-relations__item")
    expect(rows).to_have_count(len(roles))
    for index, role in enumerate(roles):
        rows.nth(index).hover()
        rows.nth(index).get_by_label("Show Relation Labels").click()
        rows.nth(index).locator("button[data-slot=popover-trigger]").click()
        page.get_by_role("option", name=role, exact=True).click()
        page.keyboard.press("Escape")


def submit(page: Page, task: int) -> None:
    with page.expect_response(lambda answer: f"/tasks/{task}/annotations" in answer.url) as answer:
        page.get_by_test_id("bottombar-submit-button").click()
    assert answer.value.status == 201


def open_task(
    server: Server, page: Page, sign_in: Callable[[str], None], name: str, article: Article
) -> int:
    """Load the article, sign in and open its task; the task's id."""
    instructions = render_instructions("# 지침 제목\n\n## 1. 순서\n\n규칙 하나", REGISTRY)
    connect = server.accounts.connect
    [loaded] = load(connect, name, [ANNOTATOR], [article], render(), instructions).projects
    [task] = connect(ANNOTATOR).tasks.list(project=loaded.project)
    sign_in(ANNOTATOR)
    page.goto(f"{server.url}/projects/{loaded.project}/data?task={task.id}")
    lines = (article.text or "").split("\n")
    page.locator(".lsf-richtext__line").nth(len(lines) - 1).wait_for()
    return int(task.id)


def label_everything(page: Page, text: str) -> None:
    """What the fixture ``annotate`` makes of the article, with the keyboard and the mouse."""
    entity, status = page.get_by_placeholder("비워 두면"), page.get_by_text("합의·시행")
    mark(page, "1", 1, text, "가나전자")  # its surface names its entity
    expect(entity).to_be_visible()
    expect(status).to_be_hidden()
    page.keyboard.press("Escape")
    mark(page, "1", 1, text, "다라소프트")
    entity.fill("dara soft")
    entity.press("Enter")
    page.keyboard.press("Escape")
    mark(page, "7", 1, text, "3일")
    expect(entity).to_be_hidden()
    expect(status).to_be_hidden()
    page.keyboard.press("Escape")
    mark(page, "q", 1, text, "개발하기로 했다")
    expect(entity).to_be_hidden()
    page.keyboard.press("z")
    link(page, "개발하기로 했다", "가나전자")
    link(page, "개발하기로 했다", "다라소프트")
    mark(page, "a", 2, text, "반겼다")
    expect(status).to_be_hidden()
    link(page, "반겼다", "다라소프트")
    link(page, "반겼다", "개발하기로 했다")
    give_roles(page, ["party", "party", "holder", "target"])
    page.locator(".lsf-choice", has_text="찬성·긍정").locator("input").check()


def test_what_an_annotator_labels_in_the_browser_is_what_is_exported(
    server: Server,
    page: Page,
    sign_in: Callable[[str], None],
    artefacts: Path,
    articles: list[Article],
    annotate: Callable[[Article, str], Annotation],
) -> None:
    article = articles[0]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    task = open_task(server, page, sign_in, "page", article)
    page.screenshot(path=artefacts / "page-empty.png")
    label_everything(page, article.text or "")
    page.screenshot(path=artefacts / "page-labelled.png")
    submit(page, task)

    client = server.accounts.connect(ANNOTATOR)
    assert list(export(client, "page", ANNOTATOR, [article], REGISTRY)) == [
        canonical(annotate(article, ANNOTATOR))
    ]
    assert not [url for url in asked if not url.startswith((server.url, "data:", "blob:"))]


def test_the_page_shows_captions_date_genre_and_guidelines(
    server: Server,
    page: Page,
    sign_in: Callable[[str], None],
    artefacts: Path,
    articles: list[Article],
) -> None:
    article = articles[1]
    open_task(server, page, sign_in, "captions", article)
    labels = page.locator(".lsf-label__text")
    expect(labels).to_have_count(len([*MentionType, *PartnershipType, *Polarity]))
    captions = labels.all_inner_texts()
    assert not [caption for caption in captions if not re.fullmatch("[가-힣·]+", caption)]
    expect(page.get_by_text("2024-01-03 · news")).to_be_visible()
    # A browser shows the two spaces of this text as one.
    shown = page.locator(".lsf-htx-richtext").inner_text()
    assert shown.split() == (article.text or "").split()

    page.get_by_role("button", name="Instructions").click()
    expect(page.get_by_role("heading", name="지침 제목")).to_be_visible()
    rule, entity = (
        page.get_by_text("규칙 하나"),
        page.get_by_role("cell", name="다라소프트, Dara Soft"),
    )
    expect(rule).to_be_hidden()
    for section in ("1. 순서", "개체 목록"):
        page.get_by_text(section, exact=True).click()
    expect(rule).to_be_visible()
    expect(entity).to_be_visible()
    page.screenshot(path=artefacts / "page-guidelines.png")
