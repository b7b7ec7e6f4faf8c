"""The formats of read-back: JSON and NDJSON."""

import json
from typing import NamedTuple

from conformance.ingestion.observers.observer import ReadBackError, Stored

LONGEST = 64 << 20
"""Bytes of one reading, at most."""
KNOWN_BY = ("event_id", "contextual_data")
"""Fields by which a run recognises its events; an object with neither is not one of them."""


class Body(NamedTuple):
    """The events of one body."""

    events: list[Stored]
    following: str = ""
    """Its ``next`` member: the URL of the next page; empty on the last."""


def parse(body: bytes, *, may_be_empty: bool = False) -> Body:
    """Read an array of events, ``{"events": […]}``, one event alone, or NDJSON.

    With ``may_be_empty`` an empty body is NDJSON without events. Raises ReadBackError.
    """
    if not body.strip():
        if may_be_empty:
            return Body([])
        raise ReadBackError("its body is not JSON: it is empty")
    try:
        content = json.loads(body)
    except RecursionError:
        raise ReadBackError("its body is not JSON: it is nested too deeply") from None
    except ValueError:
        return Body(_lines(body))
    following = ""
    if isinstance(content, dict) and "events" in content:
        link = content.get("next") or ""
        if not isinstance(link, str):
            raise ReadBackError("its next member is neither a URL nor null")
        content, following = content["events"], link
    elif isinstance(content, dict) and is_event(content):
        content = [content]
    if not isinstance(content, list) or not all(isinstance(event, dict) for event in content):
        raise ReadBackError('its body is neither an array of objects nor {"events": [...]}')
    return Body(content, following)


def object_in(line: bytes) -> Stored | None:
    """Return a line's JSON object; None where the line is something else."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def is_event(content: Stored) -> bool:
    """Whether an object has a field by which a run recognises its events."""
    return any(name in content for name in KNOWN_BY)


def _lines(body: bytes) -> list[Stored]:
    objects = [object_in(line) for line in body.splitlines() if line.strip()]
    events = [one for one in objects if one is not None]
    if len(events) < len(objects):
        raise ReadBackError("its body is not JSON, and not every line of it is a JSON object")
    return events
