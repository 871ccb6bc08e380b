"""Stances are told from the states of the encoder as it came, a sentence at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest

from hapjong.baselines.common import Example
from hapjong.baselines.transformer.settings import Judging, Settings
from hapjong.corpus.sentences import sentences
from hapjong.problems import ProblemsError
from hapjong.schema import SCHEME, Annotation, Polarity, Stance

TEXT = "가나는 다라와 손잡았다. 시장은 이 소식을 반겼다. 마바는 말이 없었다."


@pytest.fixture(autouse=True)
def _needs(require: Callable[[str], None]) -> None:
    require("torch")
    require("transformers")


def _judge(encoder: str, judging: Judging) -> Any:
    import torch

    from hapjong.baselines.transformer.encoders import load_encoder
    from hapjong.baselines.transformer.judge import Judge

    return Judge(load_encoder(encoder), judging, torch.device("cpu"))


def _states(encoder: str, ids: list[int]) -> Any:
    """The last states of pieces and the ones below, of one sentence and without a batch."""
    import torch

    from hapjong.baselines.transformer.encoders import load_encoder

    with torch.no_grad():
        *_, below, last = (
            load_encoder(encoder)
            .model.eval()(input_ids=torch.tensor([ids]), output_hidden_states=True)
            .hidden_states
        )
    return torch.cat([last[0], below[0]], dim=1).numpy()


def test_states_are_of_each_sentence_by_itself(tiny: str, settings: Settings) -> None:
    read = _judge(tiny, settings.judge).states.of(TEXT)
    found = [(window.start, window.end) for window, _ in read.sentences]
    assert [TEXT[start:end].strip() for start, end in found] == [
        TEXT[s.start : s.end].strip() for s in sentences(TEXT)
    ]
    for window, states in read.sentences:
        np.testing.assert_allclose(states, _states(tiny, window.ids), atol=1e-5)


def test_an_article_is_the_mean_of_its_sentences(tiny: str, settings: Settings) -> None:
    read = _judge(tiny, settings.judge).states.of(TEXT)
    # The first and the last piece are the tokenizer's own.
    alone = [_states(tiny, window.ids)[1:-1].mean(0) for window, _ in read.sentences]
    np.testing.assert_allclose(read.article(), np.mean(alone, axis=0), atol=1e-5)


def test_evidence_is_the_mean_of_its_pieces(tiny: str, settings: Settings) -> None:
    read = _judge(tiny, settings.judge).states.of(TEXT)
    first, second, _ = (window for window, _ in read.sentences)
    [found] = read.evidence([(second.start, second.end)])
    wanted = _states(tiny, second.ids)[1:-1]
    np.testing.assert_allclose(found, wanted.mean(0), atol=1e-5)
    # From one sentence into the next.
    [both] = read.evidence([(first.start, second.end)])
    every = np.concatenate([_states(tiny, first.ids)[1:-1], wanted])
    np.testing.assert_allclose(both, every.mean(0), atol=1e-5)


def _example(text: str, article: Polarity, *stances: tuple[str, Polarity]) -> Example:
    found = tuple(
        Stance(
            id=f"S{number}",
            start=text.index(words),
            end=text.index(words) + len(words),
            polarity=polarity,
            holder=None,
            target="m1",
        )
        for number, (words, polarity) in enumerate(stances, 1)
    )
    gold = Annotation(
        scheme=SCHEME,
        article_id="2025-01-gana-dara-1",
        annotator="gold",
        mentions=(),
        partnerships=(),
        stances=found,
        article_stance=article,
    )
    return Example(text, gold)


def test_it_knows_what_it_learned(tiny: str, settings: Settings) -> None:
    favor, against = Polarity.FAVOR, Polarity.AGAINST
    examples = [
        _example(TEXT, favor, ("반겼다", favor), ("말이 없었다", Polarity.NEUTRAL)),
        _example("사아는 자차를 나무랐다. 늦었다.", against, ("나무랐다", against)),
    ]
    judge = _judge(tiny, settings.judge)
    judge.fit(examples)
    for text, gold in examples:
        sides, article = judge.judge(text, [stance.bounds for stance in gold.stances])
        assert sides == [stance.polarity for stance in gold.stances]
        assert article is gold.article_stance


@pytest.mark.parametrize("stances", [[], [("반겼다", Polarity.FAVOR)]])
def test_nothing_to_tell_apart(
    tiny: str, settings: Settings, stances: list[tuple[str, Polarity]]
) -> None:
    """What was never seen to differ is told alike; what was never seen at all, somehow."""
    judge = _judge(tiny, settings.judge)
    judge.fit([_example(TEXT, Polarity.AGAINST, *stances)])
    [side], article = judge.judge("사아는 자차를 나무랐다.", [(4, 12)])
    assert side in Polarity
    assert side is Polarity.FAVOR or not stances
    assert article is Polarity.AGAINST
    assert judge.judge("사아가 왔다.", [])[0] == []


def test_more_layers_than_there_are(tiny: str, settings: Settings) -> None:
    judging = msgspec.structs.replace(settings.judge, layers=(1, 3))
    with pytest.raises(ProblemsError, match=r"judge.layers = \[1, 3\]: the encoder has 2 layers"):
        _judge(tiny, judging)
