"""Read-back from a log file: the target's pipeline appends a JSON object a line, and the suite follows the file."""

import os
import stat
import threading
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from conformance.ingestion.observers.bodies import Keeper, text_and_object
from conformance.ingestion.observers.by_store import EventsByStore
from conformance.ingestion.observers.observer import (
    Access,
    Observer,
    ReadBackError,
    Reading,
    Stored,
    check_placeholders,
)
from conformance.ingestion.observers.tail import Tail
from conformance.settings import unusable

FORM = "file:///path/to/events.ndjson"
TICK = 0.05
"""Seconds between two looks at a file, so that little is lost when it is rotated or truncated."""
MOST_OPEN = 5
"""Files of one path that are kept open: the current one, and rotated ones that may still be written to."""
PLACEHOLDER = "{token}"


def check_address(address: str, *, two_stores: bool) -> None:
    """Check that an address is a file's whole path: its lines name their stores. Raises ConfigurationError."""
    del two_stores
    path = unquote(address.removeprefix("file://").removeprefix("localhost"))
    check_placeholders(path, ["token"])
    if not address.startswith("file://") or not path.startswith("/") or path.endswith("/") or "\0" in path:
        raise unusable("is not the whole path of a file", FORM)
    if "?" in address or "#" in address:
        raise unusable("a file has no query or fragment (in a name, ? is %3F and # is %23)", FORM)


def connect(address: str, access: Access) -> Observer:
    """Return the observer of a valid address."""
    return FileObserver(address, access.stores, access.mark, access.ids)


@dataclass
class FileObserver:
    """Follows one file with the events of every store, or with ``{token}`` in the path one file for each store.

    Lines from before the run are left out. In a file of every store, a line's ``token`` or ``store`` member is the
    token of its store; a line without either belongs to the only store.
    """

    address: str = field(repr=False)
    stores: Sequence[str] = field(default=(), repr=False)
    """The tokens that the run knows."""
    mark: str = ""
    """What the run's own events carry; empty: not known."""
    ids: Container[str] = field(default=(), repr=False)
    """The ids of the run's own events, in small letters."""
    _followed: dict[Path, "_Followed"] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _closing: threading.Event = field(default_factory=threading.Event, repr=False)

    def __post_init__(self) -> None:
        self._path = unquote(urlsplit(self.address).path)
        for token in self.stores or [""]:
            if token or PLACEHOLDER not in self._path:
                self._follow(token, at_end=True)
        self._thread = threading.Thread(target=self._watch, name="read-back file", daemon=True)
        self._thread.start()

    def read(self, token: str, session_id: str = "") -> Reading:
        """Return what has been appended for a token's store. Raises ReadBackError where nothing has."""
        del session_id
        with self._lock:
            followed = self._follow(token)
            followed.look()
            if followed.too_much:
                raise ReadBackError(followed.too_much)
            events = followed.keeper.reading(followed.events.of(token))
        if not events and not events.others:
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
            keeper = Keeper(self.mark, self.ids)
            self._followed[path] = _Followed(path, events, keeper, names_stores=not own)
            self._followed[path].look(at_end=at_end)
        return self._followed[path]

    def _watch(self) -> None:
        while not self._closing.wait(TICK):
            with self._lock:
                for followed in self._followed.values():
                    followed.look()


@dataclass
class _Followed:
    """One path, whichever file is there now, and the events that were appended to it."""

    path: Path
    events: EventsByStore
    keeper: Keeper
    """Chooses what is kept."""
    names_stores: bool
    problem: str = ""
    too_much: str = ""
    """Why nothing more is kept; empty while there is room."""
    lines: int = 0
    _tails: list[Tail] = field(default_factory=list, repr=False)

    def look(self, *, at_end: bool = False) -> None:
        """Read the new lines; open the file at the path where it is a new one."""
        self._open(at_end=at_end)
        if self.too_much:
            return
        try:
            lines = [line for tail in self._tails for line in tail.lines()]
        except OSError as error:
            self.problem = f"its file cannot be read ({error.strerror})"
            return
        self.lines += len(lines)
        for line in lines:
            text, event = text_and_object(line)
            if event is not None and self.keeper.leaves_out(text, event):
                continue
            try:
                self.keeper.add(text)
            except ReadBackError as error:
                self.too_much = str(error)
                return
            if event is None:
                self.keeper.unreadable += 1
            else:
                self.events.put(self._store(event), event)

    def why_not(self) -> str:
        """Say why there is no event."""
        if self.problem or not self.lines:
            return self.problem or "nothing has been appended to its file since the run's start"
        return f"no line that was appended to its file is an event, of {self.lines} in all"

    def close(self) -> None:
        """Close every file."""
        for tail in self._tails:
            tail.close()

    def _store(self, event: Stored) -> str:
        names = (event.get(member) for member in ("token", "store")) if self.names_stores else ()
        return next((name for name in names if isinstance(name, str)), "")

    def _open(self, *, at_end: bool) -> None:
        self.problem = ""
        try:
            status = self.path.stat()
            if not stat.S_ISREG(status.st_mode):  # opening a pipe could block
                self.problem = "its path does not lead to a regular file"
            elif not any(os.path.samestat(status, tail.status) for tail in self._tails):
                self._tails.append(Tail.of(self.path, at_end=at_end))
        except OSError as error:
            self.problem = f"its file cannot be read ({error.strerror})"
        for tail in self._tails[:-MOST_OPEN]:
            tail.close()
        del self._tails[:-MOST_OPEN]
