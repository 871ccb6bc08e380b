"""The hub server stores by Xet what is many chunks long; the rest is seen in test_push.py."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from hub_server import OWNERS_TOKEN, Hub

# In a process of its own: the clients read HF_ENDPOINT when they are imported.
CLIENT = """
from datasets import Dataset, load_dataset
from huggingface_hub import HfApi

rows = [{"number": number, "text": str(number) * 9} for number in range(20_000)]
made = Dataset.from_list(rows)
made.push_to_hub("someone/numbers", "all")
HfApi().create_tag("someone/numbers", tag="v1", repo_type="dataset")
made.select(range(7)).push_to_hub("someone/numbers", "all")
first = load_dataset("someone/numbers", "all", revision="v1", split="train")
assert first.features == made.features and first[:] == made[:]
assert load_dataset("someone/numbers", "all", split="train").num_rows == 7
streamed = load_dataset("someone/numbers", "all", revision="v1", split="train", streaming=True)
assert next(iter(streamed.skip(19_999))) == rows[-1]
"""


def test_pushed_data_is_loaded(tmp_path: Path, require: Callable[[str], None]) -> None:
    require("datasets")
    with Hub() as hub:
        settings = {
            "HF_ENDPOINT": hub.url,
            "HF_HOME": str(tmp_path),
            "HF_TOKEN": OWNERS_TOKEN,
            "HF_HUB_DISABLE_XET": "",
        }
        done = subprocess.run(
            [sys.executable, "-c", CLIENT],
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert any("/cas/" in request for request in hub.requests)
