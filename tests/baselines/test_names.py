"""Names are known from other articles, and as sure as they were right there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gold import article

from hapjong.baselines.morphemes import analyse
from hapjong.baselines.names import Names


@pytest.fixture(autouse=True)
def _needs(require: Callable[[str], None]) -> None:
    require("kiwipiepy")


def known(names: Names, text: str, but_for: str | None = None) -> dict[str, tuple[str, str]]:
    [sentence] = analyse(text).sentences
    found = names.known(text, sentence, but_for)
    return {text[start:end]: (name.type, name.sure) for (start, end), name in found.items()}


def test_names_of_training_by_type_and_how_sure_they_are() -> None:
    names = Names.learn(
        [
            article("[서울]PLACE에서 [서울]PLACE로. [서울]PLACE과 [서울]PLACE까지.", number=1),
            article("[하루]PRODUCT=haru 같은 하루. 하루가 가고 하루가 온다.", number=2),
        ]
    )
    assert known(names, "서울의 하루") == {
        "서울": ("PLACE", "mostly"),
        "하루": ("PRODUCT", "seldom"),
    }


def test_an_article_does_not_tell_of_itself() -> None:
    names = Names.learn(
        [
            article("[서울]PLACE에 간다.", number=1),
            article("[서울]ORG=seoul과 [서울]ORG=seoul이 [부산]PLACE에 간다.", number=2),
        ]
    )
    assert known(names, "서울과 부산", "2025-01-gana-dara-1")["서울"][0] == "ORG"
    assert known(names, "서울과 부산", "2025-01-gana-dara-2").keys() == {"서울"}
    assert known(names, "서울과 부산").keys() == {"서울", "부산"}


def test_numbers_are_left_open_in_dates_and_quantities_only() -> None:
    names = Names.learn([article("[8월 1일]DATE에 [3]PRODUCT=three이 나왔다.")])
    assert known(names, "12월 31일에 3이 왔고 4가 갔다.") == {
        "12월 31일": ("DATE", "often"),
        "3": ("PRODUCT", "often"),
    }
