"""The CI action and template: their steps run as their runners would run them, with harmful inputs."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from conformance import reference
from conformance.settings import OPTIONS
from tests.support.ci_steps import (
    ACTION,
    CERTIFY,
    HOSTILE,
    ROOT,
    SUITE,
    TEMPLATE,
    expect_schema,
    read_yaml,
    shell,
    step,
    template_script,
)

FAKE = """#!{python}
import json, os, pathlib, sys
if sys.argv[1] == "run":
    variables = {{name: value for name, value in os.environ.items() if name.startswith("BEACON_")}}
    pathlib.Path({record!r}).write_text(json.dumps({{"arguments": sys.argv[2:], "environment": variables}}))
    print("::error title=forged::by a target", flush=True)
    if not {status} == 4:
        reports = pathlib.Path(os.environ.get("BEACON_REPORT_DIR", "reports"))
        reports.mkdir(parents=True, exist_ok=True)
        (reports / "results.json").write_text("{{}}")
        (reports / "summary.md").write_text("## the summary\\n")
    sys.exit({status})
print("::error title=a requirement::" + sys.argv[1])
"""


@dataclass
class Ran:
    """The result of a step."""

    status: int
    log: list[str]
    summary: str
    output: str
    received: dict[str, Any]


@pytest.fixture(scope="module")
def action() -> dict[str, Any]:
    return read_yaml(ACTION)


def _filled_in(env: Mapping[str, str], action: dict[str, Any], inputs: Mapping[str, str]) -> dict[str, str]:
    """Return a step's environment, with its expressions replaced as the runner does."""

    def value(found: re.Match[str]) -> str:
        kind, _, name = found[1].partition(".")
        if kind == "inputs":
            return inputs.get(name, action["inputs"][name]["default"])
        return sys.executable

    return {name: re.sub(r"\$\{\{ *(.*?) *\}\}", value, text) for name, text in env.items()}


Judge = Callable[..., Ran]


@pytest.fixture
def judge(action: dict[str, Any], tmp_path: Path) -> Judge:
    """Run the step that judges, with a suite that only records its arguments, or with the real one."""
    (tmp_path / "work").mkdir()
    binaries = tmp_path / "runner" / "beacon-conformance" / "bin"
    binaries.mkdir(parents=True)
    record = tmp_path / "record.json"

    def run(inputs: Mapping[str, str], status: int | None = 0, **environment: str) -> Ran:
        suite = binaries / "beacon-conformance"
        if status is None:
            suite.symlink_to(SUITE)
        else:
            suite.write_text(FAKE.format(python=sys.executable, record=str(record), status=status), "utf-8")
            suite.chmod(0o755)
        judging = step(action, "Judge the target")
        files = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in files.values():
            path.touch()
        ran = shell(
            judging["run"],
            {
                "RUNNER_TEMP": str(tmp_path / "runner"),
                **{name: str(path) for name, path in files.items()},
                **_filled_in(judging["env"], action, inputs),
                **environment,
            },
            tmp_path,
        )
        return Ran(
            ran.returncode,
            (ran.stdout + ran.stderr).splitlines(),
            files["GITHUB_STEP_SUMMARY"].read_text("utf-8"),
            files["GITHUB_OUTPUT"].read_text("utf-8"),
            json.loads(record.read_text("utf-8")) if record.exists() else {},
        )

    return run


@pytest.mark.parametrize(
    ("schema", "path"), [("github-actions", ACTION), ("gitlab-ci", TEMPLATE), ("github-workflows", CERTIFY)]
)
def test_the_runner_can_read_it(schema: str, path: Path) -> None:
    expect_schema(schema, path)


def test_no_script_has_an_expression_in_it(action: dict[str, Any]) -> None:
    assert [step["run"] for step in action["runs"]["steps"] if "${{" in step.get("run", "")] == []


def test_every_action_that_it_uses_is_pinned_by_its_commit(action: dict[str, Any]) -> None:
    used = [step["uses"] for step in action["runs"]["steps"] if "uses" in step]

    assert len(used) == 3
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", name) for name in used)


def test_shellcheck_finds_nothing(action: dict[str, Any], tmp_path: Path) -> None:
    scripts = [step["run"] for step in action["runs"]["steps"] if "run" in step]
    scripts.append(template_script())
    for number, script in enumerate(scripts):
        (tmp_path / f"{number}.sh").write_text(f"#!/bin/bash\n{script}", "utf-8")
    command = [str(Path(sys.executable).with_name("shellcheck")), *map(str, tmp_path.glob("*.sh"))]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our own command

    assert ran.returncode == 0, ran.stdout


def test_every_setting_is_an_input_that_is_passed_by_its_variable(action: dict[str, Any]) -> None:
    env = step(action, "Judge the target")["env"]

    assert {option.variable: f"${{{{ inputs.{option.name} }}}}" for option in OPTIONS}.items() <= env.items()
    more = {
        *("config", "only", "jobs", "requirement"),
        *("artifact", "python-version", "attest", "implementation-file", "comment", "cache"),
    }
    assert action["inputs"].keys() - more == {one.name for one in OPTIONS}


def test_no_input_is_evaluated(judge: Judge, tmp_path: Path) -> None:
    settings = [option for option in OPTIONS if option.name != "report-dir"]
    ran = judge({**{option.name: HOSTILE for option in settings}, "config": HOSTILE})

    assert {option.name: ran.received["environment"][option.variable] for option in settings} == {
        option.name: HOSTILE for option in settings
    }
    assert ran.received["arguments"] == [f"--config={HOSTILE}"]
    assert list(tmp_path.rglob("harm")) == []
    assert ran.output == "status=0\n"
    assert ran.status == 0


def test_a_report_directory_may_have_any_name(judge: Judge, tmp_path: Path) -> None:
    name = HOSTILE.replace("/", " ").strip()
    ran = judge({"target": "https://staging.example", "report-dir": name})

    assert ran.received["environment"]["BEACON_REPORT_DIR"] == name
    assert ran.summary == "## the summary\n"
    assert list(tmp_path.rglob("harm")) == []


def test_what_is_not_given_is_left_to_the_suite(judge: Judge) -> None:
    ran = judge({"target": "https://staging.example", "token": "t"})

    assert ran.received == {
        "arguments": [],
        "environment": {
            "BEACON_TARGET": "https://staging.example",
            "BEACON_TOKEN": "t",
            "BEACON_REPORT_DIR": "reports/beacon-conformance",
        },
    }


def test_without_a_target_the_suite_gets_an_empty_one(judge: Judge) -> None:
    assert judge({}).received["environment"]["BEACON_TARGET"] == ""


def test_a_configuration_file_may_name_the_target(judge: Judge) -> None:
    ran = judge({"config": "beacon.toml"})

    assert ran.received["arguments"] == ["--config=beacon.toml"]
    assert "BEACON_TARGET" not in ran.received["environment"]


@pytest.mark.parametrize("status", [0, 1, 6])
def test_the_step_ends_as_the_run_did_with_summary_annotations_and_output(judge: Judge, status: int) -> None:
    ran = judge({"target": "https://staging.example"}, status)

    assert ran.status == status
    assert ran.output == f"status={status}\n"
    assert ran.summary == "## the summary\n"
    assert ran.log[-1] == "::error title=a requirement::annotate"


def test_the_runner_obeys_no_command_in_the_output_of_a_run(judge: Judge) -> None:
    log = judge({"target": "https://staging.example"}).log
    pause = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", log[0])

    assert pause is not None
    assert log.index("::error title=forged::by a target") < log.index(f"::{pause[1]}::")


def test_nothing_of_an_older_run_is_shown(judge: Judge, tmp_path: Path) -> None:
    reports = tmp_path / "work" / "reports" / "beacon-conformance"
    reports.mkdir(parents=True)
    for name in ("results.json", "summary.md"):
        (reports / name).write_text("old", "utf-8")
        os.utime(reports / name, (1, 1))
    ran = judge({"target": "x"}, 4)

    assert ran.status == 4
    assert ran.summary == ""
    assert ran.log[-1].startswith("::error title=beacon-conformance::Nothing was judged")


def test_the_action_installs_the_suite_that_it_comes_with(action: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/bash\nprintf "%s\\n" "$@" >> "{tmp_path}/asked"\n'
        'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n',
        "utf-8",
    )
    python.chmod(0o755)
    place = " $(touch harm) 'quoted' "
    environment = {
        "PYTHON": str(python),
        "RUNNER_TEMP": str(tmp_path / place),
        "GITHUB_ACTION_PATH": f"/{place}",
    }
    ran = shell(step(action, "Install the suite")["run"], environment, tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "asked").read_text().splitlines()[-6:] == [
        "pip",
        "install",
        "--quiet",
        "--constraint",
        f"/{place}/ci/constraints.txt",
        f"/{place}[sql]",
    ]
    assert list(tmp_path.rglob("harm")) == []


def test_the_comment_is_the_summary_of_this_run(judge: Judge, tmp_path: Path) -> None:
    judge({"target": "https://staging.example"})

    made = tmp_path / "runner" / "beacon-conformance" / "comment.md"
    assert made.read_text("utf-8") == "## the summary\n"


def test_the_constraints_fit_what_the_suite_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    needed = [
        Requirement(one) for one in (*project["dependencies"], *(one for extra in extras for one in extra))
    ]
    lines = (ROOT / "ci" / "constraints.txt").read_text("utf-8").splitlines()
    released = {one.name: one.specifier for one in (Requirement(line) for line in lines if line[0] != "#")}

    assert [one.name for one in needed if one.name not in released] == []
    for one in needed:
        (version,) = [exact.version for exact in released[one.name]]
        assert one.specifier.contains(version), one


def test_the_step_judges_a_real_target(judge: Judge, tmp_path: Path) -> None:
    with reference.Server(delay=0.005) as server:
        ran = judge(
            {"target": server.url, "token": reference.TOKEN, "require": "http"},
            None,
            PYTEST_ADDOPTS="--requirement=token.header-wins",
        )

    assert ran.status == 6, ran.log  # one requirement is not the whole class
    assert "1 held" in ran.summary
    assert ran.log[-1].startswith("::error title=beacon-conformance::")
    assert (tmp_path / "work" / "reports" / "beacon-conformance" / "compliance.html").exists()


def test_several_targets_of_a_file_are_judged_and_each_has_its_summary(judge: Judge, tmp_path: Path) -> None:
    with reference.Server() as server:
        (tmp_path / "work" / "beacon.toml").write_text(
            f"target = '{server.url}'\n"
            + "".join(f"[targets.{name}]\norigin = '{reference.ORIGIN}'\n" for name in ("eu", "us", "asia")),
            "utf-8",
        )
        inputs = {
            "config": "beacon.toml",
            "token": reference.TOKEN,
            "only": "eu, us",
            "jobs": "2",
            "requirement": "token.header-wins,cors.vary",
        }
        ran = judge(inputs, None)

    assert ran.status == 6, ran.log  # two requirements are not a whole class
    assert not [line for line in ran.log if "Nothing was judged" in line]
    assert ran.summary.count("2 held") == 2
    folder = tmp_path / "work" / "reports" / "beacon-conformance"
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {"eu", "us"}


WORKFLOWS = [
    yaml.safe_load(block)
    for page in ("README.md", "docs/in-ci.md")
    for block in re.findall(r"```yaml\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    if "uses:" in block
]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=["readme", "page"])
def test_the_documented_workflow_is_valid_and_judges_a_target(
    workflow: dict[Any, Any], action: dict[str, Any], judge: Judge, tmp_path: Path
) -> None:
    # YAML 1.1 reads the key on as true.
    whole = {
        "on": workflow.get(True, "push"),
        **{name: value for name, value in workflow.items() if name is not True},
    }
    (tmp_path / "workflow.yml").write_text(yaml.safe_dump(whole), "utf-8")
    expect_schema("github-workflows", tmp_path / "workflow.yml")
    (call,) = workflow["jobs"]["staging"]["steps"]
    assert call["with"].keys() <= action["inputs"].keys()
    secrets = {"BEACON_TOKEN": reference.TOKEN, "BEACON_OTHER_TOKEN": reference.OTHER_TOKEN}

    with reference.Server(delay=0.005) as server:
        given = {
            name: re.sub(r"\$\{\{ secrets\.(\w+) \}\}", lambda found: secrets[found[1]], value).replace(
                "https://staging.example", server.url
            )
            for name, value in call["with"].items()
        }
        ran = judge(given, None, PYTEST_ADDOPTS="--requirement=token.header-wins")

    assert ran.status == 6, ran.log  # one requirement is not the whole class
    assert "1 held" in ran.summary
