"""Options that a run cannot obey are refused before it begins: most print everything, and nothing redacts their output."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli_process import ended, environment, start
from tests.support.runs import run

pytestmark = pytest.mark.hostile

ROOT = Path(__file__).parents[2]
TOKEN = "kQ7-fdA02-never-Printed"  # noqa: S105 - made up
PRINTING = ["--debug", "--debug=log.txt", "--hypothesis-verbosity=debug", "--hypothesis-show-statistics"]
ARGUMENTS = ["run", "--target=http://127.0.0.1:9", f"--token={TOKEN}"]


@pytest.mark.parametrize("option", PRINTING)
def test_an_option_that_prints_the_values_of_a_run_is_refused(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    for options in ([option, *ARGUMENTS[1:]], [*ARGUMENTS[1:], option]):
        status, output = run(*options)

        assert status == 4
        assert output.startswith(f"ERROR: {option.partition('=')[0]}: prints the values of a run")
        assert len(output.splitlines()) == 1
        assert TOKEN not in output
    assert not list(tmp_path.iterdir())


def test_pytest_itself_refuses_such_an_option_for_a_run(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "--hypothesis-show-statistics", f"--report-dir={tmp_path}"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our own

    assert ran.returncode == 4
    assert "--hypothesis-show-statistics: prints the values of a run" in ran.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "variables", [{"PYTEST_DEBUG": "1"}, {"PYTEST_ADDOPTS": "--debug -q"}], ids=["variable", "added-option"]
)
def test_a_variable_that_prints_the_values_of_a_run_is_refused(
    variables: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "cwd").mkdir()
    process = start(ARGUMENTS, tmp_path / "cwd", environment(tmp_path / "home", variables))

    status, output = ended(process)

    assert status == 4
    assert TOKEN not in output
    assert not list((tmp_path / "cwd").iterdir())


@pytest.mark.parametrize("option", ["--lf", "--failed-first", "--cache-show", "--sw"])
def test_an_option_that_needs_a_cache_of_the_last_run_is_refused(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    status, output = run(option)

    assert status == 4
    assert output.startswith(f"ERROR: {option}: needs pytest's cache, which a run does not keep; ")
    assert len(output.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_pytest_itself_refuses_an_option_that_needs_a_cache_for_a_run(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "--lf", f"--report-dir={tmp_path}"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our own

    assert ran.returncode == 4
    assert "--lf: needs pytest's cache" in ran.stderr
    assert not list(tmp_path.iterdir())
