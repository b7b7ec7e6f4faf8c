"""A report is whole and of one run, or it is the earlier one with a word about the later run, whatever ends a run."""

import json
import os
import re
import resource
import shutil
import signal
import threading
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import reference, report, results
from conformance.cli import main as command
from conformance.report import files
from conformance.report.formats import ALL_FILES, FORMATS
from tests.support.cli_process import LONGEST, ended, environment, start, tree
from tests.support.hostile_results import everything
from tests.support.runs import run

pytestmark = pytest.mark.hostile

QUICK = ["--requirement=token.header-accepted", "--require=http"]


def _ids(folder: Path) -> set[str]:
    """Return the ids of the runs that the files of a folder are of; a badge has none."""
    names = ALL_FILES - {"badge.json", "badge.svg", "junit.xml"}
    return {
        found
        for name in names
        if (folder / name).exists()
        for found in re.findall(
            r"\b[Rr]un (?:</dt>\s*<dd>)?([0-9a-f]{8})\b", (folder / name).read_text("utf-8")
        )
    } | {results.read(folder / "results.json")["run"]["id"]}


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A folder with the report of an earlier run."""
    folder = tmp_path / "reports"
    content = everything()
    files.replace(
        folder,
        {"results.json": results.as_text(content), **{name: f(content) for name, f in FORMATS.items()}},
        old=ALL_FILES,
    )
    return folder


def _content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("step", range(20))
def test_a_process_that_is_killed_while_it_writes_leaves_no_files_of_two_runs(
    earlier: Path, step: int
) -> None:
    before = _content(earlier)
    files.begin(earlier, "abcdef12", "2026-01-01T00:00:00Z")
    child = os.fork()
    if child == 0:
        left = iter(range(step))

        def step_or_die(_event: str, _arguments: object) -> None:
            if next(left, None) is None:
                os._exit(9)

        import sys  # noqa: PLC0415

        sys.addaudithook(
            lambda event, arguments: (
                step_or_die(event, arguments)
                if event in {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}
                else None
            )
        )
        texts = {name: f"of the new run: {name}" for name in ALL_FILES}
        files.replace(earlier, texts, old=ALL_FILES, run="abcdef12")
        os._exit(0)
    os.waitpid(child, 0)

    after = {name: text for name, text in _content(earlier).items() if name in ALL_FILES}
    new = [name for name, text in after.items() if text.startswith(b"of the new run")]
    assert not new or len(new) == len(after)
    if len(new) < len(ALL_FILES):
        assert "abcdef12" in files.unfinished(earlier)
        assert new or {name: before[name] for name in after} == after
    files.replace(earlier, {"results.json": "{}"}, old=ALL_FILES, run="abcdef12")
    assert tree(earlier) == {"results.json"}


class Killing(reference.Rules):
    """Kills the run at its tenth request."""

    seen = 0
    victim = 0
    reached: threading.Event

    def receive(self, request: Request, body: bytes | None) -> Response:
        kind = type(self)
        kind.seen += 1
        if kind.seen == 10:
            kind.reached.wait(LONGEST)
            os.killpg(kind.victim, signal.SIGKILL)
        return super().receive(request, body)


def test_a_run_that_is_killed_leaves_the_earlier_report_with_a_word(
    earlier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _content(earlier)
    Killing.reached = threading.Event()
    with reference.Server(Killing) as server:
        options = [f"--target={server.url}", f"--token={reference.TOKEN}", "-k=test_token"]
        process = start(["run", *options], tmp_path, environment(tmp_path))
        Killing.victim = process.pid
        Killing.reached.set()
        status, _ = ended(process)

    assert status == -signal.SIGKILL
    assert {name: text for name, text in _content(earlier).items() if name in before} == before
    assert "has not written its report" in files.unfinished(earlier)
    for arguments in (["annotate"], ["render"], ["compare", str(earlier / "results.json")]):
        command([*arguments, str(earlier / "results.json")])
        assert "of an earlier run" in capsys.readouterr().err
    run(*QUICK, f"--report-dir={earlier}")
    assert not files.unfinished(earlier)
    assert tree(earlier) == ALL_FILES


@pytest.mark.parametrize("size", [1_000, 20_000, 120_000])
def test_a_limit_of_a_file_s_size_leaves_the_earlier_report_unharmed(
    earlier: Path, tmp_path: Path, size: int
) -> None:
    before = _content(earlier)
    process = start(
        ["run", *QUICK],
        tmp_path,
        environment(tmp_path),
        preexec=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    status, output = ended(process)

    assert status == 3, output
    assert "Traceback" not in output
    assert len([line for line in output.splitlines() if "could not be written" in line]) == 1
    assert {name: text for name, text in _content(earlier).items() if name in before} == before
    assert "has not written its report" in files.unfinished(earlier)


class Vanishing(reference.Rules):
    """Removes the report's folder, and puts something else in its place."""

    folder = Path()
    becomes = ""

    def receive(self, request: Request, body: bytes | None) -> Response:
        kind = type(self)
        if kind.folder.is_dir():
            shutil.rmtree(kind.folder)
            if kind.becomes == "file":
                kind.folder.write_text("mine", "utf-8")
        return super().receive(request, body)


@pytest.mark.parametrize("becomes", ["file", "nothing"])
def test_a_folder_that_vanishes_during_a_run(tmp_path: Path, becomes: str) -> None:
    Vanishing.folder, Vanishing.becomes = tmp_path / "reports", becomes
    with reference.Server(Vanishing) as server:
        options = [
            f"--target={server.url}",
            f"--token={reference.TOKEN}",
            f"--report-dir={tmp_path / 'reports'}",
        ]
        status, output = run(*options, *QUICK)

    if becomes == "file":
        assert status == 3
        assert "could not be written" in output
        assert (tmp_path / "reports").read_text("utf-8") == "mine"
    else:
        Vanishing.folder = Path()
        assert status in {3, 6}
        assert status == 3 or tree(tmp_path / "reports") == ALL_FILES


def test_two_runs_into_one_folder_leave_one_whole_report(tmp_path: Path) -> None:
    started = [start(["run", *QUICK], tmp_path, environment(tmp_path)) for _ in range(2)]
    assert [ended(process)[0] for process in started] == [6, 6]

    assert tree(tmp_path / "reports") == ALL_FILES
    assert len(_ids(tmp_path / "reports")) == 1


def test_a_report_that_cannot_be_made_leaves_the_others_of_its_run(
    earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FORMATS, "junit.xml", lambda _: 1 / 0)
    status, output = run(*QUICK, f"--report-dir={earlier}")

    assert status == 3
    assert "junit.xml could not be made" in output
    assert tree(earlier) == ALL_FILES - {"junit.xml"}
    assert len(_ids(earlier)) == 1


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9, 0.999])
@pytest.mark.parametrize("reading", ["render", "annotate", "compare", "repeat", "run --replay"])
def test_a_truncated_results_file_is_refused_everywhere(
    tmp_path: Path, reading: str, part: float, capsys: pytest.CaptureFixture[str]
) -> None:
    text = results.as_text(everything())
    path = tmp_path / "results.json"
    path.write_text(text[: int(len(text) * part)], "utf-8")
    more = {"compare": [str(path)], "repeat": ["token.header-wins"]}.get(reading, [])
    arguments = [f"{reading}={path}"] if "--" in reading else [reading, str(path), *more]
    if "--" in reading:
        arguments = ["run", f"--replay={path}", f"--report-dir={tmp_path / 'out'}"]

    assert command(arguments) == 4
    assert "is not a complete JSON file" in capsys.readouterr().err
    assert tree(tmp_path) == {"results.json"}


def test_results_without_a_final_brace_cannot_be_read_again(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(json.dumps(everything())[:-1], "utf-8")

    with pytest.raises(results.UnusableResults):
        results.read(tmp_path / "results.json")
    assert report.files.unfinished(tmp_path) == ""
