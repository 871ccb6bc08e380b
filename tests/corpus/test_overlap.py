"""Text that two articles share: the measures, and what is too much."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hapjong.corpus.overlap import (
    MAX_CONTAINMENT,
    MAX_JACCARD,
    PRESS_PROSE,
    SHINGLE,
    WRITTEN_PROSE,
    Prose,
    copied_text,
    longest_common_run,
    near_duplicates,
    prose_runs,
    resemblance,
    shingles,
)

SHORT = st.text("가나 ", max_size=24)


def prose(length: int, seed: int) -> str:
    """Syllables that no other seed gives in this order."""
    random = Random(seed)
    return "".join(chr(random.randrange(ord("가"), ord("힣"))) for _ in range(length))


def brute_force(first: str, second: str) -> int:
    """Length of the longest common run, by trying every run."""
    return max(
        end - start
        for start in range(len(first) + 1)
        for end in range(start, len(first) + 1)
        if first[start:end] in second
    )


@settings(deadline=None, derandomize=True)
@given(SHORT, SHORT)
def test_the_longest_common_run_is_that_of_trying_every_run(first: str, second: str) -> None:
    run = longest_common_run(first, second)
    assert run in first
    assert run in second
    assert len(run) == brute_force(first, second)


def test_of_runs_of_the_same_length_the_first_in_the_second_text_is_given() -> None:
    assert longest_common_run("가나x다라", "다라y가나") == "다라"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("abcd", "cdef", (2 / 6, 2 / 4)),
        ("ab", "abcd", (0.5, 1)),
        ("ab", "cd", (0, 0)),
        ("", "a", (0, 0)),
    ],
)
def test_jaccard_is_over_both_and_containment_over_the_smaller(
    first: str, second: str, expected: tuple[float, float]
) -> None:
    assert resemblance(frozenset(first), frozenset(second)) == pytest.approx(expected)


def test_shingles_leave_out_case_spaces_and_punctuation() -> None:
    assert (
        shingles("OpenAI와 'SK'는")
        == shingles("openai 와sk_는.")
        == {"openai와s", "penai와sk", "enai와sk는"}
    )
    assert shingles("가나") == {"가나"}
    assert shingles(" .") == frozenset()


def test_prose_is_long_and_of_hangul() -> None:
    assert prose_runs("가나다라1", Prose(length=4, hangul=4)) == {"가나다라"}
    assert prose_runs("가나  다라", Prose(length=5, hangul=4)) == {"가나 다라"}
    assert prose_runs("가나 다", Prose(length=4, hangul=4)) == set()


def sharing(part: float) -> dict[str, str]:
    """Two texts of the same length that share that part of it, in pieces shorter than prose."""
    kept = prose(1000, 1)
    pieces = [kept[at : at + 20] for at in range(0, 1000, 20)]
    for number in range(round(len(pieces) * part), len(pieces)):
        pieces[number] = prose(20, 100 + number)
    order = Random(5)
    order.shuffle(pieces)
    return {"a": kept, "b": "".join(pieces)}


@pytest.mark.parametrize(("part", "above"), [(0.1, False), (0.2, False), (0.4, True), (1.0, True)])
def test_near_duplicates_across_splits(part: float, above: bool) -> None:
    (pair,) = near_duplicates(sharing(part), {"a": "train", "b": "test"})
    assert pair.above is above
    assert above is (pair.containment > MAX_CONTAINMENT or pair.jaccard > MAX_JACCARD)


def test_an_excerpt_is_a_near_duplicate_by_containment_alone() -> None:
    texts = {"a": prose(4000, 1), "b": prose(4000, 1)[:200]}
    (pair,) = near_duplicates(texts, {"a": "train", "b": "test"})
    assert pair.jaccard < MAX_JACCARD
    assert pair.containment == 1
    assert pair.above


def test_only_pairs_across_splits_are_near_duplicates_and_the_most_alike_come_first() -> None:
    texts = {"a": prose(60, 1), "b": prose(60, 1), "c": prose(60, 1)[:30] + prose(30, 2)}
    pairs = near_duplicates(texts, {"a": "train", "b": "train", "c": "test"})
    assert [(pair.first, pair.second) for pair in pairs] == [("a", "c"), ("b", "c")]
    pairs = near_duplicates(texts, {"a": "train", "b": "test", "c": "train"})
    assert [(pair.first, pair.second) for pair in pairs] == [("a", "b"), ("b", "c")]


def around(run: str, seed: int) -> str:
    return f"{prose(500, seed)} {run} {prose(500, seed + 1)}"


@pytest.mark.parametrize(("press", "limit"), [(True, PRESS_PROSE), (False, WRITTEN_PROSE)])
def test_a_run_of_prose_is_copied_and_a_shorter_one_is_not(press: bool, limit: Prose) -> None:
    for length, above in ((limit.length - 3, False), (limit.length, True)):
        run = prose(length, 9)
        one, other = {"a": around(run, 1)}, {"b": around(run, 3)}
        (pair,) = copied_text(one, other) if press else copied_text(one | other, {})
        assert (pair.first, pair.second, pair.run) == ("a", "b", run)
        assert pair.above is above
        assert pair.containment < MAX_CONTAINMENT


def test_a_long_name_of_latin_letters_is_no_copied_prose() -> None:
    name = "Universal Telecommunication Alliance of the World " * 2
    (pair,) = copied_text({"a": around(name, 1)}, {"b": around(name, 3)})
    assert len(pair.run) > PRESS_PROSE.length
    assert not pair.above


def test_copied_text_in_small_pieces_fails_by_its_shingles() -> None:
    assert SHINGLE < 20 < PRESS_PROSE.length
    texts = sharing(0.5)
    (pair,) = copied_text({"a": texts["a"]}, {"b": texts["b"]})
    assert pair.above


def test_press_texts_are_not_compared_with_each_other() -> None:
    written = {"a": prose(40, 1), "b": prose(40, 2)}
    press = {"x": prose(40, 3), "y": prose(40, 3)}
    pairs = {(pair.first, pair.second) for pair in copied_text(written, press)}
    assert pairs == {("a", "b"), ("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}
