"""``ner`` and ``re`` beside ``klue/ner`` and ``klue/re``: fields, types and conventions.

Fields and types were read in ``datasets/klue/klue.py`` of huggingface/datasets (commit b6469baa)
and in its ``README.md`` (commit 040102f1), whose example of ``re`` shows that ``end_idx`` is
inclusive (a word of six characters from 13 to 18) and whose example of ``ner`` shows that spaces
are tokens.  Ours differ in the labels, in further columns, and in a ``sentence`` without gold.
What klue/klue on the Hub gives today was not loaded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hapjong.corpus.dataset import Corpus
from hapjong.corpus.layout import Layout
from hapjong.corpus.pairs import relations

WRITTEN = ("train", "validation", "test")


@pytest.fixture(scope="module")
def load(repository: Path) -> Callable[[str], Any]:
    """Load a configuration of the real dataset as built."""
    from datasets import load_dataset

    hub, cache = str(Layout(repository).hub), str(repository / "cache")
    return lambda config: load_dataset(hub, config, cache_dir=cache)


def test_types_of_ner(load: Callable[[str], Any]) -> None:
    from datasets import ClassLabel, List, Value

    features = load("ner")["test"].features
    assert features["sentence"] == Value("string")
    assert features["tokens"] == List(Value("string"))
    assert isinstance(features["ner_tags"].feature, ClassLabel)
    names = features["ner_tags"].feature.names
    assert names[-1] == "O"
    assert [name.replace("B-", "I-") for name in names[:-1:2]] == names[1:-1:2]


def test_types_of_re(load: Callable[[str], Any]) -> None:
    from datasets import ClassLabel, Value

    features = load("re")["test"].features
    entity = {
        "word": Value("string"),
        "start_idx": Value("int32"),
        "end_idx": Value("int32"),
        "type": Value("string"),
    }
    assert {key: features[key] for key in ("guid", "sentence", "source")} == dict.fromkeys(
        ("guid", "sentence", "source"), Value("string")
    )
    assert features["subject_entity"] == features["object_entity"] == entity
    assert isinstance(features["label"], ClassLabel)
    assert features["label"].names[0] == "no_relation"


def test_tags_of_the_files_decode_to_the_gold(load: Callable[[str], Any], dataset: Corpus) -> None:
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    splits = load("ner")
    for split in WRITTEN:
        names = splits[split].features["ner_tags"].feature.names
        for row in splits[split]:
            assert row["tokens"] == list(row["sentence"])
            tags = [names[tag] for tag in row["ner_tags"]]
            found[row["article_id"]] += [
                (row["start"] + start, row["start"] + end, kind) for start, end, kind in bio(tags)
            ]
    written = [article for article in dataset.articles.values() if article.split in WRITTEN]
    for article in written:
        gold = dataset.gold[article.article_id]
        assert found[article.article_id] == [(m.start, m.end, m.type) for m in gold.mentions]


def bio(tags: list[str]) -> Iterator[tuple[int, int, str]]:
    """Strict: a span is B- and the I- of its type behind it, and no I- stands elsewhere."""
    place = 0
    while place < len(tags):
        assert not tags[place].startswith("I-")
        start, kind = place, tags[place][2:]
        place += 1
        while tags[start] != "O" and place < len(tags) and tags[place] == f"I-{kind}":
            place += 1
        if tags[start] != "O":
            yield start, place, kind


def test_relations_of_the_files_are_the_gold(load: Callable[[str], Any], dataset: Corpus) -> None:
    """Entities found by their inclusive indices are mentions; labels are what the gold links."""
    splits = load("re")
    for split in WRITTEN:
        label = splits[split].features["label"].int2str
        for row in splits[split]:
            gold = dataset.gold[row["article_id"]]
            mentions = {(m.start, m.end): m for m in gold.mentions}
            sides = []
            for key in ("subject_entity", "object_entity"):
                entity = row[key]
                start, end = entity["start_idx"], entity["end_idx"]
                mention = mentions[row["start"] + start, row["start"] + end + 1]
                assert row["sentence"][start : end + 1] == entity["word"] == mention.surface
                assert entity["type"] == mention.type
                sides.append(mention.id)
            linked = {relation.label for relation in relations(gold).get((sides[0], sides[1]), [])}
            assert label(row["label"]) in (linked or {"no_relation"})
