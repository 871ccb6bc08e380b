"""The guidelines and the names of the registry, as the page behind "Instructions".

Label Studio keeps them with the project, so an annotator has them one click away, offline,
and always in the version that the round was loaded with.
"""

from __future__ import annotations

import re
from html import escape

from hapjong.corpus.registry import Registry

_ANCHOR = re.compile(r'<a id="[^"]+"></a>\n*')
_LINK = re.compile(r"\[([^\[\]]+)\]\((?!\[)[^()\s]+\)")
_HEADING = re.compile(r"^(##|###) (.+)\n", re.MULTILINE)
_BETWEEN_TAGS = re.compile(r">\n+<")


def render_instructions(guidelines: str, registry: Registry) -> str:
    """The guidelines (Markdown) and a table of all entities, as HTML that Label Studio keeps.

    Sections open and close where they stand.  There are no links: a jump inside the page makes
    Label Studio leave the task that is being labelled.
    """
    source = _LINK.sub(r"\1", _ANCHOR.sub("", guidelines))
    page = f'<div class="hj-guide">{_fold(source)}{_entities(registry)}</div>'
    # It also shows line breaks as such; those between two tags would be empty lines.
    return _BETWEEN_TAGS.sub("><", page)


def _fold(source: str) -> str:
    """The text as HTML, each section and subsection under its heading to click on."""
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark").enable("table")
    top, *parts = _HEADING.split(source)
    pieces, open_sections = [html.render(top)], 0
    for mark, heading, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        level = len(mark) - 1
        pieces.append("</details>" * max(0, open_sections - level + 1))
        pieces.append(f"<details><summary>{html.renderInline(heading)}</summary>")
        pieces.append(html.render(text))
        open_sections = level
    return "".join([*pieces, "</details>" * open_sections])


def _entities(registry: Registry) -> str:
    rows = "".join(
        f"<tr><td>{escape(', '.join(names))}</td><td>{entity.type}</td>"
        f"<td><code>{escape(entity_id)}</code></td></tr>"
        for names, entity_id, entity in sorted(
            ([entity.ko, *sorted(entity.names - {entity.ko})], entity_id, entity)
            for entity_id, entity in registry.items()
        )
    )
    head = "<tr><th>이름</th><th>유형</th><th>id</th></tr>"
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
    return f"<details><summary>개체 목록</summary>{table}</details>"
