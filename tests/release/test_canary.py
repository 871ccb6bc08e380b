"""The canary file: one GUID, and a sound message where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from hapjong.corpus.dataset import digest
from hapjong.corpus.layout import Layout
from hapjong.problems import ProblemsError
from hapjong.release.canary import PREFIX, read_canary

ROOT = Path(__file__).parents[2]


def test_the_fixture_has_another_canary_than_the_dataset(fixture_repository: Path) -> None:
    assert read_canary(Layout(ROOT)) != read_canary(Layout(fixture_repository))


@pytest.mark.parametrize("lines", [[], ["not-a-guid"], ["{guid}", "{guid}"]])
def test_one_line_is_expected(fixture_repository: Path, lines: list[str]) -> None:
    layout = Layout(fixture_repository)
    guid = read_canary(layout)
    layout.canary.write_text("".join(f"{PREFIX} {line.format(guid=guid)}\n" for line in lines))
    with pytest.raises(ProblemsError, match=r"CANARY.txt: one line .* is expected, found [02]"):
        read_canary(layout)


def test_missing_file(fixture_repository: Path) -> None:
    layout = Layout(fixture_repository)
    layout.canary.unlink()
    with pytest.raises(ProblemsError, match=r"gold/CANARY.txt: the file is not there"):
        read_canary(layout)


def test_canary_does_not_change_the_data_version(fixture_repository: Path) -> None:
    layout = Layout(fixture_repository)
    before = digest(layout)
    layout.canary.unlink()
    assert digest(layout) == before
