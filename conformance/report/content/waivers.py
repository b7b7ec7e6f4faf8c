"""What the reports say of a run's waivers; pure functions of results."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.report.content.words import Word
from conformance.report.text.failure import wrapped
from conformance.results import Results
from conformance.results.verdicts import ExitStatus
from conformance.results.waivers import PROBLEMS, State

STATES = {
    State.WAIVED: Word("◇", "waived"),
    State.NOT_JUDGED: Word("?", "not judged"),
    State.STALE: Word("!", "stale"),
    State.EXPIRED: Word("!", "expired"),
    State.UNMATCHED: Word("!", "unmatched"),
}
EXPLAINED = "A waiver names a known deviation. It changes the exit status of a run, and never a verdict."


@dataclass(frozen=True)
class Shown:
    """One waiver for a reader."""

    item: Mapping[str, Any]
    """As ``results.json`` has it."""
    word: Word
    calls: bool
    """Whether somebody has to see to it."""

    @property
    def accountable(self) -> str:
        """Who answers for it, until when and where it is followed."""
        return f"{self.item['owner']}, until {self.item['expires']}, {self.item['issue']}"


def waivers(results: Results) -> list[Shown]:
    """Return a run's waivers: first those that somebody has to see to."""
    shown = [
        Shown(item, STATES[State(item["state"])], item["state"] in PROBLEMS)
        for item in results.get("waivers", ())
    ]
    return sorted(shown, key=lambda one: not one.calls)


def waived(results: Results) -> dict[str, Shown]:
    """Return the waivers that met a deviation, by requirement."""
    met = {State.WAIVED, State.EXPIRED}
    return {one.item["requirement"]: one for one in waivers(results) if one.item["state"] in met}


def consequence(results: Results) -> str:
    """Return in a sentence what the waivers did to the exit status; empty where there are none."""
    shown = waivers(results)
    if not shown:
        return ""
    status = results["exit_status"]
    ends = f"The run ends in exit status {status}"
    if status == ExitStatus.WAIVER:
        calls = sum(one.calls for one in shown)
        return f"{ends}: {calls} of {len(shown)} waivers {'calls' if calls == 1 else 'call'} for attention."
    count = sum(one.item["state"] == State.WAIVED for one in shown)
    return f"{ends}, with {count} {'deviation' if count == 1 else 'deviations'} waived; the verdict stays as it is."


def lines(results: Results, width: int, indent: int) -> Iterator[str]:
    """Yield the waivers as plain lines that fit, each with its place in the file."""
    shown = waivers(results)
    for one in shown:
        what = f"{one.item['requirement']}: {one.item['detail']} ({one.item['at']})"
        first, *more = wrapped(what, width, indent)
        yield f"{one.word.text:<{indent}}{first.lstrip()}"
        yield from more
        yield from wrapped(f"{one.item['reason']} ({one.accountable})", width, indent)
    if shown:
        yield from wrapped(consequence(results), width)
        yield ""
