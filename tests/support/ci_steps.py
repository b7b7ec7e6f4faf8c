"""The files of this repository that CI systems run, and their steps as a runner runs them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"
CERTIFY = ROOT / ".github" / "workflows" / "certify.yml"
TEMPLATE = ROOT / "ci" / "gitlab.yml"
SUITE = Path(sys.executable).with_name("beacon-conformance")


def read_yaml(path: Path) -> dict[Any, Any]:
    """Return the content of a YAML file. It reads the name ``on`` as true."""
    content: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return content


def step(action: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the step of an action that has a name."""
    return next(one for one in action["runs"]["steps"] if one.get("name") == name)


def shell(script: str, environment: Mapping[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script as the runner does with ``shell: bash``."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    (folder / "step.sh").write_text(script, "utf-8")
    return subprocess.run(  # noqa: S603 - the action's own script
        [bash, "--noprofile", "--norc", "-eo", "pipefail", str(folder / "step.sh")],
        cwd=folder / "work",
        env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
