"""``make requirement ID=…``: what a requirement still lacks."""

import pytest

from conformance.requirements import Basis, Level, Requirement, batch, token
from tools.requirement import lacking


def _new(level: Level, basis: Basis) -> Requirement:
    return Requirement("token.new", "Authentication", "A sentence.", level=level, basis=basis)


@pytest.mark.parametrize("requirement", [token.HEADER_WINS, batch.UNKNOWN_MEMBER], ids=lambda one: one.id)
def test_a_requirement_that_is_whole_lacks_nothing(requirement: Requirement) -> None:
    assert list(lacking(requirement)) == []


def test_a_new_requirement_lacks_a_check_a_mutant_and_advice_each_with_its_file() -> None:
    assert list(lacking(_new(Level.MUST, Basis.STATED))) == [
        "a check: a function with @covers(…) in conformance/suite/test_token.py",
        "a mutant: a class with @mutant(…) in conformance/mutants/token.py",
        "advice: an Advice in conformance/requirements/advice/",
    ]


def test_what_is_only_observed_lacks_a_check_alone() -> None:
    assert [one.partition(":")[0] for one in lacking(_new(Level.INFO, Basis.SILENT))] == ["a check"]
