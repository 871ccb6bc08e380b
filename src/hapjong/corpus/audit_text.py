"""The audit as text for a terminal, counts first, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from hapjong.corpus.audit import Audit, Findings
from hapjong.corpus.lone import LoneLabel
from hapjong.corpus.occurrences import Place
from hapjong.corpus.overlap import Alike, Prose, Shared
from hapjong.corpus.suspicions import EvidencePlace, SeveralReadings


class Section(NamedTuple):
    """One check: its title, how much it found, what it looks for, and the places."""

    title: str
    total: str
    rule: str
    lines: list[str]


def as_json(report: Audit) -> bytes:
    """The report for other programs."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def as_text(report: Audit) -> str:
    """The counts of every check, and below them the places of each."""
    sections = [*_suspicions(report.findings), *_copies(report), *_lone_sections(report.findings)]
    width = max(len(section.title) for section in sections)
    lines = [f"{report.articles} articles, data {report.data_version}"]
    lines += [f"skipped: {said}" for said in report.skipped]
    lines += [f"{section.title:{width}}  {section.total}" for section in sections]
    for section in sections:
        lines += ["", f"{section.title}: {section.total}", section.rule]
        lines += [f"  {line}" for line in section.lines]
    lines += ["", f"{report.failures} failures" if report.failures else "no failure"]
    return "\n".join(lines) + "\n"


def _suspicions(found: Findings) -> Iterator[Section]:
    names, evidence = found.unlabelled_names, found.unlabelled_evidence
    yield Section(
        "1 names left unlabelled",
        f"{len(names)} in {sum(len(name.places) for name in names)} places",
        "a mention elsewhere, outside every mention here; times labelled, then where it is not",
        [
            line
            for name in names
            for line in _block(name.surface, name.types, name.labelled, name.places)
        ],
    )
    yield Section(
        "1 surfaces read in several ways",
        str(len(found.several_readings)),
        "two types or two entities; the places of all readings but the commonest",
        [line for surface in found.several_readings for line in _readings(surface)],
    )
    yield Section(
        "2 names of several entities",
        str(len(found.shared_names)),
        "case, spaces and hyphens left out",
        [
            f"{' / '.join(shared.names)}: "
            + ", ".join(f"{entity} ({kind})" for entity, kind in shared.entities.items())
            for shared in found.shared_names
        ],
    )
    yield Section(
        "3 evidence left unlabelled",
        f"{len(evidence)} in {sum(len(words.places) for words in evidence)} places",
        "evidence elsewhere, and here, beside two possible parties, part of no partnership; "
        "in brackets what else the sentence has",
        [
            line
            for words in evidence
            for line in _block(words.surface, words.types, words.labelled, words.places)
        ],
    )


def _copies(report: Audit) -> Iterator[Section]:
    limits = report.limits
    allowed = (
        f"fails above a Jaccard of {limits.jaccard} or a containment of {limits.containment} "
        f"(shingles of {limits.shingle} letters)"
    )
    yield Section(
        "4 near-duplicates across splits",
        _failing(report.findings.near_duplicates),
        f"{allowed}; containment, Jaccard",
        [_alike(pair) for pair in report.findings.near_duplicates],
    )
    yield Section(
        "5 text shared with other articles",
        _failing(report.findings.copied_text),
        f"{allowed}, or at a common run of {_prose(limits.press_run)} with press text, "
        f"{_prose(limits.written_run)} with a written article; containment, Jaccard, longest run",
        [_shared(pair) for pair in report.findings.copied_text],
    )


def _lone_sections(found: Findings) -> Iterator[Section]:
    yield Section(
        "6 labels of one annotator alone",
        str(len(found.lone_labels)),
        "in the articles of a round that two annotators or more have",
        [line for label in found.lone_labels for line in _lone(label)],
    )
    yield Section(
        "6 words of one annotator alone",
        str(len(found.lone_words)),
        "TECH surfaces, and the words that evidence begins with; times marked",
        [
            f"{word.round}, {word.annotator}, {word.layer}: {word.word} {word.count}"
            for word in found.lone_words
        ],
    )


def _block(
    surface: str, types: Iterable[str], labelled: int, places: Iterable[Place]
) -> Iterator[str]:
    yield f"{surface} ({', '.join(types)}, {labelled})"
    yield from map(_place, places)


def _place(place: Place) -> str:
    parts = [place.article_id]
    if place.sentence is not None:
        parts += [str(place.sentence), str(place.surface)]
    if isinstance(place, EvidencePlace) and place.beside:
        parts.append(f"[{', '.join(place.beside)}]")
    return "  " + " ".join(parts)


def _readings(found: SeveralReadings) -> Iterator[str]:
    said = (f"{r.type} {r.entity or ''}".strip() + f" {r.count}" for r in found.readings)
    yield f"{found.surface}: {' | '.join(said)}"
    for reading in found.readings[1:]:
        yield from map(_place, reading.places)


def _lone(found: LoneLabel) -> Iterator[str]:
    yield f"{found.round}, {found.annotator}, {found.layer}: {found.label} {len(found.places)}"
    yield from map(_place, found.places)


def _failing(pairs: Iterable[Alike]) -> str:
    return f"{sum(pair.above for pair in pairs)} fail"


def _alike(pair: Alike) -> str:
    mark = "FAILS " if pair.above else ""
    return f"{mark}{pair.first} × {pair.second}: {pair.containment:.3f}, {pair.jaccard:.3f}"


def _shared(pair: Shared) -> str:
    return f"{_alike(pair)}, {len(pair.run)} {pair.run!r}"


def _prose(prose: Prose) -> str:
    return f"{prose.length} characters with {prose.hangul} of Hangul"
