"""Limits how long a run, and one check of it, wait for a target. A timeout alone ends one exchange, and not many slow ones."""

import math
import threading
from dataclasses import dataclass, field

from conformance.client.messages import NoReply

MOST_TIMEOUTS = 200
"""Timeouts that one check may wait for answers. A check of a conforming target sends at most 100 requests."""


class _Check(threading.local):
    """The check of one thread."""

    waited = -math.inf
    """Seconds that it has waited for answers. Outside of a check nothing is counted."""


@dataclass
class TimeLimits:
    """Counts the time that exchanges take. It reads no clock of its own, so that a recording stays as it is."""

    run: float = math.inf
    """Seconds after the start of the first exchange; then nothing more is sent."""
    check: float = math.inf
    """Seconds that one check may wait for answers."""
    began: float = field(default=math.inf, init=False)
    """The start of the first exchange, in seconds since the epoch."""
    over: NoReply | None = field(default=None, init=False)
    """The reason why nothing more is sent; None while the run has time."""
    _current: _Check = field(default_factory=_Check, init=False, repr=False)

    def begin_check(self, waited: float = 0.0) -> None:
        """Count the exchanges of a check that begins on this thread; it has ``waited`` already on another one."""
        self._current.waited = waited

    @property
    def waited(self) -> float:
        """Seconds that this thread's check has waited for answers."""
        return max(0.0, self._current.waited)

    def add(self, at: float, elapsed: float) -> None:
        """Count an exchange of this thread: its start in seconds since the epoch, and how many seconds it took."""
        self.began = min(self.began, at)
        self._current.waited += elapsed

    def of_check(self) -> NoReply | None:
        """Return the reason why this thread's check must not send more; None if it may."""
        if self._current.waited < self.check:
            return None
        text = (
            f"the check has waited {self.check:.0f} s for answers, and may wait no longer;"
            " find out why answers are slow or missing, or give a longer --timeout"
        )
        return NoReply("not sent", text)

    def of_run(self, now: float) -> NoReply | None:
        """Return the reason why the run must not send more at a time, in seconds since the epoch; None if it may."""
        if now < self.began + self.run:
            return self.over
        text = (
            f"the run has taken {self.run:.0f} s, as long as its plan allows (beacon-conformance plan);"
            " find out why answers or stored events are slow, or give a longer --timeout"
        )
        self.over = NoReply("not sent", text)
        return self.over
