"""The requirements: every clause of the contract as a value, in one module for each chapter.

It imports no other room, so every room may import it. The checks are in ``suite/``.
"""

import difflib
from types import ModuleType

from conformance.requirements import (
    batch,
    browser,
    concurrency,
    cors,
    enrichment,
    events,
    response,
    robustness,
    token,
)
from conformance.requirements.model import Basis, Level, Needs, Requirement

CHAPTERS: dict[str, ModuleType] = {
    "token": token,
    "batch": batch,
    "response": response,
    "events": events,
    "enrichment": enrichment,
    "concurrency": concurrency,
    "cors": cors,
    "robustness": robustness,
    "browser": browser,
}
"""The chapters, in the order of the contract and of the reports."""

ALL: tuple[Requirement, ...] = tuple(
    value
    for chapter in CHAPTERS.values()
    for value in vars(chapter).values()
    if isinstance(value, Requirement)
)
"""Every requirement, in the order of the reports."""

BY_ID: dict[str, Requirement] = {requirement.id: requirement for requirement in ALL}


class UnknownRequirement(ValueError):
    """No requirement has this id; the text suggests a similar one."""


def find(name: str) -> Requirement:
    """Return the requirement with an id. Raises UnknownRequirement."""
    if name not in BY_ID:
        close = difflib.get_close_matches(name, BY_ID, n=1, cutoff=0.4)
        suggestion = f"; did you mean {close[0]}?" if close else ""
        raise UnknownRequirement(f"{name}: no requirement has this id{suggestion}")
    return BY_ID[name]


__all__ = [
    "ALL",
    "BY_ID",
    "CHAPTERS",
    "Basis",
    "Level",
    "Needs",
    "Requirement",
    "UnknownRequirement",
    "find",
]
