"""Texts for tests with their mentions marked in them."""

from __future__ import annotations

import re

from hapjong.schema import Mention, MentionType

_MARKED = re.compile(r"\[(?P<surface>[^]]+)\](?P<type>[A-Z]+)(?:=(?P<entity>[a-z]+))?")


def labelled(marked: str) -> tuple[str, list[Mention]]:
    """A text in which ``[surface]TYPE=entity`` stands for a mention, and its mentions."""
    text, mentions, reached = "", [], 0
    for match in _MARKED.finditer(marked):
        text += marked[reached : match.start()]
        start, reached = len(text), match.end()
        text += match["surface"]
        mentions.append(
            Mention(
                id=f"m{len(mentions)}",
                start=start,
                end=len(text),
                type=MentionType(match["type"]),
                entity=match["entity"],
            )
        )
    return text + marked[reached:], mentions
