"""What the doctor says of one step: what was tried, what came, what to do."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

STEP = 11
"""Columns of a step's name."""
SIGN = 9
"""Columns of its sign."""


class StepResult(StrEnum):
    """How a step went."""

    OK = "ok"
    WARNING = "warning"
    """A mistake of the configuration's, or of the target's: the run goes on, and its checks judge the target."""
    PROBLEM = "problem"
    """Nothing can be judged; no step comes after it."""
    UNKNOWN = "unknown"
    """It was not tried, or its answer says nothing."""


@dataclass(frozen=True)
class Step:
    """One step of the doctor's."""

    name: str
    result: StepResult
    tried: str
    observed: str
    advice: str = ""
    """What to do about it; empty where nothing is to be done."""

    @property
    def sentence(self) -> str:
        """What came, and what to do, in one sentence."""
        return f"{self.observed}; {self.advice}" if self.advice else self.observed


def format_step(step: Step, width: int = 100) -> list[str]:
    """Return a step as it is printed, folded to ``width`` columns."""
    indent = " " * (SIGN + STEP + 2)
    opening = f"{step.result:<{SIGN}}{step.name:<{STEP}}  "
    text = [f"{opening}{step.tried}: {step.observed}"]
    if step.advice:
        text.append(f"{indent}do: {step.advice}")
    return [part for one in text for part in _folded(one, width, indent)]


def summary(steps: Sequence[Step]) -> list[str]:
    """Return what the steps come to, in a sentence."""
    warnings = sum(step.result is StepResult.WARNING for step in steps)
    if any(step.result is StepResult.PROBLEM for step in steps):
        return ["A run would judge nothing."]
    if warnings:
        return [f"A run can begin; look at the {warnings} warning{'s' if warnings > 1 else ''} first."]
    return ["A run can begin."]


def _folded(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
