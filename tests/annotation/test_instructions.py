"""The guidelines as the page that Label Studio shows."""

from __future__ import annotations

import pytest

from hapjong.annotation.instructions import render_instructions
from hapjong.schema import Entity, MentionType

REGISTRY = {"b-and-b": Entity(type=MentionType.ORG, ko="비앤비", en="B&B", aliases=("<b>",))}


@pytest.fixture(autouse=True)
def markdown(require: object) -> None:
    require("markdown_it")  # type: ignore[operator]


def test_markdown_becomes_html_with_tables_and_places_to_jump_to() -> None:
    page = render_instructions(
        '# 지침\n\n<a id="work"></a>\n\n| 규칙 | 일 |\n|--|--|\n| [W1](#work) | 읽기 |\n', {}
    )
    assert "<h1>지침</h1>" in page
    assert '<a name="work"></a>' in page  # Label Studio drops ids
    assert '<td><a href="#work">W1</a></td><td>읽기</td>' in page


def test_all_names_of_an_entity_stand_beside_its_id_escaped() -> None:
    page = render_instructions("", REGISTRY)
    expected = "<td>비앤비, &lt;b&gt;, B&amp;B</td><td>ORG</td><td><code>b-and-b</code></td>"
    assert expected in page


def test_no_line_break_stands_between_tags() -> None:
    assert ">\n" not in render_instructions("# 하나\n\n둘\n\n- 셋\n- 넷\n", REGISTRY)
