"""``hapjong push`` on a Hub on loopback: whole or not at all, and clear about what is wrong."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hub_client import REPOSITORY, commit, correct_the_data
from hub_server import OWNERS_TOKEN, Commit, File, Hub, User

from hapjong.cli import DONE, UNUSABLE_INPUT, main
from hapjong.corpus.dataset import Corpus

Push = Callable[..., tuple[int, str]]


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as hub:
        yield hub


@pytest.fixture
def root(corpus: Corpus) -> Path:
    """A repository whose data 0.0.1 are ready to be pushed."""
    root = corpus.layout.root
    (root / "DATASET_CARD.md").write_text("---\nlanguage:\n- ko\npretty_name: 합종\n---\n# Card\n")
    (root / ".gitignore").write_text("/build/\n")
    commit(root, "0.0.1")
    return root


@pytest.fixture
def push(
    root: Path,
    hub: Hub,
    tmp_path: Path,
    release_installed: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Push:
    """Run the command; its exit status and all that it printed."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.setenv("HF_TOKEN", OWNERS_TOKEN)

    def run(*arguments: str, to: str = REPOSITORY) -> tuple[int, str]:
        status = main(["--root", str(root), "push", to, *arguments])
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    return run


def run_client(
    command: list[str], hub: Hub, home: Path, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run Python in a process that knows no other Hub, and keeps nothing outside of ``home``."""
    settings |= {"HF_ENDPOINT": hub.url, "HF_HOME": str(home / "hf"), "HF_TOKEN": OWNERS_TOKEN}
    return subprocess.run(
        [sys.executable, *command],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("xet", [True, False])
def test_two_versions_are_loaded_as_they_were_built(
    xet: bool, root: Path, hub: Hub, tmp_path: Path, release_installed: None
) -> None:
    client = str(Path(__file__).with_name("hub_client.py"))
    command = [client, str(root), str(tmp_path / "builds")]
    done = run_client(command, hub, tmp_path, HF_HUB_DISABLE_XET="" if xet else "1")
    assert done.returncode == 0, done.stderr
    assert OWNERS_TOKEN not in done.stdout + done.stderr
    assert any("/cas/" in request for request in hub.requests) == xet
    pushed = hub.dataset(REPOSITORY)
    assert [made.title for made in pushed.commits.values()] == [
        "initial",
        "Data 0.0.1",
        "Data 0.0.2",
    ]


def test_the_description_of_a_push_has_its_address_and_date(push: Push, hub: Hub) -> None:
    """Croissant 1.1 requires both, and a build that is not pushed has neither."""
    assert push()[0] == DONE
    described = json.loads(hub.dataset(REPOSITORY).tree("v0.0.1")["croissant.json"].content)
    assert described["url"] == f"{hub.url}/datasets/{REPOSITORY}"
    assert described["datePublished"] == "2025-04-01"


def test_dry_run_changes_nothing(push: Push, hub: Hub) -> None:
    status, printed = push("--dry-run")
    assert status == DONE
    assert "a new public repository" in printed
    assert "+ articles/train-00000-of-00001.parquet (" in printed
    assert "dry run" in printed
    assert not hub.repositories
    assert all(request.startswith("GET") for request in hub.requests)


def test_second_push_changes_nothing(push: Push, hub: Hub) -> None:
    assert push()[0] == DONE
    hub.requests.clear()
    status, printed = push()
    assert status == DONE
    assert "nothing to do" in printed
    assert all(request.startswith("GET") for request in hub.requests)


def test_published_version_is_not_replaced(push: Push, root: Path, hub: Hub) -> None:
    push()
    refs = dict(hub.dataset(REPOSITORY).refs)
    correct_the_data(root)
    commit(root, "0.0.1")
    status, printed = push()
    assert status == UNUSABLE_INPUT
    assert "v0.0.1 is published with another content" in printed
    assert "entities/registry-00000-of-00001.parquet" in printed
    assert hub.dataset(REPOSITORY).refs == refs


def test_next_version_replaces_every_file(push: Push, root: Path, hub: Hub) -> None:
    push()
    pushed = hub.dataset(REPOSITORY)
    old = pushed.tree("main")
    pushed.commit(Commit({**old, "old.txt": File(b"old", False)}, None, "by hand", ""))
    correct_the_data(root)
    commit(root, "0.0.2")
    _, printed = push("--dry-run")
    assert "~ entities/registry-00000-of-00001.parquet (" in printed
    assert "- old.txt" in printed
    assert "articles/train" not in printed
    assert push()[0] == DONE
    assert set(pushed.tree("v0.0.2")) == set(old)
    assert pushed.tree("v0.0.1") == old


def test_broken_upload_leaves_the_old_version(push: Push, root: Path, hub: Hub) -> None:
    push()
    pushed = hub.dataset(REPOSITORY)
    refs, commits = dict(pushed.refs), dict(pushed.commits)
    correct_the_data(root)
    commit(root, "0.0.2")
    hub.breaks_with = 400  # 5xx would be tried again, for half a minute
    for place in ("POST .*/preupload/", "POST .*/batch$", "PUT /lfs/", "POST .*/commit/"):
        hub.breaks_at = place
        status, printed = push()
        assert status == UNUSABLE_INPUT
        assert "v0.0.2 is not published: " in printed
        assert "the Hub answers 400" in printed
        assert re.fullmatch(place + ".*", hub.requests[-1])
        assert (pushed.refs, pushed.commits) == (refs, commits)
    hub.breaks_at = ""
    assert push()[0] == DONE
    assert set(pushed.refs) == {*refs, "refs/tags/v0.0.2"}


def test_broken_xet_upload_publishes_nothing(
    root: Path, hub: Hub, tmp_path: Path, release_installed: None
) -> None:
    hub.breaks_at, hub.breaks_with = "POST /cas/v2/shards", 400
    done = run_client(["-m", "hapjong.cli", "--root", str(root), "push", REPOSITORY], hub, tmp_path)
    assert done.returncode == UNUSABLE_INPUT
    assert "v0.0.1 is not published: " in done.stderr
    assert "400" in done.stderr
    assert [made.title for made in hub.dataset(REPOSITORY).commits.values()] == ["initial"]


def test_lost_connection_before_the_tag_is_made_good(push: Push, hub: Hub) -> None:
    hub.breaks_at = r"POST .*/tag/"
    status, printed = push()
    assert status == UNUSABLE_INPUT
    assert "the files are there, v0.0.1 is not" in printed
    hub.breaks_at = ""
    assert push()[0] == DONE
    pushed = hub.dataset(REPOSITORY)
    assert [made.title for made in pushed.commits.values()] == ["initial", "Data 0.0.1"]
    assert "refs/tags/v0.0.1" in pushed.refs


def test_somebody_else_pushes_meanwhile(
    push: Push, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hapjong.release import push as module

    publish = module.publish

    def late(*arguments: object) -> str:
        hub.dataset(REPOSITORY).commit(Commit({}, None, "by another", ""))
        return publish(*arguments)

    hub.create(REPOSITORY)
    monkeypatch.setattr(module, "publish", late)
    status, printed = push()
    assert status == UNUSABLE_INPUT
    assert "somebody else has pushed meanwhile" in printed
    assert hub.dataset(REPOSITORY).tree("main") == {}


@pytest.mark.parametrize(
    ("token", "fault"),
    [("hf_wrong", "does not know the token"), ("", "no token"), ("hf_read", "can only read")],
)
def test_token_that_does_not_do(
    token: str, fault: str, push: Push, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.users["hf_read"] = User("someone", may_write=False)
    monkeypatch.setenv("HF_TOKEN", token)
    status, printed = push()
    assert status == UNUSABLE_INPUT
    assert fault in printed
    assert not token or token not in printed
    assert hub.requests in ([], ["GET /api/whoami-v2"])


def test_repository_of_others(push: Push, hub: Hub) -> None:
    hub.create("others/hapjong")
    status, printed = push(to="others/hapjong")
    assert status == UNUSABLE_INPUT
    assert "others/hapjong is not yours: the token is of someone" in printed


def test_repository_of_an_organisation(push: Push, hub: Hub) -> None:
    hub.users[OWNERS_TOKEN] = User("someone", organisations=("others",))
    assert push(to="others/hapjong")[0] == DONE
    assert "refs/tags/v0.0.1" in hub.dataset("others/hapjong").refs


@pytest.mark.parametrize("kind", ["model", "space"])
def test_name_of_another_type(kind: str, push: Push, hub: Hub) -> None:
    hub.create(REPOSITORY, kind)
    status, printed = push()
    assert status == UNUSABLE_INPUT
    assert f"{REPOSITORY} is a {kind}" in printed


@pytest.mark.parametrize(
    "files",
    [{"data.csv": b"1,2\n"}, {"README.md": "---\npretty_name: 다른 것\n---\n".encode()}],
)
def test_other_dataset_of_that_name(files: dict[str, bytes], push: Push, hub: Hub) -> None:
    theirs = {path: File(content, lfs=False) for path, content in files.items()}
    hub.create(REPOSITORY).commit(Commit(theirs, None, "theirs", ""))
    status, printed = push()
    assert status == UNUSABLE_INPUT
    assert "all of it would be replaced" in printed
    assert hub.dataset(REPOSITORY).tree("main") == theirs


def test_no_network(push: Push, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    status, printed = push()
    assert status == UNUSABLE_INPUT
    assert f"asking http://127.0.0.1:9 about {REPOSITORY}: " in printed


def test_name_without_organisation(push: Push) -> None:
    status, printed = push(to="hapjong")
    assert status == UNUSABLE_INPUT
    assert "'hapjong': ORGANISATION/NAME is expected" in printed


def test_everything_wrong_here_is_said_at_once(push: Push, root: Path, hub: Hub) -> None:
    commit(root, "0.0.2")
    (root / "dataset" / "VERSION").write_text("0.0.3\n")
    (root / "CHANGELOG.md").write_text("# Changelog\n\n## Data 0.0.2 – unreleased\n")
    (root / "메모.txt").write_text("not committed")
    (root / "dataset" / "splits" / "test.txt").write_text("")
    [text] = (root / "build" / "press").glob("*.txt")
    text.unlink()
    status, printed = push()
    assert status == UNUSABLE_INPUT
    for fault in (
        "dataset/VERSION: not committed",
        "메모.txt: not committed",
        "in no split",
        f"{text.stem}: the text is not here",
        "CHANGELOG.md: line 3: the newest data are 0.0.2, dataset/VERSION says 0.0.3",
        "CHANGELOG.md: line 3: a date (2025-01-31) is expected, not 'unreleased'",
    ):
        assert fault in printed
    assert not hub.requests


def test_folder_that_is_no_git_repository(
    push: Push, root: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(root / "none"))
    status, printed = push()
    assert status == UNUSABLE_INPUT
    assert "no commit to push" in printed
