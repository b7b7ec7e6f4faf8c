"""The failures of a run as workflow commands of GitHub, which a pull request shows as annotations."""

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.report.content import examined, excerpts, guesses, selection, words
from conformance.requirements import BY_ID
from conformance.requirements.advice import advice_on
from conformance.results import Results, headline
from conformance.results.verdicts import ExitStatus, Verdict

MOST = 10
"""GitHub shows this many annotations of one kind for each step, and drops the others silently."""
KINDS = {"error": (Verdict.VIOLATED,), "warning": (Verdict.UNSTABLE, Verdict.WARNED)}
LONGEST = 2000
"""The longest message, in characters."""


def annotations(results: Results) -> list[str]:
    """Return a line for the run and one for each requirement that does not hold, the worst first."""
    kind = "notice" if results["exit_status"] == ExitStatus.CONFORMANT else "error"
    lines = [command(kind, "beacon-conformance", headline(results))]
    seen = [
        command("warning", f"doctor, {step['step']}", excerpts.cut(examined.sentence(step), LONGEST))
        for step in examined.warnings(results)[: MOST // 2]
    ]
    lines += seen
    for guess in guesses.guesses(results):
        text = f"{guess.sentence}\n{guesses.NO_VERDICT}\nHow to fix it: {guess.command}"
        lines.append(command("notice", "beacon-conformance", text))
    for name, verdicts in KINDS.items():
        room = MOST - (name == kind) - (len(seen) if name == "warning" else 0)
        lines += _of_kind(name, selection.having(results, *verdicts), room)
    return lines


def _of_kind(kind: str, items: list[selection.Item], room: int) -> Iterator[str]:
    listed = items if len(items) <= room else items[: room - 1]
    for item in listed:
        word = words.VERDICTS[Verdict(item["verdict"])].text
        yield command(kind, f"{item['id']} {word} ({item['level']})", _message(item))
    if len(listed) < len(items):
        yield command(
            kind,
            "beacon-conformance",
            f"{len(items) - len(listed)} more; see the summary and the report",
        )


def _message(item: Mapping[str, Any]) -> str:
    findings = selection.failing(dict(item))
    known = BY_ID.get(item["id"])
    advice = advice_on(known) if known else None
    lines = [
        item["statement"],
        excerpts.cut(excerpts.one_line(selection.reason(item)), LONGEST),
        *([advice.means] if advice else []),
        *([f"Check: {excerpts.one_line(selection.place(findings[0]))}"] if findings else []),
        f"How to fix it: beacon-conformance requirements {item['id']}",
    ]
    return "\n".join(lines)


def command(kind: str, title: str, message: str) -> str:
    """Return a workflow command, escaped so that no text in it can end it or begin another."""
    return f"::{kind} title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
