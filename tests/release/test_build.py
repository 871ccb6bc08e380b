"""The build, read as its users read it: with ``load_dataset``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hapjong.corpus.dataset import Corpus
from hapjong.problems import ProblemsError
from hapjong.release.rows import rows_of

Require = Callable[[str], None]
CONFIGS = ("articles", "ner", "re", "stance", "article_stance", "entities")


@pytest.fixture
def hub(corpus: Corpus, require: Require) -> Path:
    require("datasets")
    from hapjong.release.build import build

    build(corpus)
    return corpus.layout.hub


@pytest.mark.parametrize("config", CONFIGS)
def test_loads_what_was_built(corpus: Corpus, hub: Path, config: str, tmp_path: Path) -> None:
    from datasets import load_dataset

    from hapjong.release.features import FEATURES

    loaded = load_dataset(str(hub), config, cache_dir=str(tmp_path / "cache"))
    # The fixture has no validation article, and an empty split is left out.
    expected = {split: rows for split, rows in rows_of(corpus, config).items() if rows}
    assert set(loaded) == set(expected)
    for split, rows in expected.items():
        assert loaded[split].features == FEATURES[config]
        assert loaded[split].num_rows == len(rows)
        for found, row in zip(loaded[split], rows, strict=True):
            assert FEATURES[config].encode_example(row) == found


def test_default_configuration(hub: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    loaded = load_dataset(str(hub), cache_dir=str(tmp_path / "cache"))
    assert "partnerships" in loaded["train"].features


def test_two_builds_are_equal(corpus: Corpus, hub: Path) -> None:
    from hapjong.release.build import build

    first = {path.relative_to(hub): path.read_bytes() for path in hub.rglob("*") if path.is_file()}
    build(corpus)
    second = {path.relative_to(hub): path.read_bytes() for path in hub.rglob("*") if path.is_file()}
    assert first == second
    assert not hub.with_name("hub.new").exists()


def test_card_keeps_its_text_and_names_every_file(hub: Path) -> None:
    from huggingface_hub import DatasetCard

    card = DatasetCard.load(hub / "README.md")
    assert card.text.strip() == "# Card"
    named = {file["path"] for config in card.data.configs for file in config["data_files"]}
    assert named == {str(path.relative_to(hub)) for path in hub.rglob("*.parquet")}


def test_no_press_text_in_the_build(corpus: Corpus, hub: Path) -> None:
    press = corpus.articles["2025-02-press-review-1"].text or ""
    for path in hub.rglob("*"):
        if path.is_file():
            assert press.split("\n")[1].encode() not in path.read_bytes()


def test_broken_card_leaves_the_old_build(corpus: Corpus, hub: Path) -> None:
    from hapjong.release.build import build

    before = (hub / "README.md").read_bytes()
    (corpus.layout.root / "DATASET_CARD.md").write_text("no front matter\n")
    with pytest.raises(ProblemsError, match=r"DATASET_CARD.md: line 1: front matter"):
        build(corpus)
    assert (hub / "README.md").read_bytes() == before
