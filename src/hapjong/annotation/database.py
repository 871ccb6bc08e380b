"""The PostgreSQL database of a team's Label Studio: where it is, and whether it will do.

The password comes from the environment or from ``~/.pgpass``, never from a command line.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import ModuleType
from typing import NamedTuple

from hapjong.annotation.accounts import StudioError

URL_VARIABLE = "HAPJONG_DATABASE_URL"
PASSWORD_VARIABLE = "PGPASSWORD"  # noqa: S105 - the name of a variable
FORM = "postgresql://USER@HOST:PORT/NAME"
CONNECT_SECONDS = 10

_PREFIXES = ("postgresql://", "postgres://")
_PARAMETERS = {"user", "password", "host", "port", "dbname"}


class Database(NamedTuple):
    """A database of a PostgreSQL server.  Without a password libpq asks ``~/.pgpass``."""

    host: str
    port: int
    user: str
    name: str
    password: str = ""

    def __str__(self) -> str:
        """The address without the password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"postgresql://{self.user}@{host}:{self.port}/{self.name}"

    def __repr__(self) -> str:
        """The database without its password, so that a traceback or a log cannot show it."""
        return f"Database({str(self)!r})"

    def settings(self) -> dict[str, str]:
        """The environment in which Label Studio uses this database."""
        return {
            "DJANGO_DB": "default",
            "POSTGRE_HOST": self.host,
            "POSTGRE_PORT": str(self.port),
            "POSTGRE_USER": self.user,
            "POSTGRE_NAME": self.name,
            # Set even where it is empty: Label Studio's own default is "postgres".
            "POSTGRE_PASSWORD": self.password,
        }


def choose_database(
    option: str | None, environment: Mapping[str, str] = os.environ
) -> Database | None:
    """The database that the option or else the environment names; None for SQLite.

    Raises StudioError where the address is wrong or the option holds a password.
    """
    url = option or environment.get(URL_VARIABLE)
    if not url:
        return None
    source = "--database" if option else URL_VARIABLE
    database = _parse(url, source)
    if option and database.password:
        raise StudioError(
            "--database: a password on the command line is seen by everyone on this machine: "
            f"put it into {PASSWORD_VARIABLE}, {URL_VARIABLE} or ~/.pgpass"
        )
    password = database.password or environment.get(PASSWORD_VARIABLE, "")
    return database._replace(password=password)


def _parse(url: str, source: str) -> Database:
    """The parts of an address.  No message repeats it, since it may hold a password."""
    psycopg = _driver()
    wrong = f"{source}: no address of a PostgreSQL database ({FORM})"
    if not url.startswith(_PREFIXES):
        raise StudioError(wrong)
    try:
        parts = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise StudioError(wrong) from None
    faults = [f"{name} is missing" for name in ("user", "dbname") if not parts.get(name)]
    faults += [f"{name} is no part of it" for name in sorted(parts.keys() - _PARAMETERS)]
    if "," in str(parts.get("host", "")):
        faults.append("it names more than one host")
    port = str(parts.get("port") or "5432")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 2**16):
        faults.append(f"the port {port} is no number from 1 to 65535")
    if faults:
        raise StudioError(f"{wrong}: {', '.join(faults)}")
    return Database(
        host=str(parts.get("host") or "localhost"),
        port=int(port),
        user=str(parts["user"]),
        name=str(parts["dbname"]),
        password=str(parts.get("password") or ""),
    )


def check_database(database: Database) -> None:
    """Connect once.  Raises StudioError where Label Studio could not work with the database."""
    psycopg = _driver()
    try:
        with psycopg.connect(
            host=database.host,
            port=database.port,
            user=database.user,
            dbname=database.name,
            password=database.password or None,
            connect_timeout=CONNECT_SECONDS,
        ) as connection:
            encoding = connection.info.parameter_status("server_encoding")
            asked = "SELECT has_schema_privilege(current_schema(), 'CREATE')"
            [may_create] = connection.execute(asked).fetchone() or [False]
    except psycopg.Error as error:
        raise StudioError(f"{database} cannot be used: {error}".rstrip()) from None
    faults = []
    if encoding != "UTF8":
        faults.append(f"its encoding is {encoding}, not UTF8")
    if not may_create:
        faults.append(f"{database.user} may not create tables in it")
    if faults:
        raise StudioError(f"{database} cannot be used: {', '.join(faults)}")


def _driver() -> ModuleType:
    try:
        import psycopg
        import psycopg.conninfo
    except ImportError as error:  # also where libpq is missing
        fault = f"the driver of PostgreSQL cannot be loaded ({error})"
        raise StudioError(f"{fault}: pip install 'hapjong[studio]'") from None
    return psycopg
