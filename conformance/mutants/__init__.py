"""Every way in which the reference is made to err, a module a chapter; three chapters fill more."""

from types import ModuleType

from conformance.mutants import (
    batch,
    cors,
    enrichment,
    events,
    fields,
    mixes,
    preflight,
    response,
    robustness,
    sources,
    taking,
    token,
    values,
)
from conformance.mutants.declaring import DECLARED, Mutant

CHAPTERS: tuple[ModuleType, ...] = (
    token,
    sources,
    batch,
    response,
    events,
    taking,
    fields,
    values,
    mixes,
    enrichment,
    cors,
    preflight,
    robustness,
)
ALL: tuple[Mutant, ...] = tuple(DECLARED)

__all__ = ["ALL", "CHAPTERS", "Mutant"]
