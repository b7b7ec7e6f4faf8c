"""A comparison on a terminal: lines of at most 100 columns, the conclusion last."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from conformance.report.content import excerpts
from conformance.report.content.comparison import (
    CHANGES,
    classes,
    conclusion,
    counted,
    format_run,
    identity,
    why,
    word,
)
from conformance.report.text.failure import wrapped
from conformance.report.text.log import inert
from conformance.results.comparison import Change, Comparison, Row, Step

WIDTH = 100
LEVEL = 7
"""Columns of a level."""
CELL = 11
"""Columns of a verdict that is shown as a word."""
NARROW = 3
"""Columns of a label, or of a verdict that is shown as its shape."""


def comparison_text(comparison: Comparison, width: int = WIDTH) -> str:
    """Return what changed between two runs. For more than two, return a matrix and the changes since the first."""
    return inert("\n".join([*_lines(comparison, width), ""]))


def _lines(comparison: Comparison, width: int) -> Iterator[str]:
    for run in comparison.runs:
        yield excerpts.cut(f"{run.label:<{NARROW}}{excerpts.one_line(run.name)}", width)
        yield from wrapped(format_run(run), width, NARROW)
    yield ""
    if len(comparison.runs) > 2:  # noqa: PLR2004 - two are before and after
        yield from _matrix(comparison, width)
    for step in comparison.steps:
        yield from _step(step, width)
    yield from wrapped(conclusion(comparison), width)


def _step(step: Step, width: int) -> Iterator[str]:
    yield from wrapped(f"{step.before.label} → {step.after.label}: {counted(step)}", width)
    for line in (*identity(step), *classes(step)):
        yield from wrapped(line, width, 2)
    for change in CHANGES:
        yield from _changed(step, change, width)
    yield ""


def _changed(step: Step, change: Change, width: int) -> Iterator[str]:
    items = step.having(change)
    if items:
        yield f"  {CHANGES[change].text}"
    for item in items:
        verdicts = f"{word(item.before).text} → {word(item.after).text}"
        yield f"    {item.requirement['id']} ({item.requirement['level']}): {verdicts}"
        if reason := why(item):
            yield excerpts.cut(f"      {excerpts.one_line(reason)}", width)


def _matrix(comparison: Comparison, width: int) -> Iterator[str]:
    longest = max(len(row.requirement["id"]) for row in comparison.rows)
    room = width - longest - 2 - LEVEL
    wide = len(comparison.runs) * CELL <= room
    cell = CELL if wide else NARROW
    for start in range(0, len(comparison.runs), room // cell):
        labels = [run.label for run in comparison.runs[start : start + room // cell]]
        yield f"{'requirement':<{longest}}  {'level':<{LEVEL}}{_cells(labels, cell)}".rstrip()
        for _, rows in groupby(comparison.rows, key=lambda row: row.requirement["chapter"]):
            for row in rows:
                yield _row(row, start, len(labels), longest, cell=cell)
        yield ""
    if not wide:
        shapes = {word(verdict) for row in comparison.rows for verdict in row.verdicts}
        key = sorted((f"{one.shape} {one.text}" for one in shapes), key=lambda text: text[2:])
        yield from wrapped(", ".join(key), width)
        yield ""


def _row(row: Row, start: int, count: int, longest: int, *, cell: int) -> str:
    words = [word(verdict) for verdict in row.verdicts[start : start + count]]
    texts = [one.text if cell == CELL else one.shape for one in words]
    requirement = row.requirement
    return f"{requirement['id']:<{longest}}  {requirement['level']:<{LEVEL}}{_cells(texts, cell)}".rstrip()


def _cells(texts: Sequence[str], cell: int) -> str:
    return "".join(f"{text:<{cell}}" for text in texts)
