"""From findings to ``results.json`` and back: verdicts, waivers, checksum, comparison.

Everything here is pure, apart from reading and writing files. Only requirements may come in: nothing here knows a target,
and ``report`` makes what a reader sees.
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
