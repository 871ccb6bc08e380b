"""The labelling page of Label Studio, made from the scheme so that the two cannot part.

``annotation/interface.xml`` is what `render` gives; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from hapjong.schema import ENTITY_TYPES, MentionType, PartnershipType, Polarity, Role, Status

# The names of the controls, which are the ``from_name`` of a stored result.
TEXT = "text"
MENTION = "mention"
ENTITY = "entity"
PARTNERSHIP = "partnership"
STATUS = "status"
STANCE = "stance"
ARTICLE_STANCE = "article_stance"

HOLDER = "holder"
TARGET = "target"
STANCE_ROLES = (HOLDER, TARGET)

_MENTIONS = {
    MentionType.ORG: ("기관·기업", "#1f6feb", "1"),
    MentionType.ALLIANCE: ("동맹·연합체", "#0b4f9e", "2"),
    MentionType.PERSON: ("인물", "#0e8a8a", "3"),
    MentionType.PRODUCT: ("제품·서비스", "#6f42c1", "4"),
    MentionType.TECH: ("기술·부품", "#8a7ad6", "5"),
    MentionType.PLACE: ("장소", "#5b7083", "6"),
    MentionType.DATE: ("날짜", "#7d8590", "7"),
    MentionType.QUANTITY: ("수량·금액", "#9aa4af", "8"),
    MentionType.EVENT: ("행사", "#3f7f6b", "9"),
}
_PARTNERSHIPS = {
    PartnershipType.COOPERATION: ("협력", "#d97706", "q"),
    PartnershipType.INVESTMENT: ("투자", "#c2410c", "w"),
    PartnershipType.SUPPLY: ("공급", "#b45309", "e"),
    PartnershipType.MEMBERSHIP: ("참여", "#a16207", "r"),
    PartnershipType.ACQUISITION: ("인수", "#9f1239", "t"),
    PartnershipType.MERGER: ("합병", "#be123c", "y"),
    PartnershipType.COMPETITION: ("경쟁", "#7f1d1d", "u"),
}
_STANCES = {
    Polarity.FAVOR: ("찬성·긍정", "#15803d", "a"),
    Polarity.AGAINST: ("반대·부정", "#dc2626", "s"),
    Polarity.NEUTRAL: ("중립", "#64748b", "d"),
}
_STATUSES = {
    Status.AGREED: "합의·시행",
    Status.IN_TALKS: "논의 중",
    Status.SPECULATED: "관측·소문",
    Status.ENDED: "종료·무산·부인",
}


def render() -> str:
    """The labelling page as Label Studio's XML."""
    entity_types = ",".join(kind for kind in MentionType if kind in ENTITY_TYPES)
    return "\n".join(
        [
            "<!-- Made by `hapjong studio interface` from hapjong.annotation.interface. -->",
            "<View>",
            "  <Style>.lsf-htx-richtext { line-height: 2.1; font-size: 16px; }</Style>",
            '  <Header value="$title" size="4"/>',
            '  <Header value="$article_id · $date · $genre" size="6"/>',
            *_labels(MENTION, "개체", _MENTIONS.items()),
            *_labels(PARTNERSHIP, "제휴", _PARTNERSHIPS.items()),
            *_labels(STANCE, "입장", _STANCES.items()),
            f'  <Text name="{TEXT}" value="$text" granularity="symbol" showLabels="true"/>',
            f'  <TextArea name="{ENTITY}" toName="{TEXT}" perRegion="true" maxSubmissions="1"'
            f' editable="true" placeholder="개체 id (dataset/entities.yaml)" required="true"'
            f' whenTagName="{MENTION}" whenLabelValue="{entity_types}"'
            ' visibleWhen="region-selected"/>',
            *_choices(
                STATUS,
                _STATUSES.items(),
                f' perRegion="true" whenTagName="{PARTNERSHIP}" visibleWhen="region-selected"',
            ),
            "  <Relations>",
            *(f'    <Relation value="{role}"/>' for role in (*Role, *STANCE_ROLES)),
            "  </Relations>",
            '  <Header value="기사 전체의 입장" size="6"/>',
            *_choices(
                ARTICLE_STANCE, ((label, caption) for label, (caption, _, _) in _STANCES.items())
            ),
            "</View>",
            "",
        ]
    )


def _labels(
    name: str, caption: str, labels: Iterable[tuple[str, tuple[str, str, str]]]
) -> list[str]:
    return [
        f'  <Header value="{caption}" size="6"/>',
        f'  <Labels name="{name}" toName="{TEXT}" showInline="true">',
        *(
            f'    <Label value="{value}" hint={quoteattr(hint)} background="{colour}"'
            f' hotkey="{key}"/>'
            for value, (hint, colour, key) in labels
        ),
        "  </Labels>",
    ]


def _choices(name: str, choices: Iterable[tuple[str, str]], more: str = "") -> list[str]:
    return [
        f'  <Choices name="{name}" toName="{TEXT}" choice="single-radio" showInline="true"'
        f' required="true"{more}>',
        *(f'    <Choice value="{value}" hint={quoteattr(hint)}/>' for value, hint in choices),
        "  </Choices>",
    ]
