"""Limits how many threads use the target at the same time. A thread that only waits gives its slot to another one.

If events become visible seconds later, most checks wait most of the time. None of them needs a connection meanwhile.
"""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_OF_THREAD = threading.local()
"""The slots of which this thread has one, as ``slots``, and its ``number``."""


class Slots:
    """A number of slots. A connection belongs to a slot, and goes from thread to thread with it."""

    def __init__(self, count: int) -> None:
        self._free = queue.LifoQueue[int]()
        for number in reversed(range(count)):
            self._free.put(number)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """In this context, this thread has a slot."""
        self.take()
        try:
            yield
        finally:
            self.give()

    def take(self) -> None:
        """Wait for a slot, and take it."""
        _OF_THREAD.number = self._free.get()
        _OF_THREAD.slots = self

    def give(self) -> None:
        """Give this thread's slot away."""
        _OF_THREAD.slots = None
        self._free.put(_OF_THREAD.number)


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
        slots.take()


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
