"""The fixture repository with its press articles hydrated and the documents that a build needs."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from drawn_once import draw_once

from hapjong.corpus.dataset import Corpus, read_corpus
from hapjong.corpus.layout import Layout
from hapjong.corpus.press import hydrate, read_press

ROOT = Path(__file__).parents[2]
RELEASE = ("datasets", "matplotlib", "networkx", "scipy")
CARD = "---\nlanguage:\n- ko\n---\n# Card\n\n```bibtex\n@misc{fixture}\n```\n"


@pytest.fixture(scope="session", autouse=True)
def _the_same_is_drawn_once() -> Iterator[None]:
    if not all(map(importlib.util.find_spec, RELEASE)):
        yield
        return
    with draw_once():
        yield


@pytest.fixture(scope="session")
def release_installed(require: Callable[[str], None]) -> None:
    """Skip where what a build needs is missing."""
    for name in RELEASE:
        require(name)


@pytest.fixture(scope="session")
def dataset() -> Corpus:
    """The real one, as its users have it."""
    return read_corpus(Layout(ROOT))


@pytest.fixture(scope="session")
def repository(
    dataset: Corpus, release_installed: None, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The real repository with its build, made elsewhere."""
    from hapjong.release.build import build

    root = tmp_path_factory.mktemp("repository")
    for name in ("dataset", "annotation", "DATASET_CARD.md", "LICENSE-DATA", "CHANGELOG.md"):
        (root / name).symlink_to(ROOT / name)
    build(dataset._replace(layout=Layout(root)))
    return root


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
def hub(corpus: Corpus, release_installed: None) -> Path:
    """The repository as built."""
    from hapjong.release.build import build

    build(corpus)
    return corpus.layout.hub
