"""Other plugins of pytest that happen to be installed: a run loads none that it was not asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli_process import ended, environment, start

ROOT = Path(__file__).parents[2]
CLASHING = """
def pytest_addoption(parser):
    for name in ("--timeout", "--target", "--seed"):
        parser.addoption(name, dest="clash" + name.strip("-"))
"""
HARMLESS = """
def pytest_report_header():
    return "harmless was loaded"
"""
SOME = ["run", "--effort=quick", "--requirement=token.header-wins", "--timeout=9"]


def _install(folder: Path, name: str, source: str) -> None:
    """Install a plugin of pytest as pip does: a module, and the entry point that names it."""
    (folder / f"{name}_plugin.py").write_text(source)
    metadata = folder / f"{name}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[pytest11]\n{name} = {name}_plugin\n")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    _install(folder, "clashing", CLASHING)
    _install(folder, "harmless", HARMLESS)
    return folder


@pytest.mark.parametrize("more", [[], ["-n1"]], ids=["one-process", "a-worker"])
def test_a_plugin_whose_options_clash_does_not_disturb_a_run(
    more: list[str], installed: Path, tmp_path: Path
) -> None:
    variables = environment(tmp_path, {"PYTHONPATH": str(installed)})

    status, output = ended(start([*SOME, *more], tmp_path, variables))

    assert status == 6, output
    assert "1 held" in output
    assert "harmless was loaded" not in output


def test_a_plugin_that_was_asked_for_is_loaded(installed: Path, tmp_path: Path) -> None:
    variables = environment(tmp_path, {"PYTHONPATH": str(installed)})

    status, output = ended(start([*SOME, "-p", "harmless"], tmp_path, variables))

    assert status == 6, output
    assert "harmless was loaded" in output


def test_pytest_in_a_checkout_names_the_clashing_option_in_one_line(installed: Path, tmp_path: Path) -> None:
    variables = environment(tmp_path, {"PYTHONPATH": str(installed)})
    command = [sys.executable, "-m", "pytest", "--collect-only"]

    ran = subprocess.run(  # noqa: S603 - our own
        command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False, timeout=120
    )

    assert ran.returncode == 4
    assert "Traceback" not in ran.stderr
    assert "another plugin of pytest has an option of this name" in ran.stderr


def test_a_folder_named_conformance_beside_the_user_changes_nothing(tmp_path: Path) -> None:
    local = tmp_path / "conformance"
    (local / "plugin").mkdir(parents=True)
    for folder in (local, local / "plugin"):
        (folder / "__init__.py").write_text("raise SystemExit('the local folder was imported')\n")

    command = [str(Path(sys.executable).with_name("beacon-conformance")), *SOME]
    ran = subprocess.run(  # noqa: S603 - our own
        command,
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert ran.returncode == 6, ran.stdout + ran.stderr
    assert "1 held" in ran.stdout
