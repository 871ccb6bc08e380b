"""Pictures made from the statistics alone: a page (``hapjong pictures``), a part of the card."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote

from hapjong.release.alliance_map import alliance_map
from hapjong.release.charts import charts
from hapjong.release.drawing import Picture, style, to_svg
from hapjong.release.statistics import Statistics

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:1.5rem auto;padding:0 1rem;
color:#1c2430;background:#fff}
h1,h2{line-height:1.25}section{border-top:1px solid #ccd3dc;padding:.5rem 0 1rem}
figure{margin:0}figcaption{max-width:42rem}
img{display:block;width:100%;max-width:36rem;height:auto}
.wide{overflow-x:auto}.wide img{min-width:54rem;max-width:none}
small{color:#5b6675}
"""

_WIDE = "map"
"""The picture that a narrow window scrolls; shrunk, its names could not be read."""


def draw(statistics: Statistics) -> list[tuple[Picture, bytes]]:
    """Every picture with its SVG."""
    with style():
        pictures = [*charts(statistics), alliance_map(statistics)]
        return [(picture, to_svg(picture.figure)) for picture in pictures]


def write_pictures(statistics: Statistics, folder: Path) -> Path:
    """Write every picture and the page that shows them, ``index.html``; its path.

    What an earlier run left in the folder is removed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    drawn = draw(statistics)
    for picture, svg in drawn:
        (folder / f"{picture.name}.svg").write_bytes(svg)
    page = folder / "index.html"
    page.write_text(render(statistics, [picture for picture, _ in drawn]), encoding="utf-8")
    return page


def card_section(pictures: Iterable[Picture], folder: str) -> str:
    """The part of the card that shows the pictures, which lie in ``folder`` beside it."""
    parts = ["\n## Pictures\n"]
    for picture in pictures:
        alt = re.sub(r"([\\\[\]])", r"\\\1", picture.alt)
        file = quote(f"{folder}/{picture.name}.svg")
        parts.append(f"### {picture.title}\n\n![{alt}]({file})\n\n{picture.caption}\n")
    return "\n".join(parts)


def render(statistics: Statistics, pictures: Iterable[Picture]) -> str:
    """The page."""
    title = f"HapJong {escape(statistics.data_version)} in pictures"
    articles = sum(split.articles for split in statistics.splits.values())
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width'>",
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>",
        f"<p>{articles} articles, {sum(statistics.mentions.values()):,} mentions, "
        f"{sum(statistics.partnerships.values()):,} partnerships and "
        f"{sum(statistics.polarities.values()):,} stances, as labelled in the gold. "
        "Everything here is drawn from dataset/statistics.json.</p>",
    ]
    for picture in pictures:
        parts += _section(picture)
    if not statistics.agreement:
        parts.append(
            "<section><h2>Agreement per label</h2><p>No agreement between annotators is kept "
            "yet (annotation/rounds/ROUND/agreement.json).</p></section>"
        )
    return "\n".join([*parts, "</html>\n"])


def _section(picture: Picture) -> Iterator[str]:
    file = quote(f"{picture.name}.svg")
    yield f"<section><h2>{escape(picture.title)}</h2><figure>"
    yield f"<div{' class=wide' if picture.name == _WIDE else ''}>"
    yield f'<a href="{file}"><img src="{file}" alt="{escape(picture.alt)}"></a></div>'
    yield f"<figcaption>{escape(picture.caption)}</figcaption></figure></section>"
