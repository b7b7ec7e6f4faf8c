"""``init``: a configuration file without secrets, and CI files that judge a target as they stand."""

import io
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance import __version__, reference
from conformance.cli import init, main
from tests.support.ci_steps import ROOT, shell

SECRET = "kQ7-fdA02-never-Written"  # noqa: S105 - made up
CONSTRAINTS = ROOT / "ci" / "constraints.txt"
FILES = {"github": ".github/workflows/beacon.yml", "gitlab": ".gitlab-ci.yml", "jenkins": "Jenkinsfile"}


@pytest.fixture(scope="module")
def server() -> Iterator[reference.Server]:
    with reference.Server() as running:
        yield running


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.delenv("BEACON_TOKEN", raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO())


def _options(server: reference.Server) -> list[str]:
    return [
        f"--target={server.url}",
        f"--origin={reference.ORIGIN}",
        f"--other-origin={reference.OTHER_ORIGIN}",
        f"--observer={server.observer}",
    ]


def test_without_a_terminal_the_options_are_written_and_the_doctor_tries_them(
    server: reference.Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BEACON_TOKEN", reference.TOKEN)

    status = main(["init", *_options(server), "--max-rate=50"])

    assert status == 0
    assert tomllib.loads(Path("beacon.toml").read_text("utf-8")) == {
        "target": server.url,
        "origin": reference.ORIGIN,
        "other-origin": reference.OTHER_ORIGIN,
        "observer": server.observer,
        "max-rate": "50",
    }
    output = capsys.readouterr().out
    assert "A run can begin." in output
    assert output.splitlines()[-1] == "Next: beacon-conformance run --config beacon.toml"


def test_on_a_terminal_it_asks_five_questions(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = io.StringIO("https://staging.example\nhttps://shop.example\n\n\ngitlab\n")
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdin", terminal)

    status = main(["init"])

    assert status == 0
    asked = capsys.readouterr().out
    assert sum(question in asked for _, question, _ in init.QUESTIONS) == 5
    assert tomllib.loads(Path("beacon.toml").read_text("utf-8")) == {
        "target": "https://staging.example",
        "origin": "https://shop.example",
    }
    assert Path(".gitlab-ci.yml").exists()


@pytest.mark.parametrize(
    ("option", "variable"),
    [
        (f"--token={SECRET}", None),
        (f"--headers=X-Gate: {SECRET}", "BEACON_HEADERS"),
        (
            f"--observer=sql+postgresql://me:{SECRET}@h/x?query=SELECT%20payload%20WHERE%20t=:token",
            "BEACON_OBSERVER",
        ),
        (f"--observer=https://h.example/{SECRET}?token={{token}}", "BEACON_OBSERVER"),
        (f"--observer=https://h.example/events?key={SECRET}", "BEACON_OBSERVER"),
    ],
)
def test_what_may_be_secret_is_in_no_file_and_ci_gets_it_as_a_variable(
    option: str, variable: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(init, "_examined", lambda *_: 0)

    for system, name in FILES.items():
        main(["init", "--target=https://staging.example", option, f"--ci={system}", "--force"])
        texts = Path("beacon.toml").read_text("utf-8") + Path(name).read_text("utf-8")
        assert SECRET not in texts
        if variable is not None:
            assert variable in Path(name).read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ([], "--target: is missing"),
        (
            ["--target=https://h.example", "--ci=travis"],
            "--ci travis: must be one of github, gitlab, jenkins, none",
        ),
        (["--target=h.example"], "--target: is not an http(s) URL"),
        (
            ["--target=https://h.example", "--install=a'b"],
            "--install a'b: must be a version, a path or a URL",
        ),
        (["--target=https://h.example"], "beacon.toml: exists; remove it, or replace it with --force"),
    ],
    ids=["target", "ci", "url", "install", "exists"],
)
def test_a_mistake_is_one_line_and_writes_nothing(
    options: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if "exists" in why:
        Path("beacon.toml").write_text("mine")

    status = main(["init", *options])

    assert status == 4
    assert why in capsys.readouterr().err
    assert [path.read_text() for path in Path.cwd().iterdir()] in ([], ["mine"])


def _installed(system: str, text: str, folder: Path) -> list[str]:
    """Return the arguments that a CI file gives pip, with a Python that only records them."""
    (folder / "bin").mkdir()
    recorder = f'#!/bin/bash\nprintf "%s\\n" "$@" > "{folder}/asked"\n'
    for name in ("python", "pip"):
        (folder / "bin" / name).write_text(recorder, "utf-8")
        (folder / "bin" / name).chmod(0o755)
    environment = {"PATH": f"{folder}/bin:{os.environ['PATH']}"}
    if system == "jenkins":
        (script,) = re.findall(r"sh '(.* install .*)'", text)
    elif system == "gitlab":
        job = yaml.safe_load(text)["beacon"]
        (script,) = [line for line in job["script"] if " install " in line]
        environment |= job["variables"]
    else:
        (step,) = [
            one
            for one in yaml.safe_load(text)["jobs"]["beacon"]["steps"]
            if " install " in one.get("run", "")
        ]
        script = step["run"]
        environment["SUITE"] = re.findall(r"'(.*)'", step["env"]["SUITE"])[0]
    ran = shell(script.replace(".beacon/bin/", ""), environment, folder)

    assert ran.returncode == 0, ran.stderr
    return (folder / "asked").read_text("utf-8").splitlines()


def _scripts(system: str, text: str) -> list[str]:
    """Return the commands of a CI file that judge, without those that install."""
    if system == "jenkins":
        return re.findall(r"sh '(\.beacon/bin/beacon-conformance .*)'", text)
    content: dict[str, Any] = yaml.safe_load(text)
    if system == "gitlab":
        return [line for line in content["beacon"]["script"] if " install " not in line]
    return [step["run"] for step in content["jobs"]["beacon"]["steps"] if "Judge" in step.get("name", "")]


@pytest.mark.parametrize("system", FILES)
def test_the_ci_file_installs_what_the_suite_was_released_with(system: str, tmp_path: Path) -> None:
    main(["init", "--target=https://staging.example", f"--ci={system}"])

    asked = _installed(system, Path(FILES[system]).read_text("utf-8"), tmp_path)
    assert asked[-3:] == ["beacon-constraints.txt", "--", f"beacon-conformance=={__version__}"]
    assert "--constraint" in asked
    written, released = (
        [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        for path in (Path("beacon-constraints.txt"), CONSTRAINTS)
    )
    assert written == released


@pytest.mark.parametrize(
    ("options", "installed"),
    [
        (["--browser=auto"], f"beacon-conformance[browser]=={__version__}"),
        (["--observer=sql+sqlite:///events.db?query=SELECT%201"], f"beacon-conformance[sql]=={__version__}"),
        (["--browser=none"], f"beacon-conformance=={__version__}"),
        (
            ["--browser=auto", "--install=https://h.example/suite-1-py3-none-any.whl"],
            "https://h.example/suite-1-py3-none-any.whl",
        ),
    ],
    ids=["browser", "database", "no-browser", "given"],
)
def test_the_ci_file_installs_the_extras_that_the_settings_need(
    options: list[str], installed: str, tmp_path: Path
) -> None:
    main(["init", "--target=https://staging.example", "--ci=gitlab", *options])

    assert _installed("gitlab", Path(FILES["gitlab"]).read_text("utf-8"), tmp_path)[-1] == installed


@pytest.mark.parametrize("system", FILES)
def test_the_ci_file_is_green_for_a_conforming_target(
    system: str, server: reference.Server, tmp_path: Path
) -> None:
    main(["init", *_options(server), f"--ci={system}"])
    (script,) = _scripts(system, Path(FILES[system]).read_text("utf-8"))
    environment = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "HOME": str(tmp_path)}
    script = script.replace(".beacon/bin/", "")

    red = shell(script, {**environment, "BEACON_OTHER_TOKEN": ""}, tmp_path)
    green = shell(script, {**environment, "BEACON_TOKEN": reference.TOKEN}, tmp_path)

    assert red.returncode == 4, red.stdout + red.stderr
    assert green.returncode == 0, green.stdout + green.stderr
    assert (tmp_path / "work" / "reports" / "junit.xml").exists()


@pytest.mark.parametrize("system", ["github", "gitlab"])
def test_the_ci_system_can_read_its_file(system: str) -> None:
    main(["init", "--target=https://staging.example", f"--ci={system}"])
    schema = {"github": "vendor.github-workflows", "gitlab": "vendor.gitlab-ci"}[system]

    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, FILES[system]]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our own

    assert ran.returncode == 0, ran.stdout


def test_zizmor_finds_nothing_in_the_workflow() -> None:
    main(["init", "--target=https://staging.example", "--ci=github"])

    command = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--color=never", FILES["github"]]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our own

    assert ran.returncode == 0, ran.stdout + ran.stderr
