"""The registry: names, links, and whom an entity stands for."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from hapjong.corpus.registry import check_registry, organisation, read_registry
from hapjong.problems import ProblemsError
from hapjong.schema import Entity, MentionType

FILE = "dataset/entities.yaml"
REGISTRY = {
    "gana": Entity(type=MentionType.ORG, ko="가나전자", en="Gana Electronics"),
    "gana-cloud": Entity(type=MentionType.ORG, ko="가나클라우드", en="Gana Cloud", parent="gana"),
    "haru": Entity(type=MentionType.PRODUCT, ko="하루", en="Haru"),
    "onbit": Entity(type=MentionType.ALLIANCE, ko="온빛 얼라이언스", en="Onbit Alliance"),
    "lee": Entity(type=MentionType.PERSON, ko="이나래", en="Lee Narae", affiliation="gana"),
    "park": Entity(type=MentionType.PERSON, ko="박다온", en="Park Daon"),
}


def faults(**changes: Entity) -> list[str]:
    return [str(problem) for problem in check_registry({**REGISTRY, **changes}, FILE)]


def test_a_sound_registry_has_no_fault() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("entity_id", "stands_for"),
    [("lee", "gana"), ("park", "park"), ("gana-cloud", "gana-cloud"), ("unknown", "unknown")],
    ids=["a person", "a person without affiliation", "a subsidiary", "what is not listed"],
)
def test_only_a_person_with_an_affiliation_stands_for_another(
    entity_id: str, stands_for: str
) -> None:
    assert organisation(REGISTRY, entity_id) == stands_for


def test_a_person_can_belong_to_an_alliance() -> None:
    assert faults(lee=msgspec.structs.replace(REGISTRY["lee"], affiliation="onbit")) == []


def test_a_person_cannot_belong_to_a_product() -> None:
    assert faults(lee=msgspec.structs.replace(REGISTRY["lee"], affiliation="haru")) == [
        f"{FILE}: $.lee.affiliation: 'haru' is no organisation"
    ]


def test_a_product_has_no_parent() -> None:
    assert faults(haru=msgspec.structs.replace(REGISTRY["haru"], parent="gana")) == [
        f"{FILE}: $.haru.parent: only an ORG has a parent; this is a PRODUCT"
    ]


@pytest.mark.parametrize("entity_id", ["Gana", "gana_cloud", "gana--cloud", "-gana", "가나", ""])
def test_an_id_is_lower_case_words_joined_by_hyphens(entity_id: str) -> None:
    new = Entity(type=MentionType.ORG, ko="새회사", en="New")
    assert faults(**{entity_id: new}) == [
        f"{FILE}: $.{entity_id}: an id is lower-case words joined by hyphens"
    ]


def test_two_entities_of_one_type_share_no_name() -> None:
    new = Entity(type=MentionType.ORG, ko="새회사", en="New", aliases=("가나전자",))
    assert faults(new=new) == [f"{FILE}: $.new: the name '가나전자' belongs to 'gana' already"]


def test_a_product_can_be_named_as_its_company() -> None:
    assert faults(**{"gana-app": Entity(type=MentionType.PRODUCT, ko="가나전자", en="Gana")}) == []


def test_every_fault_is_listed() -> None:
    wrong = Entity(type=MentionType.DATE, ko="새해", en="Gana Cloud", parent="nobody")
    assert len(faults(New=wrong, lee=msgspec.structs.replace(REGISTRY["lee"], parent="gana"))) == 4


@pytest.mark.parametrize("content", ["", "{}", "[]", "# nothing yet\n"])
def test_a_registry_without_entities_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "entities.yaml"
    path.write_text(content)
    with pytest.raises(ProblemsError):
        read_registry(path, FILE)
