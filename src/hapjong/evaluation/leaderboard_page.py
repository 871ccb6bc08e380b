"""The leaderboard as a page of its own: one file, no server, no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from hapjong.corpus.dataset import Corpus
from hapjong.evaluation.compare import Difference, compare
from hapjong.evaluation.leaderboard import COLUMNS, rank
from hapjong.evaluation.metrics import LADDER
from hapjong.evaluation.scoring import Report, Score
from hapjong.evaluation.submission import Submission, read_submission
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import Split, Track

RUNGS = tuple(f"{rung}_f1" for rung in LADDER)
TABS = {
    "mentions": ("ner_f1", "ner_boundary_f1", "ner_macro_f1", "ner_char_f1"),
    "partnerships": RUNGS,
    "stances": ("stance_f1", "stance_favor_against_f1"),
    "article stance": ("article_stance_f1",),
}
SIGNIFICANT = 0.05

# Okabe & Ito (2008), Color Universal Design, without its yellow; dashes tell apart what is drawn
# in one colour, and whoever sees none.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")
_DASHES = ("", "7 4", "2 3", "9 3 2 3")
_STEP, _LEFT, _TOP, _HEIGHT = 150, 46, 14, 220


class Gap(NamedTuple):
    """What parts a system from the leader in one metric; None where one of them has no answer."""

    leader: str
    difference: Difference | None


Gaps = Mapping[Path, Mapping[str, Gap]]
"""By submission folder and metric; a leader has none."""


def tabs(track: Track) -> dict[str, tuple[str, ...]]:
    """The metrics of each tab; where the mentions are given, finding them is no task."""
    of_tasks = {name: own for name, own in TABS.items() if name != "mentions"}
    return {"all tasks": COLUMNS[track], **(of_tasks if track is Track.GOLD_MENTIONS else TABS)}


def find_gaps(corpus: Corpus, reports: Mapping[Path, Report], split: Split) -> Gaps:
    """Every system compared with the best of its track, metric by metric."""
    version = corpus.version.number
    submissions = {folder: read_submission(folder, Track.RAW, version) for folder in reports}
    found: dict[Path, dict[str, Gap]] = {folder: {} for folder in reports}
    for track in Track:
        own = {folder: report for folder, report in reports.items() if report.track == track}
        for leader, metrics in _leaders(own, track).items():
            name = reports[leader].submission
            for folder in own.keys() - {leader}:
                both = submissions[folder], submissions[leader]
                found[folder] |= _gaps(both, name, metrics, corpus, split)
    return found


def _leaders(own: Mapping[Path, Report], track: Track) -> dict[Path, list[str]]:
    """The metrics that each of the best systems leads in; equal ones by rank, none with 0."""
    leaders: dict[Path, list[str]] = {}
    for metric in dict.fromkeys(name for names in tabs(track).values() for name in names):
        scored = {f: r for f, r in own.items() if r.scores[metric].value}
        if scored:
            best = min(scored, key=lambda f: (-(scored[f].scores[metric].value or 0), rank(own[f])))
            leaders.setdefault(best, []).append(metric)
    return leaders


def _gaps(
    both: tuple[Submission, Submission],
    leader: str,
    metrics: Sequence[str],
    corpus: Corpus,
    split: Split,
) -> dict[str, Gap]:
    differences = compare(*both, corpus, split).differences
    return {metric: Gap(leader, differences.get(metric)) for metric in metrics}


def write_page(reports: Mapping[Path, Report], gaps: Gaps, path: Path) -> Path:
    """Write the page; its path.  Raises ProblemsError where it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(reports, gaps), encoding="utf-8")
    except OSError as error:
        fault = f"cannot be written: {error.strerror or error}"
        raise ProblemsError([Problem(str(path), "", fault)]) from error
    return path


def render(reports: Mapping[Path, Report], gaps: Gaps) -> str:
    """The page.  Without scripts every panel shows, one below the other."""
    folder = files("hapjong.evaluation")
    style = (folder / "leaderboard.css").read_text(encoding="utf-8")
    script = (folder / "leaderboard.js").read_text(encoding="utf-8")
    of_track = {
        track: {
            path: reports[path]
            for path in sorted(reports, key=lambda path: rank(reports[path]))
            if reports[path].track == track
        }
        for track in Track
    }
    panels = [
        (f"track {track}", track, "\n".join(_track(track, own, gaps)))
        for track, own in of_track.items()
        if own
    ]
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'>",
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; "
        "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">",
        "<meta name='viewport' content='width=device-width,initial-scale=1'>",
        f"<title>HapJong leaderboard</title><style>{style}</style>",
        "<main><h1>HapJong leaderboard</h1>",
        *_introduction(list(reports.values())),
        *_tabs("Tracks", "track", panels, 2),
        f"</main><script>{script}</script></html>\n",
    ]
    return "\n".join(parts)


def _introduction(reports: Sequence[Report]) -> Iterator[str]:
    if not reports:
        yield "<p>No system has been submitted yet.</p>"
        return
    yield (
        f"<p>{reports[0].articles} articles of the split <code>{reports[0].split}</code>. In "
        "percent, each with its 95 % interval over resampled articles. Below it: the leader, or "
        "how the system compares with the leader of its column on the same resamples (✕ worse, "
        f"p &lt; {SIGNIFICANT}; ≈ not told apart). Point at a score, or move to it with Tab, for "
        "its counts and signature.</p>"
    )


def _tabs(
    label: str, prefix: str, panels: Sequence[tuple[str, str, str]], level: int
) -> Iterator[str]:
    """A list of tabs and its panels of (title, id, content), as the ARIA practices ask for.

    https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
    """
    yield f"<div role=tablist aria-label='{escape(label)}'>"
    for index, (title, name, _) in enumerate(panels):
        key = _key(f"{prefix}-{name}")
        yield (
            f"<button role=tab id=tab-{key} aria-controls={key} "
            f"aria-selected={'false' if index else 'true'}>{escape(title)}</button>"
        )
    yield "</div>"
    for title, name, content in panels:
        key = _key(f"{prefix}-{name}")
        yield f"<section role=tabpanel id={key} aria-labelledby=tab-{key}>"
        yield f"<h{level} class=title>{escape(title)}</h{level}>{content}</section>"


def _key(name: str) -> str:
    return name.replace(" ", "-").replace("_", "-")


def _track(track: Track, own: Mapping[Path, Report], gaps: Gaps) -> Iterator[str]:
    panels = []
    for title, metrics in tabs(track).items():
        parts = [_table(f"{title}, {track}", f"{track}-{title}", metrics, own, gaps)]
        if metrics == RUNGS:
            parts += _ladder(list(own.values()))
        panels.append((title, title, "\n".join(parts)))
    yield from _tabs(f"Tasks of the track {track}", track, panels, 3)


def _table(
    caption: str, key: str, metrics: Sequence[str], own: Mapping[Path, Report], gaps: Gaps
) -> str:
    """A table whose parts name their roles, which they would lose as cards on a phone."""
    heads = "".join(
        f"<th role=columnheader scope=col aria-sort=none><button>{escape(name)}</button></th>"
        for name in ("system", *metrics)
    )
    parts = [
        f"<table role=table><caption>{escape(caption)}</caption>",
        f"<thead role=rowgroup><tr role=row>{heads}</tr></thead><tbody role=rowgroup>",
    ]
    for number, (path, report) in enumerate(own.items()):
        name = escape(report.submission)
        parts.append(f"<tr role=row><th role=rowheader scope=row data-value='{name}'>{name}</th>")
        for metric in metrics:
            tip = _key(f"tip-{key}-{number}-{metric}")
            parts.append(_cell(metric, report.scores[metric], gaps[path].get(metric), tip))
        parts.append("</tr>")
    return "\n".join([*parts, "</tbody></table>"])


def _cell(metric: str, score: Score, gap: Gap | None, tip: str) -> str:
    """A score, its interval drawn, its standing, and what shows on hover and focus."""
    label = f"role=cell data-label='{metric}'"
    if score.value is None or score.low is None or score.high is None:
        return f"<td {label} data-value=''><span title='not all four tasks are answered'>–</span>"
    value, low, high = (100 * number for number in (score.value, score.low, score.high))
    standing = "" if gap is None and not value else _standing(gap)  # with 0 nobody leads
    counts = f"{score.correct} correct, {score.predicted} predicted, {score.gold} gold"
    return (
        f"<td {label} data-value='{score.value}'>"
        f"<button class=score aria-describedby={tip}>"
        f"<b>{value:.1f}</b> <small>[{low:.1f}, {high:.1f}]</small>"
        f"<span class=bar><i style='left:{low:.1f}%;width:{high - low:.1f}%'></i>"
        f"<u style='left:{value:.1f}%'></u></span>{standing}</button>"
        f"<span role=tooltip id={tip} class=tip><b>{metric}</b>: {counts}.{_against(gap)} "
        f"<code>{escape(score.signature)}</code></span></td>"
    )


def _standing(gap: Gap | None) -> str:
    if gap is None:
        return "<em class=leader>leader</em>"
    if gap.difference is None:
        return "<em>no answer</em>"
    p = gap.difference.p_value
    worse = p < SIGNIFICANT
    return f"<em class={'worse' if worse else 'close'}>{'✕' if worse else '≈'} {_p(p)}</em>"


def _p(p: float) -> str:
    return f"p = {p:.3f}"


def _against(gap: Gap | None) -> str:
    if gap is None or gap.difference is None:
        return ""
    found = gap.difference
    difference, low, high = (100 * number for number in (found.difference, found.low, found.high))
    return (
        f" Minus {escape(gap.leader)}: {difference:+.1f} [{low:+.1f}, {high:+.1f}], "
        f"{_p(found.p_value)}."
    )


def _ladder(reports: Sequence[Report]) -> Iterator[str]:
    """The fact ladder: a line that falls from rung to rung for every system that has facts."""
    shown = [one for one in reports if any(one.scores[rung].predicted for rung in RUNGS)]
    width, bottom = _LEFT + _STEP * (len(RUNGS) - 1) + 60, _TOP + _HEIGHT
    yield "<figure><figcaption>What each further demand on a fact costs: the two entities, + type, "
    yield "+ direction, + status. Systems that predict no fact are left out.</figcaption>"
    yield (
        f"<svg class=ladder viewBox='0 0 {width} {bottom + 28}' role=img "
        "aria-label='The fact ladder; its figures are in the table above'>"
    )
    for percent in range(0, 101, 25):
        y = bottom - _HEIGHT * percent / 100
        yield f"<line class=grid x1={_LEFT} x2={width - 40} y1={y:.1f} y2={y:.1f} />"
        yield f"<text x={_LEFT - 8} y={y + 4:.1f} text-anchor=end>{percent}</text>"
    for index, rung in enumerate(RUNGS):
        x = _LEFT + index * _STEP
        yield f"<text x={x} y={bottom + 20} text-anchor={'middle' if index else 'start'}>"
        yield f"{rung}</text>"
    for number, report in enumerate(shown):
        yield from _line(number, report, bottom)
    yield "</svg><ul class=legend>"
    for number, report in enumerate(shown):
        sample = f"<svg width=34 height=10><path d='M0 5H34' {_stroke(number)} /></svg>"
        yield f"<li>{sample} {escape(report.submission)}</li>"
    yield "</ul></figure>"


def _line(number: int, report: Report, bottom: int) -> Iterator[str]:
    points = [
        (_LEFT + index * _STEP, bottom - _HEIGHT * (report.scores[rung].value or 0.0), rung)
        for index, rung in enumerate(RUNGS)
    ]
    path = " ".join(f"{x},{y:.1f}" for x, y, _ in points)
    yield f"<polyline points='{path}' {_stroke(number)} />"
    for x, y, rung in points:
        value = 100 * (report.scores[rung].value or 0.0)
        title = escape(f"{report.submission}, {rung}: {value:.1f}")
        colour = _COLOURS[number % len(_COLOURS)]
        yield f"<circle cx={x} cy={y:.1f} r=4 fill='{colour}'><title>{title}</title></circle>"


def _stroke(number: int) -> str:
    dash = _DASHES[number // len(_COLOURS) % len(_DASHES)]
    colour = _COLOURS[number % len(_COLOURS)]
    return f"fill=none stroke='{colour}' stroke-width=2.5 stroke-dasharray='{dash or 'none'}'"
