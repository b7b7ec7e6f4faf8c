"""``python -m conformance`` is ``beacon-conformance``: it ends with an exit status that means what it says, whatever happens.

It imports nothing of the suite at first, so that an import that fails is a fault of the suite, too.
"""

import os
import signal
import sys
import traceback
from types import FrameType

INTERRUPTED, SUITE_FAULT = 2, 3
STANDARD_STREAMS = 3


def main() -> int:
    """Run the command and return its exit status. An error that nothing else caught is a fault of the suite."""
    _fill_closed_streams()
    for ending in (signal.SIGTERM, getattr(signal, "SIGHUP", None)):
        # A caller that ignores a signal, such as nohup, wants this process to ignore it, too.
        if ending is not None and signal.getsignal(ending) is signal.SIG_DFL:
            signal.signal(ending, _interrupt)
    try:
        from conformance.cli import main as command  # noqa: PLC0415 - an import may fail
        from conformance.cli.streams import use_safe_streams  # noqa: PLC0415 - an import may fail

        use_safe_streams()
        return int(command())
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        return _fault(end, str(end.code))
    except BaseException as error:  # noqa: BLE001 - Python would end with status 1, as for a violation
        return _fault(error, str(error) if isinstance(error, ImportError | OSError) else "")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does; a second signal must not end the run before its report is written."""
    for ending in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


def _fill_closed_streams() -> None:
    """Open the null device in the place of closed streams: the next file would be opened there, and be written to."""
    for number in range(STANDARD_STREAMS):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - to the end
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)  # pytest looks there, too


def _fault(error: BaseException, text: str) -> int:
    """Say in one line what failed and where. Without its text if that may have a secret: nothing redacts it here."""
    try:
        frames = traceback.extract_tb(error.__traceback__)
        where = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""  # noqa: PTH119
        line = " ".join(f"{type(error).__name__}: {text}".split()).removesuffix(":")
        _say(f"the suite itself failed ({line}{where})")
    except (MemoryError, SystemError):
        _say("the suite itself failed (MemoryError)")
    if isinstance(error, MemoryError | SystemError):
        # Without memory, the end of the interpreter fails as well, and has a status of its own.
        os._exit(SUITE_FAULT)
    return SUITE_FAULT


def _say(line: str) -> None:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(sys.stderr.fileno(), f"ERROR: {line}\n".encode(errors="backslashreplace"))
    except (OSError, ValueError):
        pass


if __name__ == "__main__":
    sys.exit(main())
