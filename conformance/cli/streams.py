"""Standard output and error that never change how a run ends, and whose lines no CI system obeys."""

import contextlib
import io
import os
import select
import sys
from collections.abc import Iterator
from typing import Any

from conformance.report.text.log import Inert

LONGEST_WAIT = 60
"""Seconds to wait for a reader of a stream that is full. After that the reader gets nothing more."""


class _Tolerant(io.RawIOBase):
    """Writes to a file descriptor until that fails: a reader may have gone, or a disk may be full. The rest is dropped."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._has_failed = False

    def writable(self) -> bool:
        """Say that it takes text."""
        return True

    def fileno(self) -> int:
        """Return the file descriptor, which pytest redirects."""
        return self._descriptor

    def isatty(self) -> bool:
        """Whether a person reads along."""
        return os.isatty(self._descriptor)

    def write(self, data: Any) -> int:
        """Write some of the data; say that all of it was written where nobody can read it."""
        while not self._has_failed:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:
                self._has_failed = not select.select([], [self._descriptor], [], LONGEST_WAIT)[1]
            except OSError:
                self._has_failed = True
        return len(data)


class SafeStream(io.TextIOWrapper):
    """A text stream on a file descriptor."""

    def __init__(self, like: io.TextIOWrapper, descriptor: int) -> None:
        raw = _Tolerant(descriptor)
        self._inert = Inert()
        self.is_obeyed = False
        """Whether what is written now is meant for the CI system."""
        super().__init__(
            io.BufferedWriter(raw),
            encoding=like.encoding,
            errors="backslashreplace",
            line_buffering=raw.isatty(),
            write_through=like.write_through,
        )

    def write(self, text: str) -> int:
        """Write a text."""
        super().write(text if self.is_obeyed else self._inert.piece(text))
        return len(text)


def use_safe_streams() -> None:
    """Replace standard output and error of this process."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper) and not isinstance(stream, SafeStream):
            setattr(sys, name, SafeStream(stream, descriptor))


@contextlib.contextmanager
def commands_for_ci() -> Iterator[None]:
    """Let a CI system obey what is written to standard output meanwhile."""
    stream = sys.stdout
    if not isinstance(stream, SafeStream):
        yield
        return
    stream.is_obeyed = True
    try:
        yield
    finally:
        stream.is_obeyed = False
