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
from datetime import datetime
from typing import IO

from conformance.ingestion.observers.bodies import LONGEST, parse
from conformance.ingestion.observers.observer import ReadBackError, Stored, as_text

LONGEST_COMPLAINT = 300
"""Characters of what a command says on its standard error."""


@dataclass
class ExecObserver:
    """Has the shell run a command, with what is asked for in its environment, where no process list shows it."""

    command: str = field(repr=False)
    since: datetime
    timeout: float
    """Seconds that the command may take."""

    def read(self, token: str, session_id: str = "") -> list[Stored]:
        """Return what the command prints: JSON or NDJSON. Raises Unreadable."""
        told = {
            "BEACON_OBSERVE_TOKEN": token,
            "BEACON_OBSERVE_SINCE": as_text(self.since),
            "BEACON_OBSERVE_SESSION_ID": session_id,
        }
        with (
            tempfile.TemporaryFile() as complaints,
            subprocess.Popen(  # noqa: S602 - a shell is what the user asked for, and no value is put into its text
                self.command,
                shell=True,
                env={**os.environ, **told},
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
        return parse(printed, may_be_empty=True).events

    def close(self) -> None:
        """Hold nothing open."""

    def _printed(self, process: subprocess.Popen[bytes]) -> bytes:
        """Return what a command printed until its end; what takes longer, or prints more, is ended."""
        assert process.stdout is not None  # noqa: S101 - it was asked for
        deadline = time.monotonic() + self.timeout
        # Reading has no timeout of its own: whoever holds the pipe open, it ends with them.
        timer = threading.Timer(self.timeout, _end, [process])
        timer.start()
        try:
            printed = process.stdout.read(LONGEST + 1)
            timer.cancel()
            timer.join()
            if len(printed) > LONGEST:
                raise ReadBackError(f"more than {LONGEST} bytes; let it honour BEACON_OBSERVE_SINCE")
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            printed = b""
        finally:
            timer.cancel()
            if process.returncode is None:
                _end(process)
        if time.monotonic() > deadline:
            raise ReadBackError(f"its command did not end within {self.timeout:g} s")
        return printed


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command that nobody has waited for yet, with everything that it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _first_line(complaints: IO[bytes]) -> str:
    """Return the first line of what a command complained of, cut between words: half a secret would not be known."""
    complaints.seek(0)
    text = complaints.read(1 << 20).decode("utf-8", "replace")
    line = next((line for line in text.splitlines() if line.strip()), "")
    cut = textwrap.TextWrapper(
        LONGEST_COMPLAINT, max_lines=1, placeholder=" …", break_long_words=False, break_on_hyphens=False
    )
    return f": {cut.fill(line)}" if line else ""
