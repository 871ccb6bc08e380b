"""What the two models learn from: tags of units, and what the gold says of pairs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gold import Link, article
from pieces import Pieces

from hapjong.baselines.common import Example
from hapjong.baselines.names import Names
from hapjong.baselines.transformer.items import (
    IGNORED,
    STATUSES,
    TAGS,
    LinkerItem,
    linker_items,
    reader_items,
)
from hapjong.baselines.transformer.pair_hints import PairHints
from hapjong.baselines.transformer.units import units
from hapjong.baselines.transformer.windows import Cutter
from hapjong.corpus.pairs import RELATIONS
from hapjong.schema import PartnershipType, Status

INVESTMENT, COOPERATION = PartnershipType.INVESTMENT, PartnershipType.COOPERATION


@pytest.fixture(autouse=True)
def _needs(require: Callable[[str], None]) -> None:
    require("kiwipiepy")


CUTTER = Cutter(Pieces(20), 1_000, 100)
"""Every word is a piece."""


def _item(marked: str, *links: Link) -> LinkerItem:
    analysed, gold = article(marked, *links)
    pair_hints = PairHints.learn([(analysed, gold.mentions)])
    [item] = linker_items(CUTTER, Example(analysed.text, gold), analysed, pair_hints)
    return item


def _labels(item: LinkerItem) -> list[list[str]]:
    return [[RELATIONS[label] for label in labels] for labels in item.relations]


def test_a_partnership_holds_for_every_mention_that_its_sentence_reaches() -> None:
    item = _item(
        "[가나]ORG=gana와 [다라]ORG=dara가 왔다. [가나전자]ORG=gana가 투자했다. "
        "[마바]ORG=dara는 갔다.",
        ("투자했다", INVESTMENT, "가나전자", "다라"),
    )
    # In order: 가나–다라 (before the evidence), 다라–가나전자, 가나전자–마바 (behind).  Two names
    # of one entity are no pair, and what is two sentences apart is no candidate.
    assert _labels(item) == [[], ["INVESTMENT(object,subject)"], []]
    agreed = STATUSES.index(Status.AGREED)
    assert item.statuses == [IGNORED, agreed, IGNORED]
    piece = item.evidence[1]
    assert len(piece) == 1
    assert item.tags[piece[0]] != 0


def test_a_pair_of_parties_may_stand_before_the_evidence() -> None:
    item = _item(
        "[가나]ORG=gana가 [다라]ORG=dara를 찾았다. 둘은 손잡았다.",
        ("손잡았다", COOPERATION, "가나", "다라"),
    )
    assert _labels(item) == [["COOPERATION"]]


def test_a_pair_may_have_two_partnerships() -> None:
    item = _item(
        "[가나]ORG=gana가 [다라]ORG=dara에 투자하고 손잡았다.",
        ("투자하고", INVESTMENT, "가나", "다라"),
        ("손잡았다", COOPERATION, "가나", "다라"),
    )
    assert _labels(item) == [["INVESTMENT(subject,object)", "COOPERATION"]]


def test_units_of_a_mention_are_tagged_and_particles_are_not() -> None:
    analysed, gold = article("[서울 시청]ORG=hall이 [부산]PLACE으로 간다.")
    names = Names.learn([(analysed, gold)])
    [item] = reader_items(CUTTER, Example(analysed.text, gold), units(analysed, names))
    tagged = [
        (analysed.text[one.unit.start : one.unit.end], TAGS[tag])
        for one, tag in zip(item.units, item.tags, strict=True)
        if tag
    ]
    assert tagged == [("서울", "B-ORG"), ("시청", "I-ORG"), ("부산", "B-PLACE")]
