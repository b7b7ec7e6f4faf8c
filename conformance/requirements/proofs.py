"""How each requirement is judged and proved: its checks, and the mutants that have to be caught. ``make docs`` writes it."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from conformance.requirements.model import Requirement

FILE = "proofs.json"


@dataclass(frozen=True)
class Check:
    """A check that judges a requirement."""

    sentence: str
    """Its name as words."""
    module: str
    """The module of ``conformance/suite`` that it is in."""


@dataclass(frozen=True)
class Caught:
    """A mutant that the requirement has to catch."""

    name: str
    mistake: str
    """What it does wrong, in one sentence."""


@dataclass(frozen=True)
class Proof:
    """Why a requirement's verdict can be trusted."""

    checks: tuple[Check, ...]
    mutants: tuple[Caught, ...]
    """None for what is only observed."""


def proof_of(requirement: Requirement) -> Proof:
    """Return how a requirement is judged and proved."""
    return _proofs()[requirement.id]


@cache
def _proofs() -> dict[str, Proof]:
    content = json.loads(resources.files("conformance.requirements").joinpath(FILE).read_text("utf-8"))
    return {
        name: Proof(
            tuple(Check(**check) for check in proof["checks"]),
            tuple(Caught(**mutant) for mutant in proof["mutants"]),
        )
        for name, proof in content.items()
    }
