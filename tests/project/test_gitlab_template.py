"""The template for GitLab: it installs the suite, judges, and keeps the reports that GitLab shows."""

import os
import re
import subprocess
from pathlib import Path

import yaml

from tests.support.ci_steps import HOSTILE, ROOT, TEMPLATE, expect_schema, shell, template, template_script


def _gitlab(tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the template's job, with a Python and a suite that only record their arguments."""
    (tmp_path / "work").mkdir()
    (tmp_path / "bin").mkdir()
    for name in ("python", "beacon-conformance"):
        program = tmp_path / "bin" / name
        program.write_text(
            '#!/bin/bash\nif [ "$1" = -c ]; then echo /its/package; exit; fi\n'
            f'printf "%s\\n" {name} "$@" "$BEACON_TARGET" "$BEACON_REPORT_DIR" >> "{tmp_path}/asked"\n',
            "utf-8",
        )
        program.chmod(0o755)
    environment = {**template()["variables"], **variables, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    return shell(template_script(), environment, tmp_path)


def test_the_template_installs_and_judges_what_its_variables_say(tmp_path: Path) -> None:
    ran = _gitlab(tmp_path, BEACON_CONFORMANCE=HOSTILE, BEACON_TARGET=HOSTILE)

    assert ran.returncode == 0, ran.stderr
    asked = (tmp_path / "asked").read_text("utf-8")
    pip = "python\n-m\npip\ninstall\n--quiet\n--root-user-action=ignore\n"
    assert asked == (
        f"{pip}--no-deps\n--\n{HOSTILE}\n{HOSTILE}\nreports\n"
        f"{pip}--constraint\n/its/package/ci/constraints.txt\n--\n{HOSTILE}\n{HOSTILE}\nreports\n"
        f"beacon-conformance\nrun\n{HOSTILE}\nreports\n"
    )
    assert list(tmp_path.rglob("harm")) == []


def test_the_template_judges_what_a_file_and_its_own_variables_say(tmp_path: Path) -> None:
    variables = {
        "BEACON_CONFORMANCE": "x.whl",
        "CONFORMANCE_CONFIG": "my beacon.toml",
        "CONFORMANCE_ONLY": "eu, us",
        "CONFORMANCE_JOBS": "2",
        "CONFORMANCE_REQUIREMENT": "cors,token.*",
    }
    ran = _gitlab(tmp_path, **variables)

    assert ran.returncode == 0, ran.stderr
    asked = (tmp_path / "asked").read_text("utf-8").splitlines()
    assert asked[asked.index("beacon-conformance") + 1 :][:7] == [
        "run",
        "--config=my beacon.toml",
        "--jobs=2",
        "--only=eu",
        "--only=us",
        "--requirement=cors",
        "--requirement=token.*",
    ]


def test_the_template_says_which_variable_is_missing(tmp_path: Path) -> None:
    ran = _gitlab(tmp_path, BEACON_CONFORMANCE="x.whl")

    assert ran.returncode != 0
    assert "BEACON_TARGET: set it to the base URL of the target" in ran.stderr
    assert not (tmp_path / "asked").exists()


def test_the_template_keeps_the_reports_that_gitlab_shows() -> None:
    job = template()

    assert job["artifacts"]["when"] == "always"
    assert job["artifacts"]["reports"]["junit"] == f"{job['variables']['BEACON_REPORT_DIR']}/junit.xml"
    assert job["artifacts"]["paths"] == [f"{job['variables']['BEACON_REPORT_DIR']}/"]


def test_the_documented_gitlab_job_extends_the_template(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "in-ci.md").read_text("utf-8")
    shown = next(block for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "extends:" in block)
    (tmp_path / "gitlab.yml").write_text(shown, "utf-8")
    expect_schema("gitlab-ci", tmp_path / "gitlab.yml")
    job = yaml.safe_load(shown)
    ran = _gitlab(tmp_path, **job["staging"]["variables"])

    assert job["include"][0]["file"] == str(TEMPLATE.relative_to(ROOT))
    assert job["staging"]["extends"] in yaml.safe_load(TEMPLATE.read_text("utf-8"))
    assert ran.returncode == 0, ran.stderr
    assert "https://staging.example" in (tmp_path / "asked").read_text("utf-8")
