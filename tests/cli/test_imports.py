"""Which libraries a subcommand loads, seen in a process of its own: what it does not use must not cost its user time."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from conformance import reference
from conformance.requirements import token
from tests.support.cli_process import LONGEST, environment

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "reports" / "sample" / "reference" / "results.json.gz"
RESULTS = "results.json"
PROGRAM = """
import json, sys
from conformance.__main__ import main
file = sys.argv.pop(1)
status = main()
with open(file, "w") as out:
    json.dump([status, sorted(sys.modules)], out)
"""
JUDGING = {"pytest", "_pytest", "httpx", "httpcore", "hypothesis", "schemathesis"}
SERVING = {"uvicorn", "starlette", "conformance.reference.server", "conformance.mutants"}
OF_PAGES = {"jinja2", "yaml", "cryptography"}


def _loaded(arguments: list[str], folder: Path, ends_with: int = 0) -> set[str]:
    """Return the modules that a command has loaded at its end. It has to end with this status."""
    (folder / RESULTS).write_bytes(gzip.decompress(SAMPLE.read_bytes()))
    file = folder / "modules.json"
    command = [sys.executable, "-c", PROGRAM, str(file), *arguments]
    subprocess.run(  # noqa: S603 - our own command
        command, env=environment(folder), cwd=folder, capture_output=True, check=True, timeout=LONGEST
    )
    status, modules = json.loads(file.read_text("utf-8"))
    assert ends_with == status
    return set(modules)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["requirements"]], ids=" ".join)
def test_a_command_that_prints_a_list_loads_no_library_of_runs_servers_or_pages(
    arguments: list[str], tmp_path: Path
) -> None:
    assert set() == _loaded(arguments, tmp_path) & (JUDGING | SERVING | OF_PAGES)


@pytest.mark.parametrize(
    "arguments",
    [
        ["requirements", "token.header-wins"],
        ["requirements", "--format=json"],
        ["completion", "bash"],
        ["annotate", RESULTS],
        ["compare", RESULTS, RESULTS],
        ["list", ".", "--html=list.html"],
    ],
    ids=" ".join,
)
def test_a_command_that_judges_nothing_loads_neither_pytest_nor_an_http_client_nor_a_server(
    arguments: list[str], tmp_path: Path
) -> None:
    assert set() == _loaded(arguments, tmp_path) & (JUDGING | SERVING)


def test_render_loads_pytest_for_its_page_and_nothing_else_of_a_run(tmp_path: Path) -> None:
    loaded = _loaded(["render", RESULTS], tmp_path)

    assert {"pytest", "_pytest"} == loaded & (JUDGING | SERVING)


def test_a_run_loads_the_bundled_reference_only_if_that_is_the_target(tmp_path: Path) -> None:
    chosen = [f"--requirement={token.HEADER_ACCEPTED.id}", f"--report-dir={tmp_path}"]
    with reference.Server() as server:
        of_a_url = [f"--target={server.url}", f"--token={reference.TOKEN}", f"--observer={server.observer}"]
        loaded = _loaded(["run", *of_a_url, *chosen], tmp_path, 6)
        whole = _loaded(["run", *chosen], tmp_path, 6)

    assert set() == loaded & SERVING
    assert SERVING - {"conformance.mutants"} == whole & SERVING
