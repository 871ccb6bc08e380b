"""Where the gold is at odds with itself: each check fires, and does not where it must not."""

from __future__ import annotations

import pytest
from made import REGISTRY, made, shown

from hapjong.corpus.suspicions import (
    several_readings,
    shared_names,
    unlabelled_evidence,
    unlabelled_names,
)
from hapjong.schema import Entity, MentionType, PartnershipType

GANA = "[가나전자|ORG|gana]"
DARA = "[다라통신|ORG|dara]"


# 1: names.


def test_a_name_that_is_labelled_in_another_article_only() -> None:
    (name,) = unlabelled_names([made(f"{GANA}가 왔다"), made("제목\n가나전자는 컸다. 가나전자도.")])
    assert (name.surface, name.types, name.labelled) == ("가나전자", [MentionType.ORG], 1)
    assert shown(name.places) == [(2, "가나전자"), (3, "가나전자")]


@pytest.mark.parametrize("kind", ["ALLIANCE", "PERSON", "PRODUCT", "TECH", "EVENT", "PLACE"])
def test_names_of_every_type_are_looked_for(kind: str) -> None:
    assert [n.surface for n in unlabelled_names([made(f"[하루|{kind}|x]와 하루의")])] == ["하루"]


@pytest.mark.parametrize(
    "text",
    [
        f"{GANA}와 {GANA}",
        f"{GANA}의 가나전자서비스",  # in a longer word
        f"{GANA}, [새가나전자 모임|ORG|x], [가나전자 협회|ORG|y]",  # in a longer mention
        "[암|ORG|arm]과 암 치료",  # of one syllable
        "[올해|DATE] 일과 올해 일",
        "[하나|QUANTITY]와 하나",
    ],
)
def test_no_name_is_left_unlabelled(text: str) -> None:
    assert unlabelled_names([made(text)]) == []


def test_a_surface_of_two_types_or_entities() -> None:
    readings = several_readings(
        [
            made("[하루|PRODUCT|haru]와 [하루|PRODUCT|haru]"),
            made("제목\n[하루|ORG|haru-lab]가"),
            made("[누리|ORG|nuri-1], [누리|ORG|nuri-2]"),
            made(f"{GANA}, {GANA}, {DARA}"),
        ]
    )
    assert [found.surface for found in readings] == ["누리", "하루"]
    said = [(r.type, r.entity, r.count) for r in readings[1].readings]
    assert said == [(MentionType.PRODUCT, "haru", 2), (MentionType.ORG, "haru-lab", 1)]
    assert shown(readings[1].readings[1].places) == [(2, "하루")]


# 2: names of the registry.


def entity(kind: MentionType, ko: str, en: str, *aliases: str) -> Entity:
    return Entity(type=kind, ko=ko, en=en, aliases=aliases)


def test_names_of_two_entities() -> None:
    registry = {
        "haru": entity(MentionType.PRODUCT, "하루", "Haru"),
        "haru-lab": entity(MentionType.ORG, "하루랩", "Haru Lab", "하루"),
        "open-maba": entity(MentionType.ORG, "오픈마바", "OpenMaba"),
        "open-maba-2": entity(MentionType.ORG, "열린마바", "Open-maba"),
        "gana": entity(MentionType.ORG, "가나", "가나", "가 나"),
    }
    assert [(found.names, found.entities) for found in shared_names(registry)] == [
        (
            ["Open-maba", "OpenMaba"],
            {"open-maba": MentionType.ORG, "open-maba-2": MentionType.ORG},
        ),
        (["하루"], {"haru": MentionType.PRODUCT, "haru-lab": MentionType.ORG}),
    ]


def test_names_of_one_entity_each() -> None:
    assert shared_names(REGISTRY) == []


# 3: evidence.

LABELLED = f"{GANA}가 {DARA}과 {{제휴|COOPERATION}}했다."


def test_evidence_that_is_labelled_in_another_sentence_only() -> None:
    again = made(f"{LABELLED} {GANA}와 {DARA}의 제휴는 컸다.")
    (found,) = unlabelled_evidence([again], REGISTRY)
    assert (found.surface, found.labelled) == ("제휴", 1)
    assert found.types == [PartnershipType.COOPERATION]
    assert shown(found.places) == [(2, "제휴")]
    assert found.places[0].beside == []


def test_evidence_beside_another_partnership_says_so() -> None:
    """Guidelines P5: the second word for one relation in a sentence is left unlabelled."""
    (found,) = unlabelled_evidence([made(f"{LABELLED[:-1]} 제휴를.")], REGISTRY)
    assert found.places[0].beside == [PartnershipType.COOPERATION]


def test_evidence_right_after_a_mention() -> None:
    """Guidelines P13."""
    again = made(f"{LABELLED} {GANA}는 {DARA}과 [GPU|TECH]제휴를 한다.")
    assert [shown(found.places) for found in unlabelled_evidence([again], REGISTRY)] == [
        [(2, "제휴")]
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        f"{GANA}의 제휴는 컸다.",  # one party
        f"[이나래|PERSON|lee] {GANA} 회장의 제휴.",  # a person and the company they stand for
        f"{GANA}와 [하루|PRODUCT|haru]의 제휴.",  # a product is no party
        f"{GANA}와 {DARA}의 제휴사.",  # another word
        f"{GANA}와 {DARA}이 [제휴 모임|EVENT]에 갔다.",  # in a name
        f"{GANA}와 {DARA}의 {{제휴|COOPERATION}}.",
        f"{GANA}와 {DARA}의 {{제휴 확대|COOPERATION}}.",  # in longer evidence
    ],
)
def test_no_evidence_is_left_unlabelled(sentence: str) -> None:
    assert unlabelled_evidence([made(f"{LABELLED} {sentence}")], REGISTRY) == []
