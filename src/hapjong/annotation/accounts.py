"""The accounts of one Label Studio server and the file that keeps their secrets.

Passwords and tokens live in ``accounts.json`` (mode 0600) and nowhere else: they are
never printed, logged or put on a command line.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from hapjong.problems import UnusableError, decode_json
from hapjong.schema import Record

if TYPE_CHECKING:
    import httpx
    from label_studio_sdk import LabelStudio

OWNER = "owner"
DOMAIN = "hapjong.example"
TIMEOUT = 120.0
"""Seconds that one request may take; an import on a slow machine needs most of them."""

_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_NAME_LENGTH = 30  # Label Studio's USERNAME_MAX_LENGTH, users/forms.py


class StudioError(UnusableError):
    """Label Studio cannot be started, reached or used as asked."""


class Account(Record, frozen=True):
    """One user of the server.  ``token`` is None until the account was first used."""

    email: str
    password: str
    token: str | None = None

    def __repr__(self) -> str:
        """The account without its secrets, so that a traceback or a log cannot show them."""
        return f"Account({self.email!r})"


class AccountBook(Record, frozen=True):
    """What the accounts file holds: the server's address and who may sign in there."""

    url: str
    owner: Account
    annotators: dict[str, Account]


def email_of(name: str) -> str:
    """The e-mail address that an account signs in with.  Raises StudioError for a bad name."""
    if not _NAME.fullmatch(name) or len(name) > _NAME_LENGTH:
        fault = f"{name!r}: at most {_NAME_LENGTH} lower-case letters and digits, joined by . _ -"
        raise StudioError(f"no name for an annotator: {fault}")
    return f"{name}@{DOMAIN}"


class Accounts:
    """The accounts under ``home``: reads and writes the file, signs up, signs in."""

    def __init__(self, home: Path) -> None:
        self.path = home / "accounts.json"

    def read(self) -> AccountBook:
        """The file's content.  Raises ProblemsError where it is malformed."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            fault = (
                f"no Label Studio was started here: {self.path} is missing (hapjong studio start)"
            )
            raise StudioError(fault) from None
        return decode_json(data, AccountBook, str(self.path))

    def ensure_owner(self, url: str) -> Account:
        """The owner's account, made if there is none yet; notes the server's address."""
        if self.path.exists():
            book = msgspec.structs.replace(self.read(), url=url)
        else:
            book = AccountBook(url=url, owner=_new_account(OWNER), annotators={})
        self._write(book)
        return book.owner

    def ensure_annotator(self, name: str) -> Account:
        """The annotator's account, signed up if it is not there yet.

        The password is written down before it is used, so that a sign-up that was cut off
        can be finished and never locks the annotator out.
        """
        if name == OWNER:
            raise StudioError(f"{OWNER!r} owns the server and annotates nothing")
        account = self.read().annotators.get(name)
        if account is None:
            account = _new_account(name)
            self._keep(name, account)
        if account.token is None:
            self._sign_up(name, account)
        return self.read().annotators[name]

    def connect(self, name: str) -> LabelStudio:
        """A client that acts as the named account; signs an annotator up if need be."""
        account = self.read().owner if name == OWNER else self.ensure_annotator(name)
        if account.token is None:
            with _session(self.read().url) as session:
                if not _submit(session, "/user/login/", account):
                    fault = f"{account.email} cannot sign in with the password in {self.path}"
                    raise StudioError(f"{fault}; does the file belong to this server?")
                account = self._with_token(name, account, session)
        return self._client(account)

    def _sign_up(self, name: str, account: Account) -> None:
        """Sign up through the invitation link: users made otherwise have no organisation.

        The link is changed afterwards, since the server writes the addresses it is asked for
        into its log.
        """
        with _session(self.read().url) as session:
            if _submit(session, "/user/login/", account):
                self._with_token(name, account, session)
                return
            organizations = self.connect(OWNER).organizations
            link = organizations.invites.get_invite_link().invite_url
            try:
                signed_up = _submit(session, str(link), account)
            finally:
                organizations.reset_token()
            if not signed_up:
                fault = f"{account.email} cannot sign up: does {self.path} belong to this server?"
                raise StudioError(fault)
            self._with_token(name, account, session)

    def _with_token(self, name: str, account: Account, session: httpx.Client) -> Account:
        account = msgspec.structs.replace(account, token=_new_token(session))
        self._keep(name, account)
        return account

    def _client(self, account: Account) -> LabelStudio:
        import httpx
        from label_studio_sdk import LabelStudio

        # Without trust_env a proxy of the environment would be asked for the loopback address.
        transport = httpx.Client(trust_env=False, timeout=TIMEOUT)
        return LabelStudio(  # type: ignore[no-untyped-call]
            base_url=self.read().url, api_key=account.token, httpx_client=transport, timeout=TIMEOUT
        )

    def _keep(self, name: str, account: Account) -> None:
        book = self.read()
        if name == OWNER:
            self._write(msgspec.structs.replace(book, owner=account))
        else:
            annotators = {**book.annotators, name: account}
            self._write(msgspec.structs.replace(book, annotators=annotators))

    def _write(self, book: AccountBook) -> None:
        """Replace the file in one step; mkstemp makes it 0600 before a secret is in it."""
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".accounts-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(book), indent=2) + b"\n")
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _new_account(name: str) -> Account:
    return Account(email=email_of(name), password=secrets.token_urlsafe(24))


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
    """Turn the errors of the SDK and of the network into StudioError.

    The SDK's own messages hold every header of the answer, a session cookie among them,
    so they must reach no terminal: the cause is cut off.
    """
    import httpx
    from label_studio_sdk.core.api_error import ApiError

    try:
        yield
    except ApiError as error:
        raise StudioError(f"Label Studio refused: {error.status_code} {error.body}") from None
    except httpx.HTTPStatusError as error:
        raise StudioError(f"Label Studio refused: {error.response.status_code}") from None
    except httpx.TransportError as error:
        fault = f"Label Studio does not answer ({error}): hapjong studio start"
        raise StudioError(fault) from None


@contextlib.contextmanager
def _session(url: str) -> Iterator[httpx.Client]:
    """A browser-like session: Label Studio gives tokens only to who signed in by the form."""
    import httpx

    with plain_errors(), httpx.Client(base_url=url, trust_env=False, timeout=TIMEOUT) as session:
        yield session


def _submit(session: httpx.Client, address: str, account: Account) -> bool:
    """Fill in the sign-in or sign-up form; True where the server lets the account in."""
    session.get(address).raise_for_status()
    form = {
        "email": account.email,
        "password": account.password,
        "csrfmiddlewaretoken": session.cookies["csrftoken"],
    }
    return session.post(address, data=form).is_redirect


def _new_token(session: httpx.Client) -> str:
    """A personal access token for who is signed in.

    An account has one at most, and it is shown once: one that was made but never written
    down (the program was killed in between) is revoked first.
    """
    for lost in _ask(session, "GET", "/api/token/"):
        _ask(session, "POST", "/api/token/blacklist/", {"refresh": lost["token"]})
    return str(_ask(session, "POST", "/api/token/")["token"])


def _ask(
    session: httpx.Client, method: str, address: str, body: dict[str, str] | None = None
) -> Any:
    headers = {"X-CSRFToken": session.cookies["csrftoken"]}
    answer = session.request(method, address, json=body, headers=headers)
    answer.raise_for_status()
    return answer.json() if answer.content else None
