"""Evidence words are as sure as they were evidence in other articles."""

from __future__ import annotations

from gold import Link, article

from hapjong.baselines.tfidf.evidence import Evidence, EvidenceWords
from hapjong.baselines.tfidf.scene import Scene
from hapjong.schema import Annotation, PartnershipType

INVESTMENT, SUPPLY = PartnershipType.INVESTMENT, PartnershipType.SUPPLY


def scene(marked: str, *links: Link, number: int = 1) -> tuple[Scene, Annotation]:
    analysed, gold = article(marked, *links, number=number)
    return Scene.of(analysed, gold.mentions), gold


TAUGHT = [
    scene(
        "[가나]ORG가 [다라]ORG에 손을 내밀어 투자했다. 투자는 좋다.",
        ("투자했다", INVESTMENT, "가나", "다라"),
        number=1,
    ),
    scene(
        "[가나]ORG가 [다라]ORG에 칩을 공급했다.",
        ("칩을 공급했다", SUPPLY, "가나", "다라"),
        number=2,
    ),
]
ASKED, _ = scene("[마바]ORG가 칩을 공급하며 투자했다.", number=3)


def found(least: float, but_for: str | None = None) -> dict[str, tuple[str, float]]:
    words = EvidenceWords.learn(TAUGHT).find(ASKED.units[0], least, but_for)
    assert all(ASKED.units[0][one.place].form == one.word.partition("_")[0] for one in words)
    return {one.word: (one.type, round(one.share, 2)) for one in words}


def test_words_and_pairs_of_words_with_their_share() -> None:
    # Seen once and evidence once, and one more place is counted: 1 / 2; two words at a time too.
    assert found(0) == {
        "칩": ("SUPPLY", 0.5),
        "공급하": ("SUPPLY", 0.5),
        "투자하": ("INVESTMENT", 0.5),
        "칩_공급하": ("SUPPLY", 0.5),
    }
    assert found(0.6) == {}


def test_an_article_does_not_tell_of_itself() -> None:
    assert found(0, "2025-01-gana-dara-2").keys() == {"투자하"}


def test_places_where_a_word_is_no_evidence_make_it_less_sure() -> None:
    [units] = scene("[가나]ORG에 투자.", number=3)[0].units
    assert EvidenceWords.learn(TAUGHT).find(units, 0, None) == []
    again = [
        *TAUGHT,
        scene("[가나]ORG에 [다라]ORG가 투자.", ("투자", INVESTMENT, "다라", "가나"), number=4),
    ]
    [one] = EvidenceWords.learn(again).find(units, 0, None)
    assert one == Evidence("투자", one.place, "INVESTMENT", 1 / 3)
