"""Copies of the fixture repository to break, and the real documents where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hapjong.corpus.dataset import Corpus, inspect_corpus
from hapjong.corpus.layout import Layout

TOP = Path(__file__).parents[2]
FIXTURES = TOP / "tests" / "fixtures"


@pytest.fixture(scope="session")
def top() -> Layout:
    """This repository."""
    return Layout(TOP)


@pytest.fixture(scope="session")
def fixtures() -> Path:
    return FIXTURES


@pytest.fixture
def repository(fixture_repository: Path) -> Layout:
    """A copy of the fixture repository to break; its press article is not hydrated."""
    return Layout(fixture_repository)


@pytest.fixture(scope="session")
def valid() -> Corpus:
    """The corpus of tests/fixtures/valid, to read only."""
    return inspect_corpus(Layout(FIXTURES / "valid"))[0]


@pytest.fixture(scope="session")
def real_documents() -> Path:
    """The folder with the real documents; as `require`, it fails instead of skipping in CI."""
    folder = os.environ.get("HAPJONG_DOCUMENTS")
    if folder:
        return Path(folder)
    reason = "HAPJONG_DOCUMENTS names no folder with the documents of dataset/press.yaml"
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and CI is set")
    pytest.skip(reason)
