"""What proves each requirement: its checks and its mutants, from a file that ``make docs`` writes.

So ``requirements`` imports neither the checks, with pytest and the HTTP client, nor the mutants, with a web server.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

from conformance.requirements import Requirement

FILE = "proofs.json"


class Check(NamedTuple):
    """A check that judges a requirement."""

    sentence: str
    module: str
    """The name of its file in ``conformance/suite``."""


class Mutant(NamedTuple):
    """A mutant that a requirement has to catch."""

    name: str
    mistake: str


class Proofs(NamedTuple):
    """The checks and the mutants of one requirement, in the order of their modules."""

    checks: tuple[Check, ...] = ()
    mutants: tuple[Mutant, ...] = ()


def proofs_of(requirement: Requirement) -> Proofs:
    """Return what proves a requirement; nothing for one that was written after the last ``make docs``."""
    return read_proofs().get(requirement.id, Proofs())


@cache
def read_proofs() -> dict[str, Proofs]:
    """Return what proves each requirement, by id. The file is read once."""
    content = json.loads(resources.files("conformance.cli").joinpath(FILE).read_text("utf-8"))
    return {
        name: Proofs(
            tuple(Check(*check) for check in one["checks"]),
            tuple(Mutant(*mutant) for mutant in one["mutants"]),
        )
        for name, one in content.items()
    }


def as_text(proofs: Mapping[str, Proofs]) -> str:
    """Return the content of the file, with one check or mutant a line."""
    lines = [_entry(name, one) for name, one in proofs.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _entry(name: str, proofs: Proofs) -> str:
    parts = [
        f'  "{kind}": [' + ",".join(f"\n   {json.dumps(one, ensure_ascii=False)}" for one in entries) + "]"
        for kind, entries in (("checks", proofs.checks), ("mutants", proofs.mutants))
    ]
    return f" {json.dumps(name)}: {{\n" + ",\n".join(parts) + "\n }"
