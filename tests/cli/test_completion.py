"""Shell completion in a real shell."""

import shutil
import subprocess

import pytest

from conformance.cli import completion
from conformance.cli.commands import command_line
from conformance.cli.main import main
from conformance.settings import EVERY_OPTION


@pytest.fixture(scope="module")
def bash_script() -> str:
    return completion.script(command_line(), "bash")


def _completed(script: str, *words: str) -> list[str]:
    """Return the completions that bash offers for the last word."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    ask = '\nCOMP_WORDS=(beacon-conformance "$@"); COMP_CWORD=$#; _shtab_beacon_conformance; printf "%s\\n" "${COMPREPLY[@]}"'
    ran = subprocess.run(  # noqa: S603 - our own script
        [bash, "--norc", "-c", script + ask, "bash", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.stderr == ""
    return ran.stdout.split()


def test_commands_are_completed(bash_script: str) -> None:
    assert _completed(bash_script, "req") == ["requirements"]


@pytest.mark.parametrize("flag", [option.flag for option in EVERY_OPTION])
def test_every_option_of_a_run_is_completed(bash_script: str, flag: str) -> None:
    assert flag in _completed(bash_script, "run", flag[:-2])


@pytest.mark.parametrize("before", [["requirements"], ["run", "--requirement"]])
def test_ids_are_completed(bash_script: str, before: list[str]) -> None:
    assert _completed(bash_script, *before, "token.header-w") == ["token.header-wins"]


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_the_command_prints_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert "beacon-conformance" in capsys.readouterr().out
