"""Checks are called ahead of their turn, several at a time: what they wait for is the network.

Pytest reports them one by one all the same, in its own order, each with its own evidence.
"""

import inspect
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from conformance.client import Target
from conformance.plugin.concluding import Check, Conclusion, conclude
from conformance.plugin.covers import requirement_of


class Ahead:
    """Calls checks on threads of its own, in the order in which they were given."""

    def __init__(self, target: Target, threads: int) -> None:
        self._target = target
        self._pool = ThreadPoolExecutor(threads, "checks")
        self._called: dict[pytest.Item, Future[Conclusion]] = {}

    def begin(self, checks: dict[pytest.Item, Check]) -> None:
        """Have checks called."""
        for item, check in checks.items():
            self._called[item] = self._pool.submit(conclude, check, self._target)

    def conclusion_of(self, item: pytest.Item) -> Conclusion | None:
        """Wait for what a check came to; None where it was not called ahead. Raises what it raised."""
        future = self._called.pop(item, None)
        return future.result() if future is not None else None

    def left(self) -> dict[pytest.Item, Conclusion]:
        """Begin no further check, and return what was concluded and nobody has asked for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        return {
            item: future.result()
            for item, future in self._called.items()
            if future.done() and not future.cancelled() and future.exception() is None
        }


AHEAD = pytest.StashKey[Ahead]()


def parameters(item: pytest.Function) -> Iterator[str]:
    """Yield the names of what a check is called with."""
    yield from inspect.signature(item.obj).parameters


def checks_of(request: pytest.FixtureRequest) -> dict[pytest.Item, Check]:
    """Return the checks of a session that need nothing but what every module of the suite may ask for."""
    found: dict[pytest.Item, Check] = {}
    for item in request.session.items:
        requirement = requirement_of(item)
        if isinstance(item, pytest.Function) and requirement is not None:
            try:
                arguments = {name: _value(request, item, name) for name in parameters(item)}
            except (pytest.skip.Exception, pytest.FixtureLookupError):
                continue  # said, or made, when it is its turn
            found[item] = Check(item.obj, arguments, requirement)
    return found


def _value(request: pytest.FixtureRequest, item: pytest.Function, name: str) -> Any:
    given: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    return given[name] if name in given else request.getfixturevalue(name)
