"""Tags of a sequence labeller, read back as spans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hapjong.schema import MentionType

OUTSIDE = "O"


def decode_tags(tags: Sequence[str]) -> Iterator[tuple[int, int, MentionType]]:
    """Spans of a tag sequence; an I- that continues nothing begins one (as conlleval reads it)."""
    start, kind = 0, ""
    for position, tag in enumerate([*tags, OUTSIDE]):
        edge, _, of_tag = tag.partition("-")
        if kind and not (edge == "I" and of_tag == kind):
            yield start, position, MentionType(kind)
            kind = ""
        if edge == "B" or (edge == "I" and not kind):
            start, kind = position, of_tag
