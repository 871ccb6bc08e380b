"""``hapjong leaderboard``: every submission scored again, and the table of all of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import mean, stdev

import msgspec

from hapjong.corpus.dataset import Corpus
from hapjong.evaluation.metrics import HEADLINES, OVERALL
from hapjong.evaluation.scoring import Report, Score, score
from hapjong.evaluation.submission import Submission, read_submission
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import Record, Split, Track

SCORES = "scores.json"
COLUMNS = {
    Track.RAW: (OVERALL, *HEADLINES),
    # Where the mentions are given, finding them is no task.
    Track.GOLD_MENTIONS: tuple(name for name in HEADLINES if name != "ner_f1"),
}

_OF_A_SEED = re.compile(r"(.+)-seed\d+")


def score_all(corpus: Corpus, split: Split) -> dict[Path, Report]:
    """The report of every submission folder.  Raises ProblemsError with the faults of all."""
    reports: dict[Path, Report] = {}
    problems: list[Problem] = []
    for folder in sorted(corpus.layout.submissions.glob("*/")):
        try:
            submission = read_submission(folder, Track.RAW, corpus.version.number)
            reports[folder] = score(submission, corpus, split)
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return reports


def write_leaderboard(corpus: Corpus, reports: dict[Path, Report]) -> str:
    """Write each ``scores.json`` and ``LEADERBOARD.md``; the latter's text."""
    for folder, report in reports.items():
        (folder / SCORES).write_bytes(dump_report(report))
    page = render(list(reports.values()))
    corpus.layout.leaderboard.write_text(page)
    return page


def dump_report(report: Record) -> bytes:
    """A report as JSON for people and programs; the bytes of ``scores.json``."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def render(reports: Sequence[Report]) -> str:
    """The leaderboard as Markdown: one table a track, the best first."""
    lines = [
        "# Leaderboard",
        "",
        "Made by `hapjong leaderboard`. Each cell is a score and its 95 % interval over resampled",
        "articles, in percent; – where a system does not answer all four tasks. What each metric",
        "means and how to submit is in [CONTRIBUTING](../CONTRIBUTING.md).",
        "",
    ]
    for track in Track:
        of_track = [report for report in reports if report.track == track]
        if of_track:
            lines += [f"## Track `{track}`", "", *_table(of_track, COLUMNS[track]), ""]
            lines += _seeds(of_track, COLUMNS[track])
    if reports:
        first = reports[0]
        signature = first.scores[OVERALL].signature.replace(f"|metric:{OVERALL}", "")
        lines += [f"{first.articles} articles of the split `{first.split}`; `{signature}`.", ""]
    return "\n".join(lines)


def _table(reports: Iterable[Report], columns: Sequence[str]) -> list[str]:
    head = ["system", *(f"`{name}`" for name in columns)]
    rows = [
        [report.submission, *(cell(report.scores[name]) for name in columns)]
        for report in sorted(reports, key=rank)
    ]
    return [_row(head), _row(["---", *("---:" for _ in columns)]), *map(_row, rows)]


def by_seeds(reports: Iterable[Report]) -> dict[str, list[Report]]:
    """The reports of systems that were trained with several seeds: ``NAME-seed1``, ``-seed2``."""
    groups: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        if named := _OF_A_SEED.fullmatch(report.submission):
            groups[named[1]].append(report)
    return {name: group for name, group in sorted(groups.items()) if len(group) > 1}


def _seeds(reports: Iterable[Report], columns: Sequence[str]) -> list[str]:
    """Mean and standard deviation (of a sample) over the seeds of each system that has several."""
    rows = []
    for name, group in by_seeds(reports).items():
        cells = []
        for column in columns:
            values = [100 * v for r in group if (v := r.scores[column].value) is not None]
            whole = len(values) == len(group)
            cells.append(f"{mean(values):.1f} ± {stdev(values):.1f}" if whole else "–")
        rows.append([name, str(len(group)), *cells])
    if not rows:
        return []
    head = ["over seeds", "seeds", *(f"`{name}`" for name in columns)]
    rule = ["---", "---:", *("---:" for _ in columns)]
    return ["Mean and standard deviation over seeds:", "", *map(_row, [head, rule, *rows]), ""]


def rank(report: Report) -> tuple[float, str]:
    """By the mean of the track's headlines (unanswered ones give 0), then by name."""
    headlines = [name for name in COLUMNS[Track(report.track)] if name in HEADLINES]
    values = [report.scores[name].value or 0.0 for name in headlines]
    return -sum(values), report.submission


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def cell(score: Score) -> str:
    """``41.2 [30.1, 52.3]``, in percent."""
    if score.value is None or score.low is None or score.high is None:
        return "–"
    return f"{100 * score.value:.1f} [{100 * score.low:.1f}, {100 * score.high:.1f}]"


def press_note(submission: Submission, corpus: Corpus) -> str:
    """A line below the scores of ``test``: the headlines on ``press``, or why it is left out.

    Scoring asks for offsets only, predicting for the texts: who has hydrated the press articles
    can predict them, and whose submission predicts all of them is scored on them.
    """
    articles = corpus.of_split(Split.PRESS)
    if not all(article.article_id in corpus.gold for article in articles):
        return "press: left out, for their gold is in the repository only (no --gold)"
    known = submission.predictions
    predicted = [article for article in articles if article.article_id in known]
    if not articles or len(predicted) < len(articles):
        how = "hapjong hydrate DIR gives their texts"
        if not corpus.missing_text():
            how = f"their texts are in {corpus.layout.name(corpus.layout.hydrated)}/"
        counted = f"{len(predicted)} of {len(articles)} articles are predicted"
        return f"press: left out, {counted} ({how})"
    scores = score(submission, corpus, Split.PRESS).scores
    cells = ", ".join(f"{name} {cell(scores[name])}" for name in (OVERALL, *HEADLINES))
    return f"press: scored too, {len(articles)} articles: {cells} (all of it: --split press)"
