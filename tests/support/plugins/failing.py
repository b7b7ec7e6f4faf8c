"""A pytest plugin with a bug: it makes the report of one requirement's checks fail, without a finding."""

from typing import Any

import pytest

from conformance.plugin.markers import requirement_of
from conformance.plugin.outcomes import FINDING


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Replace a report by a failure that says nothing about the target."""
    report = yield
    requirement = requirement_of(item)
    if requirement is not None and requirement.id == "token.header-wins" and hasattr(report, FINDING):
        delattr(report, FINDING)
        report.outcome, report.longrepr = "failed", "::error::a bug\nof two lines"
    return report
