#!/usr/bin/env python3
"""Run the bundled encoder by torch and by ONNX Runtime over the test articles, beside each other.

Both get the same windows, one at a time as in predictions, and as many threads.  Rates are of
word pieces a second by the clock, the best of several turns that alternate.  Exit status 1 where
the two disagree on the states.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor, nn

from hapjong.baselines.transformer.encoders import BUNDLED, load_encoder
from hapjong.baselines.transformer.settings import read_settings
from hapjong.baselines.transformer.windows import Cutter
from hapjong.corpus.dataset import read_corpus
from hapjong.corpus.layout import Layout
from hapjong.schema import Split

ROOT = Path(__file__).parents[1]
TOLERANCE = 1e-3
"""Of a state; the two add up in another order."""

Run = Callable[[Tensor], Tensor]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--threads", type=at_least_one, default=os.cpu_count())
    parser.add_argument("--turns", type=at_least_one, default=3)
    parser.add_argument("--windows", type=at_least_one, help="only so many (default: all)")
    options = parser.parse_args(arguments)
    if missing := [name for name in ("onnxruntime", "onnxscript") if not find_spec(name)]:
        parser.error(f"not installed: {', '.join(missing)} (the extra dev has them)")
    torch.set_num_threads(options.threads)
    windows = cut_windows()[: options.windows]
    pieces = sum(window.numel() for window in windows)
    model = load_encoder(BUNDLED).model.eval()
    with TemporaryDirectory() as folder:
        ways: dict[str, Run] = {
            "torch": lambda ids: model(input_ids=ids).last_hidden_state,
            "ONNX Runtime": by_onnx(model, Path(folder) / "encoder.onnx", options.threads),
        }
        with torch.inference_mode():
            apart = max(
                (ways["torch"](ids) - ways["ONNX Runtime"](ids)).abs().max().item()
                for ids in windows
            )
            seconds = measure(ways, windows, options.turns)
    print(f"{len(windows)} windows, {pieces:,} pieces, {options.threads} threads")
    for name, best in seconds.items():
        print(f"{name:<13}{best:6.2f} s {pieces / best:9,.0f} pieces/s")
    print(f"states are at most {apart:.1e} apart")
    return int(apart > TOLERANCE)


def at_least_one(argument: str) -> int:
    if (number := int(argument)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def cut_windows() -> list[Tensor]:
    """The ids of the test articles, cut as the reader's."""
    settings = read_settings(ROOT / "baselines" / "transformer" / "config.toml", "config.toml")
    tokenizer, model = load_encoder(BUNDLED)
    words = model.get_input_embeddings().num_embeddings
    cutter = Cutter(tokenizer, words, settings.reader.window)
    return [
        torch.tensor([window.ids])
        for article in read_corpus(Layout(ROOT)).of_split(Split.TEST)
        for window in cutter.windows(article.text or "", [], overlap=False)
    ]


def by_onnx(model: nn.Module, file: Path, threads: int) -> Run:
    """The encoder as a graph in ``file``, run by ONNX Runtime."""
    import onnxruntime

    length = torch.export.Dim("length", min=2, max=512)
    torch.onnx.export(
        _States(model),
        (torch.ones(1, 8, dtype=torch.long),),
        file,
        input_names=["ids"],
        dynamic_shapes=({1: length},),
        dynamo=True,
        verbose=False,
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session: Any = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    return lambda ids: torch.from_numpy(session.run(None, {"ids": ids.numpy()})[0])


class _States(nn.Module):
    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor) -> Tensor:
        found: Tensor = self.model(input_ids=ids).last_hidden_state
        return found


def measure(ways: dict[str, Run], windows: Sequence[Tensor], turns: int) -> dict[str, float]:
    """The seconds of the best turn of each way."""
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(turns):
        for name, run in ways.items():
            start = time.perf_counter()
            for ids in windows:
                run(ids)
            best[name] = min(best[name], time.perf_counter() - start)
    return best


if __name__ == "__main__":
    sys.exit(main())
