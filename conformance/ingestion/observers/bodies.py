"""The formats of read-back: JSON and NDJSON."""

import json
from typing import NamedTuple

from conformance.client import parse_tolerantly
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
        content = parse_tolerantly(_text(body))
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
    events = [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []
    # A target may have stored an entry that is not an object. That is no reason to read nothing.
    if not isinstance(content, list) or (content and not events):
        raise ReadBackError('its body is neither an array of objects nor {"events": [...]}')
    return Body(events, following)


def object_in(line: bytes) -> Stored | None:
    """Return a line's JSON object; None where the line is something else."""
    try:
        content = parse_tolerantly(_text(line))
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def is_event(content: Stored) -> bool:
    """Whether an object has a field by which a run recognises its events."""
    return any(name in content for name in KNOWN_BY)


def _lines(body: bytes) -> list[Stored]:
    objects = [object_in(line) for line in body.splitlines() if line.strip()]
    events = [one for one in objects if one is not None]
    # A line that two writers mixed up is left out: its event counts as not stored.
    if not any(map(is_event, events)):
        raise ReadBackError("its body is not JSON, and no line of it is a JSON object with an event")
    return events


def _text(content: bytes) -> str:
    """Return JSON as text; it is UTF-8, or an encoding with zeros that ``json`` also recognises (RFC 4627, 3)."""
    return content.decode(json.detect_encoding(content), "surrogatepass")
