"""Builds that draw each picture once: dozens have the same statistics but for the version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from hapjong.release.statistics import Statistics


@contextmanager
def draw_once() -> Iterator[None]:
    """Within this, builds of this process keep what was drawn; no picture shows the version."""
    from hapjong.release import build
    from hapjong.release.pictures import draw

    drawn: dict[bytes, Any] = {}

    def kept(statistics: Statistics) -> Any:
        key = msgspec.json.encode(replace(statistics, data_version=""))
        if key not in drawn:
            drawn[key] = draw(statistics)
        return drawn[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "draw", kept)
        yield
