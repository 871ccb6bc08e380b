"""Spans are read from tags as conlleval reads them."""

from __future__ import annotations

from hapjong.baselines.tags import decode_tags


def test_decoding_tags() -> None:
    tags = ["B-ORG", "I-ORG", "B-ORG", "O", "I-DATE", "I-TECH", "I-TECH"]
    assert [(a, b, str(k)) for a, b, k in decode_tags(tags)] == [
        (0, 2, "ORG"),
        (2, 3, "ORG"),
        (4, 5, "DATE"),
        (5, 7, "TECH"),
    ]
