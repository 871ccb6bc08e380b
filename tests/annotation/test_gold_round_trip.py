"""The dataset's own gold through a real Label Studio and back: nothing may change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from hapjong.annotation.accounts import Accounts
from hapjong.annotation.rounds import export, label, load
from hapjong.corpus.dataset import Corpus, read_corpus
from hapjong.corpus.layout import Layout
from hapjong.corpus.press import hydrate, read_press

ROOT = Path(__file__).parents[2]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """The real dataset, in a copy where the press articles are hydrated if they can be."""
    documents = os.environ.get("HAPJONG_DOCUMENTS")
    layout = Layout(tmp_path)
    (tmp_path / "dataset").symlink_to(ROOT / "dataset")
    if documents:
        hydrate(read_press(layout.press, "press.yaml"), Path(documents), layout.hydrated)
    return read_corpus(layout)


@pytest.mark.studio
def test_gold_comes_back_unchanged(accounts: Accounts, corpus: Corpus) -> None:
    annotator = "gold-keeper"
    articles = [article for article in corpus.articles.values() if article.text is not None]
    gold = {article.article_id: corpus.gold[article.article_id] for article in articles}
    interface = (ROOT / "annotation" / "interface.xml").read_text()
    load(accounts.connect, "gold", [annotator], corpus.articles.values(), interface)
    label(accounts.connect, "gold", annotator, gold.values(), corpus.articles)
    exported = export(accounts.connect(annotator), "gold", annotator, articles, corpus.registry)
    assert {a.article_id: replace(a, annotator="gold") for a in exported} == gold
