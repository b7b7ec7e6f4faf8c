"""The end of a run on a terminal: violations, what is not green, the classes and the headline."""

import shlex
from collections.abc import Iterator
from typing import Any

from conformance.report.content import excerpts, guesses, selection, words
from conformance.report.text.failure import short_failure, wrapped
from conformance.report.text.log import inert
from conformance.report.text.shell import fold
from conformance.report.text.waivers import waiver_lines
from conformance.requirements import Needs
from conformance.results import Results, counts, headline
from conformance.results.verdicts import RunVerdict, Verdict

INDENT = 13
"""Columns of the verdict before a requirement."""
MOST_IDS = 8
"""The most requirements that are named for one reason."""


def table(results: Results, width: int = 100, file: str = "results.json") -> list[str]:
    """Return lines of at most ``width`` columns: each violation, what is not green, the verdict last.

    ``file`` is the path of the results, for the command that judges a violation again.
    """
    lines = [
        *_violations(results, width, file),
        *_failures(results, width),
        *_guesses(results, width),
        *_groups(results, width),
        *waiver_lines(results, width, INDENT),
        *_counts(results),
        "",
        *_classes(results),
        *_browser(results, width),
        *_shown_secrets(results, width),
        "",
        *_headline(results, width),
    ]
    return list(map(inert, lines))


def _violations(results: Results, width: int, file: str) -> Iterator[str]:
    """Yield five lines and one command for each violation; the reports have the rest, and a curl command."""
    for requirement in selection.having(results, Verdict.VIOLATED):
        finding = selection.failing(requirement)[0]
        if finding["evidence"]:
            yield from short_failure(requirement, finding, width)
            yield from _again(results, file, requirement["id"], width)
            yield ""


def _again(results: Results, file: str, name: str, width: int) -> Iterator[str]:
    """Yield the command that judges what failed of a requirement again, as it can be pasted."""
    target = results["target"]
    named = (
        "" if target["kind"] == "reference" else f" --target {shlex.quote(excerpts.one_line(target['url']))}"
    )
    command = f"beacon-conformance repeat {shlex.quote(file)} {name}{named}"
    first, *others = fold(command, width, first=width - 2)
    yield f"  {first}"
    yield from others


def _failures(results: Results, width: int) -> Iterator[str]:
    items = selection.having(results, *selection.FAILING)
    longest = max((len(item["id"]) for item in items), default=0)
    for item in items:
        reason = excerpts.one_line(selection.reason(item))
        verdict = words.VERDICTS[Verdict(item["verdict"])].text
        yield excerpts.cut(f"{verdict:<{INDENT}}{item['id']:<{longest}}  {reason}", width)
    if items:
        yield ""


def _guesses(results: Results, width: int) -> Iterator[str]:
    for guess in guesses.guesses(results):
        yield from wrapped(guess.sentence, width)
        yield from wrapped(f"a guess, and not a verdict; how to fix it: {guess.command}", width, INDENT)
        yield ""


def _groups(results: Results, width: int) -> Iterator[str]:
    for group in selection.not_judged(results):
        if _is_unasked(results, group):
            continue
        reason, *more = wrapped(f"{len(group.items)}: {group.reason}", width, INDENT)
        yield f"{'not judged':<{INDENT}}{reason.lstrip()}"
        yield from more
        ids = [item["id"] for item in group.items]
        hidden = [f"and {len(ids) - MOST_IDS} more"] if len(ids) > MOST_IDS else []
        yield from wrapped(", ".join([*ids[:MOST_IDS], *hidden]), width, INDENT)
        if ": pass --" not in group.reason:
            yield from wrapped(f"to judge them: {group.remedy}", width, INDENT)
        yield ""


def _is_unasked(results: Results, group: selection.Group) -> bool:
    """Whether nobody asked for a browser: the table of the classes says enough about it."""
    is_required = results["classes"][Needs.BROWSER]["required"]
    return not is_required and all(item["class"] == Needs.BROWSER for item in group.items)


def _counts(results: Results) -> Iterator[str]:
    named = [f"{count} {words.VERDICTS[verdict].text}" for verdict, count in counts(results).items() if count]
    yield f"{len(results['requirements'])} requirements: {', '.join(named)}"


def _classes(results: Results) -> Iterator[str]:
    yield f"{'class':<12}{'':<14}{'MUST held':<12}verdict"
    for name, item in results["classes"].items():
        yield f"{name:<12}{_required(item):<14}{item['held']:>3} of {item['must']:<5}{_verdict(item)}"


def _browser(results: Results, width: int) -> Iterator[str]:
    used = words.browser(results)
    if used:
        yield from wrapped(f"through {used}", width)


def _shown_secrets(results: Results, width: int) -> Iterator[str]:
    shown = words.shown_secrets(results)
    if shown:
        yield from wrapped(excerpts.one_line(shown), width)


def _required(item: dict[str, Any]) -> str:
    return "required" if item["required"] else "not required"


def _verdict(item: dict[str, Any]) -> str:
    word = words.RUN_VERDICTS[RunVerdict(item["verdict"])] if item["must"] else words.NOTHING_ASKED
    return word.text.lower() if item["must"] else word.text


def _headline(results: Results, width: int) -> Iterator[str]:
    if results["run"]["interrupted"]:
        yield words.INTERRUPTED
    if results["target"]["kind"] == "reference":
        yield from wrapped(words.CERTIFIES_NOTHING, width)
    verdict = words.RUN_VERDICTS[RunVerdict(results["verdict"])]
    yield from wrapped(f"{verdict.text.upper()}: {headline(results)}", width)
