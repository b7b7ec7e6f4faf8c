"""Processes of a benchmark: the ones that are measured, and the ones that serve meanwhile."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KILOBYTES = 1024 if sys.platform == "linux" else 1 << 20
"""The units of ``ru_maxrss`` in a megabyte."""
LONGEST = 900
"""Seconds after which a process is killed; a healthy one takes far less."""


@dataclass(frozen=True)
class Cost:
    """The cost of one process and its children."""

    wall: float
    """Seconds from its start to its end."""
    cpu: float
    """Seconds of CPU time, user and system."""
    memory: int
    """Megabytes of its own process, at its peak."""
    status: int
    """The exit status."""
    output: str = field(repr=False)


def measured(command: Sequence[str], folder: Path, variables: Mapping[str, str] | None = None) -> Cost:
    """Run a command in a folder, with more environment variables, and return its cost."""
    output = folder / "output.txt"
    with output.open("wb") as said:
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**_environment(), **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        with _bounded(process):
            _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        wall,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss // KILOBYTES,
        process.returncode,
        output.read_text("utf-8", "replace"),
    )


@dataclass
class Serving:
    """A process that serves until the benchmark ends it."""

    address: str
    """Its first line of output."""
    last: str = ""
    """Its last output."""


@contextlib.contextmanager
def serving(module: str, *arguments: str) -> Iterator[Serving]:
    """Run a module of the benchmark that prints its address, and end it (SIGTERM) afterwards."""
    with (
        subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
        _bounded(process),
    ):
        assert process.stdout is not None
        found = Serving(process.stdout.readline().strip())
        try:
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            found.last = process.stdout.read().strip()


@contextlib.contextmanager
def _bounded(process: subprocess.Popen[Any]) -> Iterator[None]:
    """Kill a process that runs for longer than LONGEST."""
    timer = threading.Timer(LONGEST, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _environment() -> dict[str, str]:
    """Return this process's environment without the suite's settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BEACON_")}
