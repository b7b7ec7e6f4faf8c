"""What the reports say about the waivers of a run. Pure functions of results."""

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
EXPLAINED = "A waiver names a known deviation. It changes the exit status of a run, but never a verdict."


@dataclass(frozen=True)
class WaiverEntry:
    """One waiver in a report."""

    item: Mapping[str, Any]
    """The waiver in the form of ``results.json``."""
    word: Word
    needs_attention: bool
    """Whether somebody has to act on it: it is stale, expired or unmatched."""

    @property
    def accountable(self) -> str:
        """Owner, last day and issue, as text."""
        return f"{self.item['owner']}, until {self.item['expires']}, {self.item['issue']}"


def waivers(results: Results) -> list[WaiverEntry]:
    """Return the waivers of a run; the ones that need attention come first."""
    entries = [
        WaiverEntry(item, STATES[State(item["state"])], item["state"] in PROBLEMS)
        for item in results.get("waivers", ())
    ]
    return sorted(entries, key=lambda one: not one.needs_attention)


def waived(results: Results) -> dict[str, WaiverEntry]:
    """Return the waivers whose requirement does not hold, by requirement."""
    met = {State.WAIVED, State.EXPIRED}
    return {one.item["requirement"]: one for one in waivers(results) if one.item["state"] in met}


def consequence(results: Results) -> str:
    """Return a sentence about the effect of the waivers on the exit status; empty without waivers."""
    entries = waivers(results)
    if not entries:
        return ""
    status = results["exit_status"]
    ends = f"The exit status of the run is {status}"
    if status == ExitStatus.WAIVER:
        count = sum(one.needs_attention for one in entries)
        return f"{ends}: {count} of {len(entries)} waivers {'needs' if count == 1 else 'need'} attention."
    count = sum(one.item["state"] == State.WAIVED for one in entries)
    return f"{ends}, with {count} {'deviation' if count == 1 else 'deviations'} waived; the verdict is unchanged."
