"""Finds the checks of a requirement by the marks in the suite's modules."""

import importlib
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import NamedTuple

import conformance
from conformance.report.content.checks import sentence
from conformance.requirements import Requirement

SUITE = Path(conformance.__file__).parent / "suite"


class Check(NamedTuple):
    """A check function, and one requirement that it judges."""

    requirement: Requirement
    function: FunctionType
    module: str
    """The name of its file in ``conformance/suite``."""

    @property
    def sentence(self) -> str:
        """The name of the function as a sentence."""
        return sentence(self.function.__name__)


def checks_of(requirement: Requirement) -> tuple[Check, ...]:
    """Return the checks that judge a requirement, in the order of the suite."""
    return tuple(check for check in checks() if check.requirement is requirement)


@cache
def checks() -> tuple[Check, ...]:
    """Return every check of the suite, once for each requirement that it judges.

    The modules are imported by name, as pytest does, because no room may import the suite.
    """
    return tuple(check for path in sorted(SUITE.glob("test_*.py")) for check in _checks_in(path))


def _checks_in(path: Path) -> Iterator[Check]:
    module = importlib.import_module(f"conformance.suite.{path.stem}")
    for function in vars(module).values():
        if inspect.isfunction(function) and function.__name__.startswith("test_"):
            for requirement in dict.fromkeys(_judged_by(function)):
                yield Check(requirement, function, path.name)


def _judged_by(function: FunctionType) -> Iterator[Requirement]:
    """Yield the requirements in a function's marks and in the marks of its parameters."""
    for mark in getattr(function, "pytestmark", ()):
        if mark.name == "requirement":
            yield mark.args[0]
        elif mark.name == "parametrize":
            for parameters in mark.args[1]:
                for inner in getattr(parameters, "marks", ()):
                    if inner.name == "requirement":
                        yield inner.args[0]
