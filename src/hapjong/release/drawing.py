"""What all pictures have in common: style, colours, and SVG that is the same byte for byte."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import matplotlib.style
from matplotlib.figure import Figure

from hapjong.schema import PartnershipType, Polarity, Status

# Okabe & Ito (2008), Color Universal Design, without its yellow, which is faint on white.
BLUE, SKY, GREEN, ORANGE, VERMILLION, PURPLE, BLACK = (
    "#0072B2", "#56B4E9", "#009E73", "#E69F00", "#D55E00", "#CC79A7", "#000000",
)  # fmt: skip
GREY = "#999999"
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION, BLACK)

TYPE_COLOURS = {
    PartnershipType.COOPERATION: BLUE,
    PartnershipType.INVESTMENT: VERMILLION,
    PartnershipType.SUPPLY: GREEN,
    PartnershipType.MEMBERSHIP: PURPLE,
    PartnershipType.ACQUISITION: BLACK,
    PartnershipType.MERGER: SKY,
    PartnershipType.COMPETITION: ORANGE,
}

STATUS_LINES: dict[Status, Any] = {
    Status.AGREED: "solid",
    Status.IN_TALKS: (0, (5, 2.5)),
    Status.SPECULATED: (0, (1.2, 2)),
    Status.ENDED: (0, (7, 2, 1.2, 2, 1.2, 2)),
}

STATUS_FILLS: dict[Status, tuple[float, str | None]] = {
    Status.AGREED: (1, None),
    Status.IN_TALKS: (0, "////"),
    Status.SPECULATED: (0.3, None),
    Status.ENDED: (0, None),
}
"""Full, hatched, pale, empty: how dense a bar's colour is and its hatch."""

POLARITY_COLOURS = {Polarity.FAVOR: BLUE, Polarity.NEUTRAL: "#CCCCCC", Polarity.AGAINST: VERMILLION}

WIDTH = 4.8
"""Inches; narrow enough for the letters to be read when a phone shrinks the picture."""

_STYLE = {
    "svg.hashsalt": "hapjong",
    "svg.fonttype": "path",  # looks the same whatever fonts are installed
    "text.parse_math": False,  # names may hold a dollar sign
    "font.size": 9,
    "hatch.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.fontsize": 8,
}


class Picture(NamedTuple):
    """A figure with what stands beside it; ``name`` is that of its file, without ``.svg``."""

    name: str
    title: str
    caption: str
    alt: str
    figure: Figure


def style() -> AbstractContextManager[None]:
    """Draw and save within this: matplotlib's defaults and ours, nothing of the user's."""
    context: AbstractContextManager[None] = matplotlib.style.context(_STYLE, after_reset=True)
    return context


def new_figure(height: float, width: float = WIDTH) -> Figure:
    return Figure(figsize=(width, height), layout="constrained")


def to_svg(figure: Figure) -> bytes:
    """The figure's SVG, the same bytes for the same figure."""
    content = io.BytesIO()
    figure.savefig(content, format="svg", metadata={"Date": None})
    return content.getvalue()
