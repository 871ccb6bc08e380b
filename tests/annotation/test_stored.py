"""A raw export is read task by task: whole, wherever the window cuts it, in little memory."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hapjong.annotation.stored import read_elements, read_task, stored_items
from hapjong.problems import ProblemsError

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(['"', "\\", "},{", "]", '{"id": 1', "가\\u", "😀"])
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
arrays = st.lists(st.dictionaries(st.text(), values, max_size=4), max_size=5)
TASK = {"id": 1, "data": {"article_id": "가-1"}, "annotations": []}


def elements(path: Path, chunk: int = 1 << 20) -> list[Any]:
    return [json.loads(element.json) for element in read_elements(path, chunk)]


@settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(arrays, st.integers(1, 40), st.booleans(), st.sampled_from([None, 0, 3]))
def test_elements_are_those_of_the_whole_file(
    tmp_path: Path, array: list[Any], chunk: int, ascii_only: bool, indent: int | None
) -> None:
    path = tmp_path / "array.json"
    text = json.dumps(array, ensure_ascii=ascii_only, indent=indent)
    path.write_bytes(f" {text}\n".encode(errors="replace"))
    assert elements(path, chunk) == json.loads(path.read_bytes())


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "byte 0: '[' is expected"),
        ('{"id": 1}', "byte 0: '[' is expected"),
        ("[1]", "byte 1: an object is expected"),
        ('[{"id": 1},]', "byte 11: an object is expected"),
        ('[{"id": 1} {"id": 2}]', "byte 11: ',' or ']' is expected"),
        ('[{"id": 1}', "byte 10: ',' or ']' is expected"),
        ('[{"id": 1}, {"id": 2', "byte 12: the file ends within this task"),
        ('[{"id": 1}, {"id": 2.', "byte 12: the file ends within this task"),
        ('[{"id": x1}, {"id": 2}]', "byte 1: not JSON: JSON is malformed: invalid character"),
        ('[{"id": 1}] 2', "byte 12: nothing is expected after the array"),
    ],
)
@pytest.mark.parametrize("chunk", [1, 1 << 20])
def test_a_broken_file_is_refused_where_it_breaks(
    tmp_path: Path, content: str, fault: str, chunk: int
) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content)
    with pytest.raises(ProblemsError) as caught:
        elements(path, chunk)
    assert f": {fault}" in str(caught.value)


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="cannot be read: No such file"):
        elements(tmp_path / "none.json")


def test_every_fault_of_a_task_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([TASK, TASK | {"id": "two", "data": 3}]))
    first, second = read_elements(path)
    assert read_task(first, "export.json").id == 1
    with pytest.raises(ProblemsError) as caught:
        read_task(second, "export.json")
    places = [problem.place for problem in caught.value.problems]
    assert places == ["task number 2: $.data", "task number 2: $.id"]


def test_a_result_of_another_shape_is_a_problem() -> None:
    with pytest.raises(ProblemsError) as caught:
        stored_items([{"value": {"labels": "ORG"}}, 5])
    places = [problem.place for problem in caught.value.problems]
    assert places == ["result: $[0].value", "result: $[1]"]


def peak(path: Path) -> int:
    tracemalloc.start()
    try:
        for element in read_elements(path):
            read_task(element, str(path))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_tasks(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    task = json.dumps(TASK | {"data": {"text": "가" * 20_000}}, ensure_ascii=False)
    peaks = []
    for tasks in (100, 400):  # 6 and 24 MB, many windows each
        path.write_text(f"[{', '.join([task] * tasks)}]", encoding="utf-8")
        peaks.append(peak(path))
    assert peaks[1] < 1.5 * peaks[0]
    assert peaks[1] < path.stat().st_size / 3
