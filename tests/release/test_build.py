"""The build, read as its users read it: with ``load_dataset``."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from hapjong.cli import UNUSABLE_INPUT, main
from hapjong.corpus.dataset import Corpus
from hapjong.evaluation.metrics import HEADLINES, OVERALL
from hapjong.problems import ProblemsError
from hapjong.release.canary import read_canary
from hapjong.release.rows import data_file, rows_of
from hapjong.release.statistics import dump_statistics, statistics

ROOT = Path(__file__).parents[2]
CONFIGS = (
    "articles",
    "ner",
    "re",
    "stance",
    "article_stance",
    "annotations",
    "parties",
    "entities",
)


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


def contents(hub: Path) -> dict[str, bytes]:
    return {str(p.relative_to(hub)): p.read_bytes() for p in hub.rglob("*") if p.is_file()}


def test_two_builds_are_equal(corpus: Corpus, hub: Path) -> None:
    """The second in another process, with another order of sets."""
    first = contents(hub)
    command = [sys.executable, "-m", "hapjong.cli", "--root", str(corpus.layout.root), "build"]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    assert contents(hub) == first
    assert not hub.with_name("hub.new").exists()


def test_the_whole_repository_is_there(corpus: Corpus, hub: Path) -> None:
    root = corpus.layout.root
    others = {path: data for path, data in contents(hub).items() if "/" not in path}
    assert others.keys() == {
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "croissant.json",
        "eval.yaml",
        "release.json",
        "statistics.json",
    }
    assert others["LICENSE"] == (root / "LICENSE-DATA").read_bytes()
    assert others["CHANGELOG.md"] == (root / "CHANGELOG.md").read_bytes()
    assert others["statistics.json"] == dump_statistics(corpus)


def test_the_card_shows_every_picture_as_the_command_draws_it(corpus: Corpus, hub: Path) -> None:
    from hapjong.release.pictures import write_pictures

    page = write_pictures(statistics(corpus), corpus.layout.pictures)
    expected = {path.name: path.read_bytes() for path in page.parent.glob("*.svg")}
    assert {path.name: path.read_bytes() for path in (hub / "pictures").iterdir()} == expected
    shown = re.findall(r"^!\[.+\]\(pictures/(.+)\)$", (hub / "README.md").read_text(), re.MULTILINE)
    assert sorted(shown) == sorted(expected)


@pytest.mark.parametrize("module", ["datasets", "matplotlib", "networkx"])
def test_without_the_extra_the_command_says_what_to_install(
    corpus: Corpus,
    module: str,
    release_installed: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in list(sys.modules):
        if name.startswith(("hapjong.release.", f"{module}.")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    assert main(["--root", str(corpus.layout.root), "build"]) == UNUSABLE_INPUT
    assert "hapjong[release]" in capsys.readouterr().err
    assert not corpus.layout.hub.exists()


def test_canary_is_in_the_card_and_in_every_table(corpus: Corpus, hub: Path) -> None:
    import pyarrow.parquet as pq

    guid = read_canary(corpus.layout)
    assert (hub / "README.md").read_text().count(guid) == 1
    tables = list(hub.rglob("*.parquet"))
    assert tables
    for path in tables:
        assert pq.read_schema(path).metadata[b"canary"].decode() == guid


def test_tasks_are_the_headlines_over_what_was_built(hub: Path) -> None:
    described = yaml.safe_load((hub / "eval.yaml").read_text())
    assert described.keys() == {"name", "description", "evaluation_framework", "tasks"}
    assert all(task.keys() == {"id", "config", "split"} for task in described["tasks"])
    assert [task["id"] for task in described["tasks"]] == [OVERALL, *HEADLINES]
    for task in described["tasks"]:
        assert (hub / data_file(task["config"], task["split"])).is_file()


def test_card_keeps_its_text_and_names_every_file(hub: Path) -> None:
    from huggingface_hub import DatasetCard

    card = DatasetCard.load(hub / "README.md")
    assert card.text.strip().startswith("# Card\n")
    named = {file["path"] for config in card.data.configs for file in config["data_files"]}
    assert named == {str(path.relative_to(hub)) for path in hub.rglob("*.parquet")}


def test_the_header_describes_every_configuration(hub: Path) -> None:
    import pyarrow.parquet
    from datasets.info import DatasetInfosDict
    from huggingface_hub import DatasetCard

    from hapjong.release.features import FEATURES

    described = DatasetInfosDict.from_dataset_card_data(DatasetCard.load(hub / "README.md").data)
    assert set(described) == set(FEATURES)
    for config, info in described.items():
        files = {path.name.split("-")[0]: path for path in (hub / config).iterdir()}
        assert info.features == FEATURES[config]
        assert info.download_size == sum(path.stat().st_size for path in files.values())
        assert info.dataset_size == sum(split.num_bytes for split in info.splits.values())
        tables = {split: pyarrow.parquet.read_table(path) for split, path in files.items()}
        assert {split: of.num_examples for split, of in info.splits.items()} == {
            split: table.num_rows for split, table in tables.items()
        }


@pytest.mark.parametrize(
    ("rows", "name"), [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (99_999, "10K<n<100K")]
)
def test_sizes_have_the_names_of_the_hub(rows: int, name: str, release_installed: None) -> None:
    from hapjong.release.build import size_category

    assert size_category(rows) == name


def test_the_header_of_the_card_says_what_the_hub_knows(corpus: Corpus, hub: Path) -> None:
    """Values are of the lists that `datasets` keeps, or of the Hub's documentation."""
    import datasets
    from huggingface_hub import DatasetCard

    from hapjong.release.build import build

    shutil.copy(ROOT / "DATASET_CARD.md", corpus.layout.root)
    build(corpus)
    header = DatasetCard.load(hub / "README.md").data.to_dict()
    resources = Path(datasets.__file__).parent / "utils" / "resources"
    creators, multilingual, sizes = (
        json.loads((resources / f"{name}.json").read_text())
        for name in ("creators", "multilingualities", "size_categories")
    )
    assert set(header["annotations_creators"]) <= set(creators["annotations"])
    assert set(header["language_creators"]) <= set(creators["language"])
    assert set(header["multilinguality"]) <= set(multilingual)
    assert set(header["size_categories"]) <= set(sizes)
    assert header["language"] == ["ko"]
    assert header["license"] == "cc-by-4.0"
    assert header["source_datasets"] == ["original"]
    # huggingface.js, packages/tasks/src/pipelines.ts: tasks and their `subtasks`.
    assert header["task_categories"] == ["token-classification", "text-classification"]
    assert header["task_ids"] == ["named-entity-recognition", "multi-class-classification"]
    assert "paperswithcode_id" not in header  # there is no paper


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
