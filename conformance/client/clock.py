"""The clock and the randomness of a run. No other module reads them for a run, so that a recording can give them again."""

import secrets
import time
from datetime import UTC, datetime

from conformance.client.journal import Value, current, taken

_AHEAD = time.time() - time.monotonic()
EXACT = 6
"""Decimal places of seconds."""


def now() -> float:
    """Return the seconds since the epoch, as if the system's clock had not been set since the process began."""
    return _seconds("now", lambda: _AHEAD + time.monotonic())


def monotonic() -> float:
    """Return the seconds of the monotonic clock."""
    return _seconds("monotonic", time.monotonic)


def utc_now() -> datetime:
    """Return the time of the system's clock, in UTC."""
    return datetime.fromtimestamp(_seconds("time", time.time), UTC)


def time_ns() -> int:
    """Return the nanoseconds since the epoch by the system's clock."""
    return int(taken("nanoseconds", time.time_ns))


def sleep(seconds: float) -> None:
    """Wait. A run that is judged again does not wait."""
    journal = current()
    if journal is None or not journal.is_replayed:
        time.sleep(seconds)


def token_hex(size: int) -> str:
    """Return ``size`` random bytes in hexadecimal."""
    return secrets.token_hex(size)


class _Start:
    """The start of the run."""

    moment: datetime | None = None


def note_start(moment: datetime) -> None:
    """Note the start of the run."""
    _Start.moment = moment


def run_start() -> datetime:
    """Return the start of the run; before any run, the time."""
    return _Start.moment or utc_now()


def _seconds(kind: str, read: Value[float]) -> float:
    return float(taken(kind, lambda: round(read(), EXACT)))
