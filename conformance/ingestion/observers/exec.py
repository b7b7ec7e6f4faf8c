"""Read-back by a command: it prints the stored events of one store."""

import contextlib
import os
import signal
import subprocess
import tempfile
import textwrap
import threading
import time
from dataclasses import dataclass, field
from typing import IO

from conformance.ingestion.observers.bodies import LONGEST, Keeper, parse
from conformance.ingestion.observers.observer import Access, Observer, ReadBackError, Reading, as_text
from conformance.settings import unusable

FORM = "exec:COMMAND"
LONGEST_COMPLAINT = 300
"""Characters of the standard error that are reported."""


def check_address(address: str, *, two_stores: bool) -> None:
    """Check that there is a command, which is given the store to read. Raises ConfigurationError."""
    del two_stores
    command = address.removeprefix("exec:")
    if not command.strip() or command.startswith("//") or "\0" in command:
        raise unusable("has no command", FORM)


def connect(address: str, access: Access) -> Observer:
    """Return the observer of a valid address."""
    return ExecObserver(address.removeprefix("exec:"), access)


@dataclass
class ExecObserver:
    """Runs a command in the shell. The token is in its environment, which no process list shows."""

    command: str = field(repr=False)
    access: Access

    def read(self, token: str, session_id: str = "") -> Reading:
        """Return what the command prints: JSON or NDJSON. Raises ReadBackError."""
        variables = {
            "BEACON_OBSERVE_TOKEN": token,
            "BEACON_OBSERVE_SINCE": as_text(self.access.since),
            "BEACON_OBSERVE_SESSION_ID": session_id,
        }
        self.access.budget.take()
        with (
            tempfile.TemporaryFile() as complaints,
            subprocess.Popen(  # noqa: S602 - a shell is what the user asked for, and no value is put into its text
                self.command,
                shell=True,
                env={**os.environ, **variables},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                start_new_session=True,
            ) as process,
        ):
            printed = self._printed(process)
            complaint = _first_line(complaints)
        status = process.returncode
        if status:
            ended = f"exit status {status}" if status > 0 else f"signal {-status}"
            raise ReadBackError(f"its command ended with {ended}{complaint}")
        keeper = Keeper(self.access.mark, self.access.ids)
        return keeper.reading(parse(printed, may_be_empty=True, keeper=keeper).events)

    def close(self) -> None:
        """Do nothing: no command runs between two readings."""

    def _printed(self, process: subprocess.Popen[bytes]) -> bytes:
        """Return what a command printed. Raises ReadBackError where it takes too long or prints too much."""
        assert process.stdout is not None  # noqa: S101 - it was asked for
        deadline = time.monotonic() + self.access.timeout
        # Reading a pipe has no timeout, so whatever holds it open is ended.
        timer = threading.Timer(self.access.timeout, _end, [process])
        timer.start()
        try:
            printed = process.stdout.read(LONGEST + 1)
            timer.cancel()
            timer.join()
            if len(printed) > LONGEST:
                raise ReadBackError(
                    f"more than {LONGEST} bytes; let it print only events after BEACON_OBSERVE_SINCE",
                    is_large=True,
                )
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            printed = b""
        finally:
            timer.cancel()
            if process.returncode is None:
                _end(process)
        if time.monotonic() > deadline:
            raise ReadBackError(f"its command did not end within {self.access.timeout:g} s")
        return printed


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command and everything that it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _first_line(complaints: IO[bytes]) -> str:
    """Return the first line of the standard error, cut between words: half a secret could not be redacted."""
    complaints.seek(0)
    text = complaints.read(1 << 20).decode("utf-8", "replace")
    line = next((line for line in text.splitlines() if line.strip()), "")
    cut = textwrap.TextWrapper(
        LONGEST_COMPLAINT, max_lines=1, placeholder=" …", break_long_words=False, break_on_hyphens=False
    )
    return f": {cut.fill(line)}" if line else ""
