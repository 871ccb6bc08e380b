"""A Label Studio server of one's own: a child process, loopback only.

It keeps its data in SQLite, or for a team, whose members save at once, in PostgreSQL.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from hapjong.annotation.accounts import Account, Accounts, StudioError
from hapjong.annotation.database import Database, check_database

START_SECONDS = 240.0
"""How long a start may take: the first one migrates the database (20 to 30 s here)."""

STOP_SECONDS = 10.0

_KEPT = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ")
"""All that the child sees of our environment.

Label Studio also reads settings from names without a prefix (``HOST``, ``PORT``, ``CI``,
``SECRET_KEY``, ``DJANGO_DB``), so a variable set for another program would change it.
"""

SQLITE = "SQLite"

_QUIET = {
    # Usage statistics, look-ups of new versions and error reports go to third parties.
    "COLLECT_ANALYTICS": "False",
    "LATEST_VERSION_CHECK": "False",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "True",
    "LOG_LEVEL": "WARNING",
}

_KEPT_FOR_POSTGRESQL = ("PGPASSFILE", "PGSSLCERT", "PGSSLKEY", "PGSSLMODE", "PGSSLROOTCERT")
"""What libpq reads by itself: the file of passwords, and how the connection is encrypted."""


class Server:
    """A Label Studio server under ``home``; as a context manager it stops on leaving.

    ``home`` gets the accounts file, the log and, in ``data``, the SQLite database where no
    other is given.
    """

    def __init__(
        self,
        home: Path,
        port: int,
        host: str = "127.0.0.1",
        database: Database | None = None,
    ) -> None:
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise StudioError(f"{host} is no loopback address: the server would be open to others")
        self.home = home
        self.host = host
        self.port = port
        self.database = database
        self.accounts = Accounts(home)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    def start(self, deadline: float = START_SECONDS) -> None:
        """Start the server and return when it answers.

        Raises StudioError where the database cannot be used, and with the end of the log if
        the server dies or is not up in time.
        """
        executable = find_executable()
        self._check_port()
        if self.database is not None:
            check_database(self.database)
        with self._open_log() as log:
            self._check_same_database()
            owner = self.accounts.ensure_owner(self.url)
            self.process = self._spawn(executable, owner, log)
        try:
            self._wait_until_up(self.process, deadline)
        except BaseException:
            self.stop()
            raise

    def wait(self) -> int:
        """Wait until the server ends by itself; its exit status."""
        if self.process is None:
            raise StudioError("the server was not started")
        return self.process.wait()

    def stop(self) -> None:
        """End the server and everything it started."""
        process, self.process = self.process, None
        if process is None:
            return
        _signal_group(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        _signal_group(process, signal.SIGKILL)
        process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _check_port(self) -> None:
        """Label Studio would silently take the next free port."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise StudioError(f"port {self.port} cannot be used: {error.strerror}") from error

    def _open_log(self) -> IO[bytes]:
        """The log, locked: the server inherits the lock, so one home never has two servers."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        log = self.log.open("ab")
        self.log.chmod(0o600)
        try:
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.close()
            raise StudioError(f"a Label Studio is running on {self.home} already") from None
        log.truncate(0)
        return log

    def _check_same_database(self) -> None:
        """A token names its account by number, so in another database it may be another's."""
        note = self.home / "database"
        before = note.read_text().strip() if note.exists() else SQLITE
        now = SQLITE if self.database is None else str(self.database)
        if self.accounts.path.exists() and before != now:
            raise StudioError(
                f"the accounts of {self.home} belong to {before}, not to {now}: "
                "start it with that database, or move the folder away"
            )
        note.write_text(f"{now}\n")

    def _spawn(self, executable: Path, owner: Account, log: IO[bytes]) -> subprocess.Popen[bytes]:
        internal = ["--internal-host", self.host, "--port", str(self.port)]
        return subprocess.Popen(
            [executable, "start", "--no-browser", *internal],
            cwd=self.home,
            env=self._environment(owner),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
        )

    def _environment(self, owner: Account) -> dict[str, str]:
        kept = _KEPT if self.database is None else (*_KEPT, *_KEPT_FOR_POSTGRESQL)
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            **_QUIET,
            **({} if self.database is None else self.database.settings()),
            "LABEL_STUDIO_BASE_DATA_DIR": str((self.home / "data").absolute()),
            "LABEL_STUDIO_USERNAME": owner.email,
            "LABEL_STUDIO_PASSWORD": owner.password,
        }

    def _wait_until_up(self, process: subprocess.Popen[bytes], deadline: float) -> None:
        end = time.monotonic() + deadline
        while not self._is_up():
            if process.poll() is not None:
                fault = f"Label Studio ended with status {process.returncode} while starting"
                raise StudioError(f"{fault}\n{self._tail()}")
            if time.monotonic() > end:
                raise StudioError(f"Label Studio is not up after {deadline:g} s\n{self._tail()}")
            time.sleep(0.2)

    def _is_up(self) -> bool:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _tail(self, lines: int = 20) -> str:
        last = self.log.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join([f"{self.log} ends with:", *last])


def find_executable() -> Path:
    """``label-studio`` of the environment that we run in.  Raises StudioError if missing."""
    executable = Path(sys.executable).parent / "label-studio"
    if not executable.is_file():
        fault = f"Label Studio is not installed ({executable} is missing)"
        raise StudioError(f"{fault}: pip install 'hapjong[studio]'")
    return executable


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the process group, which has the id of its leader; it may be gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
