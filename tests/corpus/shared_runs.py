"""Finding a document's sentences in other files, to hold that none is redistributed."""

from __future__ import annotations

import re

LENGTH = 24
"""A run this long is no coincidence; names and titles are shorter."""

HANGUL = 14
"""A run with more Hangul than this is prose of the document, not an address or a rule."""

_UNICODE_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def runs(text: str) -> set[str]:
    """All runs of the text that count as prose, white space squeezed."""
    squeezed = " ".join(text.split())
    windows = {squeezed[i : i + LENGTH] for i in range(len(squeezed) - LENGTH + 1)}
    return {run for run in windows if len(re.findall("[가-힣]", run)) > HANGUL}


def readable(data: bytes) -> str:
    """The text of a file, with the escapes of JSON undone."""
    return _UNICODE_ESCAPE.sub(lambda match: chr(int(match[1], 16)), data.decode(errors="ignore"))
