"""One open log file, and the position up to which it has been read."""

import io
import os
from dataclasses import dataclass, field
from pathlib import Path

from conformance.ingestion.observers.bodies import LONGEST

OVERLAP = 256
"""Bytes before the position that are compared, to see whether the file was truncated."""


@dataclass
class Tail:
    """A file that is appended to, renamed and truncated, read up to the end of its last complete line."""

    file: io.FileIO = field(repr=False)
    status: os.stat_result = field(repr=False)
    """Which file it is."""
    _position: int = 0
    _before: bytes = field(default=b"", repr=False)
    """The bytes right before the position."""

    @classmethod
    def of(cls, path: Path, *, at_end: bool) -> "Tail":
        """Open a file, at its end or at its beginning. Raises OSError."""
        file = io.FileIO(path)
        tail = cls(file, os.fstat(file.fileno()))
        if at_end:
            start = max(0, tail.status.st_size - OVERLAP)
            file.seek(start)
            tail._before = file.read(tail.status.st_size - start)
            tail._position = start + len(tail._before)
        return tail

    def lines(self) -> list[bytes]:
        """Return the new complete lines; all lines where the file was truncated. Raises OSError."""
        self.file.seek(self._position - len(self._before))
        if self.file.read(len(self._before)) != self._before:
            self._position, self._before = 0, b""
        self.file.seek(self._position)
        whole, end, _ = self.file.read(LONGEST).rpartition(b"\n")
        if not end:
            return []
        self._position += len(whole) + 1
        self._before = (self._before + whole + end)[-OVERLAP:]
        return whole.split(b"\n")

    def close(self) -> None:
        """Close the file."""
        self.file.close()
