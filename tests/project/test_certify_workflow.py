"""The reusable workflow that judges and signs, and the steps of the action that it needs for that."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.certificates import conformant, put
from tests.support.ci_steps import ACTION, CERTIFY, SUITE, read_yaml, shell, step


@pytest.fixture(scope="module")
def action() -> dict[str, Any]:
    return read_yaml(ACTION)


@pytest.fixture(scope="module")
def workflow() -> dict[Any, Any]:
    return read_yaml(CERTIFY)


def test_the_workflow_calls_the_action_with_inputs_that_it_has(
    action: dict[str, Any], workflow: dict[Any, Any]
) -> None:
    (job,) = workflow["jobs"].values()
    call = next(step for step in job["steps"] if "beacon-conformance" in step["uses"])
    called = workflow[True]["workflow_call"]  # YAML reads the name on as true

    assert call["with"].keys() <= action["inputs"].keys()
    assert call["with"]["attest"] == "true"
    for name, value in call["with"].items():
        if "${{" in value:
            assert value in {f"${{{{ inputs.{name} }}}}", f"${{{{ secrets.{name} }}}}"}
            assert name in called["inputs"].keys() | called["secrets"].keys()


def test_the_workflow_may_sign_and_nothing_else(workflow: dict[Any, Any]) -> None:
    (job,) = workflow["jobs"].values()

    assert workflow["permissions"] == {}
    assert job["permissions"] == {"contents": "read", "id-token": "write", "attestations": "write"}
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"]) for step in job["steps"][:-1])


def test_nothing_is_signed_by_default(action: dict[str, Any]) -> None:
    signing = [step for step in action["runs"]["steps"] if "attest" in step.get("if", "")]

    assert action["inputs"]["attest"]["default"] == ""
    assert [step["name"] for step in signing] == [
        "Say what to sign",
        "Sign the results",
        "Keep the signature beside the results",
    ]
    assert {step["if"] for step in signing} == {"inputs.attest == 'true'"}


def test_the_action_writes_the_predicate_of_the_results(action: dict[str, Any], tmp_path: Path) -> None:
    sent = put(tmp_path, conformant())
    binaries = tmp_path / "beacon-conformance" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "beacon-conformance").symlink_to(SUITE)
    (tmp_path / "work").mkdir()
    given = {
        "RUNNER_TEMP": str(tmp_path),
        "REPORTS": str(sent),
        "IMPLEMENTATION": str(tmp_path / "acme.toml"),
    }

    ran = shell(step(action, "Say what to sign")["run"], given, tmp_path)

    assert ran.returncode == 0, ran.stderr
    predicate = json.loads((tmp_path / "predicate.json").read_text("utf-8"))
    assert predicate["result"] == "PASSED"
