"""Commands that are killed in the middle: the next run completes what they began."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from hapjong.annotation.accounts import Accounts
from hapjong.annotation.interface import render
from hapjong.annotation.rounds import label, load
from hapjong.annotation.server import Server
from hapjong.corpus.dataset import Corpus, inspect_corpus
from hapjong.corpus.layout import Layout
from hapjong.corpus.validate import validate
from hapjong.schema import dump_annotation

pytestmark = pytest.mark.studio
KIM, LEE, CHOI = "killed-kim", "killed-lee", "killed-choi"


@pytest.fixture
def repository(server: Server, fixture_repository: Path) -> Path:
    """A repository of three written articles whose server is the one of the tests."""
    layout = Layout(fixture_repository)
    layout.interface.parent.mkdir(exist_ok=True)
    layout.interface.write_text(render())
    layout.guidelines.write_text("# 지침\n")
    layout.studio.parent.mkdir(exist_ok=True)
    layout.studio.symlink_to(server.home)
    return fixture_repository


@pytest.fixture
def corpus(repository: Path) -> Corpus:
    return inspect_corpus(Layout(repository))[0]


def run(repository: Path, point: str, count: int, *arguments: str) -> int:
    """Run ``hapjong studio`` in a process of its own; its exit status."""
    script = Path(__file__).with_name("killed.py")
    command = [sys.executable, str(script), point, str(count)]
    command += ["--root", str(repository), "studio", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, env=environment, check=False, timeout=120).returncode


def article_ids(accounts: Accounts, title: str) -> list[str]:
    client = accounts.connect("owner")
    [project] = [found for found in client.projects.list(title=title) if found.title == title]
    return [task.data["article_id"] for task in client.tasks.list(project=project.id)]


def test_killed_load_is_completed(repository: Path, corpus: Corpus, accounts: Accounts) -> None:
    written = [article.article_id for article in corpus.articles.values() if article.text]
    load_it = ("load", "--round", "killed", "--annotators", KIM, LEE)
    assert len(written) == 3
    assert run(repository, "/api/projects", 1, *load_it) == -signal.SIGKILL
    assert article_ids(accounts, f"killed · {KIM}") == []
    assert run(repository, "/import", 2, *load_it) == -signal.SIGKILL
    assert article_ids(accounts, f"killed · {KIM}") == written[:2]
    assert run(repository, "/import", 3, *load_it) == -signal.SIGKILL
    assert run(repository, "", 0, *load_it) == 0
    for annotator in (KIM, LEE):
        assert article_ids(accounts, f"killed · {annotator}") == written


@pytest.mark.parametrize("point", ["write", "move"])
def test_killed_export_is_completed(
    repository: Path, corpus: Corpus, accounts: Accounts, point: str
) -> None:
    name = f"killed-{point}"
    layout, articles = corpus.layout, [a for a in corpus.articles.values() if a.text]
    gold = [replace(corpus.gold[a.article_id], annotator=KIM) for a in articles]
    load(accounts.connect, name, [KIM], articles, render())
    label(accounts.connect, name, KIM, gold, corpus.articles)
    folder, files = layout.rounds / name / KIM, [dump_annotation(record) for record in gold]
    export = ("export", "--round", name, "--annotators", KIM)
    assert run(repository, point, 2, *export) == -signal.SIGKILL
    # What is there is whole; the halves are where no command looks.
    assert all(path.read_bytes() in files for path in folder.glob("*.json"))
    assert len(list(folder.glob("*.json"))) < len(files)
    assert validate(layout, [])[1] == []
    assert run(repository, "", 0, *export) == 0
    assert [path.read_bytes() for path in sorted(folder.iterdir())] == files
    assert list(folder.parent.iterdir()) == [folder]


def test_killed_adjudication_is_completed(
    repository: Path, corpus: Corpus, accounts: Accounts
) -> None:
    written = [article.article_id for article in corpus.articles.values() if article.text]
    for annotator in (KIM, LEE):
        folder = corpus.layout.rounds / "killed-both" / annotator
        folder.mkdir(parents=True)
        for key in written:
            record = replace(corpus.gold[key], annotator=annotator)
            (folder / f"{key}.json").write_bytes(dump_annotation(record))
    settle = ("adjudicate", "--round", "killed-both", "--annotators", KIM, LEE)
    settle = (*settle, "--adjudicator", CHOI)
    assert run(repository, "/import", 2, *settle) == -signal.SIGKILL
    assert article_ids(accounts, "killed-both · adjudication") == written[:2]
    assert run(repository, "", 0, *settle) == 0
    assert article_ids(accounts, "killed-both · adjudication") == written
    client = accounts.connect(CHOI)
    [project] = client.projects.list(title="killed-both · adjudication")
    tasks = list(client.tasks.list(project=project.id))
    assert [len(task.predictions) for task in tasks] == [1] * 3
    # Nobody differs, so the adjudicator has only to submit what stands there.
    for task in tasks:
        client.annotations.create(id=task.id, result=task.predictions[0].result)
    before = {path.name: path.read_bytes() for path in corpus.layout.gold.glob("*.json")}
    for path in corpus.layout.gold.glob("*.json"):
        if path.stem in written:
            path.unlink()
    assert run(repository, "move", 2, "export", "--round", "killed-both",
               "--annotators", CHOI, "--gold") == -signal.SIGKILL  # fmt: skip
    assert run(repository, "", 0, "export", "--round", "killed-both", "--adjudication", CHOI) == 0
    after = {path.name: path.read_bytes() for path in corpus.layout.gold.glob("*.json")}
    assert after == before
