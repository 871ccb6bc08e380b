"""The date of a version, and what follows from it in the card."""

from __future__ import annotations

import datetime

import pytest

from hapjong.corpus.dataset import Corpus
from hapjong.release.changelog import release_date
from hapjong.release.documents import fresh_documents

RELEASED = datetime.date(2026, 12, 1)


@pytest.mark.parametrize(
    ("heading", "date"),
    [
        ("0.0.1 – 2026-12-01", RELEASED),
        ("0.0.1 – unreleased", None),
        ("0.0.1 – 2026-13-01", None),
        ("0.0.10 – 2026-12-01", None),
        ("0x0.1 – 2026-12-01", None),
    ],
)
def test_a_version_has_the_date_of_its_heading(
    corpus: Corpus, heading: str, date: datetime.date | None
) -> None:
    changelog = corpus.layout.root / "CHANGELOG.md"
    changelog.write_text(f"# Changelog\n\n## Data {heading}\n\n## Data 0.0.0 – 2025-01-01\n")
    assert release_date(corpus.layout, "0.0.1") == date


@pytest.mark.parametrize(("said", "year"), [("2026-12-01", "{2026}"), ("unreleased", None)])
def test_the_citation_has_the_version_and_its_year(
    corpus: Corpus, said: str, year: str | None
) -> None:
    root, number = corpus.layout.root, corpus.version.number
    (root / "CHANGELOG.md").write_text(f"## Data {number} – {said}\n")
    (root / "README.md").write_text("")
    (root / "DATASET_CARD.md").write_text("<!-- begin citation -->\n<!-- end citation -->\n")
    card = fresh_documents(corpus)[root / "DATASET_CARD.md"].decode()
    assert f"  note   = {{Data version {number}}}\n" in card
    assert (f"  year   = {year},\n" in card) if year else ("year" not in card)
