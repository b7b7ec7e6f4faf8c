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
HOSTILE = """ $(touch harm) `touch harm`; touch harm & ' " \\ ${HOME} %0A * ~
touch harm
::error title=forged::forged
EOF
"""


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


def template() -> dict[str, Any]:
    """Return the job of the template for GitLab."""
    content: dict[str, Any] = yaml.safe_load(TEMPLATE.read_text("utf-8"))[".beacon-conformance"]
    return content


def template_script() -> str:
    """Return everything that the template's job runs before it keeps the reports."""
    job = template()
    return "\n".join([*job["before_script"], *job["script"]])


def expect_schema(schema: str, path: Path) -> None:
    """Expect that a file follows the schema of a CI system."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our own command

    assert ran.returncode == 0, ran.stdout
