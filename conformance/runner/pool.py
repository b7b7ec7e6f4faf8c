"""Checks are called ahead of their turn, several at a time: what they wait for is the network.

Pytest reports them one by one all the same, in its own order, each with its own evidence.
"""

import gc
import inspect
from collections.abc import Collection, Iterator
from multiprocessing.pool import AsyncResult, ThreadPool
from typing import Any

import pytest

from conformance.client import Target
from conformance.plugin.markers import requirement_of
from conformance.plugin.options import FIRST
from conformance.runner.check import Check, CheckOutcome, run_check

SHARED = ("second_opinion", "submissions")
"""What checks are called with that do long work for all of them, while the others wait."""

MOMENT = 0.5
"""Seconds: an interruption that the system gives to another thread wakes nobody, and is seen between two waits."""


class Pool:
    """Calls checks on threads of its own: daemons, so that the end of an interrupted run waits for no answer."""

    def __init__(self, target: Target, threads: int) -> None:
        self._target = target
        self._pool = ThreadPool(threads)
        self._called: dict[pytest.Item, AsyncResult[CheckOutcome]] = {}

    def begin(self, checks: dict[pytest.Item, Check]) -> None:
        """Have checks called: the long ones first, and last those that wait for what another does for all."""
        # CPython up to 3.12.3 fails in ast.parse where a collection hands over to a thread that parses, too (gh-106905).
        gc.disable()
        gc.freeze()  # Hypothesis collects garbage once a thread: what there is by now is none
        for item, check in sorted(checks.items(), key=lambda entry: _place(entry[1], checks.values())):
            self._called[item] = self._pool.apply_async(run_check, (check, self._target))

    def conclusion_of(self, item: pytest.Item) -> CheckOutcome | None:
        """Wait for what a check came to; None where it was not called ahead. Raises what it raised."""
        called = self._called.pop(item, None)
        if called is None:
            return None
        while not called.ready():
            called.wait(MOMENT)
        return called.get()

    def left(self) -> dict[pytest.Item, CheckOutcome]:
        """Return what was concluded and nobody has asked for."""
        ready = {item: called for item, called in self._called.items() if called.ready()}
        return {item: called.get() for item, called in ready.items() if called.successful()}

    def end(self) -> None:
        """Begin no further check."""
        self._pool.terminate()
        gc.unfreeze()
        gc.enable()


def _place(check: Check, checks: Collection[Check]) -> int:
    """Return when a check is best called."""
    for name in SHARED:
        if name in check.arguments:
            return 0 if check is next(one for one in checks if name in one.arguments) else 2
    return 0 if hasattr(check.function, "hypothesis") else 1


AHEAD = pytest.StashKey[Pool]()


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
            found[item] = Check(item.obj, arguments, requirement, item.stash.get(FIRST, ()))
    return found


def _value(request: pytest.FixtureRequest, item: pytest.Function, name: str) -> Any:
    given: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    return given[name] if name in given else request.getfixturevalue(name)
