"""The formats of read-back: JSON and NDJSON."""

import codecs
import hashlib
import io
import json
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from conformance.client import parse_tolerantly
from conformance.ingestion.observers.long_json import Beginning, LongJson
from conformance.ingestion.observers.observer import ReadBackError, Reading, Stored
from conformance.ingestion.observers.trimming import (
    LARGE,
    LONGEST_EVENT,
    MOST_VALUES,
    cost,
    cost_of_bytes,
    trimmed,
)

LONGEST = 32 << 20
"""Bytes of one reading, at most."""
AT_ONCE = 64 << 10
"""Bytes that are parsed at once; of a longer body, one event at a time."""
MOST_EVENTS = 400_000
"""Events of one reading, at most."""
MOST_SHARED = 30_000
"""Events of earlier readings that are kept to share them. A thorough run makes fewer."""
MOST_COST = 64 << 20
"""Bytes of memory that the events of one reading may need, about. Those of a thorough run need half of it."""
NOT_JSON = object()
KNOWN_BY = ("event_id", "contextual_data")
"""Fields by which a run recognises its events; an object with neither is not one of them."""


class Body(NamedTuple):
    """The events of one body."""

    events: list[Stored]
    following: str = ""
    """Its ``next`` member: the URL of the next page; empty on the last."""


@dataclass
class Keeper:
    """Chooses what is kept of the events of one reading: only the run's own, if it is known what these carry."""

    mark: str = ""
    """What the run's own events carry; empty if it is not known."""
    ids: Container[str] = field(default=(), repr=False)
    """The ids of the run's own events, in small letters: a read-back may show nothing else of them."""
    beginning: Beginning = field(default_factory=Beginning, repr=False)
    """How the last long body began."""
    events: int = 0
    others: int = 0
    """How many events of others were left out."""
    unreadable: int = 0
    """How many entries or lines were left out because they are not JSON objects."""
    cost: int = 0
    """About how many bytes of memory the kept events need."""
    _values: dict[bytes, Any] = field(default_factory=dict, init=False, repr=False)
    """The kept events of this reading, by the digest of their text."""

    def reading(self, events: Iterable[Stored]) -> Reading:
        """Return the events that were kept, with the numbers of those that were left out."""
        if len(self.beginning.values) > MOST_SHARED:
            self.beginning.values.clear()
        self.beginning.values.update(self._values)
        return Reading.of(events, others=self.others, unreadable=self.unreadable)

    def keep(self, events: Iterable[tuple[str, Any]]) -> Iterator[Any]:
        """Yield values, each given with its text. Raises ReadBackError."""
        for text, value in events:
            self.events += 1
            if self.events > MOST_EVENTS:
                raise ReadBackError(
                    f"more than {MOST_EVENTS} events; let it return only events after since", is_large=True
                )
            if not self.leaves_out(text, value):
                yield self._one_of(text, value)

    def _one_of(self, text: str, value: Any) -> Any:
        """Return an equal value that is in the memory already, or the value itself, which is counted then. Raises ReadBackError."""
        name = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if name not in self._values:
            self.add(text)
            self._values[name] = self.beginning.values.get(name, value)
        return self._values[name]

    def add(self, text: str) -> None:
        """Count the memory of an event that is kept. Raises ReadBackError."""
        if len(text) > LONGEST_EVENT:
            if self.mark and self.mark in text:
                raise ReadBackError(
                    f"an event of the run has more than {LONGEST_EVENT} bytes; let it return fewer fields"
                )
            return
        self.cost += cost(text)
        if self.cost > MOST_COST:
            raise ReadBackError(
                f"the run's own events need more than {MOST_COST >> 20} MB of memory; let it return fewer fields of an event",
                is_large=True,
            )

    def leaves_out(self, text: str, value: Any) -> bool:
        """Whether a value is an object of others; if it is an event, count it."""
        is_foreign = (
            bool(self.mark)
            and self.mark not in text
            and isinstance(value, dict)
            and not self._has_own_id(value)
        )
        self.others += is_foreign and is_event(value)
        return is_foreign

    def _has_own_id(self, event: Stored) -> bool:
        found = event.get("event_id")
        return isinstance(found, str) and found.lower() in self.ids


def parse(body: bytes, *, may_be_empty: bool = False, mark: str = "", keeper: Keeper | None = None) -> Body:
    """Read an array of events, ``{"events": […]}``, one event alone, or NDJSON.

    With ``may_be_empty`` an empty body is NDJSON without events. ``mark`` is what the run's own events carry; the pages of one
    reading share a ``keeper``. Raises ReadBackError.
    """
    keeper = keeper or Keeper(mark)
    if not body or body.isspace():
        if may_be_empty:
            return Body([])
        raise ReadBackError("its body is not JSON: it is empty")
    if cost_of_bytes(body) > MOST_VALUES:
        raise ReadBackError(
            "it has too many values; let it return only events after since, with fewer fields", is_large=True
        )
    before = keeper.events
    content = _content(body, keeper)
    if content is NOT_JSON:
        return Body(_lines(body, keeper))
    following = ""
    if isinstance(content, dict) and "events" in content:
        link = content.get("next") or ""
        if not isinstance(link, str):
            raise ReadBackError("its next member is neither a URL nor null")
        content, following = content["events"], link
    elif isinstance(content, dict) and is_event(content):
        content = [content]
    events = [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []
    are_objects = bool(events or keeper.others)
    # A target may have stored an entry that is not an object. That is no reason to read nothing.
    if not isinstance(content, list) or (content and not are_objects):
        raise ReadBackError('its body is neither an array of objects nor {"events": [...]}')
    keeper.unreadable += len(content) - len(events)
    if keeper.events == before:  # the body was short
        keeper.events += len(events)
    return Body(events, following)


def _content(body: bytes, keeper: Keeper) -> Any:
    """Return the value of a body, or NOT_JSON."""
    try:
        if len(body) <= AT_ONCE and cost(text := _text(body)) <= AT_ONCE:
            return parse_tolerantly(text)
        return _long(_text_in_bytes(body), keeper)
    except ValueError:
        return NOT_JSON


def _long(text: str, keeper: Keeper) -> Any:
    """Return the value of a long text, of which only its new entries are read. Raises ValueError if it is not JSON."""
    earlier = keeper.beginning.part
    events, others, needed = keeper.events, keeper.others, keeper.cost
    reader = LongJson(text, keeper.keep, earlier)
    value = reader.value()
    if reader.known is not None:
        keeper.events += reader.known.events
        keeper.others += reader.known.others
        keeper.cost += reader.known.cost
    if earlier is None or reader.known is not None or len(text) > earlier.length:
        keeper.beginning.part = reader.beginning(
            keeper.events - events, keeper.others - others, keeper.cost - needed
        )
    return value


def object_in(line: bytes) -> Stored | None:
    """Return a line's JSON object, without its long values if it is large; None where the line is something else."""
    return text_and_object(line)[1]


def text_and_object(line: bytes) -> tuple[str, Stored | None]:
    """Return a line's JSON object as ``object_in`` does, and its text."""
    try:
        text = _text(line)
    except ValueError:
        return line.decode("utf-8", "replace"), None
    try:
        if LARGE < cost(text) < MOST_VALUES and text.lstrip().startswith("{"):
            short, end = trimmed(text)
            text = short + text[end:]
        content = parse_tolerantly(text) if len(text) <= LONGEST_EVENT else None
    except ValueError:
        content = None
    return text, content if isinstance(content, dict) else None


def is_event(content: Stored) -> bool:
    """Whether an object has a field by which a run recognises its events."""
    return any(name in content for name in KNOWN_BY)


def _lines(body: bytes, keeper: Keeper) -> list[Stored]:
    if object_in(_last_line(body)) is None:
        raise ReadBackError("its body is not JSON, and its last line is not a JSON object")
    # Not all lines at once, which would take the memory of the body again.
    found = (line.rstrip(b"\r\n") for part in io.BytesIO(body) for line in part.splitlines() if line.strip())
    kept = list(keeper.keep(map(text_and_object, found)))
    events = [one for one in kept if one is not None]
    keeper.unreadable += len(kept) - len(events)
    # A line that two writers mixed up is left out: its event counts as not stored.
    if not keeper.others and not any(map(is_event, events)):
        raise ReadBackError("its body is not JSON, and no line of it is a JSON object with an event")
    return events


def _last_line(body: bytes) -> bytes:
    whole = body.rstrip()
    return whole[max(whole.rfind(b"\n"), whole.rfind(b"\r")) + 1 :]


def _text_in_bytes(content: bytes) -> str:
    """Return JSON as a text whose characters are the bytes of its UTF-8."""
    encoding = json.detect_encoding(content)
    if encoding not in {"utf-8", "utf-8-sig"}:
        content = content.decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass")
    return content.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def _text(content: bytes) -> str:
    """Return JSON as text; it is UTF-8, or an encoding with zeros that ``json`` also recognises (RFC 4627, 3)."""
    return content.decode(json.detect_encoding(content), "surrogatepass")
