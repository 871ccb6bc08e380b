"""What the gold says of two names and a sentence, and what is learned from that."""

from __future__ import annotations

from itertools import permutations

from gold import article

from hapjong.baselines.morphemes import Analysed
from hapjong.baselines.tfidf.partnerships import Claim, Linker, claims
from hapjong.baselines.tfidf.scene import Scene, items
from hapjong.baselines.tfidf.settings import LearnerSettings, PartnershipSettings
from hapjong.schema import Annotation, PartnershipType, Status

INVESTMENT, COOPERATION = PartnershipType.INVESTMENT, PartnershipType.COOPERATION
SETTINGS = PartnershipSettings(
    back=1, window=15, evidence_share=0.1, label_weight=0.7, least=0.0, c=1.0, balanced=True
)
STATUSES = LearnerSettings(c=1.0, balanced=False)


def test_claims_are_of_the_sentence_that_holds_the_evidence() -> None:
    analysed, gold = article(
        "[가나]ORG=gana와 [다라]ORG=dara가 왔다. [가나전자]ORG=gana가 투자했다.",
        ("투자했다", INVESTMENT, "가나전자", "다라"),
    )
    scene = Scene.of(analysed, gold.mentions)
    found = {
        (item.sentence, *(analysed.text[slice(*one[:2])] for one in item[1:])): claims(
            analysed, gold, scene, item
        )
        for item in items(scene, 1)
    }
    assert found == {
        (0, "가나", "다라"): [],
        # Two names of one entity are no pair.
        (1, "가나", "가나전자"): None,
        (1, "다라", "가나전자"): [Claim("INVESTMENT(object,subject)", Status.AGREED)],
    }


def training() -> list[tuple[Analysed, Annotation]]:
    articles = []
    names = permutations(["가나", "다라", "마바", "사아"], 2)
    for number, (one, other) in enumerate(names, 1):
        a, b = f"[{one}]ORG={'abcd'[number % 4]}", f"[{other}]ORG={'efgh'[number % 4]}"
        lines = [
            (f"{a}가 {b}에 투자했다.", ("투자했다", INVESTMENT, one, other)),
            (f"{a}는 {b}로부터 투자를 받았다.", ("투자를 받았다", INVESTMENT, other, one)),
            (f"{a}와 {b}가 손을 잡았다.", ("손을 잡았다", COOPERATION, one, other)),
            (f"{a}가 {b}보다 크다.", None),
        ]
        for index, (line, link) in enumerate(lines):
            articles.append(article(line, *([link] if link else []), number=10 * number + index))
    return articles


def test_type_and_direction_are_learned_from_words_and_particles() -> None:
    linker = Linker.fit(training(), SETTINGS, STATUSES, 13)

    def link(marked: str) -> list[tuple[str, str, str]]:
        analysed, gold = article(marked)
        text = analysed.text
        return [
            (text[slice(*one.head)], str(one.type), text[slice(*one.tail)])
            for one in linker.find(analysed, gold.mentions)
        ]

    assert link("[하나]ORG가 [두리]ORG에 투자했다.") == [("하나", "INVESTMENT", "두리")]
    assert link("[하나]ORG는 [두리]ORG로부터 투자를 받았다.") == [("두리", "INVESTMENT", "하나")]
    assert [kind for _, kind, _ in link("[하나]ORG와 [두리]ORG가 손을 잡았다.")] == ["COOPERATION"]
    assert link("[하나]ORG가 [두리]ORG보다 크다.") == []
    assert link("[하나]ORG가 투자했다.") == []
    assert link("") == []


def test_training_without_a_partnership_finds_none() -> None:
    linker = Linker.fit([article("[가나]ORG=a와 [다라]ORG=b")], SETTINGS, STATUSES, 13)
    analysed, gold = article("[가나]ORG와 [다라]ORG가 손을 잡았다.")
    assert list(linker.find(analysed, gold.mentions)) == []
