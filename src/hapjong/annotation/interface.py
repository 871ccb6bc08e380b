"""The labelling page of Label Studio, made from the scheme so that the two cannot part.

``annotation/interface.xml`` is what `render` gives; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterable

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

# One family of colours a layer, so that the three are told apart at a glance: mentions blue,
# from violet to grey, partnerships orange, from yellow to red, stances green, red and slate.
_MENTIONS = {
    MentionType.ORG: ("기관·기업", "#1f6feb", "1"),
    MentionType.ALLIANCE: ("동맹·연합체", "#0b3d91", "2"),
    MentionType.PERSON: ("인물", "#0891b2", "3"),
    MentionType.PRODUCT: ("제품·서비스", "#6f42c1", "4"),
    MentionType.TECH: ("기술·부품", "#a78bfa", "5"),
    MentionType.PLACE: ("장소", "#64748b", "6"),
    MentionType.DATE: ("날짜", "#94a3b8", "7"),
    MentionType.QUANTITY: ("수량·금액", "#a8b3c2", "8"),
    MentionType.EVENT: ("행사", "#4f86a8", "9"),
}
_PARTNERSHIPS = {
    PartnershipType.COOPERATION: ("협력", "#f59e0b", "q"),
    PartnershipType.INVESTMENT: ("투자", "#ea580c", "w"),
    PartnershipType.SUPPLY: ("공급", "#b45309", "e"),
    PartnershipType.MEMBERSHIP: ("참여", "#ca8a04", "r"),
    PartnershipType.ACQUISITION: ("인수", "#9a3412", "t"),
    PartnershipType.MERGER: ("합병", "#d97757", "y"),
    PartnershipType.COMPETITION: ("경쟁", "#78350f", "u"),
}
_STANCES = {
    Polarity.FAVOR: ("찬성·긍정", "#15803d", "a"),
    Polarity.AGAINST: ("반대·부정", "#dc2626", "s"),
    Polarity.NEUTRAL: ("중립", "#4d6b57", "d"),
}
_STATUSES = {
    Status.AGREED: ("합의·시행", "z"),
    Status.IN_TALKS: ("논의 중", "x"),
    Status.SPECULATED: ("관측·소문", "c"),
    Status.ENDED: ("종료·무산·부인", "v"),
}
_ROLES = {
    Role.PARTY: "당사자",
    Role.HEAD: "하는 쪽",
    Role.TAIL: "받는 쪽",
    Role.TOPIC: "대상·주제",
    HOLDER: "입장을 가진 쪽",
    TARGET: "입장의 대상",
}

# The labels stay in sight above a long text.  Arrows of relations are hidden until one is
# pointed at in the panel: all at once they would hide the text.  No ">" may stand in here,
# because the page escapes it.
_STYLE = """
    .hj-tools { position: sticky; top: 0; z-index: 110; padding: 4px 0;
      background: var(--color-neutral-background, white); border-bottom: 1px solid #d0d7de; }
    .hj-row { display: flex; align-items: center; gap: 8px; min-height: 34px; }
    .hj-row .lsf-labels, .hj-row .lsf-choices, .hj-row form { margin: 0; }
    .hj-row .lsf-label { margin: 0 2px 0 0; padding: 0 5px; font-size: 13px; }
    .hj-row .lsf-label__text, .hj-row .lsf-label__hotkey { font-size: 13px; }
    .hj-row .lsf-label__hotkey { margin-left: 5px; }
    .hj-name { flex: none; width: 56px; white-space: nowrap; }
    .hj-name h4, .hj-note h4 { font-size: 13px; color: #656d76; margin: 0; }
    .hj-asked { height: 36px; }
    .lsf-htx-richtext { line-height: 2; font-size: 16px; }
    .relations-overlay { opacity: 0; }
    .relations-overlay[class*="_highlighting"] { opacity: 1; }
    .hj-guide { white-space: normal; line-height: 1.6; }
    .hj-guide h1, .hj-guide h2, .hj-guide h3 { line-height: 1.4; margin: 16px 0 8px; }
    .hj-guide summary { cursor: pointer; font-weight: 600; padding: 4px 0; }
    .hj-guide details details { margin-left: 16px; }
    .hj-guide td, .hj-guide th { border: 1px solid #d0d7de; padding: 2px 8px; }
"""


def render() -> str:
    """The labelling page as Label Studio's XML.

    The annotator reads Korean captions (``value``); what is stored is the scheme's own label
    (``alias``), which ``whenLabelValue`` compares with as well.  Relations have no alias, so
    the page explains the scheme's roles instead.
    """
    entity_types = ",".join(kind for kind in MentionType if kind in ENTITY_TYPES)
    roles = " · ".join(f"{role} {caption}" for role, caption in _ROLES.items())
    return "\n".join(
        [
            "<!-- Made by `hapjong studio interface` from hapjong.annotation.interface. -->",
            "<View>",
            f"  <Style>{_STYLE}  </Style>",
            *_note("$date · $genre · $article_id"),
            '  <View className="hj-tools">',
            *_labels(MENTION, "언급", _MENTIONS.items()),
            *_labels(PARTNERSHIP, "협력 관계", _PARTNERSHIPS.items()),
            *_labels(STANCE, "입장", _STANCES.items()),
            # Always there, so that the text does not move under the mouse.
            '  <View className="hj-asked">',
            f'  <View visibleWhen="region-selected" whenTagName="{MENTION}"'
            f' whenLabelValue="{entity_types}" className="hj-row">',
            *_caption("개체"),
            f'    <TextArea name="{ENTITY}" toName="{TEXT}" perRegion="true" maxSubmissions="1"'
            ' editable="true" placeholder="비워 두면 표시한 이름 그대로 · 다르면 이름이나 id"'
            f' whenTagName="{MENTION}" whenLabelValue="{entity_types}"'
            ' visibleWhen="region-selected"/>',
            "  </View>",
            f'  <View visibleWhen="region-selected" whenTagName="{PARTNERSHIP}"'
            ' className="hj-row">',
            *_caption("상태"),
            *_choices(
                STATUS,
                _STATUSES.items(),
                # The labels too, or a status' key would give one to any region.
                f' perRegion="true" whenTagName="{PARTNERSHIP}"'
                f' whenLabelValue="{",".join(PartnershipType)}" visibleWhen="region-selected"',
            ),
            "  </View>",
            "  </View>",
            "  </View>",
            f'  <Text name="{TEXT}" value="$text" granularity="symbol" showLabels="true"/>',
            "  <Relations>",
            *(f'    <Relation value="{role}"/>' for role in _ROLES),
            "  </Relations>",
            '  <View className="hj-row">',
            *_caption("글 전체"),
            *_choices(
                ARTICLE_STANCE,
                ((label, (caption, "")) for label, (caption, _, _) in _STANCES.items()),
            ),
            "  </View>",
            *_note(f"역할: {roles}"),
            *_note("지침과 개체 목록: 위 오른쪽의 Instructions"),
            "</View>",
            "",
        ]
    )


def _caption(text: str) -> list[str]:
    return [f'    <View className="hj-name"><Header value="{text}" size="5"/></View>']


def _note(text: str) -> list[str]:
    return [f'  <View className="hj-note"><Header value="{text}" size="5"/></View>']


def _labels(
    name: str, caption: str, labels: Iterable[tuple[str, tuple[str, str, str]]]
) -> list[str]:
    return [
        '  <View className="hj-row">',
        *_caption(caption),
        f'    <Labels name="{name}" toName="{TEXT}" showInline="true">',
        *(
            f'      <Label value="{shown}" alias="{value}" hint="{value}" background="{colour}"'
            f' hotkey="{key}"/>'
            for value, (shown, colour, key) in labels
        ),
        "    </Labels>",
        "  </View>",
    ]


def _choices(
    name: str, choices: Iterable[tuple[str, tuple[str, str]]], more: str = ""
) -> list[str]:
    return [
        f'    <Choices name="{name}" toName="{TEXT}" choice="single-radio" showInline="true"'
        f' required="true"{more}>',
        *(
            f'      <Choice value="{shown}" alias="{value}" hint="{value}"'
            + (f' hotkey="{key}"/>' if key else "/>")
            for value, (shown, key) in choices
        ),
        "    </Choices>",
    ]
