"""What the baseline is made of must be installed."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture(autouse=True)
def libraries(require: Callable[[str], None]) -> None:
    require("sklearn")
    require("kiwipiepy")
