"""Reads a long JSON text one event at a time, so that its values need not all be in the memory at the same time.

The text is UTF-8 that was decoded as Latin-1: each character takes one byte, and each value is decoded when it is read.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.client import parse_tolerantly

MOST_DIGITS = 4000
"""Python converts no longer whole numbers."""
EVENTS = "events"
_SPACE = re.compile(r"[ \t\r\n]*")
_STEP = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{]++|[\]}]++|"', re.DOTALL)
"""A string, several brackets that open or close, or a string that does not end."""


@dataclass(frozen=True)
class _Part:
    """A text up to the end of its last entry, and what was kept of the entries in it."""

    text: str = field(repr=False)
    """The whole text, because a part of it would be a copy."""
    end: int
    """Of its last entry."""
    kept: tuple[Any, ...] = field(repr=False)
    events: int
    others: int

    def begins(self, text: str) -> bool:
        """Whether another text has the same entries at its beginning."""
        # A number could go on in the other text.
        ends = self.end > 0 and self.text[self.end - 1] in '}]"'
        return ends and text.startswith(self.text[: self.end])


@dataclass
class Beginning:
    """How the longest text so far began. A store adds events at the end, so the next text begins alike and is read from there on."""

    part: _Part | None = None
    """Replaced as a whole, because several threads read."""


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

    def beginning(self, events: int, others: int) -> _Part:
        """Return what the next text may begin with; the numbers of its events are those of its reader."""
        if self.known is not None and self.known.end == self._end_of_entries:
            return self.known
        return _Part(self._text, self._end_of_entries, self._kept, events, others)

    def _entries(self) -> Iterator[tuple[str, Any]]:
        while self._next not in {"]", ""}:
            start = self._place
            value = self._one()
            self._end_of_entries = self._place
            yield self._text[start : self._place], value
            self._go_on()

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
        start = self._place
        try:
            value, self._place = self._decoder.raw_decode(self._text, start)
        except RecursionError:
            self._place = self._end()
            return parse_tolerantly(as_utf8(self._text[start : self._place]))
        text = self._text[start : self._place]
        return value if text.isascii() else parse_tolerantly(as_utf8(text))

    def _end(self) -> int:
        """Return the place after an array or an object. Raises ValueError if it does not end."""
        depth = 0
        for found in _STEP.finditer(self._text, self._place):
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
