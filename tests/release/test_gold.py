"""``--gold``: a build, local or on a Hub, scores as the repository that it was made from."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hub_client import REPOSITORY, commit, correct_the_data
from hub_server import OWNERS_TOKEN, Commit, File, Hub

from hapjong.cli import DONE, UNUSABLE_INPUT, main
from hapjong.corpus.dataset import Corpus
from hapjong.corpus.layout import Layout
from hapjong.evaluation.submission import PredictedMention, PredictedStance, Prediction
from hapjong.release.gold import RELEASE, read_gold
from hapjong.schema import Split

FILE = "/{repo_id}/resolve/{revision}/{filename}"
"""What follows the address of a Hub in that of a file, which the client puts together early."""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def submission(corpus: Corpus, tmp_path: Path) -> Path:
    """Some of each article right and some wrong, the press articles among them."""
    lines = []
    for article_id, gold in corpus.gold.items():
        mentions = [PredictedMention(start=m.start, end=m.end, type=m.type) for m in gold.mentions]
        prediction = Prediction(
            article_id=article_id,
            mentions=(*mentions[1:], PredictedMention(start=0, end=1, type="EVENT")),
            stances=tuple(PredictedStance(id=s.id, polarity="favor") for s in gold.stances),
            article_stance="neutral",
        )
        lines.append(msgspec.json.encode(prediction) + b"\n")
    path = tmp_path / "gana-1.jsonl"
    path.write_bytes(b"".join(lines))
    return path


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command where there is no repository; its exit status and what it printed."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    def run(*arguments: object) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def server(
    corpus: Corpus, tmp_path: Path, require: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hub]:
    """A Hub with the data 0.0.1, and 0.0.2 on top; this process knows no other."""
    require("datasets")
    root = corpus.layout.root
    (root / ".gitignore").write_text("/build/\n")
    with Hub() as server:
        for name, value in {
            "ENDPOINT": server.url,
            "HUGGINGFACE_CO_URL_TEMPLATE": server.url + FILE,
            "HF_HUB_DISABLE_XET": True,
            "HF_HUB_CACHE": str(tmp_path / "cache"),
            "HF_TOKEN_PATH": str(tmp_path / "token"),
        }.items():
            monkeypatch.setattr(f"huggingface_hub.constants.{name}", value)
        monkeypatch.setenv("HF_TOKEN", OWNERS_TOKEN)
        for version in ("0.0.1", "0.0.2"):
            commit(root, version)
            assert main(["--root", str(root), "push", REPOSITORY]) == DONE
            correct_the_data(root)
        yield server


def test_a_build_gives_the_dataset_back(corpus: Corpus, hub: Path) -> None:
    found = read_gold(str(hub), Split.TEST, Layout(hub))
    press = {article.article_id for article in corpus.of_split(Split.PRESS)}
    assert found.version == corpus.version
    assert found.registry == corpus.registry
    assert found.documents == corpus.documents
    assert found.gold == {key: one for key, one in corpus.gold.items() if key not in press}
    assert found.articles.keys() == corpus.articles.keys()
    for article_id, article in found.articles.items():
        text = None if article_id in press else article.text
        assert article == msgspec.structs.replace(corpus.articles[article_id], text=text)


@pytest.mark.parametrize("command", ["score", "compare", "errors"])
@pytest.mark.parametrize("split", ["train", "test"])
def test_a_build_scores_as_the_repository_does(
    split: str, command: str, corpus: Corpus, hub: Path, submission: Path, run: Run
) -> None:
    given = [submission, submission] if command == "compare" else [submission]
    arguments = [command, *given, "--split", split, "--json"]
    expected = run("--root", corpus.layout.root, *arguments)
    assert expected[0] == DONE
    shutil.rmtree(corpus.layout.dataset)
    assert run(*arguments, "--gold", hub) == expected
    if command == "score":
        signature = json.loads(expected[1])["scores"]["ner_f1"]["signature"]
        assert f"|data:{corpus.version}|split:{split}|" in signature


def test_a_version_on_the_hub_scores_as_its_repository_does(
    corpus: Corpus, server: Hub, submission: Path, run: Run, tmp_path: Path
) -> None:
    score = ["score", submission, "--split", "train", "--json"]
    shutil.rmtree(corpus.layout.hub)  # 0.0.2 is on the Hub alone; the repository has gone on
    released = tmp_path / "released"
    clone = ["git", "clone", "-q", str(corpus.layout.root), str(released)]
    subprocess.run(clone, check=True)
    expected = run("--root", released, *score)
    assert expected[0] == DONE
    status, newest, _ = run(*score, "--gold", REPOSITORY)
    assert (status, newest) == expected[:2]
    assert run(*score, "--gold", f"{REPOSITORY}@v0.0.2")[1] == newest
    # The version before, by the script, in a process that knows no other Hub.
    script = Path(__file__).parents[2] / "scripts" / "score_submission.py"
    done = subprocess.run(
        [sys.executable, script, *score[1:], "--gold", f"{REPOSITORY}@v0.0.1"],
        env={**os.environ, "HF_ENDPOINT": server.url, "HF_HOME": str(tmp_path), "HF_TOKEN": ""},
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == DONE, done.stderr
    older, newer = (json.loads(printed)["scores"] for printed in (done.stdout, newest))
    assert older.keys() == newer.keys()
    for name, one in older.items():
        signature = one.pop("signature")
        assert "|data:0.0.1@" in signature
        assert signature != newer[name].pop("signature")
    assert older == newer  # the name that was corrected decides no score


def test_press_is_said_to_be_left_out(hub: Path, submission: Path, run: Run) -> None:
    status, printed, _ = run("score", submission, "--gold", hub)
    assert status == DONE
    assert printed.splitlines()[-1].startswith("press: left out, for their gold is in the")


def test_what_the_hub_does_not_have_is_said(server: Hub, submission: Path, run: Run) -> None:
    score = ("score", submission, "--gold")
    for source, fault in {
        "someone/nothing": "someone/nothing: no such folder here, and no dataset that you may read",
        f"{REPOSITORY}@v9.9.9": f"{REPOSITORY}@v9.9.9: {REPOSITORY} has no revision 'v9.9.9'",
        "some where": "some where: no such folder, and no name on the Hub: ORGANISATION/NAME",
    }.items():
        status, printed, said = run(*score, source)
        assert (status, printed) == (UNUSABLE_INPUT, "")
        assert fault in said
    stranger = {"data.csv": File(b"1,2\n", lfs=False)}
    server.create("someone/else").commit(Commit(stranger, None, "theirs", ""))
    status, _, said = run(*score, "someone/else")
    assert status == UNUSABLE_INPUT
    assert "someone/else/release.json: the file is not there, so this was not made by" in said


def test_no_network(
    submission: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    status, printed, said = run("score", submission, "--gold", REPOSITORY)
    assert (status, printed) == (UNUSABLE_INPUT, "")
    assert f"asking http://127.0.0.1:9 for {REPOSITORY}: " in said


def test_a_copy_from_before_is_taken_only_where_that_is_asked_for(
    server: Hub, submission: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    score = ("score", submission, "--split", "train", "--gold", REPOSITORY)
    status, fetched, _ = run(*score)
    assert status == DONE
    server.breaks_at = "."
    status, printed, said = run(*score)
    assert (status, printed) == (UNUSABLE_INPUT, "")
    assert f"asking {server.url} for {REPOSITORY}: " in said
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert run(*score)[:2] == (DONE, fetched)


def test_a_library_that_is_missing_is_named(
    hub: Path, submission: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    status, _, said = run("score", submission, "--gold", hub)
    assert status == UNUSABLE_INPUT
    assert "pip install 'hapjong[release]'" in said


def test_a_submission_for_another_version_is_refused(
    hub: Path, submission: Path, run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "gana-1"
    folder.mkdir()
    shutil.copy(submission, folder / "predictions.jsonl")
    (folder / "submission.toml").write_text(
        'name = "gana-1"\nauthors = []\ndescription = ""\ntrack = "raw"\ndata_version = "9.9.9"\n'
    )
    status, printed, said = run("score", folder, "--gold", hub)
    assert (status, printed) == (UNUSABLE_INPUT, "")
    assert "$.data_version: made for data 9.9.9, the data here is 0.0.1" in said


def test_every_fault_of_a_build_is_said(hub: Path, submission: Path, run: Run) -> None:
    table = pq.read_table(hub / "articles" / "train-00000-of-00001.parquet")
    rows = table.to_pylist()
    rows[0]["mentions"][0]["end"] = 10_000
    rows[1]["stances"][0]["target"] = "p9"
    changed = pa.Table.from_pylist(rows, schema=table.schema)
    pq.write_table(changed, hub / "articles" / "train-00000-of-00001.parquet")
    status, printed, said = run("score", submission, "--gold", hub)
    assert (status, printed) == (UNUSABLE_INPUT, "")
    for number in (0, 1):
        assert f"{hub}/articles: train: {rows[number]['article_id']}: $." in said


def test_a_build_without_an_article_of_the_split(hub: Path, submission: Path, run: Run) -> None:
    score = ("score", submission, "--gold", hub, "--split")
    for split, fault in {
        "validation": "the build has no article of this split",
        "press": "a build holds no press article",
    }.items():
        status, printed, said = run(*score, split)
        assert (status, printed) == (UNUSABLE_INPUT, "")
        assert said.startswith(f"{hub}: {split}: {fault}")


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def other_split(path: Path) -> None:
    path.write_text(path.read_text().replace("- split: test\n", "- split: dev\n"))


def other_scheme(path: Path) -> None:
    path.write_text('{"scheme": 2, "something_new": []}')


@pytest.mark.parametrize(
    ("file", "break_it", "fault"),
    [
        (RELEASE, Path.unlink, "the file is not there, so this was not made by hapjong build"),
        (RELEASE, cut_off, "not JSON: "),
        (RELEASE, other_scheme, "$.scheme: the scheme is 2, this hapjong knows 1"),
        ("README.md", Path.unlink, ": cannot be read: "),
        ("README.md", other_split, ": 'dev' is no split of written articles"),
        ("articles/test-00000-of-00001.parquet", Path.unlink, ": cannot be read: "),
        ("articles/test-00000-of-00001.parquet", cut_off, "/articles: cannot be read: "),
        ("entities/registry-00000-of-00001.parquet", cut_off, "/entities: cannot be read: "),
    ],
)
def test_a_broken_build_is_told_its_fault(
    file: str, break_it: Callable[[Path], None], fault: str, hub: Path, submission: Path, run: Run
) -> None:
    break_it(hub / file)
    status, printed, said = run("score", submission, "--gold", hub)
    assert (status, printed) == (UNUSABLE_INPUT, "")
    assert fault in said
    assert "Traceback" not in said


def test_the_repository_is_asked_for_only_where_no_gold_is_given(
    submission: Path, run: Run
) -> None:
    status, _, said = run("score", submission)
    assert status == UNUSABLE_INPUT
    assert "no HapJong repository here or above" in said
