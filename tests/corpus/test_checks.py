"""The rules of an annotation where they are finer than tests/fixtures/invalid shows."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hapjong.corpus.checks import check_annotation
from hapjong.corpus.dataset import Corpus
from hapjong.schema import (
    SCHEME,
    Annotation,
    Entity,
    Mention,
    MentionType,
    Partnership,
    PartnershipType,
    Party,
    Polarity,
    Role,
    Split,
    Stance,
    Status,
    sha256,
)
from random_annotations import article, place

TEXT = "가나전자·이나래 온빛 얼라이언스 하루 HBM 3일"
REGISTRY = {
    "gana": Entity(type=MentionType.ORG, ko="가나전자", en="Gana"),
    "lee": Entity(type=MentionType.PERSON, ko="이나래", en="Lee Narae", affiliation="gana"),
    "onbit": Entity(type=MentionType.ALLIANCE, ko="온빛 얼라이언스", en="Onbit Alliance"),
    "haru": Entity(type=MentionType.PRODUCT, ko="하루", en="Haru"),
    "mabaro": Entity(type=MentionType.PRODUCT, ko="마바로", en="Mabaro"),
}


def mention(key: str, surface: str, kind: str, entity: str | None = None) -> Mention:
    start = TEXT.index(surface)
    where = place(TEXT, start, start + len(surface))
    return Mention(id=key, type=MentionType(kind), entity=entity, **where)


MENTIONS = (
    mention("org", "가나전자", "ORG", "gana"),
    mention("person", "이나래", "PERSON", "lee"),
    mention("alliance", "온빛 얼라이언스", "ALLIANCE", "onbit"),
    mention("product", "하루", "PRODUCT", "haru"),
    mention("tech", "HBM", "TECH"),
    mention("date", "3일", "DATE"),
)


def partnership(kind: str, *parties: tuple[str, str]) -> Partnership:
    return Partnership(
        id="p1",
        type=PartnershipType(kind),
        status=Status.AGREED,
        parties=tuple(Party(role=Role(role), mention=key) for role, key in parties),
        **place(TEXT, 0, 4),
    )


def faults(text: str = TEXT, split: Split = Split.TRAIN, **layers: Any) -> list[str]:
    """The faults of an annotation with these layers, each as place and fault."""
    annotation = Annotation(
        scheme=SCHEME,
        article_id="2025-01-gana-dara-1",
        annotator="kim",
        mentions=layers.get("mentions", MENTIONS),
        partnerships=layers.get("partnerships", ()),
        stances=layers.get("stances", ()),
        article_stance=Polarity.NEUTRAL,
    )
    found = check_annotation(annotation, article(text, split), REGISTRY, "a.json")
    return [f"{problem.place}: {problem.fault}" for problem in found]


def faults_of_surface(surface: str, kind: str, entity: str | None) -> list[str]:
    only = Mention(
        id="m1", type=MentionType(kind), entity=entity, **place(surface, 0, len(surface))
    )
    return faults(surface, mentions=(only,))


def test_the_gold_of_the_fixture_keeps_every_rule(valid: Corpus) -> None:
    for article_id, gold in valid.gold.items():
        assert check_annotation(gold, valid.articles[article_id], valid.registry, "") == []


def test_mentions_may_touch() -> None:
    text = "가나전자이나래"
    both = (
        Mention(id="a", type=MentionType.ORG, entity="gana", **place(text, 0, 4)),
        Mention(id="b", type=MentionType.PERSON, entity="lee", **place(text, 4, 7)),
    )
    assert faults(text, mentions=both) == []


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=6))
def test_a_mention_that_overlaps_an_earlier_one_is_named(drawn: list[tuple[int, int]]) -> None:
    text = "가" * 20
    spans = [(start, start + length) for start, length in drawn]
    mentions = tuple(
        Mention(id=f"m{n}", type=MentionType.TECH, **place(text, start, end))
        for n, (start, end) in enumerate(spans)
    )
    order = sorted(range(len(spans)), key=spans.__getitem__)
    overlapping = {
        f"$.mentions[{n}]"
        for rank, n in enumerate(order)
        if any(spans[earlier][1] > spans[n][0] for earlier in order[:rank])
    }
    found = {line.split(": ")[0] for line in faults(text, mentions=mentions) if "overlaps" in line}
    assert found == overlapping


@pytest.mark.parametrize("surface", ["20%를", "3일은", "HBM의", "서울에서", "1억 달러(약)까지"])
def test_a_particle_at_the_end_is_seen(surface: str) -> None:
    kind = MentionType.TECH
    assert faults_of_surface(surface, kind, None) == [
        f"$.mentions[0]: {surface!r} seems to end in a particle"
    ]


@pytest.mark.parametrize(
    "surface",
    [
        "서울",
        "내년",
        "6G",
        "MWC 2025",
        "제주도",
        "새해",
        "가을",
        "지난해 가을",
        "세계개발자회의",
    ],
)
def test_a_name_that_ends_like_a_particle_passes(surface: str) -> None:
    assert faults_of_surface(surface, MentionType.PLACE, None) == []


@pytest.mark.parametrize("surface", ["'HBM'", "HBM,", "(HBM", "HBM)", "“HBM", "HBM."])
def test_punctuation_at_the_edge_is_seen(surface: str) -> None:
    assert faults_of_surface(surface, MentionType.TECH, None) == [
        f"$.mentions[0]: a quotation mark or other punctuation at the edge of {surface!r}"
    ]


def test_a_bracket_that_belongs_to_the_name_passes() -> None:
    assert faults_of_surface("고대역폭메모리(HBM)", MentionType.TECH, None) == []


def test_a_registered_name_that_ends_like_a_particle_passes() -> None:
    assert faults_of_surface("마바로", MentionType.PRODUCT, "mabaro") == []


def test_a_registered_name_with_a_particle_does_not() -> None:
    assert faults_of_surface("하루는", MentionType.PRODUCT, "haru") == [
        "$.mentions[0]: '하루는' ends in a particle"
    ]


def test_a_mention_over_two_lines_is_refused() -> None:
    assert "$.mentions[0]: '가\\n나' runs over the end of a line" in faults_of_surface(
        "가\n나", MentionType.TECH, None
    )


def test_a_press_article_is_checked_by_hashes_without_its_text() -> None:
    hashed = Mention(
        id="m1",
        start=0,
        end=4,
        surface_sha256=sha256("Gana"),
        type=MentionType.ORG,
        entity="gana",
    )
    annotation = Annotation(
        scheme=SCHEME,
        article_id="2025-01-gana-dara-1",
        annotator="kim",
        mentions=(hashed, msgspec.structs.replace(hashed, id="m2", start=4, end=9)),
        partnerships=(),
        stances=(),
        article_stance=Polarity.NEUTRAL,
    )
    unread = msgspec.structs.replace(article("가나전자" * 2, Split.PRESS), text=None)
    found = check_annotation(annotation, unread, REGISTRY, "")
    assert [str(p) for p in found] == ["$.mentions[1].end: 9 is past the end of the text (8)"]


@pytest.mark.parametrize(
    "sound",
    [
        partnership("COOPERATION", ("party", "org"), ("party", "person")),
        partnership("COOPERATION", ("party", "org"), ("party", "person"), ("topic", "tech")),
        partnership("COMPETITION", ("head", "org"), ("tail", "person"), ("tail", "alliance")),
        partnership("SUPPLY", ("head", "org"), ("tail", "alliance"), ("topic", "product")),
        partnership("MEMBERSHIP", ("head", "org"), ("head", "person"), ("tail", "alliance")),
    ],
    ids=["parties", "a topic", "heads of a symmetric type", "a product as topic", "membership"],
)
def test_a_partnership_of_the_scheme_passes(sound: Partnership) -> None:
    assert faults(partnerships=(sound,)) == []


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (
            partnership("SUPPLY", ("head", "org"), ("tail", "product")),
            ".parties[1].mention: a tail is one of ALLIANCE, ORG, PERSON; 'product' is a PRODUCT",
        ),
        (
            partnership("MERGER", ("party", "org"), ("party", "person"), ("topic", "date")),
            ".parties[2].mention: a topic is one of PRODUCT, TECH; 'date' is a DATE",
        ),
        (
            partnership("MEMBERSHIP", ("head", "alliance"), ("tail", "org")),
            ".parties: the tail of a MEMBERSHIP is an ALLIANCE; 'org' is an ORG",
        ),
        (
            partnership("MERGER", ("party", "org"), ("party", "org")),
            ".parties: 'org' stands in more than one role",
        ),
        (
            partnership("MERGER", ("topic", "tech"), ("party", "org")),
            ".parties: two parties, or a head and a tail, are needed",
        ),
    ],
)
def test_a_partnership_against_the_scheme_is_named(wrong: Partnership, fault: str) -> None:
    assert faults(partnerships=(wrong,)) == [f"$.partnerships[0]{fault}"]


@pytest.mark.parametrize("target", ["product", "p1"])
def test_a_stance_is_towards_a_mention_or_a_partnership(target: str) -> None:
    stance = Stance(id="s1", polarity=Polarity.FAVOR, target=target, **place(TEXT, 5, 8))
    agreed = partnership("MERGER", ("party", "org"), ("party", "person"))
    assert faults(partnerships=(agreed,), stances=(stance,)) == []


@pytest.mark.parametrize(("holder", "target"), [("p1", "p1"), (None, "s1")])
def test_a_holder_is_a_mention_and_a_target_no_stance(holder: str | None, target: str) -> None:
    stance = Stance(
        id="s1", polarity=Polarity.FAVOR, holder=holder, target=target, **place(TEXT, 5, 8)
    )
    agreed = partnership("MERGER", ("party", "org"), ("party", "person"))
    assert len(faults(partnerships=(agreed,), stances=(stance,))) == 1


def reading(kind: str, bounds: tuple[int, int], *ends: str, key: str = "p2") -> Partnership:
    """A partnership of two ends over these bounds."""
    roles = ("party", "party") if kind == "COOPERATION" else ("head", "tail")
    told = partnership(kind, *zip(roles, ends, strict=True))
    return msgspec.structs.replace(told, id=key, **place(TEXT, *bounds))


@pytest.mark.parametrize(
    ("other", "refused"),
    [
        (reading("INVESTMENT", (2, 8), "org", "alliance"), True),
        (reading("INVESTMENT", (2, 8), "alliance", "org"), True),  # the direction is in dispute
        (reading("INVESTMENT", (4, 8), "org", "alliance"), False),  # it only touches
        (reading("INVESTMENT", (2, 8), "org", "person"), False),
        (reading("COOPERATION", (0, 4), "org", "alliance"), False),
    ],
)
def test_two_readings_of_one_partnership(other: Partnership, refused: bool) -> None:
    first = reading("INVESTMENT", (0, 4), "org", "alliance", key="p1")
    fault = (
        "$.partnerships[1]: a second reading of what $.partnerships[0] tells: keep one of the two"
    )
    assert faults(partnerships=(first, other)) == [fault] * refused


@pytest.mark.parametrize(
    ("holder", "target", "refused"),
    [("org", "person", True), (None, "person", False), ("org", "alliance", False)],
)
def test_two_readings_of_one_stance(holder: str | None, target: str, refused: bool) -> None:
    stances = (
        Stance(
            id="s1", polarity=Polarity.FAVOR, holder="org", target="person", **place(TEXT, 0, 4)
        ),
        Stance(
            id="s2", polarity=Polarity.AGAINST, holder=holder, target=target, **place(TEXT, 0, 6)
        ),
    )
    fault = "$.stances[1]: a second reading of what $.stances[0] tells: keep one of the two"
    assert faults(stances=stances) == [fault] * refused
