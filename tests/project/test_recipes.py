"""The recipes for CI are valid, linters find nothing in them, and their scripts do what they say."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance import reference, results
from conformance.settings import OPTIONS
from tests.support.certificates import conformant
from tests.support.ci_steps import ACTION, ROOT, read_yaml, shell
from tests.support.runs import run as run_suite

PAGE = (ROOT / "docs" / "ci-recipes.md").read_text("utf-8")
PINNED = "0123456789abcdef0123456789abcdef01234567"
"""What the page recommends in the place of main."""
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
WORKFLOWS = {
    block.splitlines()[0].rpartition("/")[2].removesuffix(".yml"): block
    for block in BLOCKS
    if block.startswith("# .github/workflows/")
}


def job(workflow: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(WORKFLOWS[workflow])["jobs"][name]
    return found


def script(workflow: str, name: str) -> str:
    """Return the script of the only step of a job that has one."""
    (found,) = [str(step["run"]) for step in job(workflow, name)["steps"] if "run" in step]
    return found


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = [str(Path(sys.executable).with_name(arguments[0])), *arguments[1:]]
    return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our own


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Return a folder with programs that a runner has and this machine may not: they do nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("pipx", "gh"):
        (folder / name).write_text("#!/bin/sh\n", "utf-8")
        (folder / name).chmod(0o755)
    return folder


def run(text: str, programs: Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return shell(text, {"PATH": path, "SUITE": "the suite", **environment}, folder)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_github_can_read_a_workflow_and_zizmor_finds_nothing_in_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / ".github" / "workflows" / f"{name}.yml"
    path.parent.mkdir(parents=True)
    path.write_text(WORKFLOWS[name].replace("@main", f"@{PINNED}"), "utf-8")

    for arguments in (
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)),
        ("zizmor", "--offline", "--color=never", str(path)),
    ):
        ran = command(*arguments)
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_gives_the_action_inputs_that_it_has(name: str) -> None:
    inputs = read_yaml(ACTION)["inputs"].keys()
    calls = [
        step
        for one in yaml.safe_load(WORKFLOWS[name])["jobs"].values()
        for step in one["steps"]
        if "beacon-conformance" in step.get("uses", "")
    ]

    assert calls
    assert [step["with"].keys() - inputs for step in calls] == [set()] * len(calls)


def test_the_matrix_has_a_job_for_each_region_with_inputs_that_judge_it(
    programs: Path, tmp_path: Path
) -> None:
    work, output = tmp_path / "work", tmp_path / "output"
    work.mkdir()
    output.touch()
    (work / "beacon.toml").write_text(
        "[targets.eu]\ntarget = 'https://eu.example'\n[targets.us]\ntarget = 'https://us.example'\n", "utf-8"
    )
    ran = run(script("regions", "targets"), programs, tmp_path, GITHUB_OUTPUT=str(output))

    assert ran.returncode == 0, ran.stderr
    name, _, text = output.read_text("utf-8").strip().partition("=")
    assert name == "list"
    assert [one["name"] for one in json.loads(text)] == ["eu", "us"]
    judging = job("regions", "judge")["steps"][-1]["with"]
    assert judging["only"] == "${{ matrix.name }}"


def test_one_job_compares_the_regions_by_their_names(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    for name in ("eu", "us"):
        folder = tmp_path / "work" / f"beacon-{name}" / name
        folder.mkdir(parents=True)
        results.write(conformant(target=f"https://{name}.example"), folder / "results.json")
    summary = tmp_path / "summary.md"
    environment = {
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_RUN_ID": "1",
        "GITHUB_REPOSITORY": "acme/shop",
    }
    ran = run(script("regions", "compare"), programs, tmp_path, **environment)

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith("Nothing is worse in us than in eu.\n")
    assert "Nothing is worse in us than in eu." in summary.read_text("utf-8")


def test_a_pull_request_s_build_is_waited_for_and_judged_as_the_recipe_says(tmp_path: Path) -> None:
    given = job("pull-request", "beacon")["steps"][-1]["with"]
    named = {name: str(value) for name, value in given.items() if name != "comment"}
    commit = named["implementation"].replace("${{ github.event.pull_request.head.sha }}", "0123abc")
    with reference.Server(delay=0.005) as server:
        told = {
            name: value.replace("http://127.0.0.1:8080", server.url).replace(
                "token-of-a-test-store", reference.TOKEN
            )
            for name, value in (named | {"implementation": commit}).items()
        }
        status, output = run_suite(
            *(f"--{name}={value}" for name, value in told.items()),
            "--requirement=token.header-wins",
            f"--report-dir={tmp_path}",
        )

    assert status == 6, output  # one requirement is not a whole class
    assert results.read(tmp_path / "results.json")["target"]["implementation"] == "shop 0123abc"


def test_kubernetes_can_read_the_job(tmp_path: Path) -> None:
    (block,) = [one for one in BLOCKS if "kind: CronJob" in one]
    (tmp_path / "beacon.yaml").write_text(block, "utf-8")

    ran = command("kubernetes-validate", "--strict", str(tmp_path / "beacon.yaml"))
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_job_of_kubernetes_gives_the_suite_options_and_variables_that_it_has() -> None:
    (block,) = [one for one in BLOCKS if "kind: CronJob" in one]
    pod = yaml.safe_load(block)["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    command_name, *options = container["args"]

    assert command_name == "run"
    assert {one.partition("=")[0] for one in options} <= {option.flag for option in OPTIONS}
    assert {one["name"] for one in container["env"]} <= {option.variable for option in OPTIONS}
    assert {one["name"] for one in container["volumeMounts"]} == {one["name"] for one in pod["volumes"]}
    user = next(
        line for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines() if line.startswith("USER ")
    )
    assert user == f"USER {pod['securityContext']['runAsUser']}:{pod['securityContext']['fsGroup']}"


def test_jenkins_gives_the_suite_variables_that_it_has() -> None:
    (block,) = re.findall(r"^```groovy\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)

    assert set(re.findall(r"BEACON_[A-Z_]+(?= =)", block)) <= {option.variable for option in OPTIONS}
    assert block.count("{") == block.count("}")
