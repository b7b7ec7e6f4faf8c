"""An observer that several checks share: it takes readings for all who wait, as few and as small as possible."""

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from conformance.client import journal
from conformance.ingestion.observers.observer import Observer, ReadBackError, Reading

LARGE = 2000
"""Events of a reading of which only one is taken at a time, because each may fill megabytes."""


class _Taken(NamedTuple):
    """A reading of a whole store."""

    began: int
    outcome: Reading | ReadBackError


@dataclass
class SharedObserver:
    """Reads a store once for all who ask for it at the same time.

    Whoever asks gets a reading that began after that. Readings of single sessions are taken side by side while they are
    small.
    """

    observer: Observer
    is_over: Callable[[], bool] = lambda: False
    """Whether the run has no time left. Then no reading begins: many threads may wait for theirs, one after the other."""
    _moments: Iterator[int] = field(default_factory=itertools.count, init=False, repr=False)
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _latest: dict[str, _Taken] = field(default_factory=dict, init=False, repr=False)
    """By token."""
    _are_large: bool = field(default=False, init=False, repr=False)
    _thread: ThreadPoolExecutor | None = field(default=None, init=False, repr=False)
    """One thread, because each thread keeps the memory that it has needed for a large reading, and a connection. None before one."""

    def read(self, token: str, session_id: str = "") -> Reading:
        """Return the events of a store, or at least those of a session. Raises ReadBackError."""
        if session_id and not self._are_large:
            return self._read(token, session_id)
        asked = next(self._moments)
        with self._one_at_a_time:
            if session_id:
                return self._read_alone(token, session_id)
            latest = self._latest.get(token)
            if latest is None or latest.began < asked:
                latest = self._latest[token] = _Taken(next(self._moments), self._outcome(token))
        if isinstance(latest.outcome, ReadBackError):
            raise ReadBackError(str(latest.outcome), lasts=latest.outcome.lasts)
        return latest.outcome

    def forget(self) -> None:
        """Forget the readings. The next one is taken anew."""
        self._latest.clear()

    def close(self) -> None:
        """Close the observer."""
        self.observer.close()

    def _outcome(self, token: str) -> Reading | ReadBackError:
        try:
            return self._read_alone(token, "")
        except ReadBackError as error:
            # Not the error itself: its traceback would hold the body that was read.
            return ReadBackError(str(error), lasts=error.lasts)

    def _read_alone(self, token: str, session: str) -> Reading:
        if self.is_over():
            raise ReadBackError("the run has no time left")
        if not self._are_large:
            return self._read(token, session)
        self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="read-back")
        return self._thread.submit(self._read_outside, token, session).result()

    def _read_outside(self, token: str, session: str) -> Reading:
        """Read on a thread of its own: of a recorded run, the journal gets the reading, and not the requests for it."""
        with journal.outside():
            return self._read(token, session)

    def _read(self, token: str, session: str) -> Reading:
        try:
            events = self.observer.read(token, session)
        except ReadBackError as error:
            self._are_large |= error.is_large
            raise
        self._are_large |= len(events) + events.others > LARGE
        return events
