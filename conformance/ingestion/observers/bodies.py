"""What read-back arrives in: JSON and NDJSON."""

import json
from typing import NamedTuple

from conformance.ingestion.observers.observer import ReadBackError, Stored

LONGEST = 64 << 20
"""Bytes of one reading."""
KNOWN_BY = ("event_id", "contextual_data")
"""What a run knows its events again by; an object with neither is none of them."""


class Body(NamedTuple):
    """What one body shows."""

    events: list[Stored]
    following: str = ""
    """Its ``next`` member: where more of them are."""


def parse(body: bytes, *, may_be_empty: bool = False) -> Body:
    """Read an array of events, ``{"events": […]}``, one event alone, or NDJSON.

    NDJSON of no events is an empty body; ``may_be_empty`` where that is what it means. Raises Unreadable.
    """
    if not body.strip():
        if may_be_empty:
            return Body([])
        raise ReadBackError("its body is not JSON: it is empty")
    try:
        shown = json.loads(body)
    except RecursionError:
        raise ReadBackError("its body is not JSON: it is nested too deeply") from None
    except ValueError:
        return Body(_lines(body))
    following = ""
    if isinstance(shown, dict) and "events" in shown:
        named = shown.get("next") or ""
        if not isinstance(named, str):
            raise ReadBackError("its next member is neither a URL nor null")
        shown, following = shown["events"], named
    elif isinstance(shown, dict) and is_event(shown):
        shown = [shown]
    if not isinstance(shown, list) or not all(isinstance(event, dict) for event in shown):
        raise ReadBackError('its body is neither an array of objects nor {"events": [...]}')
    return Body(shown, following)


def object_in(line: bytes) -> Stored | None:
    """Return the JSON object that a line is, if it is one."""
    try:
        shown = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return shown if isinstance(shown, dict) else None


def is_event(shown: Stored) -> bool:
    """Whether an object could be known as an event that a run has sent."""
    return any(name in shown for name in KNOWN_BY)


def _lines(body: bytes) -> list[Stored]:
    objects = [object_in(line) for line in body.splitlines() if line.strip()]
    events = [shown for shown in objects if shown is not None]
    if len(events) < len(objects):
        raise ReadBackError("its body is not JSON, nor is every line of it a JSON object")
    return events
