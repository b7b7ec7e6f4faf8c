"""How a mutant is declared: a class of rules with one mistake, and the requirement that it breaks."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from conformance.reference import Rules
from conformance.requirements import Requirement

R = TypeVar("R", bound=Rules)


@dataclass(frozen=True)
class Mutant:
    """A target with one mistake."""

    name: str
    breaks: Requirement
    rules: type[Rules]
    """Its docstring says what the mistake is; reports and pages show it."""
    also: tuple[Requirement, ...] = ()
    """Other requirements that this mistake always breaks too; crosstalk.py says why."""
    perhaps: tuple[Requirement, ...] = ()
    """Other requirements that it may break, depending on the places of events in a batch or on the order of requests."""
    options: tuple[str, ...] = ()
    """Options that a run needs to catch it, or to catch it quickly."""

    @property
    def mistake(self) -> str:
        """What the mistake is, in one or two sentences: the first paragraph of the docstring."""
        return (inspect.getdoc(self.rules) or "").partition("\n\n")[0].replace("\n", " ")


DECLARED: list[Mutant] = []
"""Every mutant, in the order of declaration."""


def mutant(
    breaks: Requirement,
    *also: Requirement,
    perhaps: tuple[Requirement, ...] = (),
    options: tuple[str, ...] = (),
) -> Callable[[type[R]], type[R]]:
    """Declare a class of rules as a mutant, named after the class; ``also`` and ``perhaps`` may repeat ``breaks``."""

    def declare(rules: type[R]) -> type[R]:
        name = re.sub(r"(?<=.)(?=[A-Z])", "-", rules.__name__).lower()
        surely = tuple(one for one in dict.fromkeys(also) if one is not breaks)
        others = tuple(one for one in dict.fromkeys(perhaps) if one not in (breaks, *surely))
        DECLARED.append(Mutant(name, breaks, rules, surely, others, options))
        return rules

    return declare


class Mistake(Exception):
    """An exception that nothing catches, so the server answers with 500."""


def crash(why: str) -> NoReturn:
    """End the request with an exception that nothing catches. Raises Mistake."""
    raise Mistake(why)
