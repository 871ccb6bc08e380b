"""The agreement report as a page of its own (no script, no network), as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

import msgspec

from hapjong.evaluation.agreement import AgreementReport, Estimate, LabelFigure, PairReport
from hapjong.evaluation.disagreements import Disagreement, Place
from hapjong.problems import Problem, ProblemsError

_TITLES = {
    "mention_type": "Types of mentions (same boundaries)",
    "partnership_type": "Types of partnerships (same pair of entities)",
    "status": "Statuses (same pair, type and direction)",
    "polarity": "Polarities (stances that overlap)",
    "article_stance": "Article stances",
}
_ABSENT = "(absent)"
_CELL, _MARGIN = 34, 120

_STYLE = """
body{font:15px/1.5 system-ui,'Noto Sans CJK KR','Noto Sans KR',sans-serif;max-width:70rem;
margin:2rem auto;padding:0 1rem;color:#1c2430}
h1,h2,h3{line-height:1.25}h2{border-top:1px solid #ccd3dc;padding-top:1.5rem}
table{border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .7rem;text-align:left;border-bottom:1px solid #e3e8ee;vertical-align:top}
td.n,th.n{text-align:right;white-space:nowrap}tr.sub td:first-child{padding-left:1.8rem}
.pictures{display:flex;flex-wrap:wrap;gap:1.5rem}figure{margin:0}
figcaption{font-weight:600;margin-bottom:.3rem}svg text{font:11px system-ui,sans-serif}
small,.i{color:#5b6675}summary{cursor:pointer;font-weight:600;padding:.2rem 0}
"""


def write_page(report: AgreementReport, folder: Path) -> Path:
    """Write ``index.html`` into a folder; its path.

    Raises ProblemsError where the folder cannot be written to.
    """
    return _write(folder / "index.html", render(report).encode())


def keep_figures(report: AgreementReport, path: Path) -> Path:
    """Write the figures where the dataset's statistics look for them; the path.

    The disagreements, which the annotations give again at any time, are left out.
    Raises ProblemsError where the file cannot be written.
    """
    figures = msgspec.to_builtins(report)
    for pair in figures["pairs"]:
        del pair["disagreements"]
    return _write(path, msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")


def _write(path: Path, content: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        fault = error.strerror or str(error)
        raise ProblemsError([Problem(str(path), "", f"cannot be written: {fault}")]) from error
    return path


def as_json(report: AgreementReport) -> bytes:
    """The report for other programs."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def as_text(report: AgreementReport) -> str:
    """The figures in percent, for a terminal; what is per label is left to the page."""
    lines = []
    for pair in report.pairs:
        lines.append(f"{pair.first} × {pair.second} ({pair.articles} articles)")
        lines += [
            f"{name:26} {_cell(value):>22} {_cell(union):>22}"
            for name, value, union, _ in _figures(pair)
            if ":" not in name
        ]
        kinds = Counter(f"{row.layer}, {row.kind}" for row in pair.disagreements)
        lines += [f"  {number:4} {_named(kind, pair)}" for kind, number in kinds.most_common()]
    lines += [f"{first} × {second}: no article in common" for first, second in report.apart]
    lines.append("figure [95 % interval] in percent; then the same over the union of items")
    return "\n".join(lines) + "\n"


def render(report: AgreementReport) -> str:
    """The page: figures, confusion pictures and the list of disagreements of every pair."""
    title = escape(f"Agreement: {report.round}")
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'>",
        "<meta http-equiv='Content-Security-Policy' "
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        "<meta name='viewport' content='width=device-width'>",
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>",
        "<p>In percent, with 95 % intervals over resampled articles. “Union” counts an item that "
        "only one of the two has as a disagreement. – where there is no item.</p>",
    ]
    for pair in report.pairs:
        parts += _pair(pair)
    parts += [
        f"<p>{escape(first)} × {escape(second)}: no article in common.</p>"
        for first, second in report.apart
    ]
    parts.append(f"<p><small>{escape(report.signature)}</small></p></html>\n")
    return "\n".join(parts)


def _pair(pair: PairReport) -> Iterator[str]:
    yield f"<h2>{escape(pair.first)} × {escape(pair.second)}</h2>"
    only = "".join(
        f"; {len(articles)} that only {escape(name)} has"
        for name, articles in ((pair.first, pair.only_first), (pair.second, pair.only_second))
        if articles
    )
    yield f"<p>{pair.articles} articles that both have{only}.</p>"
    yield "<table><tr><th>figure<th class=n>value<th class=n>over the union"
    yield f"<th class=n>shared / {escape(pair.first)} / {escape(pair.second)}</tr>"
    for name, value, union, counts in _figures(pair):
        cells = "".join(f"<td class=n>{cell}" for cell in (_cell(value), _cell(union), counts))
        yield f"<tr{' class=sub' if ':' in name else ''}><td>{escape(name)}{cells}</tr>"
    yield "</table>"
    if pair.gamma is None:
        yield "<p><small>No gamma: the package opt-gamma is not installed.</small></p>"
    yield "<h3>Which label met which</h3>"
    yield f"<p>Rows: {escape(pair.first)}; columns: {escape(pair.second)}.</p>"
    yield "<div class=pictures>"
    for name, figure in pair.labels.items():
        yield f"<figure><figcaption>{_TITLES[name]}</figcaption>{_picture(figure)}</figure>"
    yield "</div>"
    yield from _list(pair)


def _figures(pair: PairReport) -> Iterator[tuple[str, Estimate, Estimate | None, str]]:
    """Name, value, value over the union, counts; per label below what they are parts of."""
    for name in (name for name in pair.spans if ":" not in name):
        for key, part in pair.spans.items():
            if key == name or (key.startswith(f"{name}:") and part.first + part.second):
                counts = f"{part.shared} / {part.first} / {part.second}"
                yield key if ":" in key else f"{key} F1", part.f1, part.union, counts
    for name, labels in pair.labels.items():
        yield f"{name} equal", labels.agreement, labels.agreement_union, ""
        yield f"{name} alpha", labels.alpha, labels.alpha_union, ""
    for layer, gamma in (pair.gamma or {}).items():
        yield f"{layer} gamma", gamma, None, ""  # it is over the union by its definition


def _cell(estimate: Estimate | None) -> str:
    if estimate is None or None in (estimate.value, estimate.low, estimate.high):
        return "–"
    value, low, high = (
        100 * (number or 0.0) for number in (estimate.value, estimate.low, estimate.high)
    )
    return f"{value:.1f} [{low:.1f}, {high:.1f}]"


def _picture(figure: LabelFigure) -> str:
    """A table of counts, the darker the more of its row; the last row and column: absent."""
    labels = [*figure.labels, _ABSENT]
    side = _CELL * len(labels)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' role='img' width='{_MARGIN + side + 10}' "
        f"height='{_MARGIN + side}'>"
    ]
    for index, label in enumerate(labels):
        at = _MARGIN + index * _CELL + _CELL // 2
        parts.append(f"<text x='{_MARGIN - 6}' y='{at + 4}' text-anchor='end'>{label}</text>")
        parts.append(
            f"<text x='{at}' y='{_MARGIN - 6}' "
            f"transform='rotate(-60 {at} {_MARGIN - 6})'>{label}</text>"
        )
    for row, counts in enumerate(figure.table):
        for column, count in enumerate(counts):
            parts.append(_square(row, column, count, max(1, sum(counts))))
    return "".join([*parts, "</svg>"])


def _square(row: int, column: int, count: int, total: int) -> str:
    x, y = _MARGIN + column * _CELL, _MARGIN + row * _CELL
    share = count / total
    colour = "30,100,180" if row == column else "200,80,40"
    number = ""
    if count:
        ink = "#fff" if share > 0.6 else "#1c2430"
        number = (
            f"<text x='{x + _CELL // 2}' y='{y + _CELL // 2 + 4}' fill='{ink}' "
            f"text-anchor='middle'>{count}</text>"
        )
    opacity = 0.04 if not count else 0.15 + 0.85 * share
    return (
        f"<rect x='{x}' y='{y}' width='{_CELL - 1}' height='{_CELL - 1}' "
        f"fill='rgba({colour},{opacity:.2f})'/>{number}"
    )


def _list(pair: PairReport) -> Iterator[str]:
    yield f"<h3>{len(pair.disagreements)} disagreements</h3><table><tr><th>layer<th>kind"
    yield "<th class=n>number</tr>"
    kinds = Counter((row.layer, row.kind) for row in pair.disagreements)
    for (layer, kind), number in kinds.most_common():
        yield f"<tr><td>{layer}<td>{_named(kind, pair)}<td class=n>{number}</tr>"
    yield "</table>"
    articles = dict.fromkeys(row.article for row in pair.disagreements)
    for article in articles:
        rows = [row for row in pair.disagreements if row.article == article]
        yield f"<details open><summary>{escape(article)} ({len(rows)})</summary><table>"
        yield f"<tr><th class=n>sentence<th>layer<th>kind<th>{escape(pair.first)}"
        yield f"<th>{escape(pair.second)}</tr>"
        yield from _rows(rows, pair)
        yield "</table></details>"


def _rows(rows: Iterable[Disagreement], pair: PairReport) -> Iterator[str]:
    for row in rows:
        sentence = "–" if row.sentence is None else row.sentence
        sides: Sequence[Place | None] = (row.first, row.second)
        cells = "".join(f"<td>{_side(side)}" for side in sides)
        kind = _named(row.kind, pair)
        yield f"<tr><td class=n>{sentence}<td>{row.layer}<td>{kind}{cells}</tr>"


def _side(place: Place | None) -> str:
    if place is None:
        return "–"
    surface = "" if place.surface is None else f"{escape(place.surface)} "
    where = f"[{place.start}, {place.end})"
    return f"{surface}<span class=i>{escape(place.label)} {where}</span>"


def _named(kind: str, pair: PairReport) -> str:
    """The kind with the annotators' names in it."""
    for word, name in (("first", pair.first), ("second", pair.second)):
        kind = kind.replace(f"missed by the {word}", f"missed by {escape(name)}")
    return kind
