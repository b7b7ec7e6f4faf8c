"""Makes ``results.json`` from findings and reads it again: verdicts, waivers, checksum, comparison.

Everything is pure, except for reading and writing files. It imports only the requirements. What a reader sees is made in
``report/``.
"""

from conformance.results.derivation import digest
from conformance.results.file import (
    FORMAT,
    NOT_GREEN,
    ChangedResults,
    Results,
    RunFacts,
    UnusableResults,
    as_item,
    as_text,
    compose,
    counts,
    headline,
    parse,
    read,
    schema,
    write,
)

__all__ = [
    "FORMAT",
    "NOT_GREEN",
    "ChangedResults",
    "Results",
    "RunFacts",
    "UnusableResults",
    "as_item",
    "as_text",
    "compose",
    "counts",
    "digest",
    "headline",
    "parse",
    "read",
    "schema",
    "write",
]
