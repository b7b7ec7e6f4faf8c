"""A conforming target, however unusual, and what the contract has a run say of it."""

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
"""Of a variant whose answers are the reference's own."""
LATE = "--patience=20"
"""The default, which a test's run cuts short."""
FRESH = ("-n", "1")
"""Of a variant that minds when the suite's modules were loaded: in a process of its own."""


@dataclass(frozen=True)
class Variant:
    """A conforming target, and what the contract has a run say of it."""

    rules: type[Rules]
    """Its docstring says what is unusual about it."""
    warned: tuple[Requirement, ...] = ()
    not_judged: tuple[Requirement, ...] = ()
    around: Callable[[ASGIApp], ASGIApp] | None = None
    """What stands in front of the application."""
    options: tuple[str, ...] = ()
    """What a run has to be told of it."""
    classes: tuple[Needs, ...] = (Needs.HTTP, Needs.INGESTION, Needs.STORES)
    """Whose requirements it is judged by: all, where its answers are unusual."""

    @property
    def name(self) -> str:
        return re.sub(r"(?<=.)(?=[A-Z])", "-", self.rules.__name__).lower()

    @property
    def status(self) -> int:
        """What a run ends with that requires every class: 6 where a MUST could not be judged."""
        return 6 if any(one.level is Level.MUST for one in self.not_judged) else 0


DECLARED: list[Variant] = []
"""Every variant that a module of this package has declared."""


def variant(**what: Any) -> Callable[[type[R]], type[R]]:
    """Declare rules to be a variant, named by their class."""

    def declare(rules: type[R]) -> type[R]:
        DECLARED.append(Variant(rules, **what))
        return rules

    return declare


class Server(reference.Server):
    """Serves a variant."""

    def __init__(self, variant: Variant) -> None:
        super().__init__(variant.rules, delay=0.005)
        config = self._listener.config
        if variant.around is not None:
            config.app = variant.around(config.app)  # type: ignore[arg-type]  # an application, of uvicorn's many
