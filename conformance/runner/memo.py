"""What several checks look at and one of them makes: on whichever thread, and once."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Memo:
    """Calls functions for the first who asks, and hands what they return to all others."""

    def __init__(self) -> None:
        self._turn = threading.RLock()
        self._made: dict[Callable[..., Any], Any] = {}

    def make(self, what: Callable[..., T], *arguments: Any) -> T:
        """Return what a function returns; it is called the first time alone. Raises what it raises, each time."""
        with self._turn:
            if what not in self._made:
                self._made[what] = what(*arguments)
            made: T = self._made[what]
            return made
