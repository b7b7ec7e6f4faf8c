"""Values that several checks look at and one of them makes.

It is in this room because a target's answers are in one, and every room that shares something may import ``client``.
"""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass
class _Entry:
    """The value of one key, and the lock of the thread that makes it."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    is_made: bool = False
    value: Any = None


class Memo:
    """Makes a value for the first who asks for its key, and hands it to all others, on whichever thread.

    The one rule of its locks: making a value may ask for other keys, but never in a circle. Submissions ask for
    answers, and answers ask for nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[Hashable, _Entry] = {}

    def get(self, key: Hashable, make: Callable[[], T], *, keep: Callable[[T], bool] = lambda _: True) -> T:
        """Return the value of a key. Who asks while it is being made waits for it.

        A value that ``keep`` refuses goes to the one who made it, and is made again for the next who asks. Raises
        what ``make`` raises, to each who asks.
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
        """Have everybody get this value from now on, in place of one that was made before."""
        entry = self._entry(key)
        with entry.lock:
            entry.value, entry.is_made = value, True

    def _entry(self, key: Hashable) -> _Entry:
        with self._lock:
            return self._entries.setdefault(key, _Entry())
