#!/usr/bin/env python3
"""Score a file of predictions: the leaderboard's evaluation script (``hapjong score``)."""

import sys

from hapjong.cli import main

if __name__ == "__main__":
    sys.exit(main(["score", *sys.argv[1:]]))
