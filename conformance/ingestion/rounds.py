"""Readings of a whole store that many checks share: one sentinel for all whose events were sent before it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from conformance.client import clock
from conformance.client.slots import giving_way
from conformance.ingestion.snapshot import StoreSnapshot


@dataclass
class Rounds:
    """The rounds of a sentinel and the reading that shows it. A check joins a round that began after its request ended."""

    latest: StoreSnapshot | None = field(default=None, init=False, repr=False)
    """The reading whose sentinel was sent last."""
    _running: list[float] = field(default_factory=list, init=False)
    """When the rounds began that have not ended."""
    _ended: int = field(default=0, init=False)
    """How many rounds have ended."""
    _changed: threading.Condition = field(default_factory=threading.Condition, init=False, repr=False)

    def reading(
        self,
        after: float,
        take: Callable[[], StoreSnapshot],
        suffices: Callable[[StoreSnapshot], bool],
        *,
        is_slow: bool,
    ) -> StoreSnapshot:
        """Return a reading that suffices, with a sentinel that was sent after a time; ``take`` begins a round for it.

        If events become visible slowly, a round is begun although another one has not ended. Raises what ``take`` raises.
        """
        while True:
            with self._changed:
                latest = self.latest
                if latest is not None and latest.sentinel_sent >= after and suffices(latest):
                    return latest
                is_joined = any(began >= after for began in self._running)
                begins = not is_joined and (is_slow or not self._running)
                began, ended = clock.now(), self._ended
                if begins:
                    self._running.append(began)
            if begins:
                return self._taken(began, take)
            with giving_way(), self._changed:
                self._changed.wait_for(partial(self._have_ended, ended))

    def _have_ended(self, before: int) -> bool:
        """Whether more rounds have ended than before."""
        return self._ended > before

    def _taken(self, began: float, take: Callable[[], StoreSnapshot]) -> StoreSnapshot:
        """Begin a round, and return its reading."""
        found = None
        try:
            found = take()
        finally:
            with self._changed:
                self._running.remove(began)
                self._ended += 1
                if found is not None and (
                    self.latest is None or found.sentinel_sent >= self.latest.sentinel_sent
                ):
                    self.latest = found
                self._changed.notify_all()
        return found
