"""The suite's own command as a process of its own, as a user starts it."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

COMMAND = [sys.executable, "-P", "-m", "conformance"]
"""``-P``: the folder that a run is started in has no say."""
NEEDED = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")
LONGEST = 300
"""Seconds after which a process is given up; none comes near."""


def environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment in which everything that is written beside the reports goes to ``home``."""
    kept = {name: os.environ[name] for name in NEEDED if name in os.environ}
    return {**kept, "HOME": str(home), "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1", **(more or {})}


def start(arguments: list[str], folder: Path, told: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start the command in a folder."""
    return subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, *arguments],
        cwd=folder,
        env=dict(told),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a process, and return its exit status and what it said."""
    with process:
        output, _ = process.communicate(timeout=LONGEST)
    return process.returncode, output


def command_lines() -> dict[int, str]:
    """Return the command line of every process, by its id."""
    lines = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            lines[int(folder.name)] = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
    return lines


def tree(folder: Path) -> set[str]:
    """Return everything under a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
