"""The suite in a repository of somebody else, who starts pytest there."""

import subprocess
import sys
from pathlib import Path

from conformance import results
from conformance.requirements import token
from conformance.results.verdicts import Verdict
from tests.support.cli_process import environment

SOME = f"--requirement={token.HEADER_WINS.id}"


def _pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "own").mkdir()
    command = [sys.executable, "-P", "-m", "pytest", *arguments]
    return subprocess.run(  # noqa: S603 - our own
        command,
        cwd=folder / "own",
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def test_pytest_runs_the_installed_suite_with_its_plugin(tmp_path: Path) -> None:
    ran = _pytest(tmp_path, "-p", "conformance.plugin", "--pyargs", "conformance.suite", SOME)

    assert ran.returncode == 6, ran.stdout + ran.stderr  # one requirement is not a whole class
    found = results.read(tmp_path / "own" / "reports" / "results.json")["requirements"]
    assert {item["verdict"] for item in found if item["id"] == token.HEADER_WINS.id} == {Verdict.HELD}
