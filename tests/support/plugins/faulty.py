"""A pytest plugin that puts a bug into every check of one requirement; the error's text has a secret."""

import pytest

from conformance.plugin.markers import requirement_of
from conformance.plugin.state import STATE


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    """Fail as a bug in the suite would."""
    requirement = requirement_of(pyfuncitem)
    if requirement is not None and requirement.id == "token.header-accepted":
        told = pyfuncitem.config.stash[STATE].settings
        raise ZeroDivisionError(f"a bug, seen with {told.token}")
