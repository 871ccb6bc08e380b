"""The labelling page in a real browser: an annotator signs in, labels a mention, submits."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hapjong.annotation.interface import render
from hapjong.annotation.rounds import export, load
from hapjong.annotation.server import Server
from hapjong.schema import Article, Entity, MentionType, PartnershipType, Polarity

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.studio, pytest.mark.browser]

ANNOTATOR = "park"
REGISTRY = {"dara-soft": Entity(type=MentionType.ORG, ko="다라소프트", en="Dara Soft")}
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
RECTANGLE = """(line, [start, end]) => {
    const range = document.createRange();
    range.setStart(line.firstChild, start);
    range.setEnd(line.firstChild, end);
    const {left, right, top, bottom} = range.getBoundingClientRect();
    return {left, right, middle: (top + bottom) / 2};
}"""


@pytest.fixture
def page(require: Callable[[str], None]) -> Iterator[Page]:
    require("playwright")
    require("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(CHROMIUM)
        )
        try:
            yield browser.new_page(viewport={"width": 1400, "height": 1000})
        finally:
            browser.close()


@pytest.fixture
def artefacts(request: pytest.FixtureRequest) -> Path:
    folder = request.config.rootpath / "build" / "test-artefacts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sign_in(page: Page, server: Server, name: str) -> None:
    account = server.accounts.read().annotators[name]
    page.goto(f"{server.url}/user/login/")
    page.fill("input[name=email]", account.email)
    page.fill("input[name=password]", account.password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/user/login" not in url)


def select_text(page: Page, line: int, start: int, end: int) -> None:
    """Drag the mouse over characters of one line, as an annotator does."""
    place = page.locator(".lsf-richtext__line").nth(line).evaluate(RECTANGLE, [start, end])
    page.mouse.move(place["left"] + 1, place["middle"])
    page.mouse.down()
    page.mouse.move(place["right"] - 1, place["middle"], steps=5)
    page.mouse.up()


def test_annotator_labels_a_mention(
    server: Server, page: Page, artefacts: Path, articles: list[Article]
) -> None:
    article, name = articles[0], "page"
    [loaded] = load(server.accounts.connect, name, [ANNOTATOR], [article], render()).projects
    client = server.accounts.connect(ANNOTATOR)
    [task] = client.tasks.list(project=loaded.project)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, server, ANNOTATOR)
    page.goto(f"{server.url}/projects/{loaded.project}/data?task={task.id}")
    lines = (article.text or "").split("\n")
    page.locator(".lsf-richtext__line").nth(len(lines) - 1).wait_for()

    labels = page.locator(".lsf-label__text").all_inner_texts()
    assert labels == [*MentionType, *PartnershipType, *Polarity]
    # A browser shows the two spaces of this text as one.
    shown = page.locator(".lsf-htx-richtext").inner_text()
    assert shown.split() == " ".join(lines).split()

    page.locator(".lsf-label__text", has_text=MentionType.ORG).first.click()
    select_text(page, len(lines) - 1, 0, len("다라소프트"))
    page.locator(".lsf-htx-richtext .htx-highlight").click()  # a new region is not selected
    entity = page.get_by_placeholder("개체 id")
    entity.fill("dara-soft")
    entity.press("Enter")
    page.screenshot(path=artefacts / "labelling-page.png")
    page.locator(f".lsf-choice input[name={Polarity.NEUTRAL}]").check()
    with page.expect_response(
        lambda answer: f"/tasks/{task.id}/annotations" in answer.url
    ) as answer:
        page.get_by_test_id("bottombar-submit-button").click()
    assert answer.value.status == 201

    [annotation] = export(client, name, ANNOTATOR, [article], REGISTRY)
    [mention] = annotation.mentions
    start = (article.text or "").rindex("다라소프트")
    assert mention.bounds == (start, start + len("다라소프트"))
    assert (mention.surface, mention.type, mention.entity) == ("다라소프트", "ORG", "dara-soft")
    assert (annotation.partnerships, annotation.stances) == ((), ())
    assert annotation.article_stance is Polarity.NEUTRAL
    assert not [url for url in asked if not url.startswith((server.url, "data:", "blob:"))]
