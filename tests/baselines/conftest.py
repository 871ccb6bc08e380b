"""The real dataset, to learn from and to predict."""

from __future__ import annotations

from pathlib import Path

import pytest

from hapjong.corpus.dataset import Corpus, read_corpus
from hapjong.corpus.layout import Layout


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return read_corpus(Layout(Path(__file__).parents[2]))
