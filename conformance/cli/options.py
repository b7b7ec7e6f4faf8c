"""The options of a run, parsed without pytest."""

import argparse
import difflib
import re
from collections.abc import Callable
from typing import NoReturn

from conformance.cli.command import PROGRAM
from conformance.cli.help import add_grouped_options
from conformance.settings import CONFIGURABLE, EVERY_OPTION, ConfigurationError
from conformance.settings.options import OF_A_FILE


class _Parser(argparse.ArgumentParser):
    """Raises ConfigurationError instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        """Raise ConfigurationError."""
        unknown = re.match(r"unrecognized arguments: (\S+)", message)
        raise ConfigurationError(no_such_option(unknown[1]) if unknown is not None else message)


def options_parser(
    command: str, add_arguments: Callable[[argparse.ArgumentParser], None] = add_grouped_options
) -> argparse.ArgumentParser:
    """Return a parser of a run's options, without pytest's own options. It raises ConfigurationError."""
    parser = _Parser(prog=f"{PROGRAM} {command}", allow_abbrev=False)
    add_arguments(parser)
    return parser


def given_options(parsed: argparse.Namespace) -> dict[str, str | None]:
    """Return the settings on the command line by name; None if an option was not given."""
    return {option.name: getattr(parsed, option.dest) for option in CONFIGURABLE}


def emptied(parsed: argparse.Namespace) -> list[str]:
    """Return the settings that were given as empty, as arguments: an empty environment variable would mean nothing."""
    return [f"{option.flag}=" for option in CONFIGURABLE if getattr(parsed, option.dest) == ""]


def passed_on(parsed: argparse.Namespace) -> list[str]:
    """Return the arguments for a run of one target that are not settings. They contain no secret."""
    arguments: list[str] = []
    for option in EVERY_OPTION:
        value = getattr(parsed, option.dest)
        if option in (*CONFIGURABLE, *OF_A_FILE) or not value:
            continue
        values = value if isinstance(value, list) else [value]
        arguments += [option.flag] if value is True else [f"{option.flag}={one}" for one in values]
    return arguments


def no_such_option(argument: str) -> str:
    """Return the error message for an argument that is not an option."""
    flag = argument.partition("=")[0]
    close = difflib.get_close_matches(flag, [option.flag for option in EVERY_OPTION], n=1)
    suggestion = f"did you mean {close[0]}?" if close else "run --help lists the options"
    return f"{flag}: no such option; {suggestion}"
