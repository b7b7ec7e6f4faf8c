"""The mutants: the reference with one mistake each, one or more modules for each chapter.

It imports the reference and the requirements. A mutant breaks one requirement; ``crosstalk`` lists what it breaks besides, and why.
"""

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
