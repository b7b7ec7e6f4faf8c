"""The time of a run: seconds since the epoch that go on evenly, also where the system's clock is set meanwhile."""

import time

_AHEAD = time.time() - time.monotonic()


def now() -> float:
    """Return the seconds since the epoch, as if the system's clock had not been set since the process began."""
    return _AHEAD + time.monotonic()
