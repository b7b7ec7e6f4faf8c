"""``--help``: the suite's own options, in groups, and each command's examples."""

import re
from collections.abc import Sequence

import pytest

from conformance.cli import main
from conformance.cli.commands import COMMANDS
from conformance.cli.options import options_parser
from conformance.settings import EVERY_OPTION, Group
from tests.support.runs import run

EXAMPLE = re.compile(r"^  beacon-conformance (.*)$", re.MULTILINE)


def _help(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.fixture(autouse=True)
def _columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_the_help_of_a_run_is_ours_in_groups_and_fits_on_two_screens(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = _help(capsys, "run")

    assert len(text.splitlines()) <= 60
    for group in Group:
        assert f"\n{group}:\n" in text
    assert "--junit" not in text


def test_the_help_of_a_run_has_one_line_for_each_option(capsys: pytest.CaptureFixture[str]) -> None:
    text = _help(capsys, "run")

    shown = {
        flag for option in EVERY_OPTION for flag in re.findall(rf"^  ({option.flag})\b", text, re.MULTILINE)
    }
    assert {option.flag for option in EVERY_OPTION} == shown
    assert max(map(len, re.findall(r"^  --.*$", text, re.MULTILINE))) <= 80
    assert re.findall(r"^   +\S.*$", text, re.MULTILINE) == []


def test_the_options_of_pytest_have_a_help_of_their_own() -> None:
    status, text = run("--help-pytest")

    assert status == 0
    assert "--junit-xml" in text
    assert "--exitfirst" in text


@pytest.mark.parametrize(
    ("command", "shown", "hidden"),
    [
        ("doctor", ["--target", "--observer", "--proxy"], ["--seed", "--waivers", "--requirement"]),
        ("plan", ["--target", "--effort", "--requirement", "--latency"], ["--proxy", "--waivers"]),
    ],
)
def test_a_command_shows_the_options_that_it_uses_and_accepts_those_of_a_run(
    command: str, shown: Sequence[str], hidden: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = _help(capsys, command)

    assert [flag for flag in shown if f"  {flag} " not in text] == []
    assert [flag for flag in hidden if flag in text] == []
    parser = options_parser(command, COMMANDS[command].add_arguments)
    assert parser.parse_args(["--waivers", "w.toml"]).beacon_waivers == "w.toml"


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"completion"}))
def test_the_help_of_each_command_ends_with_examples_of_it(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = EXAMPLE.findall(_help(capsys, command))

    assert found
    assert {command} == {line.split()[0] for line in found}
