"""Spans that may be mentions, what describes them, and which of them are kept."""

from __future__ import annotations

from itertools import combinations

from gold import article
from hypothesis import given
from hypothesis import strategies as st

from hapjong.baselines.morphemes import analyse
from hapjong.baselines.names import Names
from hapjong.baselines.tfidf.mentions import Span, candidates, decode, describe
from hapjong.baselines.tfidf.settings import MentionSettings
from hapjong.corpus.dataset import Corpus
from hapjong.schema import Split

SETTINGS = MentionSettings(longest=6, ngram=2, bonus=0.0, c=1.0, balanced=False)

SPANS = st.builds(
    lambda first, more: Span(first, first + more), st.integers(0, 7), st.integers(0, 3)
)
SCORES = st.dictionaries(SPANS, st.integers(-5, 9).map(float), max_size=9)


def overlap(one: Span, other: Span) -> bool:
    return one.first <= other.last and other.first <= one.last


@given(SCORES)
def test_decoding_takes_the_best_that_do_not_overlap(scores: dict[Span, float]) -> None:
    found = decode(scores)
    assert found == sorted(found)
    assert not any(overlap(*pair) for pair in combinations(found, 2))
    assert all(scores[span] > 0 for span in found)
    best = max(
        sum(scores[span] for span in chosen)
        for size in range(len(scores) + 1)
        for chosen in combinations(scores, size)
        if not any(overlap(*pair) for pair in combinations(chosen, 2))
    )
    assert sum(scores[span] for span in found) == best


def test_candidates_begin_and_end_like_names() -> None:
    text = "서울전자 연구소가 8월 1일 제휴했다."
    [sentence] = analyse(text).sentences
    found = {
        text[sentence.morphemes[span.first].start : sentence.morphemes[span.last].end]
        for span in candidates(sentence, 6)
    }
    assert {"서울전자 연구소", "연구소", "8월 1일", "8월", "제휴"} <= found
    # Neither a particle nor half of a contraction ends one, and none goes over a particle.
    assert not any(surface.endswith(("소가", "했", "다", ".")) for surface in found)
    assert not any("연구소가" in surface for surface in found)
    assert all(span.last - span.first < 2 for span in candidates(sentence, 2))


def test_nearly_every_mention_is_a_candidate(corpus: Corpus) -> None:
    missed = total = 0
    for one in corpus.of_split(Split.TRAIN)[:10]:
        analysed = analyse(one.text or "")
        found = {
            (sentence.morphemes[span.first].start, sentence.morphemes[span.last].end)
            for sentence in analysed.sentences
            for span in candidates(sentence, SETTINGS.longest)
        }
        bounds = {mention.bounds for mention in corpus.gold[one.article_id].mentions}
        missed, total = missed + len(bounds - found), total + len(bounds)
    assert missed < 0.05 * total


def test_features_of_a_span() -> None:
    names = Names.learn([article("[서울전자]ORG=gana는 크다.", number=2)])
    analysed = analyse("'서울전자 3세대'를 산다. 서울전자는 컸다.")
    first, _ = describe(analysed, names, SETTINGS)
    morphemes = analysed.sentences[0].morphemes
    features = {
        analysed.text[morphemes[span.first].start : morphemes[span.last].end]: set(found)
        for span, found in first.items()
    }
    whole = features["서울전자 3세대"]
    assert {"is 서울전자 0세대", "kinds h 0h", "spaces 1", "ngram ^서", "ngram 대$"} <= whole
    assert {"-1 '", "+1 '", "+2 를", "in (True, False)"} <= whole
    assert any(feature.startswith("name within True False ORG") for feature in whole)
    assert {"times 1", "name no"} <= whole
    inner = features["서울전자"]
    assert {"name ORG", "times 2", "also behind JX", "also behind 는/"} <= inner
    assert not any(feature.startswith("also") for feature in whole)
    # Learned from itself alone the name would not be known.
    alone, _ = describe(analysed, names, SETTINGS, "2025-01-gana-dara-2")
    assert not any("name ORG" in found for found in alone.values())
