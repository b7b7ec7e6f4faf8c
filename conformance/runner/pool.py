"""Runs checks on several threads. Their outcomes are read one by one, in the order of the suite.

A check mostly waits for the network. If each answer takes 50 ms, a standard run with 8 connections needs a quarter of the time
of a run with one. A thread needs a slot to use the target, and each slot has its own connection; a thread that only waits, for
an event or for another thread, gives its slot away. The objects that checks share (Target, EventFactory, Submissions, ReadBack,
Memo) have locks.
"""

import gc
import sys
import threading
from collections.abc import Collection, Iterable, Sequence
from multiprocessing.pool import AsyncResult, ThreadPool

from conformance.client import Target
from conformance.client.slots import Slots
from conformance.runner.check import Check, CheckOutcome, run_check
from conformance.runner.memory import share_arenas

SHARED = ("second_opinion", "submissions", "visit")
"""Arguments whose first use starts long work; other checks with the same argument wait for it."""
LATE = ("burst", "last_batch", "stored_burst", "finished_read_back")
"""Arguments of checks that run while no check without them runs, in this order: what else a run sends would disturb them."""
WAITING = 24
"""Threads besides those that use the target: so many checks may wait for events at the same time."""
PARSING_IS_NOT_THREAD_SAFE = sys.version_info < (3, 12, 4)
"""Whether ``ast.parse`` of CPython can fail while two threads use it, if a garbage collection switches threads (gh-106905).
Hypothesis and pytest both parse source code. Therefore garbage collection is off while checks run. With it, about one
interrupted run in thirty ended with an error of pytest; without it, a standard run needs 195 MB instead of 190 MB."""
WAIT = 0.5
"""Seconds of one wait for an outcome. An interruption of the run is noticed between two waits."""


class Pool:
    """Threads that run checks. They are daemons, so that an interrupted run does not wait for answers."""

    def __init__(self, target: Target, connections: int) -> None:
        self._target = target
        self._connections = connections
        self._slots = Slots(connections)
        share_arenas()
        self._pool = ThreadPool(connections + WAITING if connections > 1 else 1)
        self._begun: set[int] = set()
        """The stages that have begun."""
        self._lock = threading.Lock()
        self._collects = gc.isenabled()
        self._running: dict[Check, AsyncResult[CheckOutcome]] = {}

    def submit(self, checks: Collection[Check]) -> None:
        """Run checks: the long ones first, then those that wait for what another does for all, and the late ones alone.

        Hypothesis collects garbage once a thread. Objects that are frozen are not looked at: that saves 0.7 of 3.9 s of
        processor time of a quick run.
        """
        if PARSING_IS_NOT_THREAD_SAFE:
            gc.disable()
        gc.freeze()
        started: list[tuple[int, AsyncResult[CheckOutcome]]] = []
        for check in sorted(checks, key=lambda check: (stage_of(check.arguments), _place(check, checks))):
            stage = stage_of(check.arguments)
            before = [running for earlier, running in started if earlier < stage]
            self._running[check] = self._pool.apply_async(self._run, (check, before))
            started.append((stage, self._running[check]))

    def _run(self, check: Check, before: Sequence[AsyncResult[CheckOutcome]]) -> CheckOutcome:
        """Run a check when those before it have ended. They have all been started, so this thread does not hold them up."""
        for running in before:
            running.wait()
        stage = stage_of(check.arguments)
        with self._lock:
            if stage not in self._begun:
                self._begun.add(stage)
                self._target.http_client.close_slots()
        with self._slots.taken():
            return run_check(check, self._target, 1 if stage else self._connections)

    def outcome_of(self, check: Check) -> CheckOutcome | None:
        """Wait for the outcome of a check; None where it is not running. Raises what the check raised."""
        running = self._running.pop(check, None)
        if running is None:
            return None
        while not running.ready():
            running.wait(WAIT)
            self._require_life()
        return running.get()

    def _require_life(self) -> None:
        """Raise MemoryError if a thread of the pool itself has died, as it does if memory is short: it would wait for ever."""
        for name in ("_worker_handler", "_task_handler", "_result_handler"):
            if not getattr(self._pool, name).is_alive():
                raise MemoryError("a thread of the pool has died")

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


def stage_of(arguments: Collection[str]) -> int:
    """Return the stage of a check by the names of its arguments: each stage begins when the one before it has ended."""
    return max((place for place, name in enumerate(LATE, 1) if name in arguments), default=0)


def _place(check: Check, checks: Iterable[Check]) -> int:
    """Return the place of a check in the order of starting; the smallest is first.

    The checks that wait for events begin early: while they wait, the others send.
    """
    for name in SHARED:
        if name in check.arguments:
            first = next(one for one in checks if name in one.arguments)
            if check is first:
                return 0
            return 1 if _waits_alone(check) else 3
    return 0 if check.is_generated else 1 if _waits_alone(check) else 2


def _waits_alone(check: Check) -> bool:
    """Whether a check waits for events that no other check has."""
    return "read_back" in check.arguments or set(check.arguments) == {"submissions"}
