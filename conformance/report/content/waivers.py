"""What the reports say of a run's waivers; pure functions of results."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.report.content.words import Word
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
class WaiverEntry:
    """One waiver for a reader."""

    item: Mapping[str, Any]
    """As ``results.json`` has it."""
    word: Word
    needs_attention: bool
    """Whether somebody has to see to it."""

    @property
    def accountable(self) -> str:
        """Who answers for it, until when and where it is followed."""
        return f"{self.item['owner']}, until {self.item['expires']}, {self.item['issue']}"


def waivers(results: Results) -> list[WaiverEntry]:
    """Return a run's waivers: first those that somebody has to see to."""
    entries = [
        WaiverEntry(item, STATES[State(item["state"])], item["state"] in PROBLEMS)
        for item in results.get("waivers", ())
    ]
    return sorted(entries, key=lambda one: not one.needs_attention)


def waived(results: Results) -> dict[str, WaiverEntry]:
    """Return the waivers that met a deviation, by requirement."""
    met = {State.WAIVED, State.EXPIRED}
    return {one.item["requirement"]: one for one in waivers(results) if one.item["state"] in met}


def consequence(results: Results) -> str:
    """Return in a sentence what the waivers did to the exit status; empty where there are none."""
    entries = waivers(results)
    if not entries:
        return ""
    status = results["exit_status"]
    ends = f"The run ends in exit status {status}"
    if status == ExitStatus.WAIVER:
        count = sum(one.needs_attention for one in entries)
        return f"{ends}: {count} of {len(entries)} waivers {'calls' if count == 1 else 'call'} for attention."
    count = sum(one.item["state"] == State.WAIVED for one in entries)
    return f"{ends}, with {count} {'deviation' if count == 1 else 'deviations'} waived; the verdict stays as it is."
