"""A reason why mutants of some requirements also break others."""

from dataclasses import dataclass

from conformance.mutants.groups import Group


@dataclass(frozen=True)
class Because:
    """The reason why mutants of the requirements in ``breaking`` also break some of those in ``also``."""

    reason: str
    breaking: Group
    also: Group
