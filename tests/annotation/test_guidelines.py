"""The two editions of the guidelines say the same, and what the scheme says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from hapjong.corpus.dataset import read_corpus
from hapjong.corpus.layout import Layout
from hapjong.schema import (
    SCHEME,
    SYMMETRIC_TYPES,
    Genre,
    MentionType,
    PartnershipType,
    Polarity,
    Role,
    Status,
)

ROOT = Path(__file__).parents[2]
RULE = re.compile(r"(?<![A-Za-z0-9-])([WMPSAH])([1-9]\d?)(?![A-Za-z0-9])")
ANCHOR = re.compile(r'^<a id="([\w-]+)"></a>$')

Row = tuple[str, ...]


class Section(NamedTuple):
    """What stands between one anchor and the next; ``heading`` is its first line."""

    heading: str
    text: str
    rows: tuple[Row, ...]


class Edition(NamedTuple):
    path: Path
    text: str
    sections: dict[str, Section]

    def rules(self) -> dict[str, list[str]]:
        """The numbers of the rules that each section sets, in order."""
        return {key: _rules_set(section) for key, section in self.sections.items()}


def _rows(lines: Iterable[str]) -> tuple[Row, ...]:
    """The rows of all tables; a row whose first cell is empty goes on with the one above."""
    rows: list[Row] = []
    for line in lines:
        if not line.startswith("|") or set(line) <= set("|-: "):
            continue
        cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
        if not cells[0] and rows and len(cells) == len(rows[-1]):
            joined = zip(rows[-1], cells, strict=True)
            rows[-1] = tuple(f"{above} {below}".strip() for above, below in joined)
        else:
            rows.append(cells)
    return tuple(rows)


def _section(lines: list[str]) -> Section:
    rows = _rows(lines)
    prose = " ".join(line for line in lines if not line.startswith("|"))
    return Section(lines[0], " ".join([prose, *(" | ".join(row) for row in rows)]), rows)


def parse(path: Path) -> Edition:
    text = path.read_text(encoding="utf-8")
    parts: dict[str, list[str]] = {"top": []}
    lines = parts["top"]
    for line in text.splitlines():
        anchor = ANCHOR.match(line)
        if anchor:
            assert anchor[1] not in parts, f"two anchors {anchor[1]!r}"
            lines = parts.setdefault(anchor[1], [])
        else:
            lines.append(line)
    return Edition(path, text, {key: _section(lines) for key, lines in parts.items()})


def _rules_set(section: Section) -> list[str]:
    in_tables = [row[0] for row in section.rows if RULE.fullmatch(row[0])]
    return in_tables + re.findall(r"\*\*(H\d+) ", section.text)


KOREAN = parse(ROOT / "annotation" / "guidelines.md")
ENGLISH = parse(ROOT / "annotation" / "guidelines.en.md")
SECTIONS = list(KOREAN.sections)
both = pytest.mark.parametrize("edition", [KOREAN, ENGLISH], ids=["ko", "en"])


def test_same_sections() -> None:
    def numbered(edition: Edition) -> list[tuple[str, str]]:
        """Anchor, depth and number of each heading, with the labels it names."""
        plain = re.compile(r"^(#+) (?:부록 |Appendix )?(\d[\d.]*|[A-C]\.) ?([A-Z]{3,} —)?")
        found = ((key, plain.match(s.heading)) for key, s in edition.sections.items())
        return [(key, " ".join(m.groups(default="")) if m else "") for key, m in found]

    assert numbered(ENGLISH) == numbered(KOREAN)
    assert all(number for key, number in numbered(KOREAN) if key != "top")


def test_same_rules_in_the_same_order() -> None:
    assert ENGLISH.rules() == KOREAN.rules()


def test_rules_are_numbered_upwards() -> None:
    rules = [rule for section in KOREAN.rules().values() for rule in section]
    assert len(rules) > 150
    for before, after in pairwise(rules):
        if before[0] == after[0]:
            assert int(before[1:]) < int(after[1:]), f"{after} after {before}"


@pytest.mark.parametrize("key", SECTIONS)
def test_same_references_to_rules(key: str) -> None:
    korean, english = (Counter(RULE.findall(e.sections[key].text)) for e in (KOREAN, ENGLISH))
    assert english == korean


@both
def test_no_reference_to_a_rule_that_is_not_there(edition: Edition) -> None:
    rules = {rule for section in edition.rules().values() for rule in section}
    assert {"".join(match) for match in RULE.findall(edition.text)} <= rules


@pytest.mark.parametrize("key", SECTIONS)
def test_same_marked_examples(key: str) -> None:
    """Each span in brackets, with the label behind it; links are not examples."""
    spans = re.compile(r"\[([^\[\]]+)\](?!\([#\w./-]+\))([A-Z]*)")
    korean, english = (Counter(spans.findall(e.sections[key].text)) for e in (KOREAN, ENGLISH))
    assert english == korean


@pytest.mark.parametrize("key", ["app-tech", "app-rel", "app-status"])
def test_same_words_in_the_appendices(key: str) -> None:
    def words(edition: Edition) -> list[set[str]]:
        """The words of each row but its caption, remarks in parentheses left out."""
        rows = edition.sections[key].rows
        cells = (row[1:] if len(row) > 1 else row for row in rows if "," in " ".join(row))
        plain = (re.sub(r" ?\([^)]*\)", "", ", ".join(row)) for row in cells)
        return [{word.strip() for word in row.split(",")} - {""} for row in plain]

    assert words(ENGLISH) == words(KOREAN)
    assert min(map(len, words(KOREAN))) > 2


@both
def test_contents_lead_to_the_sections_and_their_rules(edition: Edition) -> None:
    rules = edition.rules()
    linked = []
    for row in edition.sections["top"].rows[1:]:
        targets = re.findall(r"\]\(#([\w-]+)\)", row[2])
        linked += targets
        assert set(targets) <= set(edition.sections), row
        if row[1]:
            there = rules[targets[0]]
            assert row[1] == f"{there[0]}–{there[-1]}", row
    chapters = {"top", "mentions", "partnerships", "stances"}
    assert set(linked) == set(edition.sections) - chapters


@both
def test_links_lead_somewhere(edition: Edition) -> None:
    for target in re.findall(r"\]\(([#\w./-]+)\)", edition.text):
        path, _, anchor = target.partition("#")
        assert (edition.path.parent / path).exists(), target
        assert not anchor or anchor in edition.sections, target


def _section_of(edition: Edition, label: str) -> Section:
    """The section whose heading is the label's."""
    (section,) = (
        s for s in edition.sections.values() if re.search(rf"\d {label} —", s.heading + " —")
    )
    return section


@both
@pytest.mark.parametrize("label", [*MentionType, *PartnershipType])
def test_types_are_defined_with_examples(edition: Edition, label: str) -> None:
    section = _section_of(edition, label)
    assert re.search(r"\*\*(정의|Definition)\*\*: \S", section.text)
    first = [row[0] for row in section.rows]
    assert sum(cell.startswith("✓") for cell in first) >= 3
    assert sum(cell.startswith("✗") for cell in first) >= 2


@both
@pytest.mark.parametrize("label", PartnershipType)
def test_headings_say_which_types_have_a_direction(edition: Edition, label: str) -> None:
    heading = _section_of(edition, label).heading
    assert bool(re.search(r"\((대칭|symmetric)\)", heading)) is (label in SYMMETRIC_TYPES)
    assert ("head →" in heading) is (label not in SYMMETRIC_TYPES)


def _in_cells(rows: Iterable[Row], label: str) -> tuple[int, int]:
    """How many ✓ and ✗ the label's rows list in columns that are headed so."""
    right, wrong = 0, 0
    header: Row = ()
    for row in rows:
        if any(cell.startswith(("✓", "✗")) for cell in row[1:]):
            header = row
        elif row[0] == label and len(row) == len(header):
            for title, cell in zip(header, row, strict=True):
                listed = len(re.split(r" · | / ", cell))
                right += listed if title.startswith("✓") else 0
                wrong += listed if title.startswith("✗") else 0
    return right, wrong


@both
@pytest.mark.parametrize(
    ("key", "label"),
    [
        *(("p-role", role) for role in Role),
        *(("p-status", status) for status in Status),
        *(("s-polarity", polarity) for polarity in Polarity),
        *(("article", polarity) for polarity in Polarity),
    ],
)
def test_values_have_examples(edition: Edition, key: str, label: str) -> None:
    right, wrong = _in_cells(edition.sections[key].rows, label)
    assert right >= 3
    assert wrong >= 2


@both
def test_values_are_defined(edition: Edition) -> None:
    sections = edition.sections
    roles = {row[0] for row in sections["p-role"].rows if len(row) == 4 and row[1]}
    assert set(Role) <= roles
    asked = [row[2] for row in sections["p-status"].rows if RULE.fullmatch(row[0]) and row[2:]]
    assert sorted(asked) == sorted(Status)
    assert set(Polarity) <= set(re.findall(r"\*\*(\w+)\*\*:", sections["s-polarity"].text))
    assert set(Genre) <= set(re.findall(r"`(\w+)`", sections["s-roles"].text))


@both
def test_numbers_of_the_edition(edition: Edition) -> None:
    head = re.search(r"^`guidelines: (\d+)` · `scheme: (\d+)`$", edition.text, re.MULTILINE)
    assert head
    newest = edition.sections["changes"].rows[-1]
    assert newest[:2] == (f"`guidelines: {head[1]}`", f"`scheme: {head[2]}`")
    assert head[2] == str(SCHEME)


@pytest.mark.parametrize("place", range(1, len(KOREAN.sections["changes"].rows)))
def test_each_change_names_the_articles_it_touches(place: int) -> None:
    korean, english = (edition.sections["changes"].rows[place] for edition in (KOREAN, ENGLISH))
    assert english[:2] == korean[:2]
    all_or_none = {"모두": "all", "없음": "none"}
    assert english[3] == all_or_none.get(korean[3], korean[3])
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"guidelines {re.sub(r'[^0-9]', '', korean[0])}\b", changelog)
    if korean[3] not in all_or_none:
        named = set(re.findall(r"`([\w-]+)`", korean[3]))
        assert named
        assert named <= set(read_corpus(Layout(ROOT)).articles)
        assert all(article_id in changelog for article_id in named)


@both
def test_lines_are_short(edition: Edition) -> None:
    assert [line for line in edition.text.splitlines() if len(line) > 100] == []


@both
def test_emphasis_ends_in_its_own_row(edition: Edition) -> None:
    rows = [line for line in edition.text.splitlines() if line.startswith("|")]
    assert [row for row in rows if row.count("**") % 2 or row.count("`") % 2] == []
