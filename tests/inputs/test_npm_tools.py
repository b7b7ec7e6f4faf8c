"""Tools from npm read the OpenAPI description: TypeScript types that take our examples, and a linter."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from conformance.inputs import openapi
from tests.inputs.test_code_generators import EVENTS, EXAMPLES

PACKAGES = Path(__file__).parent / "npm" / "package.json"
INSTALLING, READING = 180, 120
"""Seconds, at most."""
COMPILE = ("--noEmit", "--strict", "--exactOptionalPropertyTypes")
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def _npm() -> str:
    found = shutil.which("npm")
    if found is None:
        pytest.skip("npm is not installed: apt-get install npm")
    return found


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tools and the description. Skips the tests where they cannot be installed."""
    folder = tmp_path_factory.mktemp("npm")
    shutil.copy(PACKAGES, folder)
    (folder / "beacon.yaml").write_text(openapi.text(), "utf-8")
    quiet = ("--no-package-lock", "--no-audit", "--no-fund")
    command = (_npm(), "install", "--prefix", str(folder), *quiet)
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALLING, check=False)  # noqa: S603
    if done.returncode:
        pytest.skip(f"the tools cannot be installed: npm said: {done.stderr.strip()[-500:]}")
    return folder


def _run(folder: Path, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = str(folder / "node_modules" / ".bin" / tool)
    return subprocess.run(  # noqa: S603 - a tool from its own folder
        [program, *arguments],
        cwd=folder,
        env={**os.environ, **QUIET},
        capture_output=True,
        text=True,
        timeout=READING,
        check=False,
    )


def test_types_for_typescript_take_our_examples_and_refuse_what_is_incomplete(tools: Path) -> None:
    made = _run(tools, "openapi-typescript", "beacon.yaml", "-o", "beacon.ts")
    assert made.returncode == 0, made.stderr
    lines = ['import type { components } from "./beacon";', 'type Schemas = components["schemas"];']
    for number, (name, example) in enumerate(EXAMPLES):
        lines.append(f'export const taken{number}: Schemas["{name}"] = {json.dumps(example)};')
        for field in EVENTS[name]["allOf"][1]["required"]:
            less = {key: value for key, value in example.items() if key != field}
            lines.append("// @ts-expect-error a required field is missing")
            lines.append(f'export const without_{field}_{number}: Schemas["{name}"] = {json.dumps(less)};')
    (tools / "use.ts").write_text("\n".join(lines), "utf-8")

    compiled = _run(tools, "tsc", *COMPILE, "use.ts")

    assert compiled.returncode == 0, compiled.stdout


def test_the_linter_of_redocly_warns_only_of_the_schema_that_allows_every_value(tools: Path) -> None:
    done = _run(tools, "redocly", "lint", "beacon.yaml", "--format=json")

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["totals"]["errors"] == 0
    assert [one["ruleId"] for one in found["problems"]] == ["no-illogical-composition-keywords"], found[
        "problems"
    ]
