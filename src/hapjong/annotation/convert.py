"""Between an annotation and a Label Studio result, both ways, losing nothing.

Label Studio checks nothing that is stored (``value.text`` is not to be trusted either:
line breaks and double spaces are changed in it), so everything is checked here and
surfaces are taken from the text by the offsets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
Name = TypeVar("Name", bound=str)
LAYERS = (MENTION, PARTNERSHIP, STANCE)


def _by_value(labels: type[Label]) -> dict[str, Label]:
    return {str(label): label for label in labels}


# Looked up for every region: much faster than asking the enumerations.
_MENTION_TYPES = _by_value(MentionType)
_PARTNERSHIP_TYPES = _by_value(PartnershipType)
_POLARITIES = _by_value(Polarity)
_PARTY_ROLES = _by_value(Role)
_STATUSES = _by_value(Status)
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
        # Of each region; they are taken out as regions are read, and what is left is at fault.
        self.attributes: dict[str, dict[str, StoredItem]] = {ENTITY: {}, STATUS: {}}
        self.relations: dict[str, list[StoredItem]] = defaultdict(list)
        self.article_stances: list[StoredItem] = []
        self._sort(result)

    def _fault(self, region_id: object, fault: str) -> None:
        self.problems.append(Problem("", f"region {region_id}", fault))

    def _sort(self, result: list[StoredItem]) -> None:
        for item in result:
            control, region_id = item.from_name, str(item.id)
            if item.type == "relation":
                self.relations[str(item.from_id)].append(item)
            elif control in LAYERS:
                if region_id in self.regions:
                    self._fault(region_id, "two regions have this id")
                self.regions[region_id] = item
            elif control in self.attributes:
                if region_id in self.attributes[control]:
                    self._fault(region_id, f"{control} is given twice")
                self.attributes[control][region_id] = item
            elif control == ARTICLE_STANCE:
                self.article_stances.append(item)
            else:
                self._fault(region_id, f"{control!r} is no control of the labelling page")

    def annotation(self, article_id: str, annotator: str) -> Annotation:
        mentions: list[Mention] = []
        partnerships: list[Partnership] = []
        stances: list[Stance] = []
        for region_id, item in self.regions.items():
            value = item.value or _NO_VALUE
            if item.from_name == MENTION:
                mentions += self._mention(region_id, value)
            elif item.from_name == PARTNERSHIP:
                partnerships += self._partnership(region_id, value)
            else:
                stances += self._stance(region_id, value)
        self._check_leftovers()
        article_stance = self._article_stance()
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

    def _place(self, region_id: str, value: StoredValue) -> Place | None:
        """Where the region stands; None where the offsets are no span."""
        start, end = value.start, value.end
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(self.text):
            fault = f"[{start}, {end}) is no span of the text ({len(self.text)} characters)"
            self._fault(region_id, fault)
            return None
        surface = self.text[start:end]
        return (start, end, None, sha256(surface)) if self.hashed else (start, end, surface, None)

    def _label(
        self, region_id: str, chosen: list[str] | None, labels: Mapping[str, Label]
    ) -> Label | None:
        if chosen is None or len(chosen) != 1:
            chosen = chosen or []
            self._fault(region_id, f"one label is expected, found {len(chosen)}: {chosen}")
            return None
        label = labels.get(chosen[0])
        if label is None:
            self._fault(region_id, f"unknown label {chosen[0]!r}")
        return label

    def _mention(self, region_id: str, value: StoredValue) -> Sequence[Mention]:
        place = self._place(region_id, value)
        label = self._label(region_id, value.labels, _MENTION_TYPES)
        entity = self._entity(region_id)
        if place is None or label is None:
            return ()
        start, end, surface, hashed = place
        return (
            Mention(
                id=region_id,
                start=start,
                end=end,
                surface=surface,
                surface_sha256=hashed,
                type=label,
                entity=entity,
            ),
        )

    def _entity(self, region_id: str) -> str | None:
        item = self.attributes[ENTITY].pop(region_id, None)
        if item is None:
            return None
        texts = (item.value or _NO_VALUE).text or []
        texts = [texts] if isinstance(texts, str) else texts
        if len(texts) != 1 or not texts[0].strip():
            self._fault(region_id, f"one entity is expected, found {texts}")
            return None
        return texts[0].strip()

    def _partnership(self, region_id: str, value: StoredValue) -> Sequence[Partnership]:
        place = self._place(region_id, value)
        label = self._label(region_id, value.labels, _PARTNERSHIP_TYPES)
        status = self._status(region_id)
        roles = self._roles(region_id, _PARTY_ROLES)
        if place is None or label is None or status is None:
            return ()
        start, end, surface, hashed = place
        return (
            Partnership(
                id=region_id,
                start=start,
                end=end,
                surface=surface,
                surface_sha256=hashed,
                type=label,
                status=status,
                parties=tuple([Party(role=role, mention=to_id) for role, to_id in roles]),
            ),
        )

    def _status(self, region_id: str) -> Status | None:
        item = self.attributes[STATUS].pop(region_id, None)
        if item is None:
            self._fault(region_id, "the status is missing")
            return None
        return self._label(region_id, (item.value or _NO_VALUE).choices, _STATUSES)

    def _stance(self, region_id: str, value: StoredValue) -> Sequence[Stance]:
        place = self._place(region_id, value)
        label = self._label(region_id, value.labels, _POLARITIES)
        roles = self._roles(region_id, _STANCE_ROLES)
        holders = [to_id for role, to_id in roles if role == HOLDER]
        targets = [to_id for role, to_id in roles if role == TARGET]
        if len(holders) > 1:
            self._fault(region_id, f"at most one holder is expected, found {len(holders)}")
        if len(targets) != 1:
            self._fault(region_id, f"one target is expected, found {len(targets)}")
            return ()
        if place is None or label is None:
            return ()
        start, end, surface, hashed = place
        return (
            Stance(
                id=region_id,
                start=start,
                end=end,
                surface=surface,
                surface_sha256=hashed,
                polarity=label,
                holder=holders[0] if holders else None,
                target=targets[0],
            ),
        )

    def _roles(self, region_id: str, allowed: Mapping[str, Name]) -> list[tuple[Name, str]]:
        """Role and region of every relation that starts here."""
        roles = []
        for item in self.relations.pop(region_id, ()):
            to_id, labels = str(item.to_id), item.labels or []
            # Only a stance has a target, and that may be a partnership.
            targets = TARGET in allowed and labels == [TARGET]
            self._check_end(region_id, to_id, targets)
            if not labels:
                self._fault(region_id, f"the relation to {to_id} has no role")
            for role in labels:
                if role in allowed:
                    roles.append((allowed[role], to_id))
                else:
                    self._fault(region_id, f"{role!r} is no role of this kind of region")
        return roles

    def _check_end(self, from_id: str, to_id: str, to_partnership: bool = False) -> None:
        end = self.regions.get(to_id)
        if end is None:
            self._fault(from_id, f"a relation ends at {to_id}, which is not there")
        elif end.from_name != MENTION and not (to_partnership and end.from_name == PARTNERSHIP):
            self._fault(from_id, f"a relation ends at {to_id}, which is no mention")

    def _check_leftovers(self) -> None:
        """Relations that start at no evidence and attributes of no region."""
        for from_id, items in self.relations.items():
            if from_id in self.regions:
                self._fault(from_id, "a relation starts at a mention; it must end there")
            else:
                self._fault(from_id, "a relation starts at a region that is not there")
            for item in items:
                self._check_end(from_id, str(item.to_id))
        for control, items_by_region in self.attributes.items():
            for region_id in items_by_region:
                if region_id not in self.regions:
                    self._fault(region_id, f"{control} of a region that is not there")

    def _article_stance(self) -> Polarity | None:
        if len(self.article_stances) != 1:
            fault = f"one article stance is expected, found {len(self.article_stances)}"
            self.problems.append(Problem("", "article", fault))
            return None
        value = self.article_stances[0].value or _NO_VALUE
        return self._label("article", value.choices, _POLARITIES)
