"""One step of the doctor: what was tried, what was observed, what to do."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

NAME_WIDTH = 11
"""Columns of a step's name."""
RESULT_WIDTH = 9
"""Columns of its result."""


class StepResult(StrEnum):
    """The result of a step."""

    OK = "ok"
    WARNING = "warning"
    """A mistake in the configuration or of the target; the run goes on, and its checks judge the target."""
    PROBLEM = "problem"
    """Nothing can be judged; it is the last step."""
    UNKNOWN = "unknown"
    """It was not tried, or the reply does not answer the question."""


@dataclass(frozen=True)
class Step:
    """One step of the doctor."""

    name: str
    result: StepResult
    tried: str
    observed: str
    advice: str = ""
    """What to do about it; empty if nothing."""
    keeps_from: tuple[str, ...] = ()
    """The classes that a run cannot judge because of this."""

    @property
    def sentence(self) -> str:
        """What was observed and what to do, in one sentence."""
        return f"{self.observed}; {self.advice}" if self.advice else self.observed

    def to_json(self) -> dict[str, str]:
        """Return the step in the form of ``results.json``."""
        return {
            "step": self.name,
            "result": str(self.result),
            "tried": self.tried,
            "observed": self.observed,
            "advice": self.advice,
        }


def format_step(step: Step, width: int = 100) -> list[str]:
    """Return the lines that show a step, at most ``width`` columns wide."""
    indent = " " * (RESULT_WIDTH + NAME_WIDTH + 2)
    opening = f"{step.result:<{RESULT_WIDTH}}{step.name:<{NAME_WIDTH}}  "
    text = [f"{opening}{step.tried}: {step.observed}"]
    if step.advice:
        text.append(f"{indent}do: {step.advice}")
    return [part for one in text for part in _folded(one, width, indent)]


def summary(steps: Sequence[Step], shortcomings: Mapping[str, str]) -> list[str]:
    """Return whether a run can begin, in sentences; ``shortcomings`` are by required class what to do to have it judged."""
    lacking = [
        f"It would not fully judge the required class {needs}: {remedy}"
        for needs, remedy in shortcomings.items()
    ]
    warnings = sum(step.result is StepResult.WARNING for step in steps)
    if any(step.result is StepResult.PROBLEM for step in steps):
        return ["A run would judge nothing."]
    if warnings:
        return [
            f"A run can begin; look at the {warnings} warning{'s' if warnings > 1 else ''} first.",
            *lacking,
        ]
    return ["A run can begin.", *lacking]


def _folded(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
