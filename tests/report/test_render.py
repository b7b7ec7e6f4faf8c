"""``render`` makes the same files from results as the run did, byte for byte, on any machine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import cli, reference
from conformance.report.formats import FORMATS, write_reports
from conformance.requirements import batch, token
from conformance.results import Results, read, write
from tests.support.hostile_results import everything
from tests.support.runs import SUITE, options_for, run

FILES = {"compliance.html", "report.html", "junit.xml", "summary.md", "badge.json", "badge.svg"}
CHOSEN = [
    "--effort=quick",
    *(f"--requirement={one.id}" for one in (batch.OVER_100_REFUSED, token.HEADER_WINS)),
    f"--ignore={SUITE / 'test_openapi.py'}",
]


class NoLimit(reference.Rules):
    max_entries = 10_000


@pytest.fixture(scope="module")
def server() -> Iterator[reference.Server]:
    with reference.Server(delay=0.005) as server:
        yield server


@pytest.fixture(scope="module")
def failing() -> Iterator[reference.Server]:
    with reference.Server(NoLimit, delay=0.005) as server:
        yield server


def _bytes(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.name != "results.json"}


def _rendered_is_written(written: Path, again: Path) -> None:
    status = cli.main(["render", str(written / "results.json"), "--report-dir", str(again)])

    assert status == read(written / "results.json")["exit_status"]
    assert _bytes(written).keys() == FILES
    assert [name for name, content in _bytes(written).items() if content != _bytes(again)[name]] == []


@pytest.mark.parametrize("processes", ["0", "2"])
def test_the_files_of_a_passing_run_are_rendered_again(
    processes: str, server: reference.Server, tmp_path: Path
) -> None:
    status, output = run(*options_for(server), *CHOSEN, f"--report-dir={tmp_path / 'run'}", f"-n={processes}")

    assert status == 6, output
    _rendered_is_written(tmp_path / "run", tmp_path / "again")


@pytest.mark.parametrize("processes", ["0", "2"])
def test_the_files_of_a_failing_run_are_rendered_again(
    processes: str, failing: reference.Server, tmp_path: Path
) -> None:
    status, output = run(
        *options_for(failing), *CHOSEN, f"--report-dir={tmp_path / 'run'}", f"-n={processes}"
    )

    assert status == 1, output
    assert "expected  status 422" in (tmp_path / "run" / "report.html").read_text("utf-8")
    _rendered_is_written(tmp_path / "run", tmp_path / "again")


def test_the_files_of_a_faulty_run_are_rendered_again(
    server: reference.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "support" / "plugins")
    faulty = f"--requirement={token.HEADER_ACCEPTED.id}"
    status, output = run(
        *options_for(server), *CHOSEN, faulty, f"--report-dir={tmp_path / 'run'}", "-p", "faulty"
    )

    assert status == 3, output
    for name in ("report.html", "junit.xml"):
        text = (tmp_path / "run" / name).read_text("utf-8")
        assert "ZeroDivisionError" in text
        assert reference.TOKEN not in text
    _rendered_is_written(tmp_path / "run", tmp_path / "again")


def test_render_does_not_depend_on_the_machine(tmp_path: Path) -> None:
    write(everything(), tmp_path / "results.json")
    list(write_reports(everything(), tmp_path / "here"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "pytest.ini").write_text(
        "[pytest]\naddopts = --nonsense\ninitial_sort = duration\n", "utf-8"
    )
    (elsewhere / "conftest.py").write_text("raise RuntimeError", "utf-8")
    environment = {
        **os.environ,
        "PYTEST_ADDOPTS": "-n 2 --nonsense",
        "TZ": "Asia/Tokyo",
        "BUILD_NUMBER": "4711",
        "PYTHONHASHSEED": "7",
    }
    command = [sys.executable, "-m", "conformance", "render", "../results.json", "--report-dir", "made"]
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=elsewhere, env=environment, capture_output=True, text=True, check=False, timeout=120
    )

    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    others = [name for name in FORMATS if name != "compliance.html"]
    assert done.stdout.splitlines() == [f"reports: made/{', '.join(others)}", "open: made/compliance.html"]
    assert _bytes(elsewhere / "made") == _bytes(tmp_path / "here")


def test_changed_results_make_no_report(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "results.json"
    write(everything(), path)
    path.write_text(path.read_text("utf-8").replace('"violated"', '"held"', 1), "utf-8")

    assert cli.main(["render", str(path), "--report-dir", str(tmp_path / "made")]) == 4
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "was changed after it was written" in said.err
    assert not (tmp_path / "made").exists()


def test_a_folder_that_cannot_be_written_gives_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write(everything(), tmp_path / "results.json")
    (tmp_path / "taken").write_text("", "utf-8")

    assert cli.main(["render", str(tmp_path / "results.json"), "--report-dir", str(tmp_path / "taken")]) == 4
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "cannot be written" in said


def test_results_are_written_even_if_a_report_fails(
    server: reference.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_results: Results) -> str:
        raise ZeroDivisionError("a bug in a report")

    monkeypatch.setitem(FORMATS, "junit.xml", broken)
    status, output = run(*options_for(server), *CHOSEN, f"--report-dir={tmp_path}")

    assert status == 3
    assert "a bug in a report" in output
    assert read(tmp_path / "results.json")["exit_status"] == 6
    assert (tmp_path / "compliance.html").exists()


def test_a_run_without_pytest_html_writes_every_other_file(server: reference.Server, tmp_path: Path) -> None:
    run(*options_for(server), *CHOSEN, f"--report-dir={tmp_path}", "-p", "no:html")

    assert _bytes(tmp_path).keys() == FILES - {"report.html"}


def test_pytest_s_own_reports_are_also_made_on_request(server: reference.Server, tmp_path: Path) -> None:
    own, ours = tmp_path / "own", tmp_path / "ours"
    options = [f"--html={own / 'page.html'}", "--self-contained-html", f"--junitxml={own / 'tests.xml'}"]
    run(*options_for(server), *CHOSEN, *options, f"--report-dir={ours}")

    assert 'class="beacon-compliance"' in (own / "page.html").read_text("utf-8")
    assert '<testsuite name="pytest"' in (own / "tests.xml").read_text("utf-8")
    assert _bytes(ours).keys() == FILES
