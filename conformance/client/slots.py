"""Limits how many threads use the target at the same time. A thread that only waits gives its slot to another one.

If events become visible seconds later, most checks wait most of the time. None of them needs a connection meanwhile.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue

_Waiting = SimpleQueue[int]
"""One thread that waits for a slot; it gets the slot's number."""

_OF_THREAD = threading.local()
"""The slots of which this thread has one, as ``slots``, and its ``number``."""


class Slots:
    """A number of slots. A connection belongs to a slot, and goes from thread to thread with it.

    A slot is handed to the thread that has waited longest, but first to one that had a slot before: others may wait for what it
    has begun.
    """

    def __init__(self, count: int) -> None:
        self._free = list(reversed(range(count)))
        """Empty while a thread waits."""
        self._returning, self._new = deque[_Waiting](), deque[_Waiting]()
        """The threads that wait: those that had a slot before, and the others."""
        self._lock = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """In this context, this thread has a slot."""
        self._take(self._new)
        try:
            yield
        finally:
            self.give()

    def take_again(self) -> None:
        """Wait for a slot after this thread gave its own away, and take it."""
        self._take(self._returning)

    def give(self) -> None:
        """Give this thread's slot away."""
        _OF_THREAD.slots = None
        with self._lock:
            line = self._returning or self._new
            if line:
                line.popleft().put(_OF_THREAD.number)
            else:
                self._free.append(_OF_THREAD.number)

    def _take(self, line: deque[_Waiting]) -> None:
        handed = _Waiting()
        with self._lock:
            if self._free:
                handed.put(self._free.pop())
            else:
                line.append(handed)
        _OF_THREAD.number = handed.get()
        _OF_THREAD.slots = self


def slot_of_thread() -> int | None:
    """Return the number of this thread's slot; None if it has none."""
    number: int | None = _OF_THREAD.number if getattr(_OF_THREAD, "slots", None) is not None else None
    return number


@contextmanager
def giving_way() -> Iterator[None]:
    """In this context, another thread may use this thread's slot, if it has one."""
    slots: Slots | None = getattr(_OF_THREAD, "slots", None)
    if slots is None:
        yield
        return
    slots.give()
    try:
        yield
    finally:
        slots.take_again()


class PatientLock:
    """A lock that its thread may take again. A thread that waits for it gives way meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            with giving_way():
                self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()
