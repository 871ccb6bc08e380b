"""Gold for made texts."""

from __future__ import annotations

from marked import labelled

from hapjong.baselines.morphemes import Analysed, analyse
from hapjong.schema import (
    SCHEME,
    Annotation,
    Partnership,
    PartnershipType,
    Party,
    Polarity,
    Role,
    Status,
)

Link = tuple[str, PartnershipType, str, str]
"""Evidence, type, and the surfaces of head and tail."""


def article(marked: str, *links: Link, number: int = 1) -> tuple[Analysed, Annotation]:
    """A text with its mentions marked (`marked.labelled`), and what its evidence says."""
    text, mentions = labelled(marked)
    ids = {text[m.start : m.end]: m.id for m in mentions}
    partnerships = [
        Partnership(
            id=f"p{index}",
            start=text.index(evidence),
            end=text.index(evidence) + len(evidence),
            type=kind,
            status=Status.AGREED,
            parties=(
                Party(role=Role.HEAD, mention=ids[head]),
                Party(role=Role.TAIL, mention=ids[tail]),
            ),
        )
        for index, (evidence, kind, head, tail) in enumerate(links)
    ]
    gold = Annotation(
        scheme=SCHEME,
        article_id=f"2025-01-gana-dara-{number}",
        annotator="gold",
        mentions=tuple(mentions),
        partnerships=tuple(partnerships),
        stances=(),
        article_stance=Polarity.NEUTRAL,
    )
    return analyse(text), gold
