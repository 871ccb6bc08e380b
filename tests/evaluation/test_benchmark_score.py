"""The scoring benchmark runs, agrees with its peers, and says where a claim does not hold."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "benchmark_score.py"


def test_small_benchmark_agrees_with_both_peers() -> None:
    command = [sys.executable, str(SCRIPT), "--sentences", "40", "--articles", "30", "--turns", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert lines[0] == "40 sentences, 240 gold mentions"
    found = {row.split()[0]: re.findall(r"F1 ([\d.]+)", row) for row in lines[1:4]}
    assert list(found) == ["hapjong", "seqeval", "nervaluate"]
    for scores in zip(*found.values(), strict=True):
        values = [float(score) for score in scores]
        assert 0.5 < values[0] < 0.95
        assert max(values) - min(values) < 1e-12
    assert lines[5].startswith("30 articles, 1800 gold mentions, ")
    # So few sentences may leave less than the claimed rate; nothing else may fail.
    assert set(done.stderr.splitlines()) <= {"less than 20 times the rate of the faster peer"}
    assert done.returncode == (1 if done.stderr else 0)
