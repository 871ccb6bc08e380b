"""The pictures and their page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from hapjong.cli import DONE, UNUSABLE_INPUT, main
from hapjong.corpus.dataset import Corpus
from hapjong.release.kept_agreement import LabelAgreement, PairAgreement
from hapjong.release.statistics import (
    FactCount,
    FactEntity,
    Statistics,
    dump_statistics,
    statistics,
)
from hapjong.schema import MentionType, PartnershipType, Status

if TYPE_CHECKING:
    from playwright.sync_api import Page

SUPPLY, COOPERATION = PartnershipType.SUPPLY, PartnershipType.COOPERATION


@pytest.fixture(autouse=True)
def _installed(require: Callable[[str], None]) -> None:
    require("matplotlib")
    require("networkx")
    require("scipy")


def fact(head: str, tail: str, **fields: Any) -> FactCount:
    given = {"type": SUPPLY, "status": Status.AGREED, "articles": 1, "last": "2025-01-01", **fields}
    return FactCount(head=head, tail=tail, **given)


def crowd(seed: int) -> tuple[dict[str, FactEntity], list[FactCount]]:
    """Three hundred entities with a thousand facts, most of them of a few entities."""
    rng = Random(seed)
    names = [f"company-{number:03}" for number in range(300)]
    entities = {
        name: FactEntity(en=f"{name} of {'Long ' * rng.randint(0, 3)}Name", type=MentionType.ORG)
        for name in names
    }
    weights = [1 / (1 + number) for number in range(len(names))]
    pairs = (rng.choices(names, weights, k=2) for _ in range(1000))
    facts = [
        fact(head, tail, type=rng.choice(list(PartnershipType)), status=rng.choice(list(Status)))
        for head, tail in pairs
        if head != tail
    ]
    return entities, facts


def test_a_line_has_the_status_of_the_latest_article(corpus: Corpus) -> None:
    from hapjong.release.alliance_map import choose

    facts = [
        fact("a", "b", last="2025-03-01", status=Status.ENDED),
        fact("a", "b", last="2025-01-01"),
        fact("a", "c", status=Status.IN_TALKS),
        fact("a", "c", status=Status.AGREED),
        fact("c", "a", status=Status.SPECULATED),
    ]
    lines = choose(replace(statistics(corpus), facts=facts)).lines
    assert [(line.head, line.tail, line.status) for line in lines] == [
        ("a", "b", Status.ENDED),
        ("a", "c", Status.AGREED),
        ("c", "a", Status.SPECULATED),
    ]


def test_the_map_keeps_within_its_limits_and_leaves_out_who_stands_alone(corpus: Corpus) -> None:
    from hapjong.release.alliance_map import choose

    star = [fact("hub", end, type=kind) for end in "abc" for kind in (SUPPLY, COOPERATION)]
    far = [fact("x", end) for end in ("v", "w", "y")]
    star[3] = replace(star[3], articles=2)
    counted = replace(statistics(corpus), facts=[*star, *far])
    everything = choose(counted)
    assert (len(everything.entities), len(everything.lines), everything.between) == (8, 9, 9)
    # By lines: hub 6, x 3, then a, b and c 2 each.
    few = choose(counted, entities=4)
    assert (few.entities, len(few.lines), few.alone) == (["a", "b", "hub"], 4, 1)
    assert (few.known, few.known_lines) == (8, 9)
    short = choose(counted, entities=4, lines=1)
    assert [(line.tail, line.articles) for line in short.lines] == [("a", 1), ("b", 2)]
    assert short.between == 4


def test_no_name_on_the_map_stands_over_another(corpus: Corpus) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from hapjong.release.alliance_map import alliance_map
    from hapjong.release.drawing import style

    entities, facts = crowd(13)
    with style():
        figure = alliance_map(
            replace(statistics(corpus), fact_entities=entities, facts=facts)
        ).figure
        FigureCanvasAgg(figure).draw()
        boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) >= 10
    assert not [1 for one, other in combinations(boxes, 2) if one.overlaps(other)]


@pytest.fixture
def drawn(corpus: Corpus) -> Statistics:
    """Statistics with a crowd on the map and an agreement of every layer."""
    entities, facts = crowd(5)
    one = LabelAgreement(f1=0.5, low=0.25, high=0.75, first=3, second=5)
    labels = {
        "mention": {"ORG": one},
        "status": {"agreed": replace(one, low=None, high=None)},
        "polarity": {"favor": one, "against": one},
    }
    pairs = [
        PairAgreement(round=name, first="kim", second="lee", articles=2, labels=labels)
        for name in ("main", "pilot")
    ]
    return replace(statistics(corpus), fact_entities=entities, facts=facts, agreement=pairs)


def test_pictures_are_the_same_byte_for_byte(corpus: Corpus, tmp_path: Path) -> None:
    """In another process, with other hashes, settings and dates."""
    corpus.layout.statistics.write_bytes(dump_statistics(corpus))
    command = ["--root", str(corpus.layout.root), "pictures"]
    assert main(command) == DONE
    folder = corpus.layout.pictures
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert len(before) == 7
    (folder / "left-over.svg").touch()
    (tmp_path / "matplotlibrc").write_text("font.size: 20\nsvg.fonttype: none\n")
    settings = {
        "MATPLOTLIBRC": str(tmp_path), "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1",
    }  # fmt: skip
    subprocess.run(
        [sys.executable, "-m", "hapjong.cli", *command], check=True, env={**os.environ, **settings}
    )
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_without_statistics_the_command_says_what_writes_them(
    corpus: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus.layout.statistics.unlink(missing_ok=True)
    assert main(["--root", str(corpus.layout.root), "pictures"]) == UNUSABLE_INPUT
    assert "hapjong documents" in capsys.readouterr().err


def test_without_the_extra_the_command_says_what_to_install(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus.layout.statistics.write_bytes(dump_statistics(corpus))
    for name in list(sys.modules):
        if name.startswith("hapjong.release.pictures"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "hapjong.release.alliance_map", None)
    assert main(["--root", str(corpus.layout.root), "pictures"]) == UNUSABLE_INPUT
    assert "hapjong[pictures]" in capsys.readouterr().err


def test_the_page_says_what_there_is_and_that_there_is_no_agreement(corpus: Corpus) -> None:
    from hapjong.release.pictures import render

    counted = statistics(corpus)
    mentions = sum(len(annotation.mentions) for annotation in corpus.gold.values())
    page = render(counted, [])
    assert f"4 articles, {mentions} mentions, 10 partnerships and 3 stances" in page
    assert "No agreement between annotators is kept" in page


@pytest.mark.browser
def test_every_picture_is_shown_in_a_browser_narrow_or_wide(
    drawn: Statistics, tmp_path: Path, page: Page
) -> None:
    from hapjong.release.pictures import write_pictures

    index = write_pictures(drawn, tmp_path / "pictures")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(request.url))
    for width in (360, 1200):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(index.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        images: list[dict[str, Any]] = page.eval_on_selector_all(
            "img",
            "all => all.map(i => ({file: i.src, alt: i.alt, loaded: i.complete && i.naturalWidth, "
            "shown: i.width}))",
        )
        assert all(image["loaded"] and image["alt"] for image in images)
        assert min(image["shown"] for image in images) > 300
    assert {Path(image["file"]).name for image in images} == {
        path.name for path in index.parent.glob("*.svg")
    }
    assert len(images) == 8
    captions = page.locator("figcaption").all_inner_texts()
    assert [text for text in captions if not re.search(r"\d", text)] == []
    assert "No agreement" not in page.inner_text("body")
    assert said == []
