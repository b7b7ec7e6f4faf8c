"""A comparison as Markdown, for the comment of a pull request and a page of a repository."""

from collections.abc import Iterator, Sequence

from conformance.report.content.comparison import (
    OBSERVED,
    TITLE,
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
from conformance.report.markdown.summary import LONGEST_CELL, escape_markdown
from conformance.results.comparison import Comparison, Row, Run, Step
from conformance.results.verdicts import Verdict


def comparison_markdown(comparison: Comparison) -> str:
    """Return the conclusion, what changed, and the matrix; rows that are green and the same in every run are folded."""
    return "\n".join(_lines(comparison)) + "\n"


def _lines(comparison: Comparison) -> Iterator[str]:
    yield from (f"## {TITLE}", "", f"**{escape_markdown(conclusion(comparison))}**", "")
    for run in comparison.runs:
        yield f"- {escape_markdown(run.called)}: {escape_markdown(run.name)}: {escape_markdown(format_run(run))}"
    yield ""
    for step in comparison.steps:
        yield from _step(step)
    eventful = [row for row in comparison.rows if not row.is_uneventful]
    uneventful = [row for row in comparison.rows if row.is_uneventful]
    if eventful:
        yield from ("### Not green, or different between runs", "", *_matrix(comparison, eventful), "")
    if uneventful:
        summary = (
            f"<summary>The other {len(uneventful)}: held or observed, and the same in every run</summary>"
        )
        yield from ("<details>", summary, "", *_matrix(comparison, uneventful), "", "</details>")


def _step(step: Step) -> Iterator[str]:
    yield from (f"### {escape_markdown(between(step))}: {escape_markdown(counted(step))}", "")
    yield from (f"- {escape_markdown(line)}" for line in (*identity(step), *classes(step)))
    yield ""
    changed = [
        (described, item) for change, described in changes(step).items() for item in step.having(change)
    ]
    if changed:
        yield from _table("Change", "Requirement", *_names(step.before, step.after), "Why")
        for described, item in changed:
            requirement = item.requirement
            yield _cells(
                f"{described.shape} {escape_markdown(described.text)}",
                f"{escape_markdown(requirement['id'])} ({escape_markdown(requirement['level'])})",
                _verdict(item.before),
                _verdict(item.after),
                escape_markdown(why(item, step), LONGEST_CELL),
            )
        yield ""
    different = observed(step)
    if different:
        yield from (f"{OBSERVED.capitalize()}:", "")
        yield from _table("Requirement", *_names(step.before, step.after))
        for one in different:
            yield _cells(
                escape_markdown(one.requirement["id"]),
                escape_markdown(one.before, LONGEST_CELL),
                escape_markdown(one.after, LONGEST_CELL),
            )
        yield ""


def _names(*runs: Run) -> list[str]:
    return [escape_markdown(run.called) for run in runs]


def _matrix(comparison: Comparison, rows: Sequence[Row]) -> Iterator[str]:
    yield from _table("Requirement", "Level", *_names(*comparison.runs))
    for row in rows:
        requirement = row.requirement
        yield _cells(
            escape_markdown(requirement["id"]),
            escape_markdown(requirement["level"]),
            *(_verdict(one) for one in row.verdicts),
        )


def _verdict(verdict: Verdict | None) -> str:
    described = word(verdict)
    return f"{described.shape} {described.text}"


def _table(*names: str) -> Iterator[str]:
    yield _cells(*names)
    yield _cells(*("---" for _ in names))


def _cells(*texts: str) -> str:
    return f"| {' | '.join(texts)} |"
