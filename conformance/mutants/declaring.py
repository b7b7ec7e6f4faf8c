"""A mutant: the reference with one mistake in it, and the requirement that has to notice."""

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
    """Its docstring says what it does wrong."""
    also: tuple[Requirement, ...] = ()
    """Other requirements that this mistake breaks by its nature; crosstalk.py says why."""
    perhaps: tuple[Requirement, ...] = ()
    """Others that it breaks or not, depending on where events happen to stand, or on what comes first."""
    options: tuple[str, ...] = ()
    """What a run has to be told to see it, or to see it soon."""

    @property
    def mistake(self) -> str:
        """What it does wrong, in a sentence or two."""
        return (inspect.getdoc(self.rules) or "").partition("\n\n")[0].replace("\n", " ")


DECLARED: list[Mutant] = []
"""Every mutant that a chapter of this package has declared, in order."""


def mutant(
    breaks: Requirement,
    *also: Requirement,
    perhaps: tuple[Requirement, ...] = (),
    options: tuple[str, ...] = (),
) -> Callable[[type[R]], type[R]]:
    """Declare rules to be a mutant, named by their class. A group that it also breaks may hold what it breaks."""

    def declare(rules: type[R]) -> type[R]:
        name = re.sub(r"(?<=.)(?=[A-Z])", "-", rules.__name__).lower()
        surely = tuple(one for one in dict.fromkeys(also) if one is not breaks)
        others = tuple(one for one in dict.fromkeys(perhaps) if one not in (breaks, *surely))
        DECLARED.append(Mutant(name, breaks, rules, surely, others, options))
        return rules

    return declare


class Mistake(Exception):
    """What a careless target lets escape: the server answers with 500, as servers do."""


def crash(why: str) -> NoReturn:
    """End the request as an exception that nobody catches does."""
    raise Mistake(why)
