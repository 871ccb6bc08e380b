"""Names and units of an article, and the pairs of names that are asked about."""

from __future__ import annotations

from marked import labelled

from hapjong.baselines.morphemes import analyse
from hapjong.baselines.tfidf.scene import MENTION, Scene, items
from hapjong.corpus.dataset import Corpus
from hapjong.schema import PARTY_TYPES, Split


def scene(marked: str) -> tuple[str, Scene]:
    text, mentions = labelled(marked)
    return text, Scene.of(analyse(text), mentions)


def pairs(marked: str, back: int = 1) -> list[tuple[int, str, str]]:
    """Sentence, and both namings with the words they begin."""
    text, found = scene(marked)
    return [
        (item.sentence, *(text[one.start :].split()[0] for one in (item.first, item.second)))
        for item in items(found, back)
    ]


def test_a_short_form_in_brackets_is_the_same_name() -> None:
    text, found = scene("[가나전자]ORG([GN]ORG)가 왔다. [GN]ORG과 [가나]ORG([하루]PRODUCT)도.")
    assert [(text[one.start : one.end], name) for one, name in found.names.items()] == [
        ("가나전자", "가나전자"),
        ("GN", "가나전자"),
        ("GN", "가나전자"),
        ("가나", "가나"),
    ]


def test_units_keep_their_places(corpus: Corpus) -> None:
    for article in corpus.of_split(Split.TRAIN)[:5]:
        text = article.text or ""
        mentions = corpus.gold[article.article_id].mentions
        found = Scene.of(analyse(text), mentions)
        starts = [unit.start for units in found.units for unit in units]
        assert starts == sorted(starts)
        marked = {
            unit.start: unit for units in found.units for unit in units if unit.tag == MENTION
        }
        assert marked.keys() == {mention.start for mention in mentions}
        covered = {p for mention in mentions for p in range(mention.start + 1, mention.end)}
        assert not covered & set(starts)
        for mention in mentions:
            unit = marked[mention.start]
            assert unit.form == f"<{mention.type}>"
            assert (unit.name is not None) == (mention.type in PARTY_TYPES)


def test_a_noun_and_its_verb_are_one_unit_and_particles_stay() -> None:
    _, found = scene("[가나전자]ORG와 [다라]ORG는 제휴했다.")
    [units] = found.units
    assert [unit.form for unit in units] == [
        "<ORG>",
        "와",
        "<ORG>",
        "는",
        "제휴하",
        "었",
        "다",
        ".",
    ]
    assert units[4].tag == "VV"


def test_pairs_of_names_in_a_sentence_and_with_the_one_before() -> None:
    marked = "[가나]ORG가 [다라]ORG를 만났다. [마바]ORG가 [서울]PLACE에 왔다. 끝."
    assert pairs(marked, back=0) == [(0, "가나가", "다라를")]
    assert pairs(marked) == [
        (0, "가나가", "다라를"),
        (1, "가나가", "마바가"),
        (1, "다라를", "마바가"),
    ]


def test_of_a_name_that_stands_twice_the_nearest_place_counts() -> None:
    marked = "[가나]ORG는 컸다. [가나]ORG가 여기에서 본 [다라]ORG를 [가나]ORG도 찾았다."
    assert pairs(marked) == [(1, "다라를", "가나도")]
