"""Which requirement a check judges."""

import pytest

from conformance.requirements import Requirement


def covers(requirement: Requirement) -> pytest.MarkDecorator:
    """Mark a test function as a check of one requirement."""
    return pytest.mark.requirement(requirement)


def requirement_of(item: pytest.Item) -> Requirement | None:
    """Return the requirement that an item checks, or None where it is no check."""
    marker = item.get_closest_marker("requirement")
    return marker.args[0] if marker is not None else None
