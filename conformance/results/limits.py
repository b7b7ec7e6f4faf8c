"""What a results file must keep to, beyond its JSON Schema, before anything is made of it: sizes, dates, ids, lists. Pure.

A file may come from anybody. Within these limits every report of it is made in seconds, and no larger than a few megabytes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NoReturn

LONGEST_FILE = 16 << 20
"""Bytes of a results file. A run against a target that answers at length writes less than three million."""
LONGEST_TEXT = 1 << 17
"""Characters of one text."""
LONGEST_WHY = 1500
"""Characters of an error that repeats texts from a file."""
LARGEST = 2**53
"""The largest number: a larger whole number is not exact in every reader of JSON."""
DEEPEST = 40
"""Lists and objects within each other."""
MOST = {
    "requirements": 1000,
    "findings": 3000,
    "evidence": 12,
    "headers": 300,
    "faults": 1000,
    "waivers": 1000,
    "intervals": 1000,
    "sizes": 1000,
}
"""The most members of each list; of the findings, in the whole file."""
MOST_BATCHES = 100_000
"""Generated batches of one size."""
LONGEST_RUN = 10 * 366
"""Days from the start of a run to its end."""


def parse(text: str) -> Any:
    """Return the JSON value of a text. Raises ValueError or RecursionError, also for what JSON itself does not allow."""
    return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return members


def in_one_line(text: str) -> str:
    """Return a text with control characters as escapes, cut to the length of an error."""
    shown = text if text.isprintable() else "".join(map(_visible, text))
    return shown if len(shown) <= LONGEST_WHY else f"{shown[: LONGEST_WHY - 1]}…"


def _visible(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def problem_of_value(value: Any) -> str:
    """Return in a few words which limit a text or a number in a JSON value breaks; empty if all keep to them."""
    return next(_values(value, 0), "")


def problem(results: Mapping[str, Any]) -> str:
    """Return in a few words which limit a results file breaks; empty if it keeps to all. It fits its JSON Schema."""
    return next(_problems(results), "")


def _problems(results: Mapping[str, Any]) -> Iterator[str]:
    yield from _lists(results)
    run = results["run"]
    started, finished = (_moment(run[name]) for name in ("started", "finished"))
    if started is None or finished is None:
        yield "run.started and run.finished must be dates with a time zone"
    elif not 0 <= (finished - started).total_seconds() <= LONGEST_RUN * 86400:
        yield "run.finished must be later than run.started, and not by years"
    if any(_day(waiver["expires"]) is None for waiver in results.get("waivers", ())):
        yield "the last day of a waiver must be a date"
    ids = [item["id"] for item in results["requirements"]]
    if len(set(ids)) < len(ids):
        yield "a requirement stands in it twice"
    if any(item["chapter"] != item["id"].partition(".")[0] for item in results["requirements"]):
        yield "the id of a requirement must begin with its chapter"


def _values(value: Any, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        yield "it is nested too deeply"
    elif isinstance(value, str):
        yield from _text(value)
    elif isinstance(value, int | float):
        if not abs(value) <= LARGEST:  # also true for NaN
            yield "a number in it is too large"
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _values(name, depth + 1)
            yield from _values(member, depth + 1)
    elif isinstance(value, Sequence):
        for member in value:
            yield from _values(member, depth + 1)


def _text(text: str) -> Iterator[str]:
    if len(text) > LONGEST_TEXT:
        yield f"a text in it has more than {LONGEST_TEXT} characters"
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        yield "a text in it has half of a surrogate pair"


def _lists(results: Mapping[str, Any]) -> Iterator[str]:
    run, requirements = results["run"], results["requirements"]
    findings = [finding for item in requirements for finding in item["findings"]]
    evidence = [exchange for finding in findings for exchange in finding["evidence"]]
    messages = [exchange[part] for exchange in evidence for part in ("sent", "reply")]
    intervals = [len(counts) for counts in run.get("timeline", {}).get("replies", {}).values()]
    lengths = {
        "requirements": len(requirements),
        "findings": len(findings),
        "evidence": max((len(finding["evidence"]) for finding in findings), default=0),
        "headers": max((len(message.get("headers", ())) for message in messages), default=0),
        "faults": len(run["faults"]),
        "waivers": len(results.get("waivers", ())),
        "intervals": max(intervals, default=0),
        "sizes": len(run.get("sizes", ())),
    }
    for name, length in lengths.items():
        if length > MOST[name]:
            yield f"it has {length} {name}, more than {MOST[name]}"
    if len(set(intervals)) > 1:
        yield "its timeline has lists of different lengths"
    if any(count > MOST_BATCHES or size > MOST["sizes"] for size, count in run.get("sizes", ())):
        yield "its generated batches are too many or too large"
    if len(results["classes"]) != len({"http", "ingestion", "stores", "browser"}):
        yield "it has a class that is not known"


def _moment(text: str) -> datetime | None:
    """Return a date with a time zone; None for any other text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and 1970 < moment.year < 9999 else None  # noqa: PLR2004 - can be shifted


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
