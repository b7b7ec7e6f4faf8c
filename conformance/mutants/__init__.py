"""The mutants: the reference with one mistake each, one or more modules for each chapter.

It imports the reference and the requirements. A mutant breaks one requirement. ``crosstalk`` lists the others
that it also breaks, and why.
"""

import difflib

from conformance.mutants import (  # noqa: F401 - each module declares its mutants
    batch,
    browser,
    browser_lines,
    callers,
    concurrency,
    content,
    cors,
    enrichment,
    events,
    falsy,
    fields,
    forms,
    kept,
    lenient,
    lookups,
    mixes,
    preflight,
    response,
    robustness,
    silence,
    sources,
    taking,
    token,
    values,
)
from conformance.mutants.declaring import DECLARED, Mutant

ALL: tuple[Mutant, ...] = tuple(DECLARED)
"""Every mutant."""


class UnknownMutant(ValueError):
    """No mutant has this name; the message suggests a similar one."""


def find(name: str) -> Mutant:
    """Return the mutant with a name. Raises UnknownMutant."""
    found = next((mutant for mutant in ALL if mutant.name == name), None)
    if found is None:
        close = difflib.get_close_matches(name, [mutant.name for mutant in ALL], n=1, cutoff=0.4)
        suggestion = f"did you mean {close[0]}?" if close else "reference --mutants lists them"
        raise UnknownMutant(f"{name}: no mutant has this name; {suggestion}")
    return found


__all__ = ["ALL", "Mutant", "UnknownMutant", "find"]
