"""Waivers: known deviations, each with a reason, an owner, an issue and a last day.

A waiver changes the exit status of a run, but never a verdict. Everything here is pure, apart from reading the file.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from conformance.requirements import BY_ID, Level
from conformance.results.limits import in_one_line
from conformance.results.verdicts import ExitStatus, Judged, Verdict

TEXTS = {
    "requirement": 'the id of a requirement, such as "token.header-wins"',
    "reason": "why the deviation is accepted for now",
    "owner": "who will fix it",
    "issue": "a link to the issue, such as https://tracker.example/412",
}
"""The keys whose value is a text, and what to write there."""
EXPIRES = "the last day on which the waiver counts, such as 2026-09-30"
LONGEST_FILE = 1 << 20
"""Bytes of a waivers file."""
KEYS = {**TEXTS, "expires": EXPIRES}


class UnusableWaivers(ValueError):
    """A file is not a usable waivers file; the text has the path and says in one line what to write."""

    def __init__(self, text: str) -> None:
        super().__init__(in_one_line(text))


class State(StrEnum):
    """The state of a waiver in a run."""

    WAIVED = "waived"
    """Its requirement does not hold; for the exit status the requirement counts as held."""
    NOT_JUDGED = "not-judged"
    """This run did not judge its requirement."""
    STALE = "stale"
    """Its requirement holds."""
    EXPIRED = "expired"
    UNMATCHED = "unmatched"
    """No requirement has its id, or the requirement is only observed."""


PROBLEMS = frozenset({State.STALE, State.EXPIRED, State.UNMATCHED})
"""States that somebody has to act on: they turn exit statuses 0, 5 and 6 into 7."""
DEVIATIONS = frozenset({Verdict.VIOLATED, Verdict.WARNED, Verdict.UNSTABLE})


@dataclass(frozen=True)
class Waiver:
    """One entry of a waivers file."""

    requirement: str
    reason: str
    owner: str
    issue: str
    expires: date
    """The last day on which the waiver counts, in UTC."""
    at: str = ""
    """Its place, such as ``waivers.toml:7``."""

    def redacted(self, redact: Callable[[str], str]) -> "Waiver":
        """Return the waiver with every text redacted, apart from the id of a requirement."""
        texts = {name: redact(getattr(self, name)) for name in (*TEXTS, "at")}
        if self.requirement in BY_ID:
            texts["requirement"] = self.requirement
        return Waiver(**texts, expires=self.expires)


@dataclass(frozen=True)
class AppliedWaiver:
    """A waiver and its state in a run."""

    waiver: Waiver
    state: State
    detail: str
    """The state in words, and what to do about it."""

    def to_json(self) -> dict[str, str]:
        """Return it in the form of ``results.json``."""
        waiver = self.waiver
        return {
            **{name: getattr(waiver, name) for name in TEXTS},
            "expires": waiver.expires.isoformat(),
            "at": waiver.at,
            "state": str(self.state),
            "detail": self.detail,
        }


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """Return the waivers of a file. Raises UnusableWaivers."""
    try:
        with path.open("rb") as file:
            raw = file.read(LONGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise UnusableWaivers(f"{path}: cannot be read ({getattr(error, 'strerror', error)})") from None
    if len(raw) > LONGEST_FILE:
        raise _wrong(path, f"has more than {LONGEST_FILE} bytes; it cannot be a list of waivers")
    try:
        text = raw.decode("utf-8").replace("\r\n", "\n")
        content = tomllib.loads(text)
    except RecursionError:
        raise _wrong(path, "has too many brackets within each other") from None
    except ValueError as error:  # also a number of too many digits, and text that is not UTF-8
        raise UnusableWaivers(f"{path}: is not valid TOML ({error})") from None
    entries = content.pop("waiver", [])
    if content:
        raise _wrong(path, f"unknown key {min(content)}; write entries that begin with [[waiver]]")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _wrong(path, "waiver is not a list of entries; begin each with [[waiver]]")
    waivers = [_waiver(path, number, entry, text) for number, entry in enumerate(entries, start=1)]
    names = [waiver.requirement for waiver in waivers]
    for number, name in enumerate(names, start=1):
        if name in names[: number - 1]:
            raise _wrong(path, f"entry {number} names {name} again; write one entry for it")
    return tuple(waivers)


def _wrong(path: Path, why: str) -> UnusableWaivers:
    return UnusableWaivers(f"{path}: {why}")


def _waiver(path: Path, number: int, entry: Mapping[str, Any], text: str) -> Waiver:
    named = entry.get("requirement")
    which = f"entry {number}" + (f" ({named})" if isinstance(named, str) and named.isprintable() else "")
    for key in entry:
        if key not in KEYS:
            raise _wrong(path, f"{which}: unknown key {key}; the keys are {', '.join(KEYS)}")
    for key, what in KEYS.items():
        if key not in entry:
            raise _wrong(path, f"{which}: {key} is missing; write {what}")
    texts = {key: _text(path, which, key, entry[key]) for key in TEXTS}
    if not re.fullmatch(r"https?://[^\s/]\S*", texts["issue"]):
        raise _wrong(path, f"{which}: issue is not a link; write {TEXTS['issue']}")
    expires = _date(path, which, entry["expires"])
    return Waiver(**texts, expires=expires, at=f"{path.name}{_line(text, texts['requirement'])}")


def _text(path: Path, which: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(path, f"{which}: {key} is not a text; write {TEXTS[key]}")
    return " ".join(value.split())


def _date(path: Path, which: str, value: object) -> date:
    # TOML has a date type, but many users write dates in quotes.
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise _wrong(path, f"{which}: expires is not a date; write {EXPIRES}")


def _line(text: str, requirement: str) -> str:
    """Return ``:`` and the line of an entry, which the TOML reader does not give; empty if the line is not found."""
    stands = re.compile(rf"""[^#]*\brequirement["']?\s*=\s*["']{re.escape(requirement)}["']""")
    lines = (number for number, line in enumerate(text.splitlines(), start=1) if stands.match(line))
    return "".join(f":{number}" for number in list(lines)[:1])


def apply_waivers(
    waivers: Iterable[Waiver], judged: Iterable[Judged], today: date
) -> tuple[AppliedWaiver, ...]:
    """Return the state of each waiver in a run that began on the day ``today`` (UTC)."""
    by_id = {item.requirement.id: item for item in judged}
    return tuple(AppliedWaiver(waiver, *_state(waiver, by_id, today)) for waiver in waivers)


def _state(waiver: Waiver, by_id: Mapping[str, Judged], today: date) -> tuple[State, str]:
    item, until = by_id.get(waiver.requirement), waiver.expires.isoformat()
    if item is None:
        close = difflib.get_close_matches(waiver.requirement, by_id, n=1, cutoff=0.4)
        suggestion = f"; did you mean {close[0]}?" if close else ""
        return State.UNMATCHED, f"no requirement has this id{suggestion}"
    verdict = item.verdict
    if item.requirement.level is Level.INFO:
        return State.UNMATCHED, "the requirement is observed and never judged: remove the waiver"
    if verdict is Verdict.HELD:
        return State.STALE, "the requirement holds now: remove the waiver"
    if today > waiver.expires:
        return State.EXPIRED, f"the waiver ended on {until}: fix the target, or agree on a new last day"
    if verdict in DEVIATIONS:
        return State.WAIVED, f"{verdict}, and waived until {until}"
    return State.NOT_JUDGED, "the requirement was not judged in this run, so the waiver changed nothing"


def with_waived_held(judged: Sequence[Judged], applied: Collection[AppliedWaiver]) -> list[Judged]:
    """Return the requirements for the exit status: a deviation that a waiver names counts as held.

    Expired waivers count here, too: their exit status is 7, and the report names the owner.
    """
    names = {item.waiver.requirement for item in applied if item.state in {State.WAIVED, State.EXPIRED}}
    return [
        replace(item, verdict=Verdict.HELD)
        if item.requirement.id in names and item.verdict in DEVIATIONS
        else item
        for item in judged
    ]


def exit_status_with(status: ExitStatus, applied: Collection[AppliedWaiver]) -> ExitStatus:
    """Return the exit status of a run with waivers; an unwaived violation and a fault of the suite come first."""
    first = {ExitStatus.NON_CONFORMANT, ExitStatus.SUITE_FAULT}
    if status not in first and any(item.state in PROBLEMS for item in applied):
        return ExitStatus.WAIVER
    return status
