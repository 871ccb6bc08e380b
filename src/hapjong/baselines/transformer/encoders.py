"""Pretrained encoders: the bundled one, or any checkpoint of the Hugging Face Hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hapjong.baselines.transformer.bundled import build_model, build_tokenizer, read_bundle
from hapjong.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

BUNDLED = "bundled"
"""The name of the encoder that needs no hub."""


class Encoder(NamedTuple):
    """A tokenizer that knows where its pieces stand, and the model that reads its ids."""

    tokenizer: PreTrainedTokenizerBase
    model: PreTrainedModel


def load_encoder(name: str) -> Encoder:
    """Load `BUNDLED` or a checkpoint by its name on the Hub or its folder.

    Raises ProblemsError where it cannot be loaded, or where its tokenizer cannot tell the
    places of its pieces.  There is no falling back from one to the other.
    """
    if name == BUNDLED:
        bundle = read_bundle()
        return Encoder(build_tokenizer(bundle, bundle.shape.positions), build_model(bundle))
    from transformers import AutoModel, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(name)
        model = AutoModel.from_pretrained(name)
    except (OSError, ValueError) as error:  # what transformers raises: no such name, no network
        raise ProblemsError([Problem("", f"encoder {name!r}", str(error))]) from error
    if not tokenizer.is_fast:
        fault = "its tokenizer cannot tell the places of its pieces (not a fast one)"
        raise ProblemsError([Problem("", f"encoder {name!r}", fault)])
    return Encoder(tokenizer, model)
