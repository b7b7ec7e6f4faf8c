"""Values that are made once and shared."""

import threading
from multiprocessing.pool import ThreadPool

import pytest

from conformance.client import Memo


def _never() -> int:
    raise AssertionError("made a second time")


def test_a_value_is_made_once_by_the_first_thread_that_needs_it() -> None:
    memo = Memo()

    assert [memo.get("one", lambda: 1), memo.get("two", lambda: 2), memo.get("one", _never)] == [1, 2, 1]


def test_an_error_while_a_value_is_made_is_raised_in_every_call() -> None:
    memo = Memo()

    for _ in range(2):
        with pytest.raises(AssertionError, match="made a second time"):
            memo.get("one", _never)
    assert memo.get("one", lambda: 1) == 1


def test_only_calls_with_the_same_key_wait_while_a_value_is_made() -> None:
    memo, begun, go = Memo(), threading.Event(), threading.Event()

    def make() -> str:
        begun.set()
        assert go.wait(20)
        return "made"

    with ThreadPool(2) as pool:
        first = pool.apply_async(memo.get, ("slow", make))
        assert begun.wait(20)
        second = pool.apply_async(memo.get, ("slow", _never))
        assert memo.get("quick", lambda: "at once") == "at once"
        assert (first.ready(), second.ready()) == (False, False)
        go.set()
        assert [first.get(20), second.get(20)] == ["made", "made"]


def test_a_value_that_is_not_stored_is_made_again() -> None:
    memo = Memo()

    def is_even(value: int) -> bool:
        return value % 2 == 0

    values = iter([1, 3, 4, 6])
    assert [memo.get("one", lambda: next(values), keep=is_even) for _ in range(4)] == [1, 3, 4, 4]


def test_put_replaces_the_earlier_value() -> None:
    memo = Memo()
    memo.put("one", 1)
    first = memo.get("one", _never)
    memo.put("one", 2)

    assert (first, memo.get("one", _never)) == (1, 2)
