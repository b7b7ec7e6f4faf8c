"""Linters find nothing in what CI systems are given: the action, the documented workflows, the container files."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.project.test_action import WORKFLOWS

ROOT = Path(__file__).parents[2]
PINNED = "0123456789abcdef0123456789abcdef01234567"
"""What the page recommends in the place of main."""


def _linter(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name(name)), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our own


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.browser"])
def test_hadolint_finds_nothing_in_a_container_file(name: str) -> None:
    ran = _linter("hadolint", "--no-color", name)

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_zizmor_finds_nothing_in_the_action() -> None:
    ran = _linter("zizmor", "--offline", "--persona=auditor", "--color=never", "action.yml")

    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=["readme", "page"])
def test_zizmor_finds_nothing_in_a_documented_workflow(
    workflow: dict[object, object], tmp_path: Path
) -> None:
    workflow = {"name": "beacon", "on": "push", "permissions": {"contents": "read"}} | {
        "on" if key is True else key: value for key, value in workflow.items()
    }
    path = tmp_path / ".github" / "workflows" / "beacon.yml"
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump(workflow).replace("@main", f"@{PINNED}"), "utf-8")

    ran = _linter("zizmor", "--offline", "--color=never", str(path))

    assert ran.returncode == 0, ran.stdout + ran.stderr
