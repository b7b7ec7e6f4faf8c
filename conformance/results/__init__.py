"""From findings to ``results.json`` and back: verdicts, waivers, checksum, comparison.

Everything is pure, except for reading and writing files. It imports the requirements, and knows neither targets nor reports:
what a reader sees is made in ``report/``.
"""

from conformance.results.file import (
    FORMAT,
    NOT_GREEN,
    Results,
    RunFacts,
    UnusableResults,
    compose,
    counts,
    digest,
    headline,
    read,
    schema,
    write,
)

__all__ = [
    "FORMAT",
    "NOT_GREEN",
    "Results",
    "RunFacts",
    "UnusableResults",
    "compose",
    "counts",
    "digest",
    "headline",
    "read",
    "schema",
    "write",
]
