"""What describes a span of evidence, and the voice of an article."""

from __future__ import annotations

from hapjong.baselines.morphemes import analyse
from hapjong.baselines.tfidf.stances import describe_span, describe_voice

TEXT = "가나의 제휴\n나는 제휴를 반긴다. 시장은 걱정했다고 전했다."


def test_a_span_is_told_from_its_sentence() -> None:
    start = TEXT.index("반긴다")
    features = describe_span(analyse(TEXT), start, start + 3, 2)
    assert features == {
        "evidence": ["반기다"],
        "characters": ["반", "긴", "다", "반긴", "긴다"],
        "sentence": ["나", "제휴"],
    }


def test_the_voice_is_told_by_pronouns_tenses_and_endings() -> None:
    start = TEXT.index("반긴다")
    features = describe_voice(analyse(TEXT), [(start, start + 3)])
    assert features["voice"] == [
        *("나/NP", "ᆫ다/EF", "반기 ᆫ다"),
        *("었/EP", "었/EP", "다/EF", "었 다"),
    ]
    assert features["stance voice"] == ["나/NP", "ᆫ다/EF", "반기 ᆫ다", "behind .", "next ."]
    assert describe_voice(analyse(TEXT), [])["stance voice"] == []
