"""Two versions pushed and loaded again, by the real clients.

In a process of its own (``hub_client.py ROOT CACHE``): they read HF_ENDPOINT when imported.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
from datasets import get_dataset_config_names, load_dataset
from drawn_once import draw_once

from hapjong.cli import main
from hapjong.release.features import FEATURES

REPOSITORY = "someone/hapjong"


def commit(root: Path, version: str) -> None:
    """Commit everything as a release of the data."""
    (root / "dataset" / "VERSION").write_text(f"{version}\n")
    (root / "CHANGELOG.md").write_text(f"# Changelog\n\n## Data {version} – 2025-04-01\n")
    author = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    for command in (
        ("init", "-q"),
        ("add", "-A"),
        (*author, "commit", "-q", "--allow-empty", "-m", version),
    ):
        subprocess.run(["git", "-C", str(root), *command], check=True)


def correct_the_data(root: Path) -> None:
    entities = root / "dataset" / "entities.yaml"
    entities.write_text(entities.read_text().replace("en: Haru", "en: Haru New"))


def compare_with_build(tag: str, build: Path) -> None:
    """Every configuration and split of the version on the Hub is what was built."""
    assert set(get_dataset_config_names(REPOSITORY, revision=tag)) == set(FEATURES)
    for config, features in FEATURES.items():
        loaded = load_dataset(REPOSITORY, config, revision=tag)
        streamed = load_dataset(REPOSITORY, config, revision=tag, streaming=True)
        built = {path.name.split("-")[0]: path for path in (build / config).iterdir()}
        assert set(loaded) == set(streamed) == set(built)
        for split, path in built.items():
            expected = pyarrow.parquet.read_table(path).to_pylist()
            assert loaded[split].features == streamed[split].features == features
            assert loaded[split].to_list() == expected
            assert list(streamed[split]) == expected


def push_twice_and_compare(root: Path, builds: Path) -> None:
    for version in ("0.0.1", "0.0.2"):
        correct_the_data(root)
        commit(root, version)
        assert main(["--root", str(root), "push", REPOSITORY]) == 0
        shutil.copytree(root / "build" / "hub", builds / version)
    for version in ("0.0.1", "0.0.2"):
        compare_with_build(f"v{version}", builds / version)


if __name__ == "__main__":
    with draw_once():
        push_twice_and_compare(*map(Path, sys.argv[1:]))
