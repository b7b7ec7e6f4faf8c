"""The threads of a run share memory where the C library can do that."""

import ctypes

import pytest

from conformance.runner.memory import share_arenas


def test_where_the_c_library_has_no_arenas_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())

    assert share_arenas() is False


def test_the_number_of_arenas_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[tuple[int, int]]()

    class Library:
        def mallopt(self, parameter: int, value: int) -> int:
            asked.append((parameter, value))
            return 1

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Library())

    assert share_arenas() is True
    assert asked == [(-8, 2)]
