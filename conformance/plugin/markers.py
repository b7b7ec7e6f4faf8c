"""Markers of checks: the requirement that a check judges, its generated arguments, and the parameters of a quick run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import pytest
from hypothesis.strategies import SearchStrategy

from conformance.requirements import Requirement
from conformance.runner.generated import set_share
from conformance.settings import Effort

F = TypeVar("F", bound=Callable[..., Any])

EXAMPLES: dict[str, int] = {Effort.QUICK: 2, Effort.STANDARD: 15, Effort.THOROUGH: 100}
"""Generated examples of a check."""
BEYOND_QUICK = "beyond_quick"
IN_FORCE = pytest.StashKey[Mapping[str, Requirement]]()
"""The requirements as the chosen requirement set judges them, by id."""


def generated(*, share: float = 1, **strategies: SearchStrategy[Any]) -> Callable[[F], F]:
    """Make Hypothesis generate arguments of a check: one strategy for each argument name.

    ``share`` is the part of the usual number of examples that is enough for the check.
    """

    def declare(check: F) -> F:
        set_share(check, share)
        values = [pytest.param(*strategies.values(), id=pytest.HIDDEN_PARAM)]
        marked: F = pytest.mark.parametrize(tuple(strategies), values)(check)
        return marked

    return declare


def covers(requirement: Requirement) -> pytest.MarkDecorator:
    """Mark a test function as a check of one requirement."""
    return pytest.mark.requirement(requirement)


def requirement_of(item: pytest.Item) -> Requirement | None:
    """Return the requirement that an item checks, at the level of the run's requirement set; None where it is not a check."""
    marker = item.get_closest_marker("requirement")
    if marker is None:
        return None
    requirement: Requirement = marker.args[0]
    return item.config.stash.get(IN_FORCE, {}).get(requirement.id, requirement)


def parameters(values: Sequence[Any] | Mapping[str, Any], quick: int) -> list[Any]:
    """Return the parameters of a check, with their names as ids if they have names. A quick run uses only the first ``quick`` ones."""
    named = list(values.items()) if isinstance(values, Mapping) else [(None, value) for value in values]
    return [
        pytest.param(value, id=name, marks=[] if place < quick else [getattr(pytest.mark, BEYOND_QUICK)])
        for place, (name, value) in enumerate(named)
    ]


def is_beyond_quick(item: pytest.Item) -> bool:
    """Whether a quick run leaves a check out."""
    return item.get_closest_marker(BEYOND_QUICK) is not None
