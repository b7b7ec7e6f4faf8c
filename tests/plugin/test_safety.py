"""What a run does to its machine, and how it ends on Ctrl-C."""

import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import reference, results
from conformance.cli import run as judging
from conformance.reference.stores import Store
from conformance.results.verdicts import ExitStatus
from tests.support.cli_process import LONGEST, command_lines, ended, environment, start, tree

REPORTS = {
    *("results.json", "report.html", "compliance.html", "junit.xml", "summary.md"),
    *("badge.json", "badge.svg"),
}
SECRET = "sEcret-of-the-command-line-0123456789"  # noqa: S105 - made up


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cwd").mkdir()
    return tmp_path / "cwd"


class Stopping(reference.Rules):
    """Waits at one request until ``go`` is set."""

    at = 0
    seen: int
    reached: threading.Event
    go: threading.Event

    def receive(self, request: Request, body: bytes | None) -> Response:
        kind = type(self)
        kind.seen += 1
        if kind.seen == kind.at:
            kind.reached.set()
            kind.go.wait()
        return super().receive(request, body)


@pytest.fixture
def stopping(request: pytest.FixtureRequest) -> Iterator[type[Stopping]]:
    class Memo(Stopping):
        at = request.param
        seen = 0
        reached = threading.Event()
        go = threading.Event()

    yield Memo
    Memo.go.set()


@pytest.mark.parametrize("stopping", [1, 3, 40], indirect=True, ids=["at-once", "doctor", "checks"])
def test_ctrl_c_ends_in_status_2_with_every_report(
    stopping: type[Stopping], folder: Path, home: Path
) -> None:
    with reference.Server(stopping) as server:
        options = [f"--target={server.url}", f"--token={reference.TOKEN}", "--timeout=200"]
        process = start(["run", *options], folder, environment(home))
        assert stopping.reached.wait(LONGEST)
        process.send_signal(signal.SIGINT)
        status, output = ended(process)
        stopping.go.set()

    found = results.read(folder / "reports" / "results.json")
    assert status == 2, output
    assert found["run"]["interrupted"]
    assert found["verdict"] == "not-fully-verified"
    assert found["exit_status"] == 2
    assert tree(folder / "reports") == REPORTS
    assert "The run was interrupted" in output
    assert "Traceback" not in output


def test_a_run_writes_only_to_its_report_directory(folder: Path, home: Path) -> None:
    (folder / "mine.txt").write_text("kept", "utf-8")
    options = [
        "--requirement=batch.ingests-all",
        "--requirement=batch.over-100-refused",
        "--report-dir=out",
        "--effort=quick",
        "-n2",
    ]
    status, output = ended(start(["run", *options], folder, environment(home)))

    assert status == 6, output
    assert tree(folder) == {"mine.txt", "out", *(f"out/{name}" for name in REPORTS)}
    assert tree(home) == set()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux'")
def test_a_token_given_as_an_option_is_in_no_other_process_s_command_line(folder: Path, home: Path) -> None:
    lines: dict[int, str] = {}

    class Watching(reference.Rules):
        def receive(self, request: Request, body: bytes | None) -> Response:
            lines.update(command_lines())
            return super().receive(request, body)

        def store_for(self, token: str) -> Store | None:
            return super().store_for(reference.TOKEN if token == SECRET else token)

    with reference.Server(Watching) as server:
        options = [f"--target={server.url}", f"--token={SECRET}", "--require=http", "-n2"]
        process = start(["run", *options, "--requirement=token.header-wins"], folder, environment(home))
        _, output = ended(process)

    assert [pid for pid, line in lines.items() if SECRET in line] == [process.pid]
    assert SECRET not in output
    assert "held" in output


def test_a_run_ends_with_the_mark_to_find_its_events_by(folder: Path, home: Path) -> None:
    _, output = ended(start(["run", "--requirement=token.header-accepted"], folder, environment(home)))

    mark = results.read(folder / "reports" / "results.json")["run"]["mark"]
    assert mark in output
    assert mark in (folder / "reports" / "compliance.html").read_text("utf-8")


def test_a_temporary_folder_that_cannot_be_removed_changes_no_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove = os.rmdir

    def refuse(path: str, **options: int) -> None:
        if Path(path).name.startswith("beacon-conformance-hypothesis-"):
            raise OSError(errno.ENOTEMPTY, "Directory not empty", path)
        remove(path, **options)

    monkeypatch.setattr(os, "rmdir", refuse)
    status = judging.judge([f"--report-dir={tmp_path}", "--requirement=token.header-accepted"])

    assert status == ExitStatus.NOT_FULLY_VERIFIED
