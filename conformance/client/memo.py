"""Stores values that several checks use, so that each value is made only once.

It is in this room because a target stores its answers in one, and because every room that needs one may import ``client``.
"""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from conformance.client.slots import PatientLock

T = TypeVar("T")


@dataclass
class _Entry:
    """The value of one key, and the lock of the thread that makes it."""

    lock: PatientLock = field(default_factory=PatientLock)
    is_made: bool = False
    value: Any = None


class Memo:
    """Makes the value of a key when it is first needed, and returns the same value later, to any thread.

    Its locks have one rule: making a value may need other keys, but never in a circle. Submissions need answers, and
    answers need nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[Hashable, _Entry] = {}

    def get(self, key: Hashable, make: Callable[[], T], *, keep: Callable[[T], bool] = lambda _: True) -> T:
        """Return the value of a key. If another thread is making it, wait for it.

        A value for which ``keep`` returns False is not stored: the next call makes it again. Raises the errors of ``make``,
        in every call that waits for the value or makes it.
        """
        entry = self._entry(key)
        with entry.lock:
            if not entry.is_made:
                value = make()
                if not keep(value):
                    return value
                entry.value, entry.is_made = value, True
            made: T = entry.value
            return made

    def put(self, key: Hashable, value: object) -> None:
        """Store a value, in place of an earlier one."""
        entry = self._entry(key)
        with entry.lock:
            entry.value, entry.is_made = value, True

    def clear(self) -> None:
        """Forget every value."""
        with self._lock:
            self._entries = {}

    def _entry(self, key: Hashable) -> _Entry:
        with self._lock:
            return self._entries.setdefault(key, _Entry())
