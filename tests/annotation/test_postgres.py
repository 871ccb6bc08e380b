"""Label Studio on a PostgreSQL of its own: nothing lost, and no password shown."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from msgspec.structs import replace

from hapjong.annotation.accounts import StudioError
from hapjong.annotation.convert import to_result
from hapjong.annotation.database import Database, check_database, choose_database
from hapjong.annotation.interface import render
from hapjong.annotation.rounds import export, label, load
from hapjong.annotation.server import Server
from hapjong.cli import UNUSABLE_INPUT, main
from hapjong.schema import (
    SCHEME,
    Annotation,
    Article,
    Entity,
    Mention,
    MentionType,
    Polarity,
    canonical,
)

PASSWORD = "s3cret-of-the-team"
URL = "postgresql://team@127.0.0.1:5432/labels"
ACCOUNTS, EACH = 8, 200
REGISTRY = {
    "gana": Entity(type=MentionType.ORG, ko="가나전자", en="Gana Electronics"),
    "dara-soft": Entity(type=MentionType.ORG, ko="다라소프트", en="Dara Soft"),
}


class Cluster:
    """A PostgreSQL server in a temporary folder; as root it runs as the user postgres."""

    def __init__(self, programs: Path, folder: Path, port: int) -> None:
        self.programs = programs
        self.folder = folder
        self.data = folder / "data"
        self.port = port
        self.as_user: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            self.as_user = {"user": "postgres", "group": "postgres", "extra_groups": ()}
            shutil.chown(folder, "postgres", "postgres")

    def start(self) -> None:
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        if self.as_user:
            shutil.chown(secret, "postgres")
        self._run("initdb", "--encoding=UTF8", "--locale=C", "--no-sync", "--username=admin",
                  "--auth=scram-sha-256", f"--pwfile={secret}")  # fmt: skip
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -F"  # -F: no fsync
        log = self.folder / "log"
        self._run("pg_ctl", "start", "--wait", f"--log={log}", f"--options={options}")

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--mode=immediate", "--wait")

    def create(self, name: str, *more: str) -> Database:
        """A database and a role of that name, which owns it and nothing else."""
        import psycopg

        admin = {"host": "127.0.0.1", "port": self.port, "user": "admin", "password": PASSWORD}
        with psycopg.connect(**admin, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
            connection.execute(" ".join([f"CREATE DATABASE {name} OWNER {name}", *more]))
        return Database("127.0.0.1", self.port, name, name, PASSWORD)

    def _run(self, program: str, *arguments: str) -> None:
        command = [self.programs / program, f"--pgdata={self.data}", *arguments]
        ended = subprocess.run(
            command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            # A server that is started keeps what it inherits open: a pipe would never end.
            stdout=(self.folder / "out").open("ab"),
            stderr=subprocess.STDOUT,
            check=False,
            timeout=120,
            **self.as_user,
        )
        assert ended.returncode == 0, (self.folder / "out").read_text(errors="replace")


@pytest.fixture(scope="module")
def cluster(require: Callable[[str], None], free_port: Callable[[], int]) -> Iterator[Cluster]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    program = shutil.which("initdb") or str(found[-1] if found else "initdb")
    require(program)
    require("psycopg")
    # Not pytest's folder, into which no other user may look.
    with tempfile.TemporaryDirectory(prefix="hapjong-postgres-") as name:
        running = Cluster(Path(program).resolve().parent, Path(name), free_port())
        running.start()
        try:
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="module")
def team(
    cluster: Cluster,
    require: Callable[[str], None],
    free_port: Callable[[], int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """Label Studio on PostgreSQL; it finds the password in a .pgpass file by itself."""
    require("label_studio")
    database = cluster.create("team")
    passwords = tmp_path_factory.mktemp("passwords") / "pgpass"
    passwords.write_text(f"127.0.0.1:{cluster.port}:team:team:{PASSWORD}\n")
    passwords.chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSFILE", str(passwords))
        patch.delenv("PGPASSWORD", raising=False)
        chosen = choose_database(str(database))
        with Server(tmp_path_factory.mktemp("team"), free_port(), database=chosen) as running:
            yield running


@pytest.mark.postgres
@pytest.mark.studio
def test_round_trip(
    team: Server, articles: list[Article], annotate: Callable[[Article, str], Annotation]
) -> None:
    connect = team.accounts.connect
    load(connect, "trip", ["kim"], articles, render())
    again = load(connect, "trip", ["kim"], articles, render())
    assert [(p.added, p.present) for p in again.projects] == [(0, len(articles))]
    records = [annotate(article, "kim") for article in articles]
    by_id = {article.article_id: article for article in articles}
    label(connect, "trip", "kim", records, by_id)
    exported = list(export(connect("owner"), "trip", "kim", articles, REGISTRY))
    assert exported == [canonical(record) for record in records]
    assert not (team.home / "data" / "label_studio.sqlite3").exists()


@pytest.mark.postgres
@pytest.mark.studio
def test_eight_accounts_saving_at_once_lose_nothing(team: Server, articles: list[Article]) -> None:
    """Each account saves 200 annotations in its own project, all eight side by side."""
    text = articles[0].text or ""
    many = [
        replace(articles[0], article_id=f"2024-01-gana-dara-{number}")
        for number in range(1, EACH + 1)
    ]
    annotators = [f"at-once-{number}" for number in range(ACCOUNTS)]
    report = load(team.accounts.connect, "crowd", annotators, many, render())
    assert [p.added for p in report.projects] == [EACH] * ACCOUNTS
    expected = {
        name: [small_annotation(article, name, seed + i) for i, article in enumerate(many)]
        for seed, name in enumerate(annotators)
    }
    clients = {name: team.accounts.connect(name) for name in annotators}
    together = Barrier(ACCOUNTS)
    spans: dict[str, tuple[float, float]] = {}

    def save(name: str, project: int) -> None:
        client = clients[name]
        pages = client.tasks.list(project=project, page_size=EACH, fields="task_only")
        tasks = {task.data["article_id"]: task.id for task in pages}
        together.wait(timeout=120)
        start = time.monotonic()
        for record in expected[name]:
            result = to_result(record, text)
            client.annotations.create(id=tasks[record.article_id], result=result)
        spans[name] = (start, time.monotonic())

    with ThreadPoolExecutor(ACCOUNTS) as pool:
        list(pool.map(save, annotators, [p.project for p in report.projects]))

    # They did work at once: the last had begun before the first was done.
    assert max(start for start, _ in spans.values()) < min(end for _, end in spans.values())
    for name in annotators:
        exported = list(export(team.accounts.connect("owner"), "crowd", name, many, REGISTRY))
        assert len(exported) == EACH
        assert by_article(exported) == by_article(expected[name])


def small_annotation(article: Article, annotator: str, number: int) -> Annotation:
    """One mention; where it stands and the article's stance tell most records apart."""
    text = article.text or ""
    name, entity = (("가나전자", "gana"), ("다라소프트", "dara-soft"))[number // 3 % 2]
    start = text.index(name)
    place = {"start": start, "end": start + len(name), "surface": name}
    return Annotation(
        scheme=SCHEME,
        article_id=article.article_id,
        annotator=annotator,
        mentions=(Mention(id="m1", type=MentionType.ORG, entity=entity, **place),),
        partnerships=(),
        stances=(),
        article_stance=list(Polarity)[number % 3],
    )


def by_article(annotations: list[Annotation]) -> dict[str, Annotation]:
    return {annotation.article_id: annotation for annotation in annotations}


@pytest.mark.postgres
@pytest.mark.studio
def test_password_is_shown_nowhere(team: Server) -> None:
    assert team.process is not None
    command_line = Path(f"/proc/{team.process.pid}/cmdline").read_text()
    kept = [path for path in team.home.rglob("*") if path.is_file()]
    assert team.log in kept
    assert PASSWORD not in command_line
    assert not [path for path in kept if PASSWORD.encode() in path.read_bytes()]


@pytest.mark.postgres
@pytest.mark.studio
def test_accounts_of_one_database_are_not_used_with_another(
    team: Server, free_port: Callable[[], int]
) -> None:
    home = team.home.parent / "moved"
    home.mkdir()
    for name in ("accounts.json", "database"):
        shutil.copy(team.home / name, home)
    with pytest.raises(StudioError, match=r"belong to postgresql://team@.*, not to SQLite"):
        Server(home, free_port()).start()
    assert (home / "accounts.json").read_bytes() == team.accounts.path.read_bytes()


@pytest.mark.postgres
def test_unusable_databases_are_named(cluster: Cluster, free_port: Callable[[], int]) -> None:
    def fault(database: Database) -> str:
        with pytest.raises(StudioError) as caught:
            check_database(database)
        assert PASSWORD not in str(caught.value)
        return str(caught.value)

    good = cluster.create("good")
    check_database(good)
    assert "password authentication failed" in fault(good._replace(password="wrong"))
    assert 'database "nowhere" does not exist' in fault(good._replace(name="nowhere"))
    assert "refused" in fault(good._replace(port=free_port()))
    latin = cluster.create("latin", "ENCODING 'LATIN1'", "TEMPLATE template0")
    assert "its encoding is LATIN1, not UTF8" in fault(latin)
    guest = good._replace(name="latin")  # PostgreSQL 15 lets only the owner create tables
    assert "good may not create tables in it" in fault(guest)


def test_sqlite_is_the_default() -> None:
    assert choose_database(None, {"PGPASSWORD": PASSWORD, "DJANGO_DB": "default"}) is None


def test_option_comes_before_the_environment(require: Callable[[str], None]) -> None:
    require("psycopg")
    elsewhere = "postgresql://kim:hidden@[::1]/elsewhere"
    environment = {"HAPJONG_DATABASE_URL": elsewhere, "PGPASSWORD": PASSWORD}
    assert choose_database(URL, environment) == Database(
        "127.0.0.1", 5432, "team", "labels", PASSWORD
    )
    chosen = choose_database(None, environment)
    assert chosen == Database("::1", 5432, "kim", "elsewhere", "hidden")
    assert f"{chosen} {chosen!r}".count("postgresql://kim@[::1]:5432/elsewhere") == 2


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("mysql://team@127.0.0.1/labels", "no address of a PostgreSQL database"),
        ("labels", "no address of a PostgreSQL database"),
        ("postgresql://team@[::1/labels", "no address of a PostgreSQL database"),
        ("postgresql://127.0.0.1", "user is missing, dbname is missing"),
        ("postgresql://team@127.0.0.1:0/labels", "the port 0 is no number from 1 to 65535"),
        ("postgresql://team@a,b/labels", "more than one host"),
        ("postgresql://team@h/labels?sslmode=require", "sslmode is no part of it"),
        (f"postgresql://team:{PASSWORD}@h/labels", "seen by everyone on this machine"),
        (f"postgresql://team:{PASSWORD}@h:x/labels", "the port x is no number"),
    ],
)
def test_wrong_address_is_refused_without_repeating_it(
    url: str, fault: str, require: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    require("psycopg")
    repository = Path(__file__).parents[1] / "fixtures" / "valid"
    command = ["--root", str(repository), "studio", "start", "--database", url]
    assert main(command) == UNUSABLE_INPUT
    shown = capsys.readouterr()
    assert fault in shown.err
    assert PASSWORD not in shown.out + shown.err


def test_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StudioError, match=r"pip install 'hapjong\[studio\]'"):
        choose_database(URL, {})
