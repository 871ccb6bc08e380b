"""From what stands in the field of the entity, or the surface, to the entity."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hapjong.annotation.naming import find_entities, name_entities, without
from hapjong.problems import Problem
from hapjong.schema import SCHEME, Annotation, Article, Entity, Mention, MentionType, Polarity

ORG, PRODUCT = MentionType.ORG, MentionType.PRODUCT
REGISTRY = {
    "gana": Entity(type=ORG, ko="가나전자", en="Gana", aliases=("GANA Inc.",)),
    "gana-phone": Entity(type=PRODUCT, ko="가나폰", en="Gana"),
    "dara-lower": Entity(type=ORG, ko="다라", en="dara"),
    "dara-upper": Entity(type=ORG, ko="다라홀딩스", en="DARA"),
}
Make = Callable[[str | None, MentionType], tuple[Annotation, Article]]


@pytest.fixture
def make(articles: list[Article]) -> Make:
    def one(entity: str | None, kind: MentionType) -> tuple[Annotation, Article]:
        mention = Mention(id="m1", start=0, end=4, surface="가나전자", type=kind, entity=entity)
        annotation = Annotation(
            scheme=SCHEME,
            article_id=articles[0].article_id,
            annotator="kim",
            mentions=(mention,),
            partnerships=(),
            stances=(),
            article_stance=Polarity.NEUTRAL,
        )
        return annotation, articles[0]

    return one


@pytest.mark.parametrize("written", [None, "gana", "가나전자", "Gana", "gana inc.", "GANA Inc."])
def test_an_id_a_name_or_the_surface_names_the_entity(make: Make, written: str | None) -> None:
    annotation, problems = name_entities(*make(written, ORG), REGISTRY)
    assert problems == []
    assert annotation.mentions[0].entity == "gana"


def test_a_name_in_decomposed_letters_is_the_same_name(make: Make) -> None:
    import unicodedata

    annotation, _ = name_entities(*make(unicodedata.normalize("NFD", "가나전자"), ORG), REGISTRY)
    assert annotation.mentions[0].entity == "gana"


@pytest.mark.parametrize(
    ("written", "kind", "fault"),
    [
        ("마바", ORG, "'마바' is neither an id nor a name of an ORG in the registry"),
        (
            None,
            PRODUCT,
            "'가나전자' is no name of a PRODUCT in the registry, and no entity is given",
        ),
        ("Dara", ORG, "'Dara' is a name of 2 entities: dara-lower, dara-upper"),
    ],
)
def test_no_entity_or_several_are_faults(
    make: Make, written: str | None, kind: MentionType, fault: str
) -> None:
    annotation, problems = name_entities(*make(written, kind), REGISTRY)
    assert problems == [Problem("", "$.mentions[0].entity", fault)]
    assert annotation.mentions[0].entity == written


def test_a_type_without_entities_is_left_alone(make: Make) -> None:
    annotation, article = make(None, MentionType.DATE)
    assert name_entities(annotation, article, REGISTRY) == (annotation, [])


def test_the_exact_name_goes_before_one_in_other_letters() -> None:
    assert find_entities(REGISTRY, "DARA", ORG) == ["dara-upper"]
    assert find_entities(REGISTRY, "Gana", PRODUCT) == ["gana-phone"]


def test_a_place_is_reported_once() -> None:
    first, second, other = Problem("", "a", "x"), Problem("", "a", "y"), Problem("", "b", "z")
    assert without([second, other], [first]) == [other]
