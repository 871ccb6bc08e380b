"""The features of every configuration, as `datasets` names them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from datasets import ClassLabel, Features, List, Value

from hapjong.corpus.pairs import RELATIONS
from hapjong.release.rows import NER_TAGS
from hapjong.schema import Genre, MentionType, PartnershipType, Polarity, Role, Status

_TEXT = Value("string")
_POSITION = Value("int32")


def _label(names: Iterable[str] | type[StrEnum]) -> ClassLabel:
    return ClassLabel(names=[str(name) for name in names])


def _span(**more: Any) -> dict[str, Any]:
    return {"id": _TEXT, "start": _POSITION, "end": _POSITION, "surface": _TEXT, **more}


_PARTY = {"role": _label(Role), "mention": _TEXT}
# As in klue/re, where the type is a string and not a ClassLabel.
_KLUE_ENTITY = {"word": _TEXT, "start_idx": _POSITION, "end_idx": _POSITION, "type": _TEXT}
_LABELS = {
    "mentions": List(_span(type=_label(MentionType), entity=_TEXT)),
    "partnerships": List(
        _span(type=_label(PartnershipType), status=_label(Status), parties=List(_PARTY))
    ),
    "stances": List(_span(polarity=_label(Polarity), holder=_TEXT, target=_TEXT)),
    "article_stance": _label(Polarity),
}

FEATURES: dict[str, Features] = {
    "articles": Features(
        {
            "article_id": _TEXT,
            "date": _TEXT,
            "event": _TEXT,
            "genre": _label(Genre),
            "facts": List(_TEXT),
            "title": _TEXT,
            "text": _TEXT,
            **_LABELS,
        }
    ),
    "ner": Features(
        {
            "id": _TEXT,
            "article_id": _TEXT,
            "start": _POSITION,
            "sentence": _TEXT,
            "tokens": List(_TEXT),
            "ner_tags": List(_label(NER_TAGS)),
        }
    ),
    "re": Features(
        {
            "guid": _TEXT,
            "article_id": _TEXT,
            "start": _POSITION,
            "sentence": _TEXT,
            "subject_entity": _KLUE_ENTITY,
            "object_entity": _KLUE_ENTITY,
            "label": _label(RELATIONS),
            "status": _label(Status),
            "source": _TEXT,
        }
    ),
    "stance": Features(
        {
            "id": _TEXT,
            "article_id": _TEXT,
            "stance_id": _TEXT,
            "text": _TEXT,
            "sentence": _TEXT,
            "evidence": _span(),
            "holder": _span(),
            "target": _span(),
            "target_kind": _label(("mention", "partnership")),
            "polarity": _label(Polarity),
        }
    ),
    "article_stance": Features(
        {"article_id": _TEXT, "title": _TEXT, "text": _TEXT, "label": _label(Polarity)}
    ),
    "annotations": Features({"article_id": _TEXT, "round": _TEXT, "annotator": _TEXT, **_LABELS}),
    "parties": Features(
        {"article_id": _TEXT, "round": _TEXT, "annotator": _TEXT, "partnership": _TEXT, **_PARTY}
    ),
    "entities": Features(
        {
            "id": _TEXT,
            "type": _label(MentionType),
            "ko": _TEXT,
            "en": _TEXT,
            "aliases": List(_TEXT),
            "affiliation": _TEXT,
            "parent": _TEXT,
        }
    ),
}
