"""The requirements: every clause of the contract as a value, in one module for each chapter.

It imports no other room, so every room may import it. The checks are in ``suite/``.
"""

import difflib
from collections.abc import Iterable
from fnmatch import fnmatchcase
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
        raise UnknownRequirement(f"{name}: no requirement has this id{_suggestion(name, BY_ID)}")
    return BY_ID[name]


def select(name: str) -> tuple[Requirement, ...]:
    """Return the requirements that an id, a chapter or a pattern such as ``token.*`` selects. Raises UnknownRequirement."""
    if name in CHAPTERS:
        return tuple(one for one in ALL if one.chapter == name)
    if not set(name) & set("*?["):
        if name not in BY_ID:
            suggestion = _suggestion(name, (*CHAPTERS, *BY_ID))
            raise UnknownRequirement(f"{name}: no requirement or chapter has this name{suggestion}")
        return (BY_ID[name],)
    found = tuple(one for one in ALL if fnmatchcase(one.id, name))
    if not found:
        raise UnknownRequirement(f"{name}: no requirement's id matches; write a pattern such as 'cors.*'")
    return found


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    return f"; did you mean {close[0]}?" if close else ""


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
    "select",
]
