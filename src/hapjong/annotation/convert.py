"""Between an annotation and a Label Studio result, both ways, losing nothing.

Label Studio checks nothing that is stored (``value.text`` is not to be trusted either:
line breaks and double spaces are changed in it), so everything is checked here and
surfaces are taken from the text by the offsets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from hapjong.annotation.interface import (
    ARTICLE_STANCE,
    ENTITY,
    HOLDER,
    MENTION,
    PARTNERSHIP,
    STANCE,
    STANCE_ROLES,
    STATUS,
    TARGET,
    TEXT,
)
from hapjong.annotation.stored import StoredItem, StoredValue, stored_items
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import (
    SCHEME,
    Annotation,
    Article,
    Mention,
    MentionType,
    Partnership,
    PartnershipType,
    Party,
    Polarity,
    Role,
    Span,
    Split,
    Stance,
    Status,
    canonical,
    sha256,
)

Item = dict[str, Any]
Label = TypeVar("Label", bound=StrEnum)
LAYERS = {MENTION: MentionType, PARTNERSHIP: PartnershipType, STANCE: Polarity}

# Looked up for every region: much faster than asking the enumerations.
_LABELS: dict[type[StrEnum], dict[str, Any]] = {
    labels: {str(label): label for label in labels} for labels in (*LAYERS.values(), Role, Status)
}
_STANCE_ROLES = {role: role for role in STANCE_ROLES}
_NO_VALUE = StoredValue()

Place = tuple[int, int, str | None, str | None]
"""Start, end, surface and its hash; as keywords in a dict they would take most of the time."""


def to_result(annotation: Annotation, text: str) -> list[Item]:
    """The annotation as Label Studio stores it: regions, their attributes, relations."""
    result: list[Item] = []
    for mention in annotation.mentions:
        result.append(_region(mention, MENTION, mention.type, text))
        if mention.entity is not None:
            result.append(_attribute(mention, ENTITY, "textarea", "text", mention.entity))
    for partnership in annotation.partnerships:
        result.append(_region(partnership, PARTNERSHIP, partnership.type, text))
        result.append(_attribute(partnership, STATUS, "choices", "choices", partnership.status))
        result += [
            _relation(partnership.id, party.mention, [party.role]) for party in partnership.parties
        ]
    for stance in annotation.stances:
        result.append(_region(stance, STANCE, stance.polarity, text))
        result += _stance_relations(stance)
    result.append(
        {
            "id": "article",
            "from_name": ARTICLE_STANCE,
            "to_name": TEXT,
            "type": "choices",
            "value": {"choices": [str(annotation.article_stance)]},
        }
    )
    return result


def _region(span: Span, control: str, label: str, text: str) -> Item:
    return {
        "id": span.id,
        "from_name": control,
        "to_name": TEXT,
        "type": "labels",
        "origin": "manual",
        "value": {
            "start": span.start,
            "end": span.end,
            "text": text[span.start : span.end],
            "labels": [str(label)],
        },
    }


def _attribute(span: Span, control: str, kind: str, key: str, value: str) -> Item:
    return {
        "id": span.id,
        "from_name": control,
        "to_name": TEXT,
        "type": kind,
        "value": {"start": span.start, "end": span.end, key: [str(value)]},
    }


def _relation(from_id: str, to_id: str, labels: list[str]) -> Item:
    return {
        "from_id": from_id,
        "to_id": to_id,
        "type": "relation",
        "direction": "right",
        "labels": [str(label) for label in labels],
    }


def _stance_relations(stance: Stance) -> list[Item]:
    """One relation per region, since Label Studio keeps no second one between the same two."""
    roles: dict[str, list[str]] = defaultdict(list)
    if stance.holder is not None:
        roles[stance.holder].append(HOLDER)
    roles[stance.target].append(TARGET)
    return [_relation(stance.id, to_id, labels) for to_id, labels in roles.items()]


def from_result(
    result: list[Item] | list[StoredItem], article: Article, annotator: str
) -> Annotation:
    """The annotation that a stored result holds, in canonical form.

    The result may be plain data, as the SDK gives it, or read already.  The article's text
    must be at hand.  Raises ProblemsError with every fault of the result, each with its
    region; rules between labels are `check_annotation`'s.
    """
    if article.text is None:
        fault = "the article's text is not at hand (hapjong hydrate)"
        raise ProblemsError([Problem("", article.article_id, fault)])
    items = stored_items(result)
    reader = _ResultReader(items, article.text, hashed=article.split is Split.PRESS)
    return reader.annotation(article.article_id, annotator)


class _ResultReader:
    """Reads a result item by item and gathers the faults of all of them."""

    def __init__(self, result: list[StoredItem], text: str, hashed: bool) -> None:
        self.text = text
        self.hashed = hashed
        self.problems: list[Problem] = []
        self.regions: dict[str, StoredItem] = {}
        self.attributes: dict[tuple[str, str], StoredItem] = {}
        self.relations: dict[str, list[StoredItem]] = defaultdict(list)
        self.article_stances: list[StoredItem] = []
        for item in result:
            self._sort_in(item)

    def _fault(self, region_id: object, fault: str) -> None:
        self.problems.append(Problem("", f"region {region_id}", fault))

    def _sort_in(self, item: StoredItem) -> None:
        control = item.from_name
        region_id = str(item.id)
        if item.type == "relation":
            self.relations[str(item.from_id)].append(item)
        elif control in LAYERS:
            if region_id in self.regions:
                self._fault(region_id, "two regions have this id")
            self.regions[region_id] = item
        elif control in (ENTITY, STATUS):
            if (region_id, control) in self.attributes:
                self._fault(region_id, f"{control} is given twice")
            self.attributes[region_id, control] = item
        elif control == ARTICLE_STANCE:
            self.article_stances.append(item)
        else:
            self._fault(region_id, f"{control!r} is no control of the labelling page")

    def annotation(self, article_id: str, annotator: str) -> Annotation:
        mentions = list(self._spans(MENTION, self._mention))
        partnerships = list(self._spans(PARTNERSHIP, self._partnership))
        stances = list(self._spans(STANCE, self._stance))
        article_stance = self._article_stance()
        self._check_references()
        if self.problems or article_stance is None:
            raise ProblemsError(self.problems)
        return canonical(
            Annotation(
                scheme=SCHEME,
                article_id=article_id,
                annotator=annotator,
                mentions=tuple(mentions),
                partnerships=tuple(partnerships),
                stances=tuple(stances),
                article_stance=article_stance,
            )
        )

    def _spans(self, control: str, make: Callable[[str, Place | None, Any], Any]) -> Iterator[Any]:
        labels = LAYERS[control]
        layer = [region for region in self.regions.items() if region[1].from_name == control]
        for region_id, item in layer:
            value = item.value or _NO_VALUE
            label = self._label(region_id, value.labels, labels)
            place = self._place(region_id, value)
            made = make(region_id, place, label)
            if place and made is not None:
                yield made

    def _place(self, region_id: str, value: StoredValue) -> Place | None:
        """Where the region stands; None where the offsets are no span."""
        start, end = value.start, value.end
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(self.text):
            fault = f"[{start}, {end}) is no span of the text ({len(self.text)} characters)"
            self._fault(region_id, fault)
            return None
        surface = self.text[start:end]
        return (start, end, None, sha256(surface)) if self.hashed else (start, end, surface, None)

    def _label(self, region_id: str, chosen: list[str] | None, labels: type[Label]) -> Label | None:
        if chosen is None or len(chosen) != 1:
            chosen = chosen or []
            self._fault(region_id, f"one label is expected, found {len(chosen)}: {chosen}")
            return None
        label: Label | None = _LABELS[labels].get(chosen[0])
        if label is None:
            self._fault(region_id, f"unknown label {chosen[0]!r}")
        return label

    def _mention(
        self, region_id: str, place: Place | None, label: MentionType | None
    ) -> Mention | None:
        item = self.attributes.get((region_id, ENTITY))
        entity = None
        if item is not None:
            texts = (item.value or _NO_VALUE).text or []
            texts = [texts] if isinstance(texts, str) else texts
            if len(texts) != 1 or not texts[0].strip():
                self._fault(region_id, f"one entity is expected, found {texts}")
            else:
                entity = texts[0].strip()
        if not (place and label):
            return None
        start, end, surface, hashed = place
        return Mention(
            id=region_id,
            start=start,
            end=end,
            surface=surface,
            surface_sha256=hashed,
            type=label,
            entity=entity,
        )

    def _partnership(
        self, region_id: str, place: Place | None, label: PartnershipType | None
    ) -> Partnership | None:
        item = self.attributes.get((region_id, STATUS))
        status = None
        if item is None:
            self._fault(region_id, "the status is missing")
        else:
            status = self._label(region_id, (item.value or _NO_VALUE).choices, Status)
        parties = tuple(
            Party(role=role, mention=to_id) for role, to_id in self._roles(region_id, _LABELS[Role])
        )
        if not (place and label and status):
            return None
        start, end, surface, hashed = place
        return Partnership(
            id=region_id,
            start=start,
            end=end,
            surface=surface,
            surface_sha256=hashed,
            type=label,
            status=status,
            parties=parties,
        )

    def _stance(self, region_id: str, place: Place | None, label: Polarity | None) -> Stance | None:
        ends: dict[str, list[str]] = defaultdict(list)
        for role, to_id in self._roles(region_id, _STANCE_ROLES):
            ends[role].append(to_id)
        if len(ends[HOLDER]) > 1:
            self._fault(region_id, f"at most one holder is expected, found {len(ends[HOLDER])}")
        if len(ends[TARGET]) != 1:
            self._fault(region_id, f"one target is expected, found {len(ends[TARGET])}")
        if not (place and label and len(ends[TARGET]) == 1):
            return None
        holder = ends[HOLDER][0] if ends[HOLDER] else None
        start, end, surface, hashed = place
        return Stance(
            id=region_id,
            start=start,
            end=end,
            surface=surface,
            surface_sha256=hashed,
            polarity=label,
            holder=holder,
            target=ends[TARGET][0],
        )

    def _roles(self, region_id: str, allowed: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
        """Role and region of every relation that starts here."""
        for item in self.relations.get(region_id, []):
            to_id = str(item.to_id)
            labels = item.labels or []
            if not labels:
                self._fault(region_id, f"the relation to {to_id} has no role")
            for role in labels:
                if role in allowed:
                    yield allowed[role], to_id
                else:
                    self._fault(region_id, f"{role!r} is no role of this kind of region")

    def _check_references(self) -> None:
        """Relations start at evidence and end at regions that are there."""
        for from_id, items in self.relations.items():
            start = self._layer(from_id)
            if start is None:
                self._fault(from_id, "a relation starts at a region that is not there")
            elif start == MENTION:
                self._fault(from_id, "a relation starts at a mention; it must end there")
            for item in items:
                self._check_end(from_id, str(item.to_id), start, item.labels or [])
        for region_id, control in self.attributes:
            if region_id not in self.regions:
                self._fault(region_id, f"{control} of a region that is not there")

    def _layer(self, region_id: str) -> str | None:
        region = self.regions.get(region_id)
        return None if region is None else region.from_name

    def _check_end(self, from_id: str, to_id: str, start: str | None, labels: list[str]) -> None:
        end = self._layer(to_id)
        to_partnership = start == STANCE and labels == [TARGET]
        if end is None:
            self._fault(from_id, f"a relation ends at {to_id}, which is not there")
        elif end != MENTION and not (end == PARTNERSHIP and to_partnership):
            self._fault(from_id, f"a relation ends at {to_id}, which is no mention")

    def _article_stance(self) -> Polarity | None:
        if len(self.article_stances) != 1:
            fault = f"one article stance is expected, found {len(self.article_stances)}"
            self.problems.append(Problem("", "article", fault))
            return None
        return self._label(
            "article", (self.article_stances[0].value or _NO_VALUE).choices, Polarity
        )
