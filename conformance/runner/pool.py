"""Checks run on several threads, and are reported one by one, in the order of the suite, each with its own evidence.

A check mostly waits for the network. With 8 threads a standard run takes a quarter of the time that one connection
needs where answers are 50 ms late. Every thread has its own connection; what checks share (Target, EventFactory,
Submissions, ReadBack, Memo) has locks of its own.
"""

import gc
import sys
from collections.abc import Collection, Iterable
from multiprocessing.pool import AsyncResult, ThreadPool

from conformance.client import Target
from conformance.runner.check import Check, CheckOutcome, run_check

SHARED = ("second_opinion", "submissions")
"""Arguments of checks that do long work for many others, while those wait."""
PARSES_ON_ONE_THREAD_ALONE = sys.version_info < (3, 12, 4)
"""CPython's ``ast.parse`` fails where a garbage collection hands over to a thread that parses, too (gh-106905). Hypothesis
parses the functions that it calls, and pytest those of a traceback. Without collections a standard run's peak grows by
5 MB, from 190 to 195 MB; with them one interrupted run in about thirty ended as a fault of pytest."""
MOMENT = 0.5
"""Seconds. The system may give an interruption to a thread that is waiting; it is seen between two waits."""


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
        if PARSES_ON_ONE_THREAD_ALONE:
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
            running.wait(MOMENT)
        return running.get()

    def unreported(self) -> dict[Check, CheckOutcome]:
        """Return the outcomes that nobody has asked for yet."""
        ready = {check: running for check, running in self._running.items() if running.ready()}
        return {check: running.get() for check, running in ready.items() if running.successful()}

    def close(self) -> None:
        """Begin no further check."""
        self._pool.terminate()
        gc.unfreeze()
        if self._collects:
            gc.enable()


def _place(check: Check, checks: Iterable[Check]) -> int:
    """Return a number by which checks are best begun."""
    for name in SHARED:
        if name in check.arguments:
            first = next(one for one in checks if name in one.arguments)
            return 0 if check is first else 2
    return 0 if check.is_generated else 1
