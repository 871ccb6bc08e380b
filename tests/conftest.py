"""What every test can ask for."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable

import pytest

Require = Callable[[str], None]


@pytest.fixture(scope="session")
def require() -> Require:
    """Ask for a module or a program: ``require("label_studio")``.

    Where it is missing the test is skipped and says why.  In continuous integration
    (the variable CI is set) it fails instead: there nothing may go untested unnoticed.
    """

    def check(module_or_program: str) -> None:
        if shutil.which(module_or_program) or importlib.util.find_spec(module_or_program):
            return
        reason = f"{module_or_program} is not installed"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}, and CI is set")
        pytest.skip(reason)

    return check
