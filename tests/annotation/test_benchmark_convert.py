"""The conversion benchmark runs, and its made-up export is of the size that it claims."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "benchmark_convert.py"


def test_small_benchmark_keeps_relations_and_choices(require: Callable[[str], None]) -> None:
    require("label_studio_sdk")
    command = [sys.executable, str(SCRIPT), "--tasks", "8", "--turns", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    rows = [line.split() for line in done.stdout.splitlines()[1:-1]]
    assert [(row[0], row[1], *row[-2:]) for row in rows] == [
        ("hapjong", "2", "30", "20"),
        ("JSON_MIN", "2", "0", "20"),
        ("hapjong", "8", "120", "80"),
        ("JSON_MIN", "8", "0", "80"),
    ]
    # So few tasks say nothing of the.
    assert not {"relations are lost", "choices are lost"} & set(done.stderr.splitlines())
