"""Starts the suite's command as a process, as a user does."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-P", "-m", "conformance"]
"""``-P`` keeps modules in the current folder out of the import path."""
NEEDED = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")
LONGEST = 300
"""Seconds after which a process is killed; a healthy one takes far less."""


def environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment in which a run writes everything beside its reports to ``home``."""
    kept = {name: os.environ[name] for name in NEEDED if name in os.environ}
    return {**kept, "HOME": str(home), "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1", **(more or {})}


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Have SIGINT interrupt this process and the ones that it starts, also where it was started with SIGINT ignored.

    ``nohup`` and background shells ignore SIGINT, and child processes inherit that.
    """
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if ignored:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        if ignored:
            signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def bounded(process: subprocess.Popen[Any], seconds: float = LONGEST) -> Iterator[None]:
    """Kill a process that runs for longer than ``seconds``."""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def start(
    arguments: list[str],
    folder: Path,
    variables: Mapping[str, str],
    preexec: Callable[[], object] | None = None,
) -> subprocess.Popen[str]:
    """Start the command in a folder, with environment variables, in a process group of its own."""
    with interruptible():
        return subprocess.Popen(  # noqa: S603 - our own command
            [*COMMAND, *arguments],
            cwd=folder,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=preexec,  # noqa: PLW1509 - it only sets limits
        )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a started process, and return its exit status and its output; kill its group after LONGEST seconds."""
    with process:
        try:
            output, _ = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, output


_MEASURING = """
import os, subprocess, sys, threading
process = subprocess.Popen(sys.argv[3:])
timer = threading.Timer(float(sys.argv[2]), process.kill)
timer.start()
_, status, usage = os.wait4(process.pid, 0)
timer.cancel()
with open(sys.argv[1], "w") as peak:
    peak.write(str(usage.ru_maxrss >> 10))
sys.exit(os.waitstatus_to_exitcode(status) & 255)
"""


def measured(arguments: list[str], home: Path, seconds: float) -> tuple[int, str, int]:
    """Run the command, and return its exit status, its output and its peak of memory in megabytes; kill it after some seconds.

    A small process starts it: the peak of a new process is at least the memory of the one that starts it.
    """
    with (home / "output").open("wb") as output:
        ran = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-c", _MEASURING, str(home / "peak"), str(seconds), *COMMAND, *arguments],
            cwd=home, env=environment(home), stdout=output, stderr=output, check=False, timeout=seconds + 30,
        )  # fmt: skip
    said = (home / "output").read_text("utf-8", "replace")
    return ran.returncode, said, int((home / "peak").read_text())


def command_lines() -> dict[int, str]:
    """Return the command lines of all processes, by process id."""
    lines = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # the process has ended meanwhile
            lines[int(folder.name)] = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
    return lines


def tree(folder: Path) -> set[str]:
    """Return everything under a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
