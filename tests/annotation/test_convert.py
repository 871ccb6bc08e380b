"""An annotation survives Label Studio, and what cannot be read is reported whole."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hapjong.annotation.convert import Item, from_result, to_result
from hapjong.problems import ProblemsError
from hapjong.schema import Annotation, Article, Split, canonical, sha256
from random_annotations import Annotated, annotated_articles

Annotate = Callable[[Article, str], Annotation]
Mutation = Callable[[list[Item]], Any]

properties = settings(deadline=None, derandomize=True, max_examples=200)


def text_of(article: Article) -> str:
    assert article.text is not None
    return article.text


def as_the_page_stores_it(result: list[Item], random: Random) -> list[Item]:
    """Other ids, another order, ids on relations, and surfaces that are not to be trusted."""
    name: dict[str, str] = {}

    def renamed(old: str) -> str:
        return name.setdefault(old, f"{random.getrandbits(48):x}")

    stored = deepcopy(result)
    for item in stored:
        for key in {"id", "from_id", "to_id"} & item.keys():
            item[key] = renamed(item[key])
        if item["type"] == "relation" and random.random() < 0.5:
            item["id"] = f"{random.getrandbits(48):x}"
        if "text" in item.get("value", {}) and item["type"] == "labels":
            item["value"]["text"] = item["value"]["text"].replace("\n", "\\n").replace("  ", " ")
    random.shuffle(stored)
    return stored


@properties
@given(annotated_articles())
def test_a_result_reads_back_as_the_annotation(drawn: Annotated) -> None:
    result = to_result(drawn.annotation, text_of(drawn.article))
    assert from_result(result, drawn.article, "kim") == canonical(drawn.annotation)


@properties
@given(annotated_articles(), st.randoms(use_true_random=True))
def test_a_result_that_the_page_stored_reads_back_as_the_annotation(
    drawn: Annotated, random: Random
) -> None:
    result = to_result(drawn.annotation, text_of(drawn.article))
    stored = as_the_page_stores_it(result, random)
    assert from_result(stored, drawn.article, "kim") == canonical(drawn.annotation)


@properties
@given(annotated_articles())
def test_annotations_of_press_articles_carry_hashes_only(drawn: Annotated) -> None:
    text = text_of(drawn.article)
    press = msgspec.structs.replace(drawn.article, split=Split.PRESS)
    found = from_result(to_result(drawn.annotation, text), press, "kim")
    for _, span in found.spans():
        assert span.surface is None
        assert span.surface_sha256 == sha256(text[span.start : span.end])


def test_a_holder_that_is_the_target_too_is_one_relation(
    articles: list[Article], annotate: Annotate
) -> None:
    annotation = annotate(articles[0], "kim")
    (stance,) = annotation.stances
    itself = msgspec.structs.replace(stance, holder="m2", target="m2")
    annotation = msgspec.structs.replace(annotation, stances=(itself,))
    result = to_result(annotation, text_of(articles[0]))
    assert [i["labels"] for i in result if i.get("from_id") == "s1"] == [["holder", "target"]]
    assert from_result(result, articles[0], "kim") == annotation


@pytest.mark.parametrize("typed", ["gana", ["gana"], [" gana\n"]])
def test_an_entity_is_read_as_typed_without_outer_white_space(
    articles: list[Article], annotate: Annotate, typed: object
) -> None:
    result = to_result(annotate(articles[0], "kim"), text_of(articles[0]))
    item_of(result, "m1", "entity")["value"]["text"] = typed
    assert from_result(result, articles[0], "kim").mentions[0].entity == "gana"


def test_the_text_must_be_at_hand(articles: list[Article]) -> None:
    unread = msgspec.structs.replace(articles[0], text=None)
    with pytest.raises(ProblemsError, match="hapjong hydrate"):
        from_result([], unread, "kim")


def item_of(result: list[Item], region: str, control: str) -> Item:
    (found,) = [i for i in result if i.get("id") == region and i.get("from_name") == control]
    return found


def relation_of(result: list[Item], from_id: str, to_id: str) -> Item:
    (found,) = [i for i in result if (i.get("from_id"), i.get("to_id")) == (from_id, to_id)]
    return found


def value_of(region: str, control: str, /, **value: object) -> Mutation:
    return lambda result: item_of(result, region, control)["value"].update(value)


def without(region: str, control: str) -> Mutation:
    return lambda result: result.remove(item_of(result, region, control))


def changed(from_id: str, to_id: str, /, **fields: object) -> Mutation:
    return lambda result: relation_of(result, from_id, to_id).update(fields)


def added(**item: object) -> Mutation:
    return lambda result: result.append(item)


def relation(from_id: str, to_id: str, *labels: str) -> Mutation:
    return added(type="relation", from_id=from_id, to_id=to_id, labels=list(labels))


def doubled(region: str, control: str) -> Mutation:
    return lambda result: result.append(deepcopy(item_of(result, region, control)))


FAULTS: list[tuple[str, Mutation, str]] = [
    (
        "unknown label",
        value_of("m3", "mention", labels=["MONEY"]),
        "region m3: unknown label 'MONEY'",
    ),
    (
        "two labels",
        value_of("m3", "mention", labels=["DATE", "PLACE"]),
        "region m3: one label is expected, found 2: ['DATE', 'PLACE']",
    ),
    (
        "no label",
        value_of("m3", "mention", labels=[]),
        "region m3: one label is expected, found 0: []",
    ),
    (
        "offset past the end",
        value_of("m3", "mention", end=4000),
        "region m3: [{start}, 4000) is no span of the text ({length} characters)",
    ),
    (
        "negative offset",
        value_of("m3", "mention", start=-1),
        "region m3: [-1, {end}) is no span of the text ({length} characters)",
    ),
    (
        "empty span",
        value_of("m3", "mention", start=5, end=5),
        "region m3: [5, 5) is no span of the text ({length} characters)",
    ),
    (
        "offset no integer",
        value_of("m3", "mention", start="0"),
        "region m3: [0, {end}) is no span of the text ({length} characters)",
    ),
    (
        "offset true",
        value_of("m3", "mention", start=True),
        "region m3: [True, {end}) is no span of the text ({length} characters)",
    ),
    (
        "two entities",
        value_of("m1", "entity", text=["gana", "dara"]),
        "region m1: one entity is expected, found ['gana', 'dara']",
    ),
    (
        "blank entity",
        value_of("m1", "entity", text=[" "]),
        "region m1: one entity is expected, found [' ']",
    ),
    ("missing status", without("p1", "status"), "region p1: the status is missing"),
    ("status twice", doubled("p1", "status"), "region p1: status is given twice"),
    (
        "unknown status",
        value_of("p1", "status", choices=["signed"]),
        "region p1: unknown label 'signed'",
    ),
    (
        "dangling relation",
        changed("p1", "m2", to_id="m9"),
        "region p1: a relation ends at m9, which is not there",
    ),
    (
        "relation from nowhere",
        relation("p9", "m1", "party"),
        "region p9: a relation starts at a region that is not there",
    ),
    (
        "relation without a role",
        changed("p1", "m2", labels=[]),
        "region p1: the relation to m2 has no role",
    ),
    (
        "unknown role",
        changed("p1", "m2", labels=["investor"]),
        "region p1: 'investor' is no role of this kind of region",
    ),
    (
        "role of a stance at a partnership",
        changed("p1", "m2", labels=["holder"]),
        "region p1: 'holder' is no role of this kind of region",
    ),
    (
        "role of a partnership at a stance",
        relation("s1", "m1", "party"),
        "region s1: 'party' is no role of this kind of region",
    ),
    (
        "relation from a mention",
        relation("m1", "m2", "party"),
        "region m1: a relation starts at a mention; it must end there",
    ),
    (
        "party no mention",
        relation("p1", "s1", "topic"),
        "region p1: a relation ends at s1, which is no mention",
    ),
    (
        "holder no mention",
        changed("s1", "m2", to_id="p1"),
        "region s1: a relation ends at p1, which is no mention",
    ),
    (
        "two targets",
        relation("s1", "m1", "target"),
        "region s1: one target is expected, found 2",
    ),
    (
        "no target",
        lambda result: result.remove(relation_of(result, "s1", "p1")),
        "region s1: one target is expected, found 0",
    ),
    (
        "two holders",
        relation("s1", "m1", "holder"),
        "region s1: at most one holder is expected, found 2",
    ),
    (
        "no article stance",
        without("article", "article_stance"),
        "article: one article stance is expected, found 0",
    ),
    (
        "two article stances",
        doubled("article", "article_stance"),
        "article: one article stance is expected, found 2",
    ),
    (
        "unknown article stance",
        value_of("article", "article_stance", choices=["mixed"]),
        "region article: unknown label 'mixed'",
    ),
    (
        "unknown control",
        added(id="m1", from_name="sentiment", to_name="text", type="choices", value={}),
        "region m1: 'sentiment' is no control of the labelling page",
    ),
    ("region twice", doubled("m3", "mention"), "region m3: two regions have this id"),
    (
        "attribute of no region",
        added(id="m9", from_name="entity", type="textarea", value={"text": ["gana"]}),
        "region m9: entity of a region that is not there",
    ),
]


def faults_after(article: Article, annotation: Annotation, *mutations: Mutation) -> list[str]:
    result = to_result(annotation, text_of(article))
    for mutate in mutations:
        mutate(result)
    with pytest.raises(ProblemsError) as caught:
        from_result(result, article, "kim")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("mutate", "fault"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS]
)
def test_a_fault_is_reported_with_its_region(
    articles: list[Article], annotate: Annotate, mutate: Mutation, fault: str
) -> None:
    annotation = annotate(articles[0], "kim")
    date = annotation.mentions[2]
    expected = fault.replace("{start}", str(date.start)).replace("{end}", str(date.end))
    expected = expected.replace("{length}", str(articles[0].length))
    assert faults_after(articles[0], annotation, mutate) == [expected]


def test_all_faults_are_reported_at_once(articles: list[Article], annotate: Annotate) -> None:
    together = [
        "unknown label",
        "blank entity",
        "unknown status",
        "dangling relation",
        "two targets",
        "two article stances",
        "unknown control",
    ]
    chosen = [case for case in FAULTS if case[0] in together]
    found = faults_after(
        articles[0], annotate(articles[0], "kim"), *(mutate for _, mutate, _ in chosen)
    )
    assert sorted(found) == sorted(fault for _, _, fault in chosen)
    assert len(found) == len(together)
