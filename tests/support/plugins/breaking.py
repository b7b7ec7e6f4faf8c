"""A pytest plugin with a bug in a hook: it causes an internal error whose text has a secret."""

import pytest

from conformance.plugin.state import STATE


def pytest_runtest_logfinish() -> None:
    """Fail outside of any check."""
    told = SESSIONS[0].config.stash[STATE].settings
    raise ZeroDivisionError(f"a bug in a hook, seen with {told.token} and {told.observer}")


SESSIONS: list[pytest.Session] = []


def pytest_sessionstart(session: pytest.Session) -> None:
    """Store the session, because the hook that fails does not get it."""
    SESSIONS[:] = [session]
