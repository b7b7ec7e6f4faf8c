"""Read-back by a log file: the target's pipeline appends one JSON object a line, and the suite follows it."""

import os
import stat
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from conformance.ingestion.observers.bodies import object_in
from conformance.ingestion.observers.by_store import EventsByStore
from conformance.ingestion.observers.observer import ReadBackError, Stored
from conformance.ingestion.observers.tail import Tail

TICK = 0.05
"""Seconds between two looks at a file, so that little is lost of one that is rotated or truncated."""
MOST_OPEN = 5
"""Files of one path that are held open: the present one, and rotated ones that may still be written to."""
PLACEHOLDER = "{token}"


@dataclass
class FileObserver:
    """Follows one file of every store's events, or with ``{token}`` in the path a file for each store.

    What stood in a file before is left out. In a file of every store, a line names its store by the token in its
    ``token`` or ``store`` member; without either it is the only store's.
    """

    spec: str = field(repr=False)
    stores: Sequence[str] = field(default=(), repr=False)
    """The tokens that the run knows."""
    _followed: dict[Path, "_Followed"] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _closing: threading.Event = field(default_factory=threading.Event, repr=False)

    def __post_init__(self) -> None:
        self._path = unquote(urlsplit(self.spec).path)
        for token in self.stores or [""]:
            if token or PLACEHOLDER not in self._path:
                self._follow(token, at_end=True)
        self._thread = threading.Thread(target=self._watch, name="read-back file", daemon=True)
        self._thread.start()

    def read(self, token: str, session_id: str = "") -> list[Stored]:
        """Return what has been appended for a token's store. Raises Unreadable where nothing has."""
        del session_id
        with self._lock:
            followed = self._follow(token)
            followed.look()
            events = followed.events.of(token)
        if not events:
            raise ReadBackError(followed.why_not())
        return events

    def close(self) -> None:
        """Stop following, and close the files."""
        self._closing.set()
        self._thread.join()
        for followed in self._followed.values():
            followed.close()

    def _follow(self, token: str, *, at_end: bool = False) -> "_Followed":
        own = PLACEHOLDER in self._path
        path = Path(self._path.replace(PLACEHOLDER, quote(token, safe="")))
        if path not in self._followed:
            events = EventsByStore(alone=own or len(self.stores) <= 1)
            self._followed[path] = _Followed(path, events, names_stores=not own)
            self._followed[path].look(at_end=at_end)
        return self._followed[path]

    def _watch(self) -> None:
        while not self._closing.wait(TICK):
            with self._lock:
                for followed in self._followed.values():
                    followed.look()


@dataclass
class _Followed:
    """One path, whatever file stands there, and the events that were appended."""

    path: Path
    events: EventsByStore
    names_stores: bool
    problem: str = ""
    lines: int = 0
    _tails: list[Tail] = field(default_factory=list, repr=False)

    def look(self, *, at_end: bool = False) -> None:
        """Read the lines that are new; open the file that has taken the path, if one has."""
        self._open(at_end=at_end)
        try:
            lines = [line for tail in self._tails for line in tail.lines()]
        except OSError as error:
            self.problem = f"its file cannot be read ({error.strerror})"
            return
        self.lines += len(lines)
        for line in lines:
            shown = object_in(line)
            if shown is not None:
                self.events.put(self._store(shown), shown)

    def why_not(self) -> str:
        """Say why there is no event."""
        if self.problem or not self.lines:
            return self.problem or "nothing has been appended to its file since the run's start"
        return f"of the {self.lines} lines that were appended to its file, none is an event"

    def close(self) -> None:
        """Close every file."""
        for tail in self._tails:
            tail.close()

    def _store(self, shown: Stored) -> str:
        names = (shown.get(member) for member in ("token", "store")) if self.names_stores else ()
        return next((name for name in names if isinstance(name, str)), "")

    def _open(self, *, at_end: bool) -> None:
        self.problem = ""
        try:
            status = self.path.stat()
            if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for
                self.problem = "its path leads to no regular file"
            elif not any(os.path.samestat(status, tail.status) for tail in self._tails):
                self._tails.append(Tail.of(self.path, at_end=at_end))
        except OSError as error:
            self.problem = f"its file cannot be read ({error.strerror})"
        for tail in self._tails[:-MOST_OPEN]:
            tail.close()
        del self._tails[:-MOST_OPEN]
