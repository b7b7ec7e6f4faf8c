"""Requirement sets: frozen lists of what counts, each named after a month. A certificate names one of them.

A later requirement is provisional in an older set: it is judged and shown, but never as a MUST.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from conformance.requirements import ALL
from conformance.requirements.model import Basis, Level, Requirement

STRENGTH = (Level.INFO, Level.SHOULD, Level.MUST)
"""The levels, the weakest first."""


class UnknownSet(ValueError):
    """A requirement set that this version does not have; the text names those that it has."""


@dataclass(frozen=True)
class RequirementSet:
    """A frozen list of requirements."""

    name: str
    digest: str
    """The SHA-256 of its file."""
    requirements: Mapping[str, Mapping[str, str]]
    """By id: ``level``, ``basis``, ``class`` and ``statement``."""

    def level_of(self, name: str) -> Level | None:
        """Return the level of a requirement in this set, or None if it is not in it."""
        return Level(self.requirements[name]["level"]) if name in self.requirements else None


@dataclass(frozen=True)
class Erratum:
    """A requirement that was wrong: it counts in no set any more."""

    id: str
    reason: str
    day: str
    """ISO 8601."""


def names() -> list[str]:
    """Return the names of all sets, the oldest first."""
    files = resources.files(__package__).iterdir()
    return sorted(file.name.removesuffix(".json") for file in files if file.name[:1].isdigit())


@cache
def find_set(name: str = "") -> RequirementSet:
    """Return a set by its name; without a name, the newest. Raises UnknownSet."""
    known = names()
    if name and name not in known:
        raise UnknownSet(f"{name}: this version has no such requirement set; it has {', '.join(known)}")
    text = resources.files(__package__).joinpath(f"{name or known[-1]}.json").read_bytes()
    content = json.loads(text)
    return RequirementSet(content["set"], hashlib.sha256(text).hexdigest(), content["requirements"])


@cache
def errata() -> Mapping[str, Erratum]:
    """Return the withdrawn requirements, by id."""
    text = resources.files(__package__).joinpath("errata.json").read_text("utf-8")
    return {item["id"]: Erratum(**item) for item in json.loads(text)["withdrawn"]}


def in_force(chosen: RequirementSet, known: Iterable[Requirement] = ALL) -> tuple[Requirement, ...]:
    """Return the requirements of this version as a set judges them.

    One that the set does not have is provisional, and at most SHOULD. One that the set has keeps the weaker of both levels:
    what is made stricter waits for the next set, and what is made easier counts at once.
    """
    return tuple(_in_force(chosen, item) for item in known)


def _in_force(chosen: RequirementSet, item: Requirement) -> Requirement:
    level = chosen.level_of(item.id)
    if level is None:
        return replace(item, level=weaker(item.level, Level.SHOULD), provisional=True)
    if STRENGTH.index(level) < STRENGTH.index(item.level):
        return replace(item, level=level, basis=Basis(chosen.requirements[item.id]["basis"]))
    return item


def weaker(one: Level, other: Level) -> Level:
    """Return the weaker of two levels."""
    return min(one, other, key=STRENGTH.index)


def content_of(name: str, known: Iterable[Requirement] = ALL) -> str:
    """Return the file of a set that is still open: every requirement that counts from it on or earlier."""
    listed: dict[str, Any] = {
        item.id: {
            "level": str(item.level),
            "basis": str(item.basis),
            "class": str(item.needs),
            "statement": item.statement,
        }
        for item in known
        if item.since <= name
    }
    return json.dumps({"set": name, "requirements": listed}, ensure_ascii=False, indent=1) + "\n"
