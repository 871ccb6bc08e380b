"""Units are morphemes, each in one window, and know the names of other articles."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from gold import article
from pieces import Pieces

from hapjong.baselines.morphemes import analyse
from hapjong.baselines.names import Names
from hapjong.baselines.tags import OUTSIDE
from hapjong.baselines.transformer.units import NAME_TAGS, Numbers, Unit, locate, units
from hapjong.baselines.transformer.windows import Cutter, Piece, Window
from hapjong.corpus.dataset import Corpus
from hapjong.schema import Split


@pytest.fixture(autouse=True)
def _needs(require: Callable[[str], None]) -> None:
    require("kiwipiepy")


@pytest.fixture(scope="module")
def names() -> Names:
    texts = ["[서울 시청]ORG=hall에 [서울]PLACE.", "[서울]PLACE에 간다. [서울]PLACE로 온다."]
    return Names.learn([article(text, number=n) for n, text in enumerate(texts, 1)])


def named(text: str, names: Names, but_for: str | None = None) -> list[tuple[str, str]]:
    return [
        (text[unit.start : unit.end], unit.name)
        for unit in units(analyse(text), names, but_for)
        if unit.name != OUTSIDE
    ]


def test_a_longer_name_comes_before_a_shorter(names: Names) -> None:
    assert named("서울 시청과 서울의 봄", names) == [
        ("서울", "B-ORG often"),
        ("시청", "I-ORG often"),
        ("서울", "B-PLACE often"),
    ]
    assert {name for _, name in named("서울 시청과 서울", names)} <= set(NAME_TAGS)


def test_no_name_is_told_to_the_article_that_it_is_from(names: Names) -> None:
    assert named("서울 시청", names, "2025-01-gana-dara-1") == [("서울", "B-PLACE often")]


def test_units_do_not_overlap_where_morphemes_do(names: Names) -> None:
    text = "투자했다."
    morphemes = analyse(text).sentences[0].morphemes
    assert any(a.end > b.start for a, b in pairwise(morphemes))
    found = units(analyse(text), names)
    assert "".join(text[unit.start : unit.end] for unit in found) == text
    assert all(a.end == b.start for a, b in pairwise(found))


def test_every_unit_is_in_one_window(corpus: Corpus, names: Names) -> None:
    cutter = Cutter(Pieces(3), 1_000, 40)
    for one in corpus.of_split(Split.TRAIN):
        text = one.text or ""
        found = units(analyse(text), names)
        placed = [
            near
            for window in cutter.windows(text, [], overlap=False)
            for near in locate(text, window, found)
        ]
        assert [near.unit for near in placed] == found
        assert all(near.first <= near.last for near in placed)


def test_the_edges_of_a_unit() -> None:
    pieces = [(1, Piece(5, 0, 2)), (2, Piece(6, 2, 5)), (3, Piece(7, 6, 7)), (4, Piece(8, 6, 7))]
    window = Window(0, 7, [0, 5, 6, 7, 8, 2], pieces, {})
    found = [Unit(0, 3, "NNP", OUTSIDE), Unit(3, 5, "JKB", OUTSIDE), Unit(6, 7, "NNG", OUTSIDE)]
    first, second, third = locate("가나다라마 바", window, found)
    assert first[1:] == (1, 2, True, False, True)
    assert second[1:] == (2, 2, False, True, False)
    assert third[1:] == (3, 3, True, True, True), "the first piece of those of one character"


def test_what_training_has_not_is_0() -> None:
    numbers = Numbers.of([analyse("가가 나나 다")])
    assert numbers.characters == {" ": 1, "가": 2, "나": 3}
    assert 0 not in numbers.morpheme_tags.values()
