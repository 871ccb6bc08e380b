"""``hapjong validate``: every problem of ``dataset/`` and ``annotation/`` at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hapjong.corpus.dataset import Corpus, inspect_corpus, inspect_rounds
from hapjong.corpus.layout import Layout
from hapjong.problems import Problem, ProblemsError
from hapjong.schema import Split


def validate(layout: Layout, files: list[Path]) -> tuple[Corpus, list[Problem]]:
    """The dataset and all its problems, each ``files`` read in place of the repository's own."""
    stand_ins = {stands_for(layout, file): file for file in files}
    corpus, problems = inspect_corpus(layout, stand_ins)
    return corpus, [*problems, *inspect_rounds(corpus)[1]]


def stands_for(layout: Layout, file: Path) -> Path:
    """The file of the repository that ``file`` is read in place of.

    It is told by the name; ``FAULT.NAME`` stands for ``NAME``, so that one folder can
    hold many versions of one file.  Raises ProblemsError for a name that fits nowhere.
    """
    parts = file.name.split(".")
    name = ".".join(parts[-2:])
    folders: Mapping[str, Path] = {"md": layout.articles, "json": layout.gold}
    if not file.is_file():
        raise ProblemsError([Problem(str(file), "", "the file is not there")])
    if parts[-1] in folders:
        return folders[parts[-1]] / name
    known = [layout.entities, layout.press, *map(layout.split, Split)]
    for path in known:
        if path.name == name:
            return path
    expected = ", ".join(["<article_id>.md", "<article_id>.json", *(path.name for path in known)])
    fault = f"no file of the dataset has such a name; one of {expected} is expected"
    raise ProblemsError([Problem(str(file), "", fault)])
