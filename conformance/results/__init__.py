"""From findings to ``results.json``, and from that file back to values: verdicts, waivers, checksum, comparison.

Everything here is pure but reading and writing a file. It may import the requirements, and knows neither a target nor a
report: what a reader sees is made in ``report/``.
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
