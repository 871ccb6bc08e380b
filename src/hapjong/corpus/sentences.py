"""Sentences of an article: the unit of the ``ner`` configuration and of the notation."""

from __future__ import annotations

import re
from typing import NamedTuple

_END = re.compile(
    r"""\n+  # a line is never part of two sentences
    # a full stop after a Latin letter or a digit ends nothing
    | (?:(?<=[가-힣)\]%'"”’]\.)|(?<=[!?])) ['"”’)]* [^\S\n]+""",
    re.VERBOSE,
)


class Sentence(NamedTuple):
    """Half-open code-point range of the article and the text there, without outer spaces."""

    start: int
    end: int
    text: str


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text, in order; blank lines give none."""
    found, start = [], 0
    ends = [*(match.span() for match in _END.finditer(text)), (len(text), len(text))]
    for stop, following in ends:
        # Closing quotes before the space belong to the sentence they close.
        piece = text[start:stop] + re.match(r"\S*", text[stop:following])[0]  # type: ignore[index]
        lead = len(piece) - len(piece.lstrip())
        body = piece.strip()
        if body:
            found.append(Sentence(start + lead, start + lead + len(body), body))
        start = following
    return found
