"""The contamination canary: one GUID for the dataset.

As BIG-bench has it (github.com/google/BIG-bench, ``docs/paper``): a random string beside the
labels, by which the files can be filtered out of training data, and found in a model that
was trained on them.  It stands once in the folder of the gold and not in each gold file,
whose format it would change and whose every other byte is somebody's label.
"""

from __future__ import annotations

import re

from hapjong.corpus.layout import Layout
from hapjong.problems import Problem, ProblemsError

PREFIX = "hapjong canary GUID"
_LINE = re.compile(rf"^{PREFIX} ([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})$", re.M)


def read_canary(layout: Layout) -> str:
    """The GUID.  Raises ProblemsError where the file is missing or does not hold just one."""
    path = layout.canary
    file = layout.name(path)
    if not path.is_file():
        raise ProblemsError([Problem(file, "", "the file is not there")])
    found = _LINE.findall(path.read_text(errors="replace"))
    if len(found) != 1:
        fault = f"one line '{PREFIX} …' is expected, found {len(found)}"
        raise ProblemsError([Problem(file, "", fault)])
    return str(found[0])


def canary_section(guid: str) -> str:
    """The end of the card."""
    return (
        "\n## Canary\n\n"
        "A benchmark should never be in what a model is trained on before it is measured. This\n"
        "string stands in the card and in every parquet file, so that they can be filtered out:\n\n"
        f"```\n{PREFIX} {guid}\n```\n"
    )
