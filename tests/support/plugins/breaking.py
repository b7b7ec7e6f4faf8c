"""A pytest plugin that breaks pytest itself, with a secret in its words: an internal error, as a bug in a hook makes."""

import pytest

from conformance.plugin.state import STATE


def pytest_runtest_logfinish() -> None:
    """Fail outside of any check."""
    told = SESSIONS[0].config.stash[STATE].settings
    raise ZeroDivisionError(f"a bug in a hook, seen with {told.token} and {told.observer}")


SESSIONS: list[pytest.Session] = []


def pytest_sessionstart(session: pytest.Session) -> None:
    """Remember the session: the hook that fails is not told."""
    SESSIONS[:] = [session]
