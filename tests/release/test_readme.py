"""What the README shows can be run."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hapjong.cli import main
from hapjong.corpus.dataset import Corpus

ROOT = Path(__file__).parents[2]
Run = Callable[..., dict[str, Any]]
WRITTEN = ("train", "validation", "test")


def blocks(language: str) -> list[str]:
    text = (ROOT / "README.md").read_text()
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def run(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the one snippet that holds a word, after the first, which loads the data.

    The second argument is replaced by the third, where the snippet would need the network.
    """
    monkeypatch.chdir(repository)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", repository / "cache")
    snippets = blocks("python")
    names: dict[str, Any] = {}

    def run_snippet(word: str, old: str = "", new: str = "") -> dict[str, Any]:
        [snippet] = [snippet for snippet in snippets if word in snippet]
        assert old in snippet
        if old:
            snippet = snippet.replace(old, new)
        for code in dict.fromkeys((snippets[0], snippet)):
            exec(code, names)  # noqa: S102 - our own README
        return names

    return run_snippet


def test_every_configuration_is_loaded(run: Run) -> None:
    from hapjong.release.features import FEATURES

    names = run("annotations")
    code = blocks("python")[0]
    assert set(re.findall(r'load_dataset\(hub, "(\w+)"', code)) == set(FEATURES)
    assert set(names["articles"]) == set(WRITTEN)
    assert names["articles"]["test"].num_rows == names["article_stance"]["test"].num_rows


def test_streaming(run: Run, dataset: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    names = run("streaming=True")
    titles = [row["title"] for row in names["articles"]["test"]]
    lines = capsys.readouterr().out.splitlines()
    assert titles
    assert [line.split(" ", 1)[1] for line in lines] == titles


def test_pandas(run: Run) -> None:
    names = run("to_pandas")
    assert names["label_counts"].sum() == names["relations"]["train"].num_rows
    assert names["label_counts"].idxmax() == "no_relation"


def test_polars(run: Run, dataset: Corpus, require: Callable[[str], None]) -> None:
    require("polars")
    table = run("polars")["mentions"]
    assert {row[:4] for row in table.select("article_id", "id", "start", "end").rows()} == {
        (article.article_id, mention.id, mention.start, mention.end)
        for article in dataset.articles.values()
        if article.split in WRITTEN
        for mention in dataset.gold[article.article_id].mentions
    }


def test_token_classifier(run: Run, require: Callable[[str], None], tmp_path: Path) -> None:
    """With a tokenizer trained here: one of the Hub needs the network."""
    require("tokenizers")
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from tokenizers.trainers import WordPieceTrainer

    trained = Tokenizer(WordPiece(unk_token="[UNK]"))
    trained.pre_tokenizer = BertPreTokenizer()
    text = [row["sentence"] for row in run("annotations")["ner"]["train"]]
    trained.train_from_iterator(text, WordPieceTrainer(vocab_size=2000, special_tokens=["[UNK]"]))

    trained.save(str(tmp_path / "tokenizer.json"))
    local = f'from_file("{tmp_path / "tokenizer.json"}")'
    encoded = run("Tokenizer", 'from_pretrained("klue/bert-base")', local)["encoded"]
    assert set(encoded) == set(WRITTEN)
    row = next(row for row in encoded["train"] if "B-ORG" in tag_names(encoded, row["ner_tags"]))
    assert len(row["input_ids"]) == len(row["labels"])
    assert set(row["labels"]) <= set(row["ner_tags"])
    assert "B-ORG" in tag_names(encoded, row["labels"])


def tag_names(encoded: Any, tags: list[int]) -> list[str]:
    names: list[str] = encoded["train"].features["ner_tags"].feature.names
    return [names[tag] for tag in tags]


def test_relation_markers(run: Run) -> None:
    marked = run("def mark")["marked"]
    for row in marked["test"]:
        subject, other = row["subject_entity"]["word"], row["object_entity"]["word"]
        assert f"<subj>{subject}</subj>" in row["text"]
        assert f"<obj>{other}</obj>" in row["text"]
        assert re.sub(r"</?(subj|obj)>", "", row["text"]) == row["sentence"]


def test_predictions_are_scored(
    run: Run, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("my-predictions.jsonl")
    command = "score my-predictions.jsonl --split test --json"
    assert any(
        line.startswith(".venv/bin/hapjong score") for line in "".join(blocks("bash")).split("\n")
    )
    assert main(["--root", str(repository), *command.split()]) == 0
    scores = json.loads(capsys.readouterr().out)["scores"]
    assert scores["article_stance_f1"]["value"] > 0
    assert scores["partnership_f1"]["value"] == 0


def test_press_is_hydrated(repository: Path, dataset: Corpus) -> None:
    documents = os.environ.get("HAPJONG_DOCUMENTS")
    if not documents:
        pytest.skip("HAPJONG_DOCUMENTS names no folder with the documents of dataset/press.yaml")
    [line] = re.findall(r"^hapjong (hydrate DIR)\b", "\n".join(blocks("bash")), re.MULTILINE)
    assert main(["--root", str(repository), *line.replace("DIR", documents).split()]) == 0
    found = {path.stem for path in (repository / "build" / "press").glob("*.txt")}
    assert found == {key for document in dataset.documents for key in document.articles}


def test_named_targets_and_files_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    text = (ROOT / "README.md").read_text()
    for target in re.findall(r"^make (\w+)", text, re.MULTILINE):
        assert f"\n{target}:" in makefile
    for path in re.findall(r"\]\(([^)#:]+)", text):
        assert (ROOT / path).exists(), path
