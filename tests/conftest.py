"""What every test can ask for."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

Require = Callable[[str], None]

CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


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


@pytest.fixture
def page(require: Require) -> Iterator[Page]:
    """A page of a real browser."""
    require("playwright")
    require("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(CHROMIUM)
        )
        try:
            yield browser.new_page(viewport={"width": 1400, "height": 1000})
        finally:
            browser.close()


@pytest.fixture
def artefacts(request: pytest.FixtureRequest) -> Path:
    """Where screenshots are kept."""
    folder = request.config.rootpath / "build" / "test-artefacts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def fixture_repository(tmp_path: Path) -> Path:
    """A copy of the small repository in ``tests/fixtures/valid``."""
    target = tmp_path / "repository"
    shutil.copytree(Path(__file__).parent / "fixtures" / "valid", target)
    return target


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get("CI") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("CI is set: a skipped test fails the run", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In continuous integration nothing may be skipped, for whatever reason."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
