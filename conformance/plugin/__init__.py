"""The seam to pytest, a small module each: options, the run, fixtures, judging, collecting."""

from conformance.plugin.covers import covers
from conformance.plugin.effort import thinned
from conformance.plugin.once import Once

__all__ = ["Once", "covers", "thinned"]

pytest_plugins = [
    "conformance.plugin.options",
    "conformance.plugin.session",
    "conformance.plugin.discretion",
    "conformance.plugin.fixtures",
    "conformance.plugin.judging",
    "conformance.plugin.collecting",
    "conformance.plugin.progress",
    "conformance.report.pytest_html",
]
