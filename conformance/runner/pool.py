"""Runs checks on several threads. Their outcomes are read one by one, in the order of the suite.

A check mostly waits for the network. If each answer takes 50 ms, a standard run with 8 threads needs a quarter of the time of
a run with one. Every thread has its own connection. The objects that checks share (Target, EventFactory, Submissions,
ReadBack, Memo) have locks.
"""

import gc
import sys
from collections.abc import Collection, Iterable
from multiprocessing.pool import AsyncResult, ThreadPool

from conformance.client import Target
from conformance.runner.check import Check, CheckOutcome, run_check

SHARED = ("second_opinion", "submissions", "visit")
"""Arguments whose first use starts long work; other checks with the same argument wait for it."""
PARSING_IS_NOT_THREAD_SAFE = sys.version_info < (3, 12, 4)
"""Whether ``ast.parse`` of CPython can fail while two threads use it, if a garbage collection switches threads (gh-106905).
Hypothesis and pytest both parse source code. Therefore garbage collection is off while checks run. With it, about one
interrupted run in thirty ended with an error of pytest; without it, a standard run needs 195 MB instead of 190 MB."""
WAIT = 0.5
"""Seconds of one wait for an outcome. An interruption of the run is noticed between two waits."""


class Pool:
    """Threads that run checks. They are daemons, so that an interrupted run does not wait for answers."""

    def __init__(self, target: Target, threads: int) -> None:
        self._target = target
        self._pool = ThreadPool(threads)
        self._collects = gc.isenabled()
        self._running: dict[Check, AsyncResult[CheckOutcome]] = {}

    def submit(self, checks: Collection[Check]) -> None:
        """Run checks: the long ones first, and last those that wait for what another does for all.

        Hypothesis collects garbage once a thread. Objects that are frozen are not looked at: that saves 0.7 of 3.9 s of
        processor time of a quick run.
        """
        if PARSING_IS_NOT_THREAD_SAFE:
            gc.disable()
        gc.freeze()
        for check in sorted(checks, key=lambda check: _place(check, checks)):
            self._running[check] = self._pool.apply_async(run_check, (check, self._target))

    def outcome_of(self, check: Check) -> CheckOutcome | None:
        """Wait for the outcome of a check; None where it is not running. Raises what the check raised."""
        running = self._running.pop(check, None)
        if running is None:
            return None
        while not running.ready():
            running.wait(WAIT)
        return running.get()

    def unreported(self) -> dict[Check, CheckOutcome]:
        """Return the outcomes that have not been read yet."""
        ready = {check: running for check, running in self._running.items() if running.ready()}
        return {check: running.get() for check, running in ready.items() if running.successful()}

    def close(self) -> None:
        """Start no more checks."""
        self._pool.terminate()
        gc.unfreeze()
        if self._collects:
            gc.enable()


def _place(check: Check, checks: Iterable[Check]) -> int:
    """Return the place of a check in the order of starting; the smallest is first."""
    for name in SHARED:
        if name in check.arguments:
            first = next(one for one in checks if name in one.arguments)
            return 0 if check is first else 2
    return 0 if check.is_generated else 1
