"""Shows a finding, and a later finding of the same check. Pure functions of two results."""

from collections.abc import Iterator
from typing import Any

from conformance.report.content import selection, words
from conformance.report.text.failure import failure_block, failure_head, wrapped
from conformance.report.text.log import inert
from conformance.results import Results
from conformance.results.verdicts import Verdict

LABEL = 7
"""Columns of a label."""


def again(
    requirement: dict[str, Any],
    then: tuple[Results, selection.Item],
    now: tuple[Results, selection.Item],
    width: int = 100,
) -> str:
    """Return lines: the failure block if the requirement does not hold now, then the verdict of both runs."""
    return inert("\n".join([*_lines(requirement, then, now, width), ""]))


def _lines(
    requirement: dict[str, Any],
    then: tuple[Results, selection.Item],
    now: tuple[Results, selection.Item],
    width: int,
) -> Iterator[str]:
    finding = now[1]
    if finding["verdict"] in selection.FAILING and finding["evidence"]:
        yield from failure_block(requirement, finding, width).split("\n")
    else:
        yield from failure_head(requirement, finding, width)
    yield ""
    for label, (results, judged) in (("then", then), ("now", now)):
        run = results["run"]
        verdict = words.VERDICTS[Verdict(judged["verdict"])].text
        text = f"{verdict} (run {run['id']}, {run['started']}): {_concluded(judged)}"
        yield from _labelled(label, text, width)


def _concluded(finding: selection.Item) -> str:
    if finding["verdict"] == Verdict.OBSERVED:
        return "; ".join(dict.fromkeys(one["got"] for one in finding["evidence"])) or str(finding["reason"])
    met = f"{finding['met']} {'expectation' if finding['met'] == 1 else 'expectations'} met"
    return selection.why(finding) or met


def _labelled(label: str, text: str, width: int) -> Iterator[str]:
    first, *others = wrapped(text, width, LABEL)
    yield f"{label:<{LABEL}}{first.lstrip()}"
    yield from others
