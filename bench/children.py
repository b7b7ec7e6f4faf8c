"""Processes of a benchmark: those that are measured, and those that serve meanwhile."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What one process took, everything that it has started included."""

    wall: float
    """Seconds from its start to its end."""
    cpu: float
    """Seconds of a processor, its own and the system's for it."""
    status: int
    """Its exit status."""
    output: str = field(repr=False)


def measured(command: Sequence[str], folder: Path, told: Mapping[str, str] | None = None) -> Cost:
    """Run a command in a folder, and return what it took."""
    output = folder / "output.txt"
    with output.open("wb") as said:
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**_environment(), **(told or {})},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(wall, used.ru_utime + used.ru_stime, process.returncode, output.read_text("utf-8", "replace"))


@dataclass
class Serving:
    """A process that serves until the benchmark is through with it."""

    told: str
    """Its first line: where it serves."""
    last: str = ""
    """What it said at its end."""


@contextlib.contextmanager
def serving(module: str, *arguments: str) -> Iterator[Serving]:
    """Run a module of the benchmark that prints where it serves, and end it (SIGTERM) afterwards."""
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        found = Serving(process.stdout.readline().strip())
        try:
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            found.last = process.stdout.read().strip()


def _environment() -> dict[str, str]:
    """Return this process's environment without what would tell a run something."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BEACON_")}
