"""What Label Studio stores, as typed records, and its raw JSON export read task by task.

Only what is needed is decoded: each exported annotation embeds the whole prediction that
it started from, and that is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec

from hapjong.problems import Problem, ProblemsError, convert, decode_json

CHUNK = 1 << 20
"""Bytes that are read at once; the memory needed is a few times this, or one task's size."""


class StoredValue(msgspec.Struct, gc=False):
    """What a region, or one field of it, holds; offsets are checked by who reads them."""

    start: Any = None
    end: Any = None
    labels: list[str] | None = None
    choices: list[str] | None = None
    text: list[str] | str | None = None


class StoredItem(msgspec.Struct, gc=False):
    """One item of a result: a region, a field of a region, or a relation."""

    id: str | int | None = None
    from_name: str | None = None
    type: str | None = None
    value: StoredValue | None = None
    from_id: str | int | None = None
    to_id: str | int | None = None
    labels: list[str] | None = None


class StoredAnnotation(msgspec.Struct):
    """An annotation with the accounts that made it and changed it last."""

    id: int
    result: list[StoredItem]
    completed_by: int | None = None
    updated_by: int | None = None
    was_cancelled: bool = False


class StoredTask(msgspec.Struct):
    """A task of an export."""

    id: int
    data: dict[str, Any]
    annotations: list[StoredAnnotation] = []


class Element(NamedTuple):
    """One element of a file's array: its number, from 1, and its JSON."""

    number: int
    json: bytes


def stored_items(result: object) -> list[StoredItem]:
    """A result as the SDK gives it.  Raises ProblemsError with the path of every fault."""
    return convert(result, list[StoredItem], "", "result")


def stored_annotations(annotations: object, place: str) -> list[StoredAnnotation]:
    """The annotations of the task at ``place`` as the SDK gives them; errors as above."""
    return convert(annotations, list[StoredAnnotation], "", f"{place}: annotations")


def read_task(element: Element, file: str) -> StoredTask:
    """Decode a task of an export.  Raises ProblemsError with every fault of its structure."""
    return decode_json(element.json, StoredTask, file, f"task number {element.number}")


def read_elements(path: Path, chunk: int = CHUNK) -> Iterator[Element]:
    """The elements of the JSON array of objects in the file, one at a time.

    Raises ProblemsError where the file is no such array, at the place where it ceases to be.
    """
    try:
        with path.open("rb") as file:
            yield from _Elements(file, str(path), chunk)
    except OSError as error:
        raise ProblemsError(
            [Problem(str(path), "", f"cannot be read: {error.strerror}")]
        ) from error


# The words of msgspec, which says only so where a value ends.
_TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")
_MALFORMED = re.compile(r"malformed: .*\(byte (\d+)\)")


class _Elements:
    """Cuts an array into its elements with a window on the file that holds one of them."""

    def __init__(self, file: BinaryIO, name: str, chunk: int) -> None:
        self.file = file
        self.name = name
        self.chunk = chunk
        self.window = b""
        self.position = 0  # in the window
        self.passed = 0  # bytes of the file before the window

    def __iter__(self) -> Iterator[Element]:
        number = 0
        self._expect(b"[")
        if self._next() == b"]":
            self.position += 1
        else:
            while True:
                number += 1
                if self._next() != b"{":
                    raise self._fault("an object is expected")
                yield Element(number, self._object())
                if self._expect(b",]") == b"]":
                    break
        if self._next():
            raise self._fault("nothing is expected after the array")

    def _read(self) -> bool:
        """Widen the window, by more the wider it is; False at the end of the file."""
        kept = len(self.window) - self.position
        more = self.file.read(max(self.chunk, kept))
        self.passed += self.position
        self.window = self.window[self.position :] + more
        self.position = 0
        return bool(more)

    def _next(self) -> bytes:
        """The next byte that is no white space, where the window now stands; b"" at the end."""
        while True:
            while self.position < len(self.window):
                byte = self.window[self.position : self.position + 1]
                if byte not in b" \t\r\n":
                    return byte
                self.position += 1
            if not self._read():
                return b""

    def _expect(self, allowed: bytes) -> bytes:
        byte = self._next()
        if not byte or byte not in allowed:
            raise self._fault(" or ".join(map(repr, allowed.decode())) + " is expected")
        self.position += 1
        return byte

    def _object(self) -> bytes:
        """The object that begins at the position."""
        while True:
            end = self._end()
            if end is not None:
                start, self.position = self.position, self.position + end
                return self.window[start : self.position]
            if not self._read():
                raise self._fault("the file ends within this task")

    def _end(self) -> int | None:
        """How long the object is; None where the window does not hold all of it."""
        rest = memoryview(self.window)[self.position :]
        try:
            msgspec.json.decode(rest, type=msgspec.Raw)
        except (msgspec.DecodeError, RecursionError) as error:
            if trailing := _TRAILING.search(str(error)):
                return int(trailing[1]) - 1  # it counts from 1
            malformed = _MALFORMED.search(str(error))
            # A number that the window cuts in two is malformed at the very end.
            at_the_end = malformed is not None and int(malformed[1]) >= len(rest) - 1
            if not at_the_end and "truncated" not in str(error):
                raise self._fault(f"not JSON: {error}, counted from here") from error
            return None
        return len(rest)

    def _fault(self, fault: str) -> ProblemsError:
        return ProblemsError([Problem(self.name, f"byte {self.passed + self.position}", fault)])
