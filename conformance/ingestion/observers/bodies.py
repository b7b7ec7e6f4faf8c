"""The formats of read-back: JSON and NDJSON."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from conformance.client import parse_tolerantly
from conformance.ingestion.observers.long_json import LongJson
from conformance.ingestion.observers.observer import ReadBackError, Stored

LONGEST = 64 << 20
"""Bytes of one reading, at most."""
AT_ONCE = 4 << 20
"""Bytes that are parsed at once; of a longer body, one event at a time."""
MOST_WHOLE = 20_000
"""Events of others that are kept whole. Of more, only what identifies them is kept, so that they do not fill the memory."""
MOST_EVENTS = 400_000
"""Events of one reading, at most."""
KNOWN_BY = ("event_id", "contextual_data")
"""Fields by which a run recognises its events; an object with neither is not one of them."""


class Body(NamedTuple):
    """The events of one body."""

    events: list[Stored]
    following: str = ""
    """Its ``next`` member: the URL of the next page; empty on the last."""


def parse(body: bytes, *, may_be_empty: bool = False, mark: str = "") -> Body:
    """Read an array of events, ``{"events": […]}``, one event alone, or NDJSON.

    With ``may_be_empty`` an empty body is NDJSON without events. ``mark`` is what the run's own events carry. Raises
    ReadBackError.
    """
    if not body.strip():
        if may_be_empty:
            return Body([])
        raise ReadBackError("its body is not JSON: it is empty")
    try:
        text = _text(body)
        if len(body) <= AT_ONCE:
            content = parse_tolerantly(text)
        else:
            content = LongJson(text, lambda events: kept(events, mark)).value()
    except ValueError:
        return Body(_lines(body, mark))
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


def kept(events: Iterable[tuple[str, Any]], mark: str) -> Iterator[Any]:
    """Yield values, each given with its text; of many events of others only what identifies them. Raises ReadBackError."""
    others = 0
    for number, (text, value) in enumerate(events):
        if number >= MOST_EVENTS:
            raise ReadBackError(f"more than {MOST_EVENTS} events; let it return only events after since")
        others += bool(mark) and mark not in text
        if others > MOST_WHOLE and mark not in text and isinstance(value, dict):
            yield {"event_id": value.get("event_id")}
        else:
            yield value


def _lines(body: bytes, mark: str) -> list[Stored]:
    lines = [line for line in body.splitlines() if line.strip()]
    if object_in(lines[-1]) is None:
        raise ReadBackError("its body is not JSON, and its last line is not a JSON object")
    objects = ((line.decode("utf-8", "replace"), object_in(line)) for line in lines)
    events = [one for one in kept(objects, mark) if one is not None]
    # A line that two writers mixed up is left out: its event counts as not stored.
    if not any(map(is_event, events)):
        raise ReadBackError("its body is not JSON, and no line of it is a JSON object with an event")
    return events


def _text(content: bytes) -> str:
    """Return JSON as text; it is UTF-8, or an encoding with zeros that ``json`` also recognises (RFC 4627, 3)."""
    return content.decode(json.detect_encoding(content), "surrogatepass")
