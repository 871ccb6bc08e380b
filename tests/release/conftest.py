"""The fixture repository with its press articles hydrated and the documents that a build needs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hapjong.corpus.dataset import Corpus, read_corpus
from hapjong.corpus.layout import Layout
from hapjong.corpus.press import hydrate, read_press

ROOT = Path(__file__).parents[2]
CARD = "---\nlanguage:\n- ko\n---\n# Card\n\n```bibtex\n@misc{fixture}\n```\n"


@pytest.fixture
def corpus(fixture_repository: Path) -> Corpus:
    """Hydrated, so that a press text that slips into a release would be seen."""
    layout = Layout(fixture_repository)
    documents = read_press(layout.press, "press.yaml")
    hydrate(documents, ROOT / "tests" / "fixtures" / "documents", layout.hydrated)
    (layout.root / "DATASET_CARD.md").write_text(CARD)
    for name in ("LICENSE-DATA", "CHANGELOG.md"):
        shutil.copy(ROOT / name, layout.root)
    return read_corpus(layout)


@pytest.fixture
def hub(corpus: Corpus, require: Callable[[str], None]) -> Path:
    """The repository as built."""
    require("datasets")
    from hapjong.release.build import build

    build(corpus)
    return corpus.layout.hub
