"""What the changelog says of a version of the data."""

from __future__ import annotations

import datetime
import re

from hapjong.corpus.layout import Layout


def release_date(layout: Layout, number: str) -> datetime.date | None:
    """The date of a version (``## Data 0.1.0 – 2026-12-01``); None while it is unreleased.

    What else is wrong with the heading is for `hapjong.release.push` to say.
    """
    changelog = (layout.root / "CHANGELOG.md").read_text()
    heading = rf"^## Data {re.escape(number)} – (\d{{4}}-\d\d-\d\d)$"
    found = re.search(heading, changelog, re.M)
    return datetime.date.fromisoformat(found[1]) if found else None
