"""The files of a report: all of one run, written beside the earlier ones and moved into their place together.

A run says at its start, in ``unfinished.txt``, that it has begun. While that file is there, the other files of the folder
are of an earlier run, or incomplete.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on Windows; two runs at the same time may then mix their files
    fcntl = None  # type: ignore[assignment]

MARKER = "unfinished.txt"
STAGE = ".unfinished-"
"""The beginning of the name of a folder with files that are still being written."""


def begin(folder: Path, run: str, started: str) -> None:
    """Make a folder, and say in it that a run has begun, before the run sends anything. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder), (folder / MARKER).open("a", encoding="utf-8", newline="\n") as marker:
        marker.write(
            f"Run {run} began at {started} and has not written its report. Any other file here is of an earlier run.\n"
        )


def replace(
    folder: Path, texts: Mapping[str, str | bytes], *, old: frozenset[str], run: str = ""
) -> list[Path]:
    """Put files into a folder, in the place of its ``old`` ones, and return their paths. Raises OSError.

    If the files cannot be written, the old ones stay. With a ``run`` the folder no longer says that it is unfinished.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        for left in folder.glob(f"{STAGE}*"):  # of a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        stage = Path(tempfile.mkdtemp(prefix=STAGE, dir=folder))
        try:
            for name, text in texts.items():
                content = text.encode() if isinstance(text, str) else text
                (stage / name).write_bytes(content)
            # Never files of two runs: a process that is killed here leaves fewer files, and the word of them.
            for name in old:
                (folder / name).unlink(missing_ok=True)
            paths = [(stage / name).replace(folder / name) for name in texts]
        finally:
            shutil.rmtree(stage, ignore_errors=True)
        if run:
            _end(folder / MARKER, run)
    return paths


def write_text(path: Path, text: str) -> None:
    """Write one file: the whole text, or nothing. Raises OSError."""
    if path.exists() and not path.is_file():  # a device or a pipe
        path.write_text(text, "utf-8", newline="\n")
        return
    part = path.with_name(f"{STAGE}{os.getpid()}-{path.name}")
    try:
        part.write_text(text, "utf-8", newline="\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def unfinished(folder: Path) -> str:
    """Return what a folder says about the last run that has begun and has not ended; otherwise empty."""
    try:
        lines = (folder / MARKER).read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return lines[-1] if lines else ""


def _end(marker: Path, run: str) -> None:
    """Remove the line of a run, and the lines of runs that began before it: their files have been replaced."""
    try:
        lines = marker.read_text("utf-8", "replace").splitlines(keepends=True)
    except FileNotFoundError:
        return
    own = [number for number, line in enumerate(lines) if line.startswith(f"Run {run} ")]
    left = lines[own[-1] + 1 :] if own else lines
    if left:
        marker.write_text("".join(left), "utf-8", newline="\n")
    else:
        marker.unlink()


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder. A file system without locks has none; the folder may be gone."""
    if fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
