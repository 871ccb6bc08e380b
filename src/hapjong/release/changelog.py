"""What the changelog says of a version of the data."""

from __future__ import annotations

import datetime
import re

from hapjong.corpus.layout import Layout


def release_date(layout: Layout, number: str) -> datetime.date | None:
    """The date of a version (``## Data 0.1.0 – 2026-12-01``); None while it is unreleased.

    What is no date counts as none: `hapjong.release.push` says so before anything is published.
    """
    changelog = (layout.root / "CHANGELOG.md").read_text()
    found = re.search(rf"^## Data {re.escape(number)} – (.+)$", changelog, re.MULTILINE)
    try:
        return datetime.date.fromisoformat(found[1].strip()) if found else None
    except ValueError:
        return None
