"""The guidelines and the names of the registry, as the page behind "Instructions".

Label Studio keeps them with the project, so an annotator has them one click away, offline,
and always in the version that the round was loaded with.
"""

from __future__ import annotations

import re
from html import escape

from hapjong.corpus.registry import Registry

_ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
_BETWEEN_TAGS = re.compile(r">\n+<")


def render_instructions(guidelines: str, registry: Registry) -> str:
    """The guidelines (Markdown) and a table of all entities, as HTML that Label Studio keeps."""
    from markdown_it import MarkdownIt

    # Label Studio drops the attribute id, but keeps a name to jump to.
    source = _ANCHOR.sub(r'<a name="\1"></a>', guidelines)
    guide = MarkdownIt("commonmark").enable("table").render(source)
    page = f'<div class="hj-guide">{guide}{_entities(registry)}</div>'
    # It also shows line breaks as such; those between two tags would be empty lines.
    return _BETWEEN_TAGS.sub("><", page)


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
    return f"<h2>개체 목록</h2><table><thead>{head}</thead><tbody>{rows}</tbody></table>"
