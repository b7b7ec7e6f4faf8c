"""``beacon-conformance completion``: the completion script of a shell."""

import argparse
import sys
from collections.abc import Mapping, Sequence

import shtab

from conformance.cli.command import parser_of
from conformance.cli.commands import command_line
from conformance.requirements import BY_ID
from conformance.results.verdicts import ExitStatus

SHELLS = ("bash", "zsh")
FILES = {
    *("config", "results", "token_file", "other_token_file", "revoked_token_file"),
    *("first", "others", "markdown", "html", "waivers", "replay"),
}
"""Arguments that are files."""
FOLDERS = {"report_dir"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = "for example: source <(beacon-conformance completion bash)"
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash or zsh")


def run(arguments: Sequence[str]) -> int:
    """Print the completion script of a shell."""
    parsed = parser_of("completion", add_arguments).parse_args(arguments)
    sys.stdout.write(script(command_line(), parsed.shell))
    return ExitStatus.CONFORMANT


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """Return a script that completes a parser's commands in ``bash`` or ``zsh``."""
    commands = next(action.choices for action in _actions(parser) if isinstance(action.choices, Mapping))
    for command in commands.values():
        for action in _actions(command):
            _add_choices(action)
    return f"{shtab.complete(parser, shell)}\n"


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return parser._actions  # noqa: SLF001 - argparse has no public name for it


def _add_choices(action: argparse.Action) -> None:
    name = action.dest.removeprefix("beacon_")
    if name in {"id", "requirement"}:
        action.choices = list(BY_ID)
    elif name in FILES:
        vars(action)["complete"] = shtab.FILE
    elif name in FOLDERS:
        vars(action)["complete"] = shtab.DIRECTORY
