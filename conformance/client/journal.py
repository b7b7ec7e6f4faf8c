"""Where a run takes what it cannot compute: from the world, from the world with a journal of it, or from a journal alone.

A run with a journal judges its checks one after the other, so the order of what it takes is the same when it is judged again.
Threads that send at the same time take outside of the journal, and what they brought is one entry.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Value = Callable[[], T]
"""Takes a value from the world."""


class Journal(Protocol):
    """What a run takes, in its order."""

    def take(self, kind: str, about: Any, read: Value[Any]) -> Any:
        """Return a JSON value: one that ``read`` takes from the world, or the next one of the journal.

        ``kind`` names what is taken, and ``about`` is what was asked: a request, several of them, or a text.
        """

    @property
    def is_replayed(self) -> bool:
        """Whether it gives what another run took, so that nothing may be sent."""

    def comes(self, kind: str) -> bool:
        """Whether the next entry of a journal that is replayed is of a kind."""


class _State(threading.local):
    """Whether this thread takes from the world alone."""

    is_outside = False


_STATE = _State()
_current: list[Journal] = []
"""The journal of the run, if it has one."""


def taken(kind: str, read: Value[T], about: Any = "") -> T:
    """Return a value through the journal of the run, or from the world without one."""
    journal = current()
    if journal is None:
        return read()
    value: T = journal.take(kind, about, read)
    return value


def current() -> Journal | None:
    """Return the journal that this thread takes through, if there is one."""
    return _current[-1] if _current and not _STATE.is_outside else None


@contextmanager
def outside() -> Iterator[None]:
    """Let this thread take from the world alone, without the journal."""
    before, _STATE.is_outside = _STATE.is_outside, True
    try:
        yield
    finally:
        _STATE.is_outside = before


def open_journal(journal: Journal) -> None:
    """Take everything through a journal from now on."""
    _current.append(journal)


def close_journal(journal: Journal) -> None:
    """Take nothing through a journal any more."""
    if journal in _current:
        _current.remove(journal)
