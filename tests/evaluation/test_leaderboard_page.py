"""Tests of hapjong.evaluation.leaderboard_page, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from evaluation_strategies import WriteSubmission, as_prediction

from hapjong.cli import UNUSABLE_INPUT, main
from hapjong.corpus.dataset import Corpus
from hapjong.corpus.layout import Layout
from hapjong.evaluation.compare import Difference
from hapjong.evaluation.leaderboard import score_all
from hapjong.evaluation.leaderboard_page import RUNGS, Gap, find_gaps, render
from hapjong.evaluation.submission import Prediction
from hapjong.schema import PartnershipType, Split

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ARTICLE = "2025-03-maba-investment-1"


@pytest.fixture
def here(repository: Layout, corpus: Corpus, write_submission: WriteSubmission) -> Corpus:
    """A repository with systems of both tracks: right, partly right, and silent."""
    right = as_prediction(corpus.gold[ARTICLE])
    names_only = Prediction(article_id=ARTICLE, mentions=right.mentions)
    turned = msgspec.structs.replace(
        right,
        mentions=right.mentions[:1],
        partnerships=tuple(
            msgspec.structs.replace(fact, type=PartnershipType.SUPPLY)
            for fact in right.partnerships
        ),
    )
    submissions = repository.submissions
    write_submission(submissions / "a-names", [names_only], name="<이름>만 'b'")
    write_submission(submissions / "b-right", [right], name="right")
    write_submission(submissions / "c-turned", [turned], name="turned")
    write_submission(submissions / "d-given", [right], name="given", track="gold_mentions")
    return corpus._replace(layout=repository)


@pytest.fixture
def opened(here: Corpus, page: Page) -> Page:
    """What the command wrote, opened from the disk; a script's error fails the test."""
    assert main(["--root", str(here.layout.root), "leaderboard"]) == 0
    return load(page, here.layout.leaderboard_page)


def load(page: Page, path: Path) -> Page:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: errors.append(request.url))
    page.goto(path.as_uri())
    assert errors == [path.as_uri()], "one file, and no error of its script"
    return page


def shown_systems(page: Page) -> list[str]:
    return [cell.inner_text() for cell in page.locator("tbody th:visible").all()]


def tab(page: Page, name: str) -> Locator:
    return page.locator("[role=tab]:visible").filter(has_text=name).first


def test_scores_and_ladder_stand_under_their_tabs_best_first(
    opened: Page, here: Corpus, artefacts: Path
) -> None:
    assert shown_systems(opened) == ["right", "<이름>만 'b'", "turned"]
    opened.screenshot(path=artefacts / "leaderboard.png", full_page=True)
    tab(opened, "partnerships").click()
    heads = opened.locator("thead th:visible").all()
    assert [head.inner_text().split()[0] for head in heads] == ["system", *RUNGS]
    opened.screenshot(path=artefacts / "leaderboard-ladder.png", full_page=True)
    check_ladder(opened, here)
    tab(opened, "gold_mentions").click()
    assert shown_systems(opened) == ["given"]
    tab(opened, "partnerships").wait_for()
    assert (
        not opened.locator("[role=tab]:visible", has_text="mentions")
        .filter(has_not_text="track")
        .count()
    )


def check_ladder(opened: Page, here: Corpus) -> None:
    """A line for each system that has facts, as high as its scores."""
    legend = opened.locator(".legend:visible li").all_inner_texts()
    assert [name.strip() for name in legend] == ["right", "turned"]
    reports = {r.submission: r for r in score_all(here, Split.TEST).values()}
    for line, name in enumerate(("right", "turned")):
        points = opened.locator(".ladder:visible polyline").nth(line).get_attribute("points")
        heights = [float(point.split(",")[1]) for point in (points or "").split()]
        values = [reports[name].scores[rung].value or 0.0 for rung in RUNGS]
        floor, ceiling = 234, 14  # where 0 and 100 % are drawn
        expected = [floor - (floor - ceiling) * value for value in values]
        assert heights == pytest.approx(expected, abs=0.1)
    assert values[0] > values[1], "the made-up system must fall on the way"


def test_columns_sort_both_ways_and_what_has_no_score_stays_last(opened: Page) -> None:
    head = opened.locator("thead th:visible")
    head.nth(1).get_by_role("button").click()  # overall, which <이름>만 has none of
    assert head.nth(1).get_attribute("aria-sort") == "descending"
    assert shown_systems(opened) == ["right", "turned", "<이름>만 'b'"]
    head.nth(1).get_by_role("button").click()
    assert head.nth(1).get_attribute("aria-sort") == "ascending"
    assert shown_systems(opened) == ["turned", "right", "<이름>만 'b'"]
    head.nth(0).get_by_role("button").click()
    assert head.nth(1).get_attribute("aria-sort") == "none"
    assert shown_systems(opened) == ["<이름>만 'b'", "right", "turned"]


def test_tabs_and_sorting_work_from_the_keyboard(opened: Page) -> None:
    press = opened.keyboard.press
    press("Tab")
    assert focused(opened) == "track raw"
    press("ArrowRight")
    assert (focused(opened), shown_systems(opened)) == ("track gold_mentions", ["given"])
    press("ArrowRight")  # around the end
    assert focused(opened) == "track raw"
    press("Tab")
    press("End")
    assert focused(opened) == "article stance"
    press("ArrowLeft")
    assert focused(opened) == "stances"
    press("Home")
    assert focused(opened) == "all tasks"
    press("Tab")
    press("Enter")
    assert shown_systems(opened) == ["<이름>만 'b'", "right", "turned"]
    selected = opened.locator("[role=tab][aria-selected=true]:visible").all_inner_texts()
    assert selected == ["track raw", "all tasks"]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText"))


def test_the_signature_shows_on_hover_and_on_focus(
    opened: Page, here: Corpus, artefacts: Path
) -> None:
    score = opened.locator(".score:visible").nth(1)
    tip = opened.locator(f"#{score.get_attribute('aria-describedby')}")
    signature = f"data:{here.version}|split:test|track:raw|metric:ner_f1|"
    assert not tip.is_visible()
    score.hover()
    assert tip.is_visible()
    assert signature in tip.inner_text()
    opened.mouse.move(0, 0)
    assert not tip.is_visible()
    score.focus()
    assert tip.is_visible()
    opened.screenshot(path=artefacts / "leaderboard-signature.png")
    opened.keyboard.press("Escape")
    assert not tip.is_visible()


def test_intervals_are_drawn_to_scale(here: Corpus) -> None:
    reports = score_all(here, Split.TEST)
    best = here.layout.submissions / "b-right"
    scores = dict(reports[best].scores)
    scores["ner_f1"] = msgspec.structs.replace(scores["ner_f1"], value=0.5, low=0.25, high=0.875)
    changed = {best: msgspec.structs.replace(reports[best], scores=scores)}
    written = render(changed, {best: {}})
    assert "<i style='left:25.0%;width:62.5%'></i><u style='left:50.0%'></u>" in written


def test_a_narrow_window_needs_no_sideways_scrolling(opened: Page, artefacts: Path) -> None:
    opened.set_viewport_size({"width": 360, "height": 740})
    for name in ("all tasks", "partnerships", "stances"):
        tab(opened, name).click()
        assert opened.evaluate("document.documentElement.scrollWidth") <= 360, name
        for cell in opened.locator("td:visible").all():
            box = cell.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 360
        opened.screenshot(path=artefacts / f"leaderboard-narrow-{name}.png", full_page=True)
    opened.locator("thead th:visible").nth(0).get_by_role("button").click()
    assert shown_systems(opened) == ["<이름>만 'b'", "right", "turned"]


def test_the_leader_is_the_best_of_its_track_and_column(here: Corpus) -> None:
    reports = score_all(here, Split.TEST)
    gaps = {path.name: own for path, own in find_gaps(here, reports, Split.TEST).items()}
    assert gaps["d-given"] == {}, "the only one of its track leads everywhere"
    assert {gap.leader for gap in gaps["c-turned"].values()} == {"right"}
    # a-names has the names of right: equal ones by rank, and nothing to compare without answer.
    assert gaps["a-names"]["ner_f1"].difference is not None
    assert gaps["a-names"]["ner_f1"].difference.difference == 0
    assert gaps["a-names"]["partnership_f1"].difference is None
    assert gaps["b-right"] == {}


@pytest.mark.parametrize(("p", "mark"), [(0.049, "✕ p = 0.049"), (0.05, "≈ p = 0.050")])
def test_what_chance_explains_is_not_called_worse(here: Corpus, p: float, mark: str) -> None:
    reports = score_all(here, Split.TEST)
    path = here.layout.submissions / "c-turned"
    found = Difference(
        first=0.4, second=0.5, difference=-0.1, low=-0.2, high=0.0, p_value=p, signature=""
    )
    gaps: dict[Path, dict[str, Gap]] = {folder: {} for folder in reports}
    gaps[path] = {"ner_f1": Gap("right", found)}
    written = render(reports, gaps)
    assert f">{mark}<" in written
    assert f"Minus right: -10.0 [-20.0, +0.0], p = {p:.3f}." in written


def test_no_system_leads_where_none_has_a_point(here: Corpus) -> None:
    folder = here.layout.submissions / "a-names"
    reports = {folder: score_all(here, Split.TEST)[folder]}
    gaps = find_gaps(here, reports, Split.TEST)
    cells = render(reports, gaps).split("<td ")[1:]
    led = {cell.split("data-label='")[1].split("'")[0] for cell in cells if ">leader<" in cell}
    assert "ner_f1" in led
    assert not led & {"article_stance_f1", "stance_f1", *RUNGS}


def test_a_page_without_systems_says_so() -> None:
    assert "No system has been submitted yet." in render({}, {})


def test_a_page_that_cannot_be_written_is_named(
    here: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    here.layout.leaderboard_page.parent.parent.mkdir(exist_ok=True)
    here.layout.leaderboard_page.parent.write_text("a file where the folder should be")
    assert main(["--root", str(here.layout.root), "leaderboard"]) == UNUSABLE_INPUT
    assert "leaderboard/index.html: cannot be written: " in capsys.readouterr().err
