"""The labelling page: made from the scheme, and the committed one is what is made."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from hapjong.annotation.interface import (
    ARTICLE_STANCE,
    ENTITY,
    MENTION,
    PARTNERSHIP,
    STANCE,
    STANCE_ROLES,
    STATUS,
    TEXT,
    render,
)
from hapjong.corpus.layout import Layout
from hapjong.schema import ENTITY_TYPES, MentionType, PartnershipType, Polarity, Role, Status

TOP = Layout(Path(__file__).parents[2])


@pytest.fixture(scope="module")
def page() -> Element:
    return fromstring(render())  # noqa: S314 - our own XML; a fault in it fails the tests


def control(page: Element, name: str) -> Element:
    (found,) = [element for element in page.iter() if element.get("name") == name]
    return found


def test_the_committed_page_is_the_one_made_from_the_scheme() -> None:
    assert TOP.interface.read_text() == render()


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        (MENTION, MentionType),
        (PARTNERSHIP, PartnershipType),
        (STANCE, Polarity),
        (STATUS, Status),
        (ARTICLE_STANCE, Polarity),
    ],
)
def test_each_label_of_the_scheme_is_in_its_control_once(
    page: Element, name: str, labels: type[StrEnum]
) -> None:
    assert [label.get("alias") for label in control(page, name)] == list(labels)
    assert len({label.get("value") for label in control(page, name)}) == len(labels)


def test_each_role_is_a_relation_once(page: Element) -> None:
    roles = [relation.get("value") for relation in page.iter("Relation")]
    assert roles == [*Role, *STANCE_ROLES]


def test_an_entity_is_asked_for_exactly_the_types_that_have_one(page: Element) -> None:
    field = control(page, ENTITY)
    assert field.get("whenTagName") == MENTION
    assert sorted((field.get("whenLabelValue") or "").split(",")) == sorted(ENTITY_TYPES)


def test_a_status_is_asked_of_partnerships_and_is_required(page: Element) -> None:
    field = control(page, STATUS)
    assert (field.get("whenTagName"), field.get("perRegion")) == (PARTNERSHIP, "true")
    assert (field.get("whenLabelValue") or "").split(",") == list(PartnershipType)
    assert field.get("required") == "true"


def test_the_article_stance_is_asked_of_the_article(page: Element) -> None:
    field = control(page, ARTICLE_STANCE)
    assert field.get("perRegion") is None
    assert field.get("required") == "true"


def test_every_control_labels_the_text_character_by_character(page: Element) -> None:
    assert control(page, TEXT).get("granularity") == "symbol"
    named = [element for element in page.iter() if element.get("toName")]
    assert {element.get("toName") for element in named} == {TEXT}


def test_no_two_labels_share_a_key(page: Element) -> None:
    keys = [label.get("hotkey") for label in page.iter() if label.get("hotkey")]
    labels = [*MentionType, *PartnershipType, *Polarity, *Status]
    assert len(keys) == len(set(keys)) == len(labels)


def test_no_two_labels_share_a_colour(page: Element) -> None:
    colours = [label.get("background") for label in page.iter("Label")]
    assert len(set(colours)) == len(colours)


def test_the_style_survives_the_escaping_of_the_page(page: Element) -> None:
    style = page.findtext("Style") or ""
    assert style
    assert ">" not in style
