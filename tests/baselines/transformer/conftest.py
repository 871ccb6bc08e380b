"""A tiny encoder with weights drawn at random, saved as a checkpoint: it trains in seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from hapjong.baselines.common import Example
from hapjong.baselines.transformer.settings import Judging, Learning, Settings, read_settings
from hapjong.corpus.dataset import Corpus
from hapjong.schema import Split

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def examples(corpus: Corpus) -> list[Example]:
    """Two training articles, one of them with a stance."""
    found = [
        Example(article.text or "", corpus.gold[article.article_id])
        for article in corpus.of_split(Split.TRAIN)
    ]
    with_stances = sorted(found, key=lambda e: (not e.gold.stances, len(e.text)))
    return with_stances[:2]


@pytest.fixture(scope="session")
def tiny(
    require: Callable[[str], None],
    examples: list[Example],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """The folder of a checkpoint: two layers, pieces as short as characters."""
    require("torch")
    require("transformers")
    import torch

    torch.set_num_threads(1)  # so small a model only waits for the other threads
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    special = ["<s>", "<pad>", "</s>", "<unk>"]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(
        [example.text for example in examples],
        trainers.UnigramTrainer(vocab_size=600, special_tokens=special, unk_token="<unk>"),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    folder = tmp_path_factory.mktemp("checkpoint")
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>").save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="session")
def settings(tiny: str) -> Settings:
    """The published settings with the tiny encoder, few epochs and one seed."""
    published = read_settings(ROOT / "baselines" / "transformer" / "config.toml", "config.toml")
    quick = Learning(window=120, batch=2, epochs=2, frozen=1, rate=2e-3, head_rate=2e-3)
    judge = Judging(window=120, layers=(1, 2), c=1.0)
    return msgspec.structs.replace(
        published, encoder=tiny, seeds=(7,), reader=quick, linker=quick, judge=judge
    )
