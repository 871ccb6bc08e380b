"""The server as a child process: what it keeps secret, how it fails, what it leaves behind."""

from __future__ import annotations

import os
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hapjong.annotation.accounts import Account, Accounts, StudioError, email_of
from hapjong.annotation.server import Server


def secrets_of(accounts: Accounts) -> set[str]:
    book = accounts.read()
    everyone = [book.owner, *book.annotators.values()]
    return {secret for one in everyone for secret in (one.password, one.token) if secret}


@pytest.fixture
def fake_label_studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a shell script in the place of Label Studio."""

    def install(script: str) -> None:
        program = tmp_path / "bin" / "label-studio"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr("sys.executable", str(program.parent / "python"))

    return install


@pytest.mark.studio
def test_accounts_file_is_private(server: Server) -> None:
    assert stat.S_IMODE(server.accounts.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.home.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.log.stat().st_mode) == 0o600


@pytest.mark.studio
def test_restart_keeps_accounts_and_shows_no_secret(
    server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    before = server.accounts.connect("restarted").users.whoami()
    server.stop()
    log_before = server.log.read_text()
    server.start()
    assert server.process is not None
    command_line = Path(f"/proc/{server.process.pid}/cmdline").read_text()
    assert server.accounts.connect("restarted").users.whoami().id == before.id

    shown = [*capfd.readouterr(), log_before, server.log.read_text(), command_line]
    shown.append(repr(server.accounts.read()))
    secrets = secrets_of(server.accounts)
    assert len(secrets) >= 4  # passwords and tokens of the owner and of an annotator
    assert not [secret for secret in secrets for text in shown if secret in text]


@pytest.mark.studio
def test_invitation_in_the_log_is_void(server: Server) -> None:
    accounts = server.accounts
    accounts.connect("invited")
    link = accounts.connect("owner").organizations.invites.get_invite_link()
    assert "/user/signup/?token=" in server.log.read_text()
    assert str(link.token) not in server.log.read_text()


@pytest.mark.studio
def test_lost_token_is_replaced(server: Server) -> None:
    accounts = server.accounts
    user = accounts.connect("forgetful").users.whoami()
    text = accounts.path.read_text()
    token = accounts.read().annotators["forgetful"].token
    accounts.path.write_text(text.replace(f'"{token}"', "null"))
    assert accounts.connect("forgetful").users.whoami().id == user.id


@pytest.mark.studio
def test_one_server_per_home(server: Server, free_port: Callable[[], int]) -> None:
    url = server.accounts.read().url
    with pytest.raises(StudioError, match=r"running on .* already"):
        Server(server.home, free_port()).start()
    assert server.accounts.read().url == url


def test_port_in_use_is_refused(tmp_path: Path, fake_label_studio: Callable[[str], None]) -> None:
    fake_label_studio("exit 0")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StudioError, match=f"port {port} cannot be used"):
            Server(tmp_path / "home", port).start()


def test_only_loopback(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"0\.0\.0\.0 is no loopback address"):
        Server(tmp_path, 8080, host="0.0.0.0")  # noqa: S104 - this is what must be refused


def test_missing_label_studio_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(StudioError, match=r"pip install 'hapjong\[studio\]'"):
        Server(tmp_path / "home", 8080).start()


def test_death_while_starting_shows_the_log(
    tmp_path: Path, fake_label_studio: Callable[[str], None], free_port: Callable[[], int]
) -> None:
    fake_label_studio("echo no such table >&2; exit 3")
    with pytest.raises(StudioError, match=r"(?s)status 3 .*no such table"):
        Server(tmp_path / "home", free_port()).start()


def test_deadline_ends_the_whole_process_group(
    tmp_path: Path, fake_label_studio: Callable[[str], None], free_port: Callable[[], int]
) -> None:
    fake_label_studio(f"sleep 300 & echo $! > {tmp_path}/grandchild; wait")
    with pytest.raises(StudioError, match=r"not up after 1 s"):
        Server(tmp_path / "home", free_port()).start(deadline=1)
    grandchild = int((tmp_path / "grandchild").read_text())
    assert ended(grandchild)


def ended(pid: int) -> bool:
    """Whether the process is gone, or dead and only waiting for init to notice."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


def test_child_sees_no_foreign_settings(
    tmp_path: Path,
    fake_label_studio: Callable[[str], None],
    free_port: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DJANGO_DB", "default")
    monkeypatch.setenv("HOST", "workstation")
    fake_label_studio(f"env > {tmp_path}/environment; exit 1")
    with pytest.raises(StudioError):
        Server(tmp_path / "home", free_port()).start()
    lines = (tmp_path / "environment").read_text().splitlines()
    assert not [line for line in lines if line.startswith(("DJANGO_DB=", "HOST="))]
    assert {"COLLECT_ANALYTICS=False", "SENTRY_DSN=", "FRONTEND_SENTRY_DSN="} <= set(lines)


@pytest.mark.parametrize("name", ["", "Kim", "김", "a kim", "../kim", "-kim", "k" * 31])
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(StudioError, match="no name for an annotator"):
        email_of(name)


def test_no_server_was_started(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="hapjong studio start"):
        Accounts(tmp_path).connect("owner")


def test_account_does_not_show_its_secrets() -> None:
    shown = repr(Account(email="kim@hapjong.example", password="p4ss", token="t0ken"))
    assert "kim@hapjong.example" in shown
    assert "p4ss" not in shown
    assert "t0ken" not in shown
