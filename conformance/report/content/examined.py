"""What the doctor saw before a run, and the options that judged. Pure functions of results."""

from typing import Any

from conformance.results import Results

Seen = dict[str, Any]
"""A step of the doctor, in the form of ``results.json``."""
SEEN_FIRST = "Before the run"
OPTIONS_FIRST = "Look at this first: if an option is wrong, failures below may be about the option and not about the target."


def warnings(results: Results) -> list[Seen]:
    """Return the doctor's warnings: each may explain failures. A file of an earlier version has none."""
    return [step for step in results.get("doctor", ()) if step["result"] == "warning"]


def observed(step: Seen) -> str:
    """Return what was tried and observed in one line."""
    return f"{step['tried']}: {step['observed']}"


def sentence(step: Seen) -> str:
    """Return what was tried and observed and what to do, in one line."""
    return f"{observed(step)}; {step['advice']}" if step["advice"] else observed(step)


def options(results: Results) -> list[tuple[str, str]]:
    """Return the options that judged, with their values; a file of an earlier version has none."""
    return [(f"--{name}", value) for name, value in results["run"].get("options", {}).items()]
