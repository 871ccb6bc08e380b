"""Faults found in files: collected, never fixed in silence, reported all at once."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple, TypeVar

import msgspec

T = TypeVar("T")


class Problem(NamedTuple):
    """One fault: which file, where in it, and what is wrong."""

    file: str
    place: str
    fault: str

    def __str__(self) -> str:
        return ": ".join(part for part in self if part)


class UnusableError(Exception):
    """Something that a command cannot go on with; its text is meant for the user."""


class ProblemsError(UnusableError):
    """Input that cannot be used, with every problem that was found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


def decode_json(data: bytes, record: type[T], file: str, place: str = "") -> T:
    """Decode JSON into a record.

    Raises ProblemsError with every fault.  msgspec, which is fast, stops at the
    first fault; only a file that has one pays for the full list.
    """
    try:
        return msgspec.json.decode(data, type=record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        first = error
    # The first fault may be of a record in a file that is cut off or broken further on.
    try:
        raw = msgspec.json.decode(data.decode())
    except UnicodeDecodeError as error:
        fault = f"not UTF-8: byte {error.start} cannot be decoded"
        raise ProblemsError([Problem(file, place, fault)]) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProblemsError([Problem(file, place, f"not JSON: {error}")]) from error
    raise ProblemsError(_every_fault(raw, record, file, place, first)) from first


def decode_unique(data: bytes, record: type[T], file: str, place: str = "") -> T:
    """As `decode_json`; a key that stands twice in one object is a fault too.

    RFC 8259 (section 4) leaves open what such an object says; msgspec takes the last value.
    """
    try:
        found = decode_json(data, record, file, place)
    except ProblemsError as error:
        raise ProblemsError([*error.problems, *_repeated_keys(data, file, place)]) from error
    if _may_repeat_keys(data) and (problems := _repeated_keys(data, file, place)):
        raise ProblemsError(problems)
    return found


def _may_repeat_keys(data: bytes) -> bool:
    """Whether reading and writing JSON loses a quoted string, in a fifth of the time of a look.

    Quotes that are written another way than they were read have a backslash.
    """
    again = msgspec.json.encode(msgspec.json.decode(data))
    return b"\\" in data or data.count(b'"') != again.count(b'"')


class _Object(list[tuple[str, Any]]):
    """The keys and values of a JSON object as they stand there."""


def _repeated_keys(data: bytes, file: str, place: str) -> list[Problem]:
    """Every key that stands twice in one object; none where the data are no JSON."""
    try:
        whole = json.loads(data, object_pairs_hook=_Object, parse_int=str, parse_float=str)
        places = list(dict.fromkeys(_repeated(whole, ())))
    except (ValueError, RecursionError):
        return []
    return [_fault_at(file, place, parts, "given twice") for parts in places]


def _repeated(value: object, parts: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, _Object):
        seen: set[str] = set()
        for key, inner in value:
            if key in seen:
                yield (*parts, shorten(key))
            seen.add(key)
            yield from _repeated(inner, (*parts, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _repeated(inner, (*parts, index))


def convert(raw: object, record: type[T], file: str, place: str = "") -> T:
    """Convert plain data (from YAML or TOML) into a record; errors as in `decode_json`."""
    try:
        return msgspec.convert(raw, type=record)
    except msgspec.ValidationError as error:
        raise ProblemsError(_every_fault(raw, record, file, place, error)) from error


def read_yaml(data: bytes, file: str) -> Any:
    """Parse YAML.  Raises ProblemsError with the line of a syntax error or a repeated key."""
    import yaml

    class Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[str] = set()
            for key, _ in node.value:
                fault = None
                if key.tag != "tag:yaml.org,2002:str":  # no, null, 1 and 2025-01-01 are not
                    fault = "a key that is not read as text: put it in quotes"
                elif key.value in seen:
                    fault = f"the key {key.value!r} stands twice"
                if fault:
                    raise yaml.constructor.ConstructorError(None, None, fault, key.start_mark)
                seen.add(key.value)
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(data.decode(), Loader=Loader)  # noqa: S506 - a subclass of SafeLoader
    except UnicodeDecodeError as error:
        fault = f"not UTF-8: byte {error.start} cannot be decoded"
        raise ProblemsError([Problem(file, "", fault)]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else ""
        fault = getattr(error, "problem", None) or str(error)
        raise ProblemsError([Problem(file, place, f"not YAML: {fault}")]) from error
    # What PyYAML lets through from a value that is none, such as the date 2025-02-31.
    except (ValueError, LookupError, AttributeError) as error:
        raise ProblemsError([Problem(file, "", f"not YAML: {error}")]) from error


def read_toml(data: bytes, file: str) -> dict[str, Any]:
    """Parse TOML.  Raises ProblemsError where it is none."""
    try:
        return tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProblemsError([Problem(file, "", f"not TOML: {error}")]) from error


def indefinite(noun: str) -> str:
    """The noun with its article: ``an ORG``, ``a PERSON``."""
    return f"{'an' if noun[0] in 'AEIOUaeiou' else 'a'} {noun}"


def _every_fault(
    raw: object, record: type, file: str, place: str, error: Exception
) -> list[Problem]:
    """Every structural fault of ``raw``, each with its JSON path."""
    try:
        plain = msgspec.to_builtins(raw, str_keys=True)
        faults = [
            _fault_at(file, place, fault.absolute_path, shorten(fault.message))
            for fault in sorted(
                _validator(record).iter_errors(plain), key=lambda e: list(map(str, e.absolute_path))
            )
        ]
    except RecursionError:
        faults = [_fault_at(file, place, (), "nested too deep")]
    # msgspec is stricter than JSON Schema in a few spots (integers): never lose its word.
    return faults or [_fault_at(file, place, (), str(error))]


def _fault_at(file: str, place: str, parts: Iterable[str | int], fault: str) -> Problem:
    """A fault at a path inside of what stands at ``place``."""
    return Problem(file, f"{place}: {_path(parts)}" if place else _path(parts), fault)


@cache
def _validator(record: type) -> Any:
    from jsonschema import Draft202012Validator

    check = Draft202012Validator.FORMAT_CHECKER  # dates
    return Draft202012Validator(msgspec.json.schema(record), format_checker=check)


def _path(parts: Iterable[str | int]) -> str:
    return "$" + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in parts)


def shorten(message: str, limit: int = 200) -> str:
    """A message on one line, cut where it quotes more of the input than anyone reads."""
    message = re.sub(r"\s+", " ", message)
    return message if len(message) <= limit else message[: limit - 1] + "…"
