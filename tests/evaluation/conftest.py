"""The small repository of the fixtures, and submissions written for it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from evaluation_strategies import VALID, WriteSubmission

from hapjong.corpus.dataset import Corpus, read_corpus
from hapjong.corpus.layout import Layout
from hapjong.evaluation.submission import INFO, PREDICTIONS, Prediction


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The corpus of the fixture repository; its press article is not hydrated."""
    return read_corpus(Layout(VALID))


@pytest.fixture
def repository(tmp_path: Path) -> Layout:
    """A copy of the fixture repository to write into."""
    root = tmp_path / "repository"
    shutil.copytree(VALID, root)
    return Layout(root)


@pytest.fixture(scope="session")
def write_submission() -> WriteSubmission:
    """Write a submission folder; keywords replace fields of its ``submission.toml``."""

    def write(folder: Path, predictions: Iterable[Prediction], **fields: object) -> Path:
        info: dict[str, object] = {
            "name": folder.name,
            "authors": ["이나래"],
            "description": "made up",
            "track": "raw",
            "data_version": "0.0.1",
            **fields,
        }
        folder.mkdir(parents=True)
        # A JSON string or list of strings is TOML too.
        rows = [f"{key} = {json.dumps(value)}\n" for key, value in info.items()]
        (folder / INFO).write_text("".join(rows), encoding="utf-8")
        lines = [msgspec.json.encode(prediction) + b"\n" for prediction in predictions]
        (folder / PREDICTIONS).write_bytes(b"".join(lines))
        return folder

    return write
