"""A pytest plugin with a bug: it loses the checks of one requirement, and reports nothing of them."""

import pytest

from conformance.plugin.markers import requirement_of


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Say that a check has run, although it has not."""
    requirement = requirement_of(item)
    return True if requirement is not None and requirement.id == "token.header-wins" else None
