"""A variant: an unusual target that conforms, and the verdicts that a run must give it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.types import ASGIApp

from conformance import reference
from conformance.reference import Rules
from conformance.requirements import Level, Needs, Requirement

Event = dict[str, Any]
R = TypeVar("R", bound=Rules)
BEHIND = (Needs.INGESTION, Needs.STORES)
"""The classes of a variant whose answers are the reference's."""
LATE = "--patience=20"
"""The default patience, because runs of tests use less."""
FRESH = ("-n", "1")
"""For a variant that depends on when the suite's modules were loaded: a process of its own."""


@dataclass(frozen=True)
class Variant:
    """A conforming target, and the verdicts that a run must give it."""

    rules: type[Rules]
    """Its docstring says what is unusual about it."""
    warned: tuple[Requirement, ...] = ()
    not_judged: tuple[Requirement, ...] = ()
    around: Callable[[ASGIApp], ASGIApp] | None = None
    """What wraps the application."""
    options: tuple[str, ...] = ()
    """Options of the run that judges it."""
    classes: tuple[Needs, ...] = (Needs.HTTP, Needs.INGESTION, Needs.STORES)
    """The classes that it is judged by: all of them if its answers are unusual."""

    @property
    def name(self) -> str:
        return re.sub(r"(?<=.)(?=[A-Z])", "-", self.rules.__name__).lower()

    @property
    def status(self) -> int:
        """The exit status of a run that requires every class: 6 if a MUST could not be judged, else 0."""
        return 6 if any(one.level is Level.MUST for one in self.not_judged) else 0


DECLARED: list[Variant] = []
"""Every variant that a module of this package has declared."""


def variant(**what: Any) -> Callable[[type[R]], type[R]]:
    """Declare a class of rules as a variant, named after the class."""

    def declare(rules: type[R]) -> type[R]:
        DECLARED.append(Variant(rules, **what))
        return rules

    return declare


class Server(reference.Server):
    """A server of a variant."""

    def __init__(self, variant: Variant) -> None:
        super().__init__(variant.rules, delay=0.005)
        config = self._listener.config
        if variant.around is not None:
            config.app = variant.around(config.app)  # type: ignore[arg-type]  # an application, of uvicorn's many
