"""Shows a finding, and a later finding of the same check. Pure functions of two results."""

from collections.abc import Iterator, Sequence
from typing import Any

from conformance.report.content import selection, words
from conformance.report.text.failure import failure_block, failure_head, short_failure, wrapped
from conformance.report.text.log import inert
from conformance.results import Results
from conformance.results.verdicts import Verdict

GREEN = (Verdict.HELD, Verdict.OBSERVED)
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


def left(judged: Sequence[tuple[dict[str, Any], selection.Item]], width: int = 100) -> str:
    """Return lines: each requirement that still fails with the reply, and whether all is fixed."""
    return inert("\n".join([*_left(judged, width), ""]))


def _left(judged: Sequence[tuple[dict[str, Any], selection.Item]], width: int) -> Iterator[str]:
    by_id: dict[str, list[tuple[dict[str, Any], selection.Item]]] = {}
    for requirement, finding in judged:
        by_id.setdefault(requirement["id"], []).append((requirement, finding))
    still = {name: [one for one in group if one[1]["verdict"] not in GREEN] for name, group in by_id.items()}
    if len(judged) > 1:
        for requirement, finding in (group[0] for group in still.values() if group):
            yield from short_failure(requirement, finding, width)
            yield ""
    remaining = sum(map(len, still.values()))
    checks = "1 check" if len(judged) == 1 else f"{len(judged)} checks"
    if not remaining:
        yield from wrapped(f"fixed: {checks} of {', '.join(by_id)}", width)
        return
    parts = [f"{name} ({len(group)} of {len(by_id[name])})" for name, group in still.items() if group]
    yield from wrapped(f"left: {remaining} of {checks}: {', '.join(parts)}", width)


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
