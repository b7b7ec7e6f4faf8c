"""What the process of a run needs: signals that end it as Ctrl-C does, enough open files, errors in one line."""

import contextlib
import errno
import functools
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from conformance.plugin.options import is_conformance_run
from conformance.plugin.state import state_of
from conformance.report.text.log import Inert

ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that a CI system, a container or a terminal ends a process with."""
FILES = 256
"""Files that a run may have open at the same time: its connections, those of the reference, and those of the read-back."""
SHORTAGES = {
    errno.EMFILE: "too many open files",
    errno.ENFILE: "too many open files in this system",
    errno.ENOSPC: "no space left on the device",
    errno.EFBIG: "a file larger than this process may write",
    errno.EDQUOT: "the disk quota is used up",
    errno.ENOMEM: "not enough memory",
}


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Handle the signals that end a run."""
    if not is_conformance_run(config) or threading.current_thread() is not threading.main_thread():
        return
    # A worker ends with its controller, which gets the same signal and writes the report.
    worker = hasattr(config, "workerinput")
    for ending in ENDING:
        if signal.getsignal(ending) is signal.SIG_DFL:
            before = signal.signal(ending, signal.SIG_IGN if worker else _interrupt)
            config.add_cleanup(functools.partial(_restore, ending, before))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does; a second signal must not end the run before its report is written."""
    for ending in ENDING:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


def _restore(ending: signal.Signals, before: Any) -> None:
    if threading.current_thread() is threading.main_thread():
        signal.signal(ending, before)


@contextlib.contextmanager
def without_interruption() -> Iterator[None]:
    """Ignore signals for the moment in which the report is written."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, *ENDING)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def too_few_files() -> str:
    """Raise this process's limit of open files if it is too low for a run; if it stays too low, return that in a sentence."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return ""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= FILES:
        return ""
    if hard == resource.RLIM_INFINITY or hard >= FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))
        return ""
    return f"this process may open {hard} files, and a run needs {FILES}; raise the limit (ulimit -n)"


@pytest.hookimpl(trylast=True)
def pytest_report_header(config: pytest.Config) -> None:
    """Keep lines of the terminal from being commands of a CI system, also where pytest itself was started."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    writer = getattr(reporter, "_tw", None)
    if state_of(config) is not None and writer is not None:
        stream = writer._file  # noqa: SLF001 - there is no other way to it
        writer._file = _InertStream(stream)  # noqa: SLF001 - there is no other way to it


class _InertStream:
    """A text stream whose lines no CI system obeys."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._inert = Inert()

    def write(self, text: str) -> int:
        """Write a text."""
        self._stream.write(self._inert.piece(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def shortage(error: BaseException) -> str:
    """Return in a few words what this machine has too little of; empty for any other error."""
    if isinstance(error, MemoryError):
        return "not enough memory"
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return "not enough threads"
    if isinstance(error, OSError):
        return SHORTAGES.get(error.errno or 0, "")
    return ""


@pytest.hookimpl(tryfirst=True)
def pytest_internalerror(excinfo: pytest.ExceptionInfo[BaseException], excrepr: Any) -> None:
    """Say in one line what this machine has too little of."""
    why = shortage(excinfo.value)
    if why:
        excrepr.toterminal = lambda writer: writer.line(f"the run cannot go on: {why}")
