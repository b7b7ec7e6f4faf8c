"""A failure as text: the clause, the check, what was sent, expected and got, and a command that repeats it."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.report.content.excerpts import SHORT_BODY, cut, one_line, shortened, store_in_words
from conformance.report.content.headers import unusual_headers
from conformance.report.content.selection import place
from conformance.report.content.words import level
from conformance.report.text.shell import fold

LABEL = 10
"""Columns of a label."""
LONGEST = 1200
"""Characters of one value; ``results.json`` has the rest of it."""


def failure_block(requirement: Mapping[str, Any], finding: Mapping[str, Any], width: int = 100) -> str:
    """Return why a requirement does not hold, in lines of at most ``width`` columns.

    The first evidence of the finding is the failing one.
    """
    return "\n".join(_lines(requirement, finding, width))


def short_failure(requirement: Mapping[str, Any], finding: Mapping[str, Any], width: int = 100) -> list[str]:
    """Return a failure in at most five lines: the clause, what was sent, expected and got. The reports have the rest."""
    title = f"{requirement['id']} ({level(requirement)}, {requirement['basis']}: {requirement['source']})"
    lines = [title, f"  {requirement['statement']}"]
    if finding["evidence"]:
        evidence = finding["evidence"][0]
        headers = [f"{name}: {value}" for name, value in unusual_headers(evidence["sent"]["headers"])]
        sent = "   ".join([evidence["sent"]["line"], *headers])
        for label, text in (("sent", sent), ("expected", evidence["expected"]), ("got", evidence["got"])):
            lines.append(f"  {label:<{LABEL}}{text}")
    else:
        lines.append(f"  {'because':<{LABEL}}{finding['reason']}")
    return [cut(one_line(line), width) for line in lines]


def failure_head(requirement: Mapping[str, Any], finding: Mapping[str, Any], width: int) -> Iterator[str]:
    """Yield the requirement, its statement and the place of the check, in lines of at most ``width`` columns."""
    title = f"{requirement['id']} ({level(requirement)}, {requirement['basis']}: {requirement['source']})"
    yield from wrapped(title, width)
    yield from wrapped(requirement["statement"], width, indent=2)
    yield from _labelled("check", place(finding), width)


def _lines(requirement: Mapping[str, Any], finding: Mapping[str, Any], width: int) -> Iterator[str]:
    yield from failure_head(requirement, finding, width)
    evidence = finding["evidence"][0]
    sent = evidence["sent"]
    headers = [f"{name}: {value}" for name, value in unusual_headers(sent["headers"])]
    yield from _labelled("sent", "   ".join([sent["line"], *headers]), width)
    if 0 < len(sent["body"]) <= SHORT_BODY:
        yield from _labelled("body", sent["body"], width)
    yield from _labelled("expected", evidence["expected"], width)
    yield from _labelled("got", evidence["got"], width)
    if evidence.get("because"):
        yield from _labelled("because", evidence["because"], width)
    if evidence.get("example"):
        yield from _labelled("event" if "store" in evidence else "example", evidence["example"], width)
    if "store" in evidence:
        for line in store_in_words(evidence["store"]):
            yield from _labelled("store", line, width)
    if requirement["hint"]:
        yield from _labelled("hint", requirement["hint"], width)
    yield from _repeat(evidence, width)


def _repeat(evidence: Mapping[str, Any], width: int) -> Iterator[str]:
    """Yield how to repeat a request: a command, or a line for the console of a page, which is never folded."""
    command = evidence.get("repeat", "")
    page = evidence.get("browser")
    if page is not None:
        yield from _labelled("page", f"it learned: {page['said'] or 'nothing'}; {page['saw']}", width)
    if command and page is not None:
        yield from _labelled("repeat", f"in the console of a page at {page['origin']}:", width)
        yield one_line(command)
    elif command:
        first, *others = map(one_line, fold(command, width, first=width - LABEL - 2))
        yield f"  {'repeat':<{LABEL}}{first}"
        yield from others


def _labelled(label: str, text: str, width: int) -> Iterator[str]:
    first, *others = wrapped(text, width, indent=LABEL + 2)
    yield f"  {label:<{LABEL}}{first.lstrip()}"
    yield from others


def wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    """Return a text in indented lines of at most ``width`` columns, without control characters."""
    room = width - indent
    lines = textwrap.wrap(
        shortened(one_line(text), LONGEST), room, break_on_hyphens=False, drop_whitespace=True
    ) or ["(nothing)"]
    return [" " * indent + line for line in lines]
