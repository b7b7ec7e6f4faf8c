"""Whatever ends a run: a signal, a closed stream, a limit or an import that fails. Its exit status means what it says."""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import reference, results
from tests.support.cli_process import COMMAND, LONGEST, ended, environment, interruptible, start, tree

pytestmark = pytest.mark.hostile

FILES = {
    *("results.json", "report.html", "compliance.html", "junit.xml", "summary.md"),
    *("badge.json", "badge.svg"),
}
SHORT = [
    "run",
    "--requirement=token.header-accepted",
    "--requirement=token.missing-refused",
    "--require=http",
]
QUERY_WINS = ["--requirement=token.header-wins", "--token=" + reference.TOKEN, "--require=http"]


class Waiting(reference.Rules):
    """Waits at its 30th request until ``go`` is set."""

    seen: int
    reached: threading.Event
    go: threading.Event

    def receive(self, request: Request, body: bytes | None) -> Response:
        kind = type(self)
        kind.seen += 1
        if kind.seen == 30:
            kind.reached.set()
            kind.go.wait()
        return super().receive(request, body)


@pytest.fixture
def waiting() -> Iterator[type[Waiting]]:
    class Memo(Waiting):
        seen = 0
        reached = threading.Event()
        go = threading.Event()

    yield Memo
    Memo.go.set()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cwd").mkdir()
    return tmp_path / "cwd"


@pytest.mark.parametrize(
    ("number", "workers", "again"),
    [
        (signal.SIGTERM, "0", False),
        (signal.SIGTERM, "0", True),
        (signal.SIGTERM, "2", False),
        (signal.SIGHUP, "0", False),
        (signal.SIGHUP, "2", True),
        (signal.SIGINT, "2", False),
    ],
)
def test_a_signal_ends_a_run_as_ctrl_c_does(
    waiting: type[Waiting], folder: Path, home: Path, number: signal.Signals, workers: str, again: bool
) -> None:
    with reference.Server(waiting) as server:
        options = [f"--target={server.url}", f"--token={reference.TOKEN}", "--timeout=60", "-k=test_token"]
        process = start(["run", *options, "-n", workers], folder, environment(home))
        assert waiting.reached.wait(LONGEST)
        os.killpg(process.pid, number)
        if again:
            os.kill(process.pid, number)
        waiting.go.set()
        status, output = ended(process)

    assert status == 2, output
    assert "Traceback" not in output
    found = results.read(folder / "reports" / "results.json")
    assert found["run"]["interrupted"]
    assert found["exit_status"] == 2
    assert tree(folder / "reports") == FILES


@pytest.mark.parametrize("command", [["doctor"], ["plan"], ["reference", "--port=0"]], ids=lambda one: one[0])
def test_a_signal_ends_every_command_without_a_traceback(
    waiting: type[Waiting], folder: Path, home: Path, command: list[str]
) -> None:
    with reference.Server(waiting) as server:
        options = [] if command[0] == "reference" else [f"--target={server.url}", "--token=t0ken-t0ken"]
        process = start([*command, *options], folder, environment(home))
        assert process.stdout is not None
        if command[0] == "reference":
            process.stdout.readline()
        else:
            threading.Event().wait(1.5)
        process.send_signal(signal.SIGTERM)
        status, output = ended(process)

    # Before the command begins and after it has ended, the signal ends the interpreter.
    assert status in {0, 2, 6, -signal.SIGTERM, -signal.SIGINT}, output
    assert "Traceback" not in output


def _run(folder: Path, home: Path, arguments: list[str], **more: Any) -> subprocess.CompletedProcess[str]:
    with interruptible():
        return subprocess.run(  # noqa: S603 - our own command
            [*COMMAND, *arguments],
            cwd=folder,
            env=environment(home),
            text=True,
            check=False,
            timeout=LONGEST,
            **more,
        )


def _close(*descriptors: int) -> Callable[[], None]:
    def close() -> None:
        for descriptor in descriptors:
            os.close(descriptor)

    return close


def _broken_pipe() -> int:
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def _full() -> int:
    return os.open("/dev/full", os.O_WRONLY)


STREAMS: dict[str, Callable[[], dict[str, Any]]] = {
    "stdout-closed": lambda: {"preexec_fn": _close(1)},
    "stderr-closed": lambda: {"preexec_fn": _close(2)},
    "all-closed": lambda: {"preexec_fn": _close(0, 1, 2)},
    "stdout-broken-pipe": lambda: {"stdout": _broken_pipe()},
    "stderr-broken-pipe": lambda: {"stderr": _broken_pipe()},
    "stdout-full": lambda: {"stdout": _full()},
    "both-full": lambda: {"stdout": _full(), "stderr": _full()},
}


class QueryWins(reference.Rules):
    def token(self, request: Request) -> str | None:
        return self.query_token(request) or self.header_token(request)


@pytest.mark.parametrize("streams", STREAMS.values(), ids=STREAMS.keys())
def test_a_closed_or_full_stream_changes_no_status_and_no_file(
    folder: Path, home: Path, streams: Callable[[], dict[str, Any]]
) -> None:
    with reference.Server(QueryWins) as server:
        ran = _run(folder, home, ["run", f"--target={server.url}", *QUERY_WINS], **streams())

    assert ran.returncode == 1
    assert results.read(folder / "reports" / "results.json")["verdict"] == "non-conformant"
    assert tree(folder / "reports") == FILES
    assert tree(home) == set()


@pytest.mark.parametrize(
    ("command", "status", "streams"),
    [
        (["requirements"], 0, "stdout-broken-pipe"),
        (["--help"], 0, "both-full"),
        (["run", "--no-such-option"], 4, "all-closed"),
    ],
)
def test_a_reader_that_leaves_changes_no_status_of_other_commands(
    folder: Path, home: Path, command: list[str], status: int, streams: str
) -> None:
    assert _run(folder, home, command, **STREAMS[streams]()).returncode == status


def _limit(which: int, most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(which, (most, most))


LIMITS = {
    "files-to-import": (resource.RLIMIT_NOFILE, 5),
    "files-to-run": (resource.RLIMIT_NOFILE, 100),
    "memory-to-import": (resource.RLIMIT_AS, 60 << 20),
}


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS.keys())
def test_a_limit_of_the_machine_is_a_fault_in_one_line(
    folder: Path, home: Path, limit: tuple[int, int]
) -> None:
    ran = _run(folder, home, SHORT, capture_output=True, preexec_fn=_limit(*limit))

    text = (ran.stdout + ran.stderr).strip()
    assert ran.returncode == 3, text
    assert "Traceback" not in text
    named = [line for line in text.splitlines() if "itself failed" in line or "may open" in line]
    assert len(named) == 1, text


def test_little_memory_never_ends_as_a_verdict_on_the_target(folder: Path, home: Path) -> None:
    for megabytes in (110, 260):
        ran = _run(
            folder, home, SHORT, capture_output=True, preexec_fn=_limit(resource.RLIMIT_AS, megabytes << 20)
        )
        # -6 and -11: the interpreter itself, or a library in C, could not go on.
        assert ran.returncode in {0, 3, 6, -6, -11}, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    "broken", ["import no_such_module", "1/0", "raise MemoryError", "import sys; sys.exit('no')"]
)
def test_an_error_at_import_is_a_fault_and_no_violation(folder: Path, home: Path, broken: str) -> None:
    (folder / "jinja2.py").write_text(broken, "utf-8")
    ran = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", "import sys; from conformance.__main__ import main; sys.exit(main())", *SHORT],
        cwd=folder,
        env={**environment(home), "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )

    assert ran.returncode == 3, ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
