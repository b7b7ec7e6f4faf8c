"""The list of a file's targets: a CI system makes a job of each, before any secret is there."""

import json
from pathlib import Path

import pytest

from conformance import cli
from conformance.settings import ConfigurationError

FILE = """
origin = "https://shop.example"
implementation = "edge-beacon 2.4.1"
token = "${NOT_SET_HERE}"
[targets.eu]
target = "https://eu.staging.example"
[targets.us]
target = "https://us.staging.example"
implementation = "edge-beacon 2.5.0"
token = "a-secret-of-the-file"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "beacon.toml"
    path.write_text(FILE, "utf-8")
    return path


def test_the_json_is_one_line_of_objects_in_the_order_of_the_file(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["targets", f"--config={file}", "--json"]) == 0

    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert json.loads(said) == [
        {"name": "eu", "target": "https://eu.staging.example", "implementation": "edge-beacon 2.4.1"},
        {"name": "us", "target": "https://us.staging.example", "implementation": "edge-beacon 2.5.0"},
    ]


def test_nothing_secret_is_listed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["targets", f"--config={file}"])
    cli.main(["targets", f"--config={file}", "--json"])

    said = capsys.readouterr().out
    assert "secret" not in said
    assert "NOT_SET_HERE" not in said


def test_the_list_has_a_line_for_each_target(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["targets", f"--config={file}"])

    assert capsys.readouterr().out == (
        "eu  https://eu.staging.example  edge-beacon 2.4.1\nus  https://us.staging.example  edge-beacon 2.5.0\n"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("target = 'https://x.example'\n", "names no targets; write a table"),
        ("[targets.eu]\norigin = 'https://x.example'\n", r"\[targets.eu\]: has no target"),
        ("[targets.eu]\ntarget = 'https://x.example'\ntokn = 'x'\n", "unknown key tokn"),
        ("[targets.'e u']\ntarget = 'https://x.example'\n", "cannot name a folder"),
    ],
)
def test_a_file_that_no_run_could_use_is_refused(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "beacon.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(ConfigurationError, match=says):
        _run(path)


def _run(path: Path) -> int:
    from conformance.cli.target_list import run  # noqa: PLC0415 - a subcommand is loaded when it runs

    return run([f"--config={path}", "--json"])
