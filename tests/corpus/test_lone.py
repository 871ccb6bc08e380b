"""Labels and words of one annotator alone."""

from __future__ import annotations

from made import made, shown
from msgspec.structs import replace

from hapjong.corpus.lone import lone_labels, lone_words, shared
from hapjong.corpus.suspicions import Labelled
from hapjong.schema import Annotation, Polarity, Stance, Status

KEY = "2025-01-gana-dara-1"
PAIR = "[가나|ORG|gana], [다라|ORG|dara]"
FIRST = made(f"{PAIR} {{제휴|COOPERATION}} {{확대|COOPERATION}}, GPU와 [HBM|TECH]")
SECOND = made(f"{PAIR} {{제휴 확대|COOPERATION}}, [GPU|TECH]와 HBM")
ARTICLES = {KEY: FIRST.places.article}


def round_of(**annotators: Labelled | Annotation) -> dict[str, dict[str, Annotation]]:
    return {
        name: {KEY: one.gold if isinstance(one, Labelled) else one}
        for name, one in annotators.items()
    }


def labels(**annotators: Labelled | Annotation) -> list[tuple[str, str, str, int]]:
    found = lone_labels("pilot", round_of(**annotators), ARTICLES)
    assert {label.round for label in found} <= {"pilot"}
    return [(label.annotator, label.layer, label.label, len(label.places)) for label in found]


def test_annotators_who_use_the_same_labels() -> None:
    assert labels(kim=FIRST, lee=SECOND) == []


def test_a_label_of_every_layer_that_one_alone_used() -> None:
    gold = SECOND.gold
    other = replace(
        gold,
        mentions=(*gold.mentions[:-1], replace(gold.mentions[-1], type="PRODUCT", entity="gpu")),
        partnerships=(
            replace(
                gold.partnerships[0],
                type="SUPPLY",
                status=Status.ENDED,
                parties=tuple(
                    replace(party, role=role)
                    for party, role in zip(
                        gold.partnerships[0].parties, ("head", "tail"), strict=True
                    )
                ),
            ),
        ),
        stances=(
            Stance(id="s1", start=0, end=2, polarity=Polarity.AGAINST, target=gold.mentions[0].id),
        ),
        article_stance=Polarity.FAVOR,
    )
    assert labels(kim=FIRST, lee=SECOND, park=other) == [
        ("park", "article stance", "favor", 1),
        ("park", "mention type", "PRODUCT", 1),
        ("park", "partnership type", "SUPPLY", 1),
        ("park", "polarity", "against", 1),
        ("park", "role", "head", 1),
        ("park", "role", "tail", 1),
        ("park", "status", "ended", 1),
    ]
    found = {
        label.layer: label.places
        for label in lone_labels("pilot", round_of(kim=FIRST, lee=SECOND, park=other), ARTICLES)
    }
    assert shown(found["mention type"]) == [(1, "GPU")]
    assert shown(found["article stance"]) == [(None, None)]


def test_words_of_one_alone_are_counted() -> None:
    """Both begin an evidence with 제휴; only one begins one with 확대."""
    found = lone_words("pilot", round_of(kim=FIRST, lee=SECOND), ARTICLES)
    assert [(word.annotator, word.layer, word.word, word.count) for word in found] == [
        ("lee", "TECH", "gpu", 1),
        ("kim", "TECH", "hbm", 1),
        ("kim", "evidence", "확대", 1),
    ]


def test_without_the_text_labels_are_found_and_words_are_not() -> None:
    bare = {KEY: replace(ARTICLES[KEY], text=None)}
    favor = replace(SECOND.gold, article_stance=Polarity.FAVOR)
    annotators = round_of(kim=FIRST, lee=favor)
    assert [label.label for label in lone_labels("pilot", annotators, bare)] == ["favor", "neutral"]
    assert lone_words("pilot", annotators, bare) == []


def test_only_articles_of_two_annotators_count() -> None:
    gold = FIRST.gold
    assert shared({"kim": {"a": gold}, "lee": {"b": gold}}) == {}
    assert shared({"kim": {"a": gold, "b": gold}, "lee": {"b": gold}}) == {
        "kim": {"b": gold},
        "lee": {"b": gold},
    }
