"""The guidelines as the page that Label Studio shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hapjong.annotation.instructions import render_instructions
from hapjong.schema import Entity, MentionType

REGISTRY = {"b-and-b": Entity(type=MentionType.ORG, ko="비앤비", en="B&B", aliases=("<b>",))}


@pytest.fixture(autouse=True)
def markdown(require: object) -> None:
    require("markdown_it")  # type: ignore[operator]


def test_sections_fold_and_nothing_links() -> None:
    """A link inside the page makes Label Studio leave the task."""
    page = render_instructions(
        '# 지침\n\n[가](#a)\n\n<a id="a"></a>\n## 1. 순서\n\n| 규칙 | 일 |\n|--|--|\n'
        "| [W1](#work) | [가나]\\([가]) |\n\n### 1.1 **먼저**\n\n하나\n\n"
        "### 1.2 다음\n\n둘\n\n## 2. 끝\n\n셋 [판](../x.md)\n",
        {},
    )
    section = "<details><summary>{}</summary>".format
    assert page.startswith(
        f'<div class="hj-guide"><h1>지침</h1><p>가</p>{section("1. 순서")}<table>'
    )
    assert "<td>W1</td><td>[가나]([가])</td>" in page
    assert (
        f"</table>{section('1.1 <strong>먼저</strong>')}<p>하나</p></details>"
        f"{section('1.2 다음')}<p>둘</p></details></details>"
        f"{section('2. 끝')}<p>셋 판</p></details>"
    ) in page
    assert "<a" not in page


def test_the_guidelines_themselves_fold_evenly() -> None:
    guidelines = (Path(__file__).parents[2] / "annotation" / "guidelines.md").read_text()
    page = render_instructions(guidelines, REGISTRY)
    assert (
        page.count("<details>")
        == page.count("</details>")
        == len(re.findall("^##", guidelines, re.MULTILINE)) + 1
    )
    assert "](#" not in page
    assert "<a" not in page


def test_all_names_of_an_entity_stand_beside_its_id_escaped() -> None:
    page = render_instructions("", REGISTRY)
    expected = "<td>비앤비, &lt;b&gt;, B&amp;B</td><td>ORG</td><td><code>b-and-b</code></td>"
    assert expected in page


def test_no_line_break_stands_between_tags() -> None:
    assert ">\n" not in render_instructions("# 하나\n\n둘\n\n- 셋\n- 넷\n", REGISTRY)
