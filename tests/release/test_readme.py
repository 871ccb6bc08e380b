"""What README tells a newcomer to type works."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hapjong.corpus.dataset import read_corpus
from hapjong.corpus.layout import Layout

ROOT = Path(__file__).parents[2]


def blocks(language: str) -> list[str]:
    text = (ROOT / "README.md").read_text()
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_loading(
    require: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("datasets")
    from hapjong.release.build import build

    for name in ("dataset", "DATASET_CARD.md", "LICENSE-DATA", "CHANGELOG.md"):
        (tmp_path / name).symlink_to(ROOT / name)
    build(read_corpus(Layout(tmp_path)))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    [snippet] = blocks("python")
    names: dict[str, object] = {}
    exec(snippet, names)  # noqa: S102 - our own README
    assert {"articles", "ner", "relations", "stance", "article_stance", "entities"} <= set(names)


def test_named_targets_and_files_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    text = (ROOT / "README.md").read_text()
    for target in re.findall(r"^make (\w+)", text, re.MULTILINE):
        assert f"\n{target}:" in makefile
    for path in re.findall(r"\]\(([^)#:]+)", text):
        assert (ROOT / path).exists(), path
