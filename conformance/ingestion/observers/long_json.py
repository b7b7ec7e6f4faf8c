"""Reads a long JSON text one event at a time, so that its values need not all be in the memory at the same time.

The text is UTF-8 that was decoded as Latin-1: each character takes one byte, and each value is decoded when it is read.
"""

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.client import parse_tolerantly
from conformance.ingestion.observers.trimming import LARGE, LONGEST_EVENT, STEP, cost, trimmed

MOST_DIGITS = 4000
"""Python converts no longer whole numbers."""
EVENTS = "events"
TOO_LONG = object()
_SPACE = re.compile(r"[ \t\r\n]*")
_OTHER = re.compile(r"[^\s,:\[\]{}\"]+")
"""A number or a name."""
AT_ONCE = 1 << 20
"""Characters whose digest is made at once."""


@dataclass(frozen=True)
class _Part:
    """A text up to the end of its last entry, and what was kept of the entries in it."""

    digest: bytes = field(repr=False)
    """Of the text; the text itself would need its memory between two readings."""
    end: int
    """Of its last entry."""
    length: int
    """Of the whole text."""
    kept: tuple[Any, ...] = field(repr=False)
    events: int
    others: int
    cost: int
    """About how many bytes of memory the kept ones need."""

    def begins(self, text: str) -> bool:
        """Whether another text has the same entries at its beginning."""
        # A number could go on in the other text.
        ends = 0 < self.end <= len(text) and text[self.end - 1] in '}]"'
        return ends and _digest(text, self.end) == self.digest


@dataclass
class Beginning:
    """How the longest text so far began. A store adds events at the end, so the next text begins alike and is read from there on."""

    part: _Part | None = None
    """Replaced as a whole, because several threads read."""
    values: dict[bytes, Any] = field(default_factory=dict, repr=False)
    """The events of the last readings, by the digest of their text: equal events of several readings are one object."""


def _digest(text: str, end: int) -> bytes:
    """Return the digest of a text up to a place; a copy of the whole text would need as much memory."""
    digest = hashlib.blake2b(digest_size=16)
    for start in range(0, end, AT_ONCE):
        digest.update(text[start : min(end, start + AT_ONCE)].encode("latin-1"))
    return digest.digest()


def as_utf8(text: str) -> str:
    """Return a part of the text as it was meant; bytes that are not UTF-8 are replaced."""
    content = text.encode("latin-1")
    try:
        return content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return content.decode("utf-8", "replace")


class LongJson:
    """An array of events, or an object whose member ``events`` is one; ``keep`` takes each event with its text."""

    def __init__(
        self,
        text: str,
        keep: Callable[[Iterable[tuple[str, Any]]], Iterable[Any]],
        earlier: _Part | None = None,
    ) -> None:
        self._text, self._keep = text, keep
        self.known = earlier if earlier is not None and earlier.begins(text) else None
        """What is known of the text, because an earlier one began alike."""
        self._kept: tuple[Any, ...] = ()
        self._end_of_entries = 0
        self._place = 0
        self._decoder = json.JSONDecoder(
            parse_int=lambda digits: int(digits) if len(digits) <= MOST_DIGITS else None
        )

    def value(self) -> Any:
        """Return the array or the object. Raises ValueError if the text is not JSON."""
        self._skip_space()
        if self._next == "[":
            content: Any = self._array()
        elif self._next == "{":
            content = self._members()
        else:
            raise ValueError("neither an array nor an object")
        self._skip_space()
        if self._next:
            raise ValueError("text after the value")
        return content

    @property
    def _next(self) -> str:
        return self._text[self._place : self._place + 1]

    def _members(self) -> dict[str, Any]:
        members: dict[str, Any] = {}
        self._expect("{")
        while self._next == '"':
            name = self._one()
            self._skip_space()
            self._expect(":")
            members[name] = self._array() if name == EVENTS and self._next == "[" else self._one()
            self._skip_space()
            if self._next == ",":
                self._expect(",")
                if self._next != '"':
                    raise ValueError("no member after a comma")
        self._expect("}")
        return members

    def _array(self) -> list[Any]:
        self._expect("[")
        found: list[Any] = []
        if self.known is not None:
            found += self.known.kept
            self._place = self._end_of_entries = self.known.end
            self._go_on()
        found += self._keep(self._entries())
        self._kept = tuple(found)
        self._expect("]")
        return found

    def beginning(self, events: int, others: int, needed: int) -> _Part:
        """Return what the next text may begin with; the numbers of its events are those of its reader."""
        if self.known is not None and self.known.end == self._end_of_entries:
            return self.known
        end = self._end_of_entries
        return _Part(_digest(self._text, end), end, len(self._text), self._kept, events, others, needed)

    def _entries(self) -> Iterator[tuple[str, Any]]:
        while self._next not in {"]", ""}:
            yield self._entry()
            self._end_of_entries = self._place
            self._go_on()

    def _entry(self) -> tuple[str, Any]:
        """Read an entry, and return its text and its value; of a large object without the long values, and None if it is longer still."""
        start = self._place
        value = self._short()
        if value is TOO_LONG and self._next == "{":
            text, self._place = trimmed(self._text, start)
            return text, self._decoded(text) if len(text) <= LONGEST_EVENT else None
        if value is TOO_LONG:
            self._place = self._end()
            return "", None
        text = self._text[start : self._place]
        if cost(text) > LARGE and text.startswith("{"):
            text, _ = trimmed(text)
            value = self._decoded(text)
        return text, value

    def _go_on(self) -> None:
        """Go to the next entry, or to the end of the array."""
        self._skip_space()
        if self._next == ",":
            self._expect(",")
            if self._next == "]":
                raise ValueError("no value after a comma")
        elif self._next != "]":
            raise ValueError("no comma after a value")

    def _one(self) -> Any:
        """Read a value; None stands for one that is too long to be kept."""
        value = self._short()
        if value is not TOO_LONG:
            return value
        start, self._place = self._place, self._end()
        is_short = self._place - start <= LONGEST_EVENT
        return self._decoded(self._text[start : self._place]) if is_short else None

    def _short(self) -> Any:
        """Read a value and go behind it; TOO_LONG if it may be long, or cannot be read at once."""
        part = self._text[self._place : self._place + LONGEST_EVENT]
        value, size = None, LONGEST_EVENT
        with contextlib.suppress(RecursionError, ValueError):  # it may go on behind the part
            value, size = self._decoder.raw_decode(part)
        if size == LONGEST_EVENT:
            return TOO_LONG
        self._place += size
        text = part[:size]
        return value if text.isascii() else parse_tolerantly(as_utf8(text))

    def _decoded(self, text: str) -> Any:
        return parse_tolerantly(as_utf8(text))

    def _end(self) -> int:
        """Return the place after a value. Raises ValueError if it does not end."""
        if self._next not in {"[", "{"}:
            found = STEP.match(self._text, self._place) or _OTHER.match(self._text, self._place)
            if found is None or found[0] == '"':
                raise ValueError("no value, or one that does not end")
            return found.end()
        depth = 0
        for found in STEP.finditer(self._text, self._place):
            count = found.end() - found.start()
            match self._text[found.start()]:
                case "[" | "{":
                    depth += count
                case "]" | "}" if depth <= count:
                    return found.start() + depth
                case "]" | "}":
                    depth -= count
                case _ if count == 1:
                    break
        raise ValueError("a value does not end")

    def _skip_space(self) -> None:
        found = _SPACE.match(self._text, self._place)
        self._place = found.end() if found is not None else self._place

    def _expect(self, character: str) -> None:
        """Go on behind a character and the white space after it."""
        if self._next != character:
            raise ValueError(f"no {character} at {self._place}")
        self._place += 1
        self._skip_space()
