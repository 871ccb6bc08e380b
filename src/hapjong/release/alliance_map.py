"""The map of alliances: entities as nodes, what holds between them as lines."""

from __future__ import annotations

import math
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import networkx as nx
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.patheffects import withStroke

from hapjong.release.drawing import STATUS_LINES, TYPE_COLOURS, Picture, new_figure
from hapjong.release.statistics import FactCount, FactEntity, Statistics
from hapjong.schema import SYMMETRIC_TYPES, MentionType, PartnershipType, Status

ENTITIES, LINES = 40, 110
"""At most so many are drawn: with more, names and lines can no longer be told apart."""

_COUNTS_MORE = (Status.SPECULATED, Status.IN_TALKS, Status.AGREED, Status.ENDED)
"""The last of these counts where the latest articles state several."""

_MARKERS = {MentionType.ORG: "o", MentionType.ALLIANCE: "D", MentionType.PERSON: "^"}
_INK = "#222222"

# Inches of the map: its size, and what a name takes.
_WIDTH, _HEIGHT = 9.0, 8.2
_LETTER, _LINE, _ABOVE = 0.075, 0.17, 0.1
_NAME_LENGTH = 24  # letters before a name goes on in a second line
_BEND = 0.2  # between two lines of one pair

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Places = dict[str, tuple[float, float]]


class Chosen(NamedTuple):
    """What is drawn, and of how much: ``known`` entities and ``known_lines``.

    ``between`` lines hold between the entities drawn; ``alone`` were among those with the
    most lines, but have none to another of them.
    """

    entities: list[str]
    lines: list[FactCount]
    between: int
    alone: int
    known: int
    known_lines: int


def choose(statistics: Statistics, entities: int = ENTITIES, lines: int = LINES) -> Chosen:
    """The entities with the most lines, and of the lines between them the best attested.

    A line is a pair with a type; it has the status of the latest article that states it.
    It is the better attested the more articles state it so, then the later they are.  Each
    entity keeps its best line, whatever the limit.
    """
    known = list(_latest(statistics.facts))
    degree = Counter(entity for line in known for entity in (line.head, line.tail))
    kept = sorted(degree, key=lambda entity: (-degree[entity], entity))[:entities]
    between = [line for line in known if line.head in kept and line.tail in kept]
    between.sort(key=lambda line: (line.articles, line.last), reverse=True)
    best: dict[str, FactCount] = {}
    for line in between:
        for entity in (line.head, line.tail):
            best.setdefault(entity, line)
    first = [line for line in between if line in best.values()]
    rest = [line for line in between if line not in first]
    return Chosen(
        entities=sorted(best),
        lines=sorted([*first, *rest[: max(0, lines - len(first))]], key=_line),
        between=len(between),
        alone=len(kept) - len(best),
        known=len(degree),
        known_lines=len(known),
    )


def _line(fact: FactCount) -> tuple[str, str, str]:
    return fact.head, fact.tail, fact.type


def _latest(facts: Iterable[FactCount]) -> Iterator[FactCount]:
    stated: dict[tuple[str, str, str], list[FactCount]] = defaultdict(list)
    for fact in facts:
        stated[_line(fact)].append(fact)
    for found in stated.values():
        yield max(found, key=lambda fact: (fact.last, _COUNTS_MORE.index(fact.status)))


def alliance_map(statistics: Statistics) -> Picture:
    """The picture; its legend, caption and alternative text say what was left out."""
    chosen = choose(statistics)
    alone = f" {chosen.alone} more have no line to any of these." if chosen.alone else ""
    rest = len(chosen.lines) < chosen.between
    caption = (
        f"The {len(chosen.entities)} entities with the most lines, of {chosen.known} that gold "
        f"facts are about, and {len(chosen.lines)} of the {chosen.between} lines between them (of "
        f"{chosen.known_lines} in all).{alone} "
        + "Drawn are those that the most articles state, then the latest. "
        * rest
        + "A line is a pair of entities with a type; its status is that of the latest article "
        "that states it; an arrow points from investor, supplier, member or buyer. Persons stand "
        "for their organisation. The lines are what the articles say, no register of business "
        "relations."
    )
    figure = _draw(chosen, statistics.fact_entities)
    return Picture("map", "The map of alliances", caption, _alt(chosen, statistics), figure)


def _alt(chosen: Chosen, statistics: Statistics) -> str:
    degree = Counter(entity for line in chosen.lines for entity in (line.head, line.tail))
    types = Counter(line.type for line in chosen.lines)
    most = ", ".join(
        f"{statistics.fact_entities[entity].en} {number}"
        for entity, number in sorted(degree.items(), key=lambda item: (-item[1], item[0]))[:8]
    )
    kinds = ", ".join(f"{kind} {types[kind]}" for kind in PartnershipType if types[kind])
    return (
        f"A graph of {len(chosen.entities)} entities and {len(chosen.lines)} lines ({kinds}). "
        f"Most lines here: {most}."
    )


def _draw(chosen: Chosen, named: Mapping[str, FactEntity]) -> Figure:
    figure = new_figure(_HEIGHT + 1.5, _WIDTH + 0.3)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_aspect("equal")
    names = {key: textwrap.fill(named[key].en, _NAME_LENGTH) for key in chosen.entities}
    places = _place(chosen, names)
    _draw_lines(axes, chosen.lines, places)
    degree = Counter(entity for line in chosen.lines for entity in (line.head, line.tail))
    for key, (x, y) in places.items():
        size = 4 + 1.2 * math.sqrt(degree[key])
        axes.plot(x, y, _MARKERS.get(named[key].type, "s"), color=_INK, markersize=size, zorder=3)
        axes.text(
            x, y + _ABOVE, names[key], ha="center", va="bottom", fontsize=9.5, linespacing=1,
            zorder=4, path_effects=[withStroke(linewidth=3, foreground="white")],
        )  # fmt: skip
    axes.set_xlim(0, _WIDTH)
    axes.set_ylim(-_ABOVE, _HEIGHT)
    figure.legend(handles=_legend(), loc="outside lower center", ncols=4, handlelength=4)
    return figure


def _place(chosen: Chosen, names: Mapping[str, str]) -> Places:
    """Linked entities near each other, and no name over another."""
    if not chosen.entities:
        return {}
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(chosen.entities)
    graph.add_edges_from((line.head, line.tail) for line in chosen.lines)
    # Groups that nothing links are put as far apart as a path of three lines.
    distance = {one: dict.fromkeys(graph, 3.0) for one in graph}
    for one, found in nx.all_pairs_shortest_path_length(graph):
        distance[one].update(found)
    layout = nx.kamada_kawai_layout(graph, dist=distance)
    places = np.array([layout[key] for key in chosen.entities])
    boxes = np.array([_box(names[key]) for key in chosen.entities])
    lowest, highest = boxes * [0.5, 0], [_WIDTH, _HEIGHT] - boxes * [0.5, 1]
    spread = np.ptp(places, axis=0)
    places = (places - places.min(axis=0)) / np.where(spread > 0, spread, 1) * [_WIDTH, _HEIGHT]
    for _ in range(500):
        places = np.clip(places, lowest, highest)
        if not _push_apart(places, boxes):
            break
    return {key: (float(x), float(y)) for key, (x, y) in zip(chosen.entities, places, strict=True)}


def _box(name: str) -> tuple[float, float]:
    """Width and height that a node and its name take."""
    lines = name.split("\n")
    return _LETTER * max(map(len, lines)) + 0.15, _LINE * len(lines) + 2 * _ABOVE + 0.05


def _push_apart(places: Floats, boxes: Floats) -> bool:
    """Move every two overlapping boxes apart, the shorter way; whether any were."""
    first, second = np.triu_indices(len(places), 1)
    missing = _missing(places, boxes, first, second)
    overlapping = (missing > 0).all(axis=1)
    for i, j in zip(first[overlapping], second[overlapping], strict=True):
        room = _missing(places, boxes, i, j)  # as it is now: the one before may have moved it
        axis = int(room.argmin())
        step = math.copysign(max(room[axis], 0) / 2 + 0.005, places[i, axis] - places[j, axis])
        places[i, axis] += step
        places[j, axis] -= step
    return bool(overlapping.any())


def _missing(places: Floats, boxes: Floats, first: Indices, second: Indices) -> Floats:
    """How much two boxes overlap across and up; below 0 where they do not."""
    apart = places[first] - places[second]
    across = (boxes[first, 0] + boxes[second, 0]) / 2
    # A box reaches from its node upwards, so the lower one's height counts.
    up = np.where(apart[..., 1] > 0, boxes[second, 1], boxes[first, 1])
    missing: Floats = np.stack([across, up], axis=-1) - abs(apart)
    return missing


def _draw_lines(axes: Axes, lines: Iterable[FactCount], places: Places) -> None:
    """One line a pair and type; several of one pair bend away from each other."""
    pairs: dict[tuple[str, ...], list[FactCount]] = defaultdict(list)
    for line in lines:
        pairs[tuple(sorted((line.head, line.tail)))].append(line)
    for pair, found in sorted(pairs.items()):
        for number, line in enumerate(found):
            bend = (number - (len(found) - 1) / 2) * _BEND
            arrow = FancyArrowPatch(
                places[line.head],
                places[line.tail],
                connectionstyle=f"arc3,rad={bend if line.head == pair[0] else -bend}",
                arrowstyle="-" if line.type in SYMMETRIC_TYPES else "-|>",
                mutation_scale=11,
                shrinkA=5,
                shrinkB=6,
                color=TYPE_COLOURS[line.type],
                linestyle=STATUS_LINES[line.status],
                linewidth=1.4,
                alpha=0.9,
            )
            axes.add_patch(arrow)


def _legend() -> list[Line2D]:
    """By columns of four: types in two, statuses, kinds of entities."""
    types = [
        Line2D(
            [],
            [],
            color=colour,
            linewidth=2.5,
            label=kind + ("" if kind in SYMMETRIC_TYPES else " →"),
        )
        for kind, colour in TYPE_COLOURS.items()
    ]
    statuses = [
        Line2D([], [], color=_INK, linestyle=line, label=status.replace("_", " "))
        for status, line in STATUS_LINES.items()
    ]
    kinds = [
        Line2D([], [], color=_INK, marker=marker, linestyle="none", label=kind)
        for kind, marker in _MARKERS.items()
    ]
    nothing = Line2D([], [], linestyle="none", label=" ")
    return [*types, nothing, *statuses, *kinds, nothing]
