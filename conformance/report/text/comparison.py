"""A comparison on a terminal: lines of at most 100 columns, the conclusion last."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from conformance.report.content import excerpts
from conformance.report.content.comparison import (
    OBSERVED,
    Observation,
    between,
    changes,
    classes,
    conclusion,
    counted,
    format_run,
    identity,
    observed,
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
    """Return how each run differs from the first. For more than two, a matrix of what is not green or not the same follows."""
    return inert("\n".join([*_lines(comparison, width), ""]))


def _lines(comparison: Comparison, width: int) -> Iterator[str]:
    for run in comparison.runs:
        named = f"{run.given}: {run.name}" if run.given else run.name
        yield excerpts.cut(f"{run.label:<{NARROW}}{excerpts.one_line(named)}", width)
        yield from wrapped(format_run(run), width, NARROW)
    yield ""
    for step in comparison.steps:
        yield from _step(step, width)
    if len(comparison.runs) > 2:  # noqa: PLR2004 - two are before and after
        yield from _matrix(comparison, width)
    yield from wrapped(conclusion(comparison), width)


def _step(step: Step, width: int) -> Iterator[str]:
    yield from wrapped(f"{between(step)}: {counted(step)}", width)
    for line in (*identity(step), *classes(step)):
        yield from wrapped(line, width, 2)
    for change, described in changes(step).items():
        yield from _changed(step, change, described.text, width)
    different = observed(step)
    if different:
        yield f"  {OBSERVED}"
    for item in different:
        yield from _observed(step, item, width)
    yield ""


def _observed(step: Step, item: Observation, width: int) -> Iterator[str]:
    yield f"    {item.requirement['id']}"
    for run, text in ((step.before, item.before), (step.after, item.after)):
        yield excerpts.cut(f"      {excerpts.one_line(f'{run.called}: {text}')}", width)


def _changed(step: Step, change: Change, described: str, width: int) -> Iterator[str]:
    items = step.having(change)
    if items:
        yield f"  {described}"
    for item in items:
        verdicts = f"{word(item.before).text} {'and' if step.is_across else '→'} {word(item.after).text}"
        yield f"    {item.requirement['id']} ({item.requirement['level']}): {verdicts}"
        if reason := why(item, step):
            yield excerpts.cut(f"      {excerpts.one_line(reason)}", width)


def _matrix(comparison: Comparison, width: int) -> Iterator[str]:
    shown = [row for row in comparison.rows if not row.is_uneventful]
    if not shown:
        return
    longest = max(len(row.requirement["id"]) for row in shown)
    room = width - longest - 2 - LEVEL
    widest = max(CELL, *(len(run.given) + 2 for run in comparison.runs))
    wide = len(comparison.runs) * widest <= room
    cell = widest if wide else NARROW
    for start in range(0, len(comparison.runs), room // cell):
        labels = [run.called if wide else run.label for run in comparison.runs[start : start + room // cell]]
        yield f"{'requirement':<{longest}}  {'level':<{LEVEL}}{_cells(labels, cell)}".rstrip()
        for _, rows in groupby(shown, key=lambda row: row.requirement["chapter"]):
            for row in rows:
                yield _row(row, start, len(labels), longest, cell=cell)
        yield ""
    if not wide:
        shapes = {word(verdict) for row in shown for verdict in row.verdicts}
        key = sorted((f"{one.shape} {one.text}" for one in shapes), key=lambda text: text[2:])
        yield from wrapped(", ".join(key), width)
        yield ""
    if same := len(comparison.rows) - len(shown):
        yield from wrapped(f"The other {same}: held or observed, and the same in every run.", width)
        yield ""


def _row(row: Row, start: int, count: int, longest: int, *, cell: int) -> str:
    words = [word(verdict) for verdict in row.verdicts[start : start + count]]
    texts = [one.shape if cell == NARROW else one.text for one in words]
    requirement = row.requirement
    return f"{requirement['id']:<{longest}}  {requirement['level']:<{LEVEL}}{_cells(texts, cell)}".rstrip()


def _cells(texts: Sequence[str], cell: int) -> str:
    return "".join(f"{text:<{cell}}" for text in texts)
