"""The real command, killed at a chosen point: ``killed.py POINT COUNT ARGUMENTS…``.

At the COUNT-th time that POINT is reached the process kills itself (SIGKILL: nothing is
cleaned up).  COUNT 0 lets it live.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import httpx

from hapjong.annotation import adjudicate, rounds
from hapjong.cli import main


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str, count: int) -> None:
    """Die when the point is reached for the ``count``-th time."""
    reached = 0

    def is_time() -> bool:
        nonlocal reached
        reached += 1
        return reached == count

    send, write, move = httpx.Client.send, Path.write_bytes, Path.replace

    def killed_send(self: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        """Die when the server has done what was asked, but before its answer is read."""
        answer = send(self, request, **options)
        if request.method == "POST" and request.url.path.rstrip("/").endswith(point) and is_time():
            die()
        return answer

    def killed_write(self: Path, data: bytes) -> int:
        if is_time():
            write(self, data[: len(data) // 2])
            die()
        return write(self, data)

    def killed_move(self: Path, target: Path) -> Path:
        if Path(target).suffix == ".json" and "accounts" not in Path(target).name and is_time():
            die()
        return move(self, target)

    if point == "write":
        Path.write_bytes = killed_write  # type: ignore[method-assign,assignment]
    elif point == "move":
        Path.replace = killed_move  # type: ignore[method-assign,assignment]
    else:
        httpx.Client.send = killed_send  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    rounds.BATCH = adjudicate.BATCH = 1  # several requests for the few articles of the tests
    arm(sys.argv[1], int(sys.argv[2]))
    sys.exit(main(sys.argv[3:]))
