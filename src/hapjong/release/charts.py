"""The charts of the dataset's statistics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from hapjong.release.drawing import (
    BLUE,
    GREY,
    PALETTE,
    POLARITY_COLOURS,
    STATUS_FILLS,
    TYPE_COLOURS,
    Picture,
    new_figure,
)
from hapjong.release.kept_agreement import LAYERS, PairAgreement
from hapjong.release.statistics import BIN, MENTION, QUANTILES, Statistics
from hapjong.schema import Genre, Polarity, Split, Status

_SPLIT_COLOURS = dict(zip(Split, ("#0072B2", "#56B4E9", "#D55E00", "#999999"), strict=True))
_GENRE_COLOURS = dict(zip(Genre, PALETTE, strict=True))
Label = TypeVar("Label", bound=str)
_MARKERS = "osD^vPX"


def charts(statistics: Statistics) -> list[Picture]:
    """Every chart, in the order of the page."""
    return [
        months(statistics),
        lengths(statistics),
        mentions(statistics),
        partnerships(statistics),
        stances(statistics),
        *agreements(statistics.agreement),
    ]


def months(statistics: Statistics) -> Picture:
    """Articles by month, once by genre and once by split."""
    counts = statistics.articles_by_month
    calendar = list(_calendar([of.month for of in counts]))
    figure = new_figure(5)
    genres = {
        genre: [sum(c.articles for c in counts if (c.month, c.genre) == (month, genre))
                for month in calendar]
        for genre in Genre
    }  # fmt: skip
    splits = {
        split: [sum(c.articles for c in counts if (c.month, c.split) == (month, split))
                for month in calendar]
        for split in Split
    }  # fmt: skip
    above, below = figure.subplots(2, 1)
    _stack(above, range(len(calendar)), genres, _GENRE_COLOURS, width=0.85)
    _stack(below, range(len(calendar)), splits, _SPLIT_COLOURS, width=0.85)
    for axes, by in ((above, "genre"), (below, "split")):
        _mark_months(axes, calendar)
        axes.set_ylabel(f"articles, by {by}")
        axes.legend(ncols=4, loc="lower left", bbox_to_anchor=(0, 1), handlelength=1)
    caption = (
        f"All {sum(c.articles for c in counts)} articles by the month of the events that they "
        "report, coloured by genre (above) and by split (below)."
    )
    alt = (
        f"Bars from {_ends(calendar)}. By genre: "
        f"{_counted({genre: sum(of) for genre, of in genres.items()})}."
    )
    return Picture("articles", "Articles by month", caption, alt, figure)


def _stack(
    axes: Axes,
    places: Sequence[float],
    heights: Mapping[Label, Sequence[int]],
    colours: Mapping[Label, str],
    width: float,
) -> list[int]:
    """Stack bars of those labels that have any; the height of each stack."""
    below = [0] * len(places)
    for label, of in heights.items():
        if any(of):
            name = _words(label)
            axes.bar(places, of, bottom=below, width=width, color=colours[label], label=name)
        below = [low + height for low, height in zip(below, of, strict=True)]
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return below


def _calendar(months: Iterable[str]) -> Iterator[str]:
    """Every month from the first to the last, those without an article too."""
    found = sorted(months)
    if not found:
        return
    year, month = map(int, found[0].split("-"))
    while (name := f"{year:04}-{month:02}") <= found[-1]:
        yield name
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _ends(calendar: Sequence[str]) -> str:
    return f"{calendar[0]} to {calendar[-1]}" if calendar else "no month"


def _mark_months(axes: Axes, calendar: Sequence[str]) -> None:
    """Januaries by their year and quarters without a name; a few months by name if it is short."""
    if len(calendar) > 24:
        years = [at for at, month in enumerate(calendar) if month.endswith("-01")]
        axes.set_xticks(years, [calendar[at][:4] for at in years])
        quarters = [at for at, month in enumerate(calendar) if month[-2:] in ("04", "07", "10")]
        axes.set_xticks(quarters, minor=True)
    else:
        named = range(0, len(calendar), max(1, -(-len(calendar) // 5)))
        axes.set_xticks(named, [calendar[at] for at in named])


def lengths(statistics: Statistics) -> Picture:
    """Lengths of the articles, by split."""
    found = statistics.lengths
    bins = max(len(of.bins) for of in found.values())
    heights = {split: [*of.bins, *[0] * (bins - len(of.bins))] for split, of in found.items()}
    figure = new_figure(3.1)
    axes = figure.add_subplot()
    middles = [BIN * (place + 0.5) for place in range(bins)]
    stacked = _stack(axes, middles, heights, _SPLIT_COLOURS, width=BIN * 0.92)
    axes.set_xlabel("characters")
    axes.set_ylabel("articles")
    axes.legend(handlelength=1)
    median = QUANTILES.index(0.5)
    of_split = "; ".join(
        f"{split} {of.quantiles[0]:,} / {of.quantiles[median]:,} / {of.quantiles[-1]:,}"
        for split, of in found.items()
        if of.quantiles
    )
    caption = (
        f"All {sum(stacked)} articles by length, {BIN} characters a bar. Shortest / median / "
        f"longest: {of_split}."
    )
    alt = (
        f"Stacked bars by split. Articles from 0 on in steps of {BIN} characters: "
        f"{', '.join(map(str, stacked))}."
    )
    return Picture("lengths", "Length of the articles", caption, alt, figure)


def mentions(statistics: Statistics) -> Picture:
    """Mentions by type."""
    counted = statistics.mentions
    figure = new_figure(2.7)
    axes = figure.add_subplot()
    bars = axes.barh(range(len(counted)), list(counted.values()), color=BLUE)
    axes.bar_label(bars, labels=[f"{n:,}" for n in counted.values()], padding=3, fontsize=8)
    _name_rows(axes, counted)
    axes.set_xlabel("mentions")
    caption = f"The {sum(counted.values()):,} gold mentions of all splits by type."
    alt = f"Bars: {_counted(counted)}."
    return Picture("mentions", "Mentions by type", caption, alt, figure)


def partnerships(statistics: Statistics) -> Picture:
    """Partnerships by type and status."""
    counted = statistics.partnership_statuses
    figure = new_figure(3.3)
    axes = figure.add_subplot()
    for row, (kind, of) in enumerate(counted.items()):
        left = 0
        for status, number in of.items():
            if number:  # a bar of none would still have an edge
                style = _status(TYPE_COLOURS[kind], status)
                axes.barh(row, number, left=left, linewidth=0.8, **style)
            left += number
        axes.annotate(f"{left:,}", (left, row), (4, 0), textcoords="offset points", va="center",
                      fontsize=8)  # fmt: skip
    _name_rows(axes, counted)
    axes.set_xlabel("partnerships")
    keys = [Patch(label=_words(status), **_status(GREY, status)) for status in Status]
    figure.legend(handles=keys, loc="outside upper center", ncols=4)
    total = sum(statistics.partnerships.values())
    caption = (
        f"The {total:,} gold partnerships of all splits by type (colours as on the map) and "
        f"status (filling): {_counted(statistics.statuses)}."
    )
    alt = "Stacked bars. " + "; ".join(f"{kind}: {_counted(of)}" for kind, of in counted.items())
    return Picture("partnerships", "Partnerships by type and status", caption, f"{alt}.", figure)


def _status(colour: str, status: Status) -> dict[str, Any]:
    density, hatch = STATUS_FILLS[status]
    return {"facecolor": to_rgba(colour, density), "edgecolor": colour, "hatch": hatch}


def stances(statistics: Statistics) -> Picture:
    """Polarity of stances by the type of what they are towards."""
    counted = statistics.stance_targets
    figure = new_figure(3.3)
    axes = figure.add_subplot()
    rows = {}
    for row, (target, of) in enumerate(counted.items()):
        left, total = 0.0, sum(of.values())
        rows[f"{target} ({total})"] = of
        for polarity, colour in POLARITY_COLOURS.items():
            if of[polarity]:
                share = 100 * of[polarity] / total
                axes.barh(row, share, left=left, color=colour, edgecolor="white")
                ink = "black" if polarity is Polarity.NEUTRAL else "white"
                axes.text(left + share / 2, row, str(of[polarity]), color=ink, ha="center",
                          va="center", fontsize=8)  # fmt: skip
                left += share
    _name_rows(axes, rows)
    axes.set_xlabel("% of the stances; numbers are counts")
    keys = [Patch(color=colour, label=key) for key, colour in POLARITY_COLOURS.items()]
    figure.legend(handles=keys, loc="outside upper center", ncols=3)
    total = sum(statistics.polarities.values())
    caption = (
        f"The {total:,} gold stances of all splits by what they are towards: a partnership of "
        f"a type, or a {MENTION}; how many in brackets. Bars of few stances say little."
    )
    alt = "Stacked bars. " + "; ".join(
        f"{target}: {_counted(of)}" for target, of in counted.items() if any(of.values())
    )
    return Picture("stances", "Stance by what it is towards", caption, f"{alt}.", figure)


def agreements(found: Sequence[PairAgreement]) -> Iterator[Picture]:
    """One picture a round: F1 of each label between every two annotators."""
    for round_name in dict.fromkeys(pair.round for pair in found):
        yield _agreement(round_name, [pair for pair in found if pair.round == round_name])


def _agreement(round_name: str, pairs: Sequence[PairAgreement]) -> Picture:
    rows = list(_agreement_rows(pairs))
    figure = new_figure(1.2 + 0.22 * len(rows))
    axes = figure.add_subplot()
    for number, pair in enumerate(pairs):
        name = f"{pair.first} × {pair.second} ({pair.articles} articles)"
        _draw_agreement(axes, rows, pair, number, (number - (len(pairs) - 1) / 2) * 0.22, name)
    _name_rows(axes, [name for name, _, _ in rows])
    for text, (_, _, label) in zip(axes.get_yticklabels(), rows, strict=True):
        text.set_fontweight("bold" if label is None else "normal")
    axes.set_xlim(-2, 102)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel("F1 in %")
    figure.legend(loc="outside upper center", ncols=1)
    caption = (
        f"F1 between every two annotators of the round {round_name}, label by label, on the "
        "articles that both have; lines are 95 % intervals over resampled articles, of which "
        "none are kept for status and article stance. In brackets how often the annotators gave "
        "the label, both of each pair added up: a label given a few times says little."
    )
    return Picture(
        f"agreement-{round_name}",
        f"Agreement per label: {round_name}",
        caption,
        _agreement_alt(pairs),
        figure,
    )


Row = tuple[str, str, str | None]
"""What stands beside the row, its layer, and its label; None in a layer's heading."""


def _agreement_rows(pairs: Sequence[PairAgreement]) -> Iterator[Row]:
    for layer, labels in LAYERS.items():
        given = [pair.labels.get(layer, {}) for pair in pairs]
        if any(given):
            yield _words(layer), layer, None
        for label in labels:
            if items := sum(of[label].first + of[label].second for of in given if label in of):
                yield f"{_words(label)} ({items:,})", layer, label


def _draw_agreement(
    axes: Axes, rows: Sequence[Row], pair: PairAgreement, number: int, offset: float, name: str
) -> None:
    colour, marker = PALETTE[number % len(PALETTE)], _MARKERS[number % len(_MARKERS)]
    found = [
        (row + offset, pair.labels[layer][label])
        for row, (_, layer, label) in enumerate(rows)
        if label is not None and label in pair.labels.get(layer, {})
    ]
    for at, of in found:
        if of.low is not None and of.high is not None:
            axes.plot([100 * of.low, 100 * of.high], [at, at], color=colour, linewidth=1)
    axes.plot(
        [100 * of.f1 for _, of in found], [at for at, _ in found], marker, color=colour,
        markersize=4.5, label=name,
    )  # fmt: skip


def _agreement_alt(pairs: Sequence[PairAgreement]) -> str:
    said = (
        f"{pair.first} and {pair.second}, {_words(layer)}: "
        + ", ".join(f"{_words(label)} {100 * of.f1:.0f}" for label, of in labels.items())
        for pair in pairs
        for layer, labels in pair.labels.items()
    )
    return f"Points on a scale from 0 to 100 %. {'; '.join(said)}."


def _name_rows(axes: Axes, names: Iterable[str]) -> None:
    names = list(names)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _words(label: str) -> str:
    return label.replace("_", " ")


def _counted(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{_words(label)} {number:,}" for label, number in counts.items())
