"""Finds the mutants that prove a requirement."""

from collections import defaultdict
from functools import cache

from conformance.mutants import ALL as MUTANTS
from conformance.mutants import Mutant
from conformance.requirements import ALL, Level, Requirement

JUDGED = tuple(one for one in ALL if one.level is not Level.INFO)
"""What a target can break: each of these needs a mutant."""


def mutants_of(requirement: Requirement) -> tuple[Mutant, ...]:
    """Return the mutants that a requirement has to catch; an INFO has none."""
    return tuple(_by_requirement()[requirement])


@cache
def _by_requirement() -> defaultdict[Requirement, list[Mutant]]:
    found: defaultdict[Requirement, list[Mutant]] = defaultdict(list)
    for mutant in MUTANTS:
        found[mutant.breaks].append(mutant)
    return found
