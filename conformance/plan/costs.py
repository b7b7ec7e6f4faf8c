"""What each check costs, measured on the bundled reference: ``make docs`` writes it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from conformance.client import Load
from conformance.settings import Effort

FILE = "costs.json"


@dataclass(frozen=True)
class Cost:
    """What one check sends, over all its parameters."""

    requirement: str
    check: str
    """Its function's name."""
    alone: Load
    """With answers of its own, and read-back."""
    together: Load
    """Beside all others, whose answers it shares."""
    unseen: Load
    """As that, without read-back."""
    needs: frozenset[str]
    """The fixtures that it asks for."""
    generated: bool
    """Whether its examples are, so that a violation is made smaller by further requests."""


@dataclass(frozen=True)
class Costs:
    """What a run of one effort costs."""

    checks: tuple[Cost, ...]
    doctor: Load
    fixtures: dict[str, Load]
    """What is sent for several checks at once, by the fixture that sends it."""
    shrinking: int
    """Requests that a generated check may send to make a violation smaller."""
    seconds: float
    """What a request takes beside the time on the way."""

    def of_fixtures(self, checks: Iterable[Cost]) -> Load:
        """Return what is sent for several of some checks at once."""
        needed = {name for check in checks for name in check.needs} & self.fixtures.keys()
        return total(self.fixtures[name] for name in sorted(needed))


def total(loads: Iterable[Load]) -> Load:
    """Add loads up."""
    found = Load()
    for load in loads:
        found = found.plus(load)
    return found


@cache
def costs_of(effort: str) -> Costs:
    """Return the measured costs of an effort."""
    content = json.loads(resources.files("conformance.plan").joinpath(FILE).read_text("utf-8"))
    told = content["efforts"][Effort(effort)]
    return Costs(
        tuple(
            Cost(
                requirement,
                check,
                Load(*one["alone"]),
                Load(*one["together"]),
                Load(*one["unseen"]),
                frozenset(one["needs"]),
                one["generated"],
            )
            for requirement, checks in told["checks"].items()
            for check, one in checks.items()
        ),
        Load(*told["doctor"]),
        {name: Load(*load) for name, load in told["fixtures"].items()},
        content["shrinking"],
        content["seconds"],
    )
