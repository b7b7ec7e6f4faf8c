"""What the doctor says of one step: what was tried, what came, what to do."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

STEP = 11
"""Columns of a step's name."""
SIGN = 9
"""Columns of its sign."""


class Sign(StrEnum):
    """How a step went."""

    OK = "ok"
    WARNING = "warning"
    """A mistake of the configuration's, or of the target's: the run goes on, and its checks judge the target."""
    PROBLEM = "problem"
    """Nothing can be judged; no step comes after it."""
    UNKNOWN = "unknown"
    """It was not tried, or its answer says nothing."""


@dataclass(frozen=True)
class Line:
    """One step of the doctor's."""

    step: str
    sign: Sign
    tried: str
    came: str
    todo: str = ""
    """What to do about it; empty where nothing is to be done."""

    @property
    def said(self) -> str:
        """What came, and what to do, in one sentence."""
        return f"{self.came}; {self.todo}" if self.todo else self.came


def shown(line: Line, width: int = 100) -> list[str]:
    """Return a line as it is printed, folded to ``width`` columns."""
    indent = " " * (SIGN + STEP + 2)
    opening = f"{line.sign:<{SIGN}}{line.step:<{STEP}}  "
    text = [f"{opening}{line.tried}: {line.came}"]
    if line.todo:
        text.append(f"{indent}do: {line.todo}")
    return [part for one in text for part in _folded(one, width, indent)]


def summed_up(lines: Sequence[Line]) -> list[str]:
    """Return what the steps come to, in a sentence."""
    warnings = sum(line.sign is Sign.WARNING for line in lines)
    if any(line.sign is Sign.PROBLEM for line in lines):
        return ["A run would judge nothing."]
    if warnings:
        return [f"A run can begin; look at the {warnings} warning{'s' if warnings > 1 else ''} first."]
    return ["A run can begin."]


def _folded(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
