"""Shell completion of the command line, a run's own options among it."""

import argparse
from collections.abc import Mapping

import shtab

from conformance.cli.options import add_options, add_plan_options
from conformance.requirements import BY_ID

SHELLS = ("bash", "zsh")
FILES = {
    *("config", "results", "token_file", "other_token_file", "revoked_token_file"),
    *("first", "others", "markdown", "html", "waivers", "replay"),
}
FOLDERS = {"report_dir"}


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """Return a script that completes a parser's commands in ``bash`` or ``zsh``."""
    commands = next(action.choices for action in _actions(parser) if isinstance(action.choices, Mapping))
    for name in ("run", "doctor", "plan"):
        add_options(commands[name])
    add_plan_options(commands["plan"])
    for command in commands.values():
        for action in _actions(command):
            _say_what_fits(action)
    return f"{shtab.complete(parser, shell)}\n"


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return parser._actions  # noqa: SLF001 - argparse shows them nowhere else


def _say_what_fits(action: argparse.Action) -> None:
    name = action.dest.removeprefix("beacon_")
    if name in {"id", "requirement"}:
        action.choices = list(BY_ID)
    elif name in FILES:
        vars(action)["complete"] = shtab.FILE
    elif name in FOLDERS:
        vars(action)["complete"] = shtab.DIRECTORY
