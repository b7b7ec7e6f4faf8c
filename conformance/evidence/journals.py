"""The journal of a run that is recorded, and of a run that is judged again."""

import hashlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from conformance.client import Request
from conformance.evidence.pseudonyms import Pseudonyms, Unhidden
from conformance.evidence.recording import LONGEST_TEXT, Recording, as_bytes
from conformance.evidence.redaction import Redactor, visible

SHORT = 16
"""Characters of a digest."""


class Diverged(BaseException):
    """A run that is judged again takes something else than the recorded run took.

    It is a BaseException, so that no check takes it for an error of its own.
    """


@dataclass(frozen=True)
class Shapes:
    """Makes digests of what was asked: the same ones for a token and for its pseudonym."""

    redactor: Redactor = field(repr=False)

    def digest(self, about: Any) -> str:
        """Return a digest of requests or of a text; empty for an empty text."""
        if isinstance(about, str):
            return about
        requests: Sequence[Request] = (about,) if isinstance(about, Request) else about
        whole = json.dumps([self._shape(request) for request in requests])
        return hashlib.sha256(whole.encode()).hexdigest()[:SHORT]

    def _shape(self, request: Request) -> list[Any]:
        lines = [[name, self._text(value)] for name, value in request.headers]
        body = request.body.decode("latin-1")
        parts = list(self.redactor.pieces(body))
        content = (
            hashlib.sha256(request.body).hexdigest() if all(isinstance(part, str) for part in parts) else ""
        )
        return [request.method, self._text(request.url), lines, len(body), content, request.chunked]

    def _text(self, text: str) -> str:
        """Return a text, or only its length if a secret is in it."""
        return text if self.redactor.text(text) == visible(text) else f"‹{len(text)}›"


class _Table:
    """Numbers JSON values by their text, without secrets."""

    def __init__(self, hide: Callable[[str], str]) -> None:
        self._hide = hide
        self._numbers: dict[str, int] = {}
        self.texts: list[str] = []

    def number_of(self, value: Any) -> int:
        """Return the number of a value. Raises Unhidden."""
        text = json.dumps(value)
        if text not in self._numbers:
            self._numbers[text] = len(self.texts)
            self.texts.append(self._hide(text))
        return self._numbers[text]


class Recorder:
    """Writes down what a run takes. What it cannot write down makes the recording impossible, but never the run."""

    is_replayed = False

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._hide = pseudonyms.text
        self._shapes = Shapes(pseudonyms.redactor)
        self._outcomes, self._events = _Table(self._hide), _Table(self._hide)
        self._entries: list[list[Any]] = []
        self._latest: list[int] = []
        """The events of the latest reading."""
        self._lock = threading.Lock()
        self.problem = ""
        """Why there can be no recording; empty if there can be one."""

    def take(self, kind: str, about: Any, read: Callable[[], Any]) -> Any:
        """Take a value from the world, and write it down."""
        value = read()
        if not self.problem:
            try:
                with self._lock:
                    self._entries.append([kind, self._shapes.digest(about), self._written(kind, value)])
            except Unhidden as error:
                self.problem = str(error)
            except (TypeError, ValueError, RecursionError):
                self.problem = "the read-back shows a value that JSON cannot have"
        return value

    def comes(self, kind: str) -> bool:
        """Nothing comes from a journal that is written."""
        del kind
        return False

    def _written(self, kind: str, value: Any) -> Any:
        if kind == "exchange":
            return [self._outcomes.number_of(value["outcome"]), value["opened"], value["unread"]]
        if kind == "waves":
            exchanges = [[self._outcomes.number_of(one[0]), *one[1:]] for one in value["exchanges"]]
            return {**value, "exchanges": exchanges}
        if kind == "reading":
            return self._reading(value)
        return json.loads(self._hide(json.dumps(value))) if kind == "network" else value

    def _reading(self, value: Mapping[str, Any]) -> Any:
        if "error" in value:
            text = self._hide(value["error"])
            return {"error": text, "lasts": True} if value["lasts"] else text
        numbers = [self._events.number_of(event) for event in value["events"]]
        same = 0
        for one, other in zip(numbers, self._latest, strict=False):
            if one != other:
                break
            same += 1
        self._latest = numbers
        unreadable = [value["unreadable"]] if "unreadable" in value else []
        return [same, numbers[same:], *unreadable]

    def as_bytes(self, head: Mapping[str, Any]) -> bytes:
        """Return the content of the recording's file. Raises Unhidden if there can be none."""
        if self.problem:
            raise Unhidden(self.problem)
        size = sum(map(len, (*self._outcomes.texts, *self._events.texts))) + 40 * len(self._entries)
        if size > LONGEST_TEXT:
            raise Unhidden(f"the replies and the stored events have more than {LONGEST_TEXT} bytes")
        shown = json.loads(self._hide(json.dumps(head)))
        return as_bytes(shown, self._outcomes.texts, self._events.texts, self._entries)


class Replayer:
    """Gives what a recorded run took, in the same order, and notices the first difference."""

    is_replayed = True

    def __init__(self, recording: Recording, redactor: Redactor) -> None:
        self.recording = recording
        self._shapes = Shapes(redactor)
        self._next = 0
        self._latest: list[int] = []
        self._lock = threading.RLock()
        self.check = "the steps before the first check"
        """What is judged at present."""
        self.diverged = ""
        """The first difference; empty if everything was the same."""

    def take(self, kind: str, about: Any, read: Callable[[], Any]) -> Any:
        """Return the next value. Raises Diverged if something else comes next."""
        del read
        with self._lock:
            if self.diverged:
                raise Diverged(self.diverged)
            entries = self.recording.entries
            if self._next >= len(entries):
                self._fail(f"the recording ends, and the run takes another {kind}")
            known, asked, value = entries[self._next]
            if known != kind:
                self._fail(f"the recording has a {known}, and the run takes a {kind}")
            if asked != self._shapes.digest(about):
                self._fail(f"the recording has the {kind} of another request")
            self._next += 1
            return self._read(kind, value)

    def comes(self, kind: str) -> bool:
        """Whether the next entry is of a kind."""
        with self._lock:
            entries = self.recording.entries
            return self._next < len(entries) and entries[self._next][0] == kind

    def end(self) -> None:
        """Note if the recorded run took more."""
        left = len(self.recording.entries) - self._next
        if left and not self.diverged:
            self.diverged = f"entry {self._next}, after the last check: the recording has {left} more entries"

    def _fail(self, why: str) -> NoReturn:
        self.diverged = f"entry {self._next}, in {self.check}: {why}"
        raise Diverged(self.diverged)

    def _read(self, kind: str, value: Any) -> Any:
        outcomes = self.recording.outcomes
        if kind == "exchange":
            return {"outcome": outcomes[value[0]], "opened": value[1], "unread": value[2]}
        if kind == "waves":
            return {**value, "exchanges": [[outcomes[one[0]], *one[1:]] for one in value["exchanges"]]}
        if kind == "reading":
            if isinstance(value, str):
                return {"error": value}
            if isinstance(value, dict):
                return value
            self._latest = [*self._latest[: value[0]], *value[1]]
            unreadable = {"unreadable": value[2]} if len(value) > 2 else {}  # noqa: PLR2004 - the third part
            return {"events": [self.recording.events[number] for number in self._latest], **unreadable}
        return value
