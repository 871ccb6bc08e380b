"""Random articles with random annotations that keep the scheme, for property tests."""

from __future__ import annotations

import datetime
from random import Random
from typing import Any, NamedTuple

import msgspec
from hypothesis import strategies as st

from hapjong.schema import (
    ENTITY_TYPES,
    SCHEME,
    Annotation,
    Article,
    ArticleHeader,
    Genre,
    Mention,
    MentionType,
    Partnership,
    PartnershipType,
    Party,
    Polarity,
    Role,
    Split,
    Stance,
    Status,
)

ALPHABET = "가나다라마바전자 통신\nAI5.,'\"&<>😀👩‍🚀"
"""Hangul, what XML and Label Studio may mangle, and characters of two UTF-16 units."""


class Annotated(NamedTuple):
    article: Article
    annotation: Annotation


def article(text: str, split: Split = Split.TRAIN) -> Article:
    """A made-up article of the text."""
    event = "2025-01-gana-dara"
    header = ArticleHeader(date=datetime.date(2025, 1, 15), event=event, genre=Genre.NEWS)
    return Article(article_id=f"{event}-1", header=header, split=split, length=len(text), text=text)


def place(text: str, start: int, end: int) -> dict[str, Any]:
    return {"start": start, "end": end, "surface": text[start:end]}


@st.composite
def _mentions(draw: st.DrawFn, text: str) -> list[Mention]:
    """Two or more mentions that do not overlap."""
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), min_size=4, max_size=12)))
    mentions = []
    for number, (start, end) in enumerate(zip(cuts[::2], cuts[1::2], strict=False), 1):
        kind = draw(st.sampled_from(MentionType))
        entity = draw(st.sampled_from(["gana", "dara"])) if kind in ENTITY_TYPES else None
        mentions.append(
            Mention(id=f"m{number}", type=kind, entity=entity, **place(text, start, end))
        )
    return mentions


@st.composite
def _evidence(draw: st.DrawFn, text: str) -> dict[str, Any]:
    """A span anywhere; few places, so that two spans often share one."""
    start = draw(st.integers(0, 4))
    return place(text, start, start + draw(st.integers(1, 3)))


@st.composite
def _partnerships(draw: st.DrawFn, text: str, mentions: list[Mention]) -> list[Partnership]:
    """Partnerships no two of which say the same; a mention has one role in each."""
    ids = st.sampled_from([mention.id for mention in mentions])
    one = st.builds(
        lambda where, kind, status, chosen: Partnership(
            id="",
            type=kind,
            status=status,
            parties=tuple(Party(role=role, mention=key) for key, role in sorted(chosen.items())),
            **where,
        ),
        _evidence(text),
        st.sampled_from(PartnershipType),
        st.sampled_from(Status),
        st.dictionaries(ids, st.sampled_from(Role), min_size=1, max_size=4),
    )
    drawn = draw(st.lists(one, max_size=4, unique_by=msgspec.json.encode))
    return [msgspec.structs.replace(p, id=f"p{number}") for number, p in enumerate(drawn, 1)]


@st.composite
def annotated_articles(draw: st.DrawFn) -> Annotated:
    """An article and an annotation of it."""
    text = draw(st.text(ALPHABET, min_size=12, max_size=40))
    mentions = draw(_mentions(text))
    partnerships = draw(_partnerships(text, mentions))
    ids = [mention.id for mention in mentions]
    targets = ids + [partnership.id for partnership in partnerships]
    stances = [
        Stance(
            id=f"s{number}",
            polarity=draw(st.sampled_from(Polarity)),
            holder=draw(st.none() | st.sampled_from(ids)),
            target=draw(st.sampled_from(targets)),
            **draw(_evidence(text)),
        )
        for number in range(1, draw(st.integers(1, 4)))
    ]
    annotation = Annotation(
        scheme=SCHEME,
        article_id="2025-01-gana-dara-1",
        annotator="kim",
        mentions=tuple(mentions),
        partnerships=tuple(partnerships),
        stances=tuple(stances),
        article_stance=draw(st.sampled_from(Polarity)),
    )
    return Annotated(article(text), annotation)


def disguised(annotation: Annotation, random: Random) -> Annotation:
    """The same annotation under other ids and in another order."""
    name = {span.id: f"x{random.getrandbits(64):016x}" for _, span in annotation.spans()}
    replace = msgspec.structs.replace

    def shuffled(items: Any) -> tuple[Any, ...]:
        return tuple(random.sample(list(items), len(items)))

    return replace(
        annotation,
        mentions=shuffled([replace(m, id=name[m.id]) for m in annotation.mentions]),
        partnerships=shuffled(
            [
                replace(
                    p,
                    id=name[p.id],
                    parties=shuffled(
                        [Party(role=q.role, mention=name[q.mention]) for q in p.parties]
                    ),
                )
                for p in annotation.partnerships
            ]
        ),
        stances=shuffled(
            [
                replace(
                    s,
                    id=name[s.id],
                    holder=None if s.holder is None else name[s.holder],
                    target=name[s.target],
                )
                for s in annotation.stances
            ]
        ),
    )
