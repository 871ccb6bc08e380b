"""Finding a document's sentences in other files, to hold that none is redistributed."""

from __future__ import annotations

import re

from hapjong.corpus.overlap import PRESS_PROSE, prose_runs

LENGTH = PRESS_PROSE.length

_UNICODE_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def runs(text: str) -> set[str]:
    """All runs of the text that count as prose, white space squeezed."""
    return prose_runs(text, PRESS_PROSE)


def readable(data: bytes) -> str:
    """The text of a file, with the escapes of JSON undone."""
    return _UNICODE_ESCAPE.sub(lambda match: chr(int(match[1], 16)), data.decode(errors="ignore"))
