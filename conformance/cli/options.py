"""The options of a run, parsed without pytest."""

import argparse
import difflib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from conformance.cli.command import PROGRAM
from conformance.plugin.options import settings_from
from conformance.settings import CONFIGURABLE, EVERY_OPTION, ConfigurationError, Settings, read_file
from conformance.settings.options import OF_A_FILE


class _Parser(argparse.ArgumentParser):
    """Raises ConfigurationError instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        """Raise ConfigurationError."""
        unknown = re.match(r"unrecognized arguments: (\S+)", message)
        raise ConfigurationError(no_such_option(unknown[1]) if unknown is not None else message)


def options_parser(command: str, *, add_help: bool = False) -> argparse.ArgumentParser:
    """Return a parser of a run's options, without pytest's own options. It raises ConfigurationError."""
    parser = _Parser(prog=f"{PROGRAM} {command}", add_help=add_help, allow_abbrev=False)
    add_options(parser)
    return parser


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a run to a parser."""
    for option in EVERY_OPTION:
        parser.add_argument(option.flag, **option.declaration)


def given_options(parsed: argparse.Namespace) -> dict[str, str | None]:
    """Return the settings on the command line by name; None if an option was not given."""
    return {option.name: getattr(parsed, option.dest) for option in CONFIGURABLE}


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


def chosen_names(parsed: argparse.Namespace) -> Sequence[str]:
    """Return the names of the targets to judge; empty if the targets have no names. Raises ConfigurationError."""
    if parsed.beacon_config is None or parsed.beacon_only:
        return list(dict.fromkeys(parsed.beacon_only))
    return read_file(Path(parsed.beacon_config)).names


def each_settings(parsed: argparse.Namespace) -> dict[str, Settings]:
    """Return the settings of each chosen target by name; a target without a name has "". Raises ConfigurationError."""
    return {
        name: settings_from(
            given_options(parsed),
            os.environ,
            parsed.beacon_config,
            only=name,
            allow_production=parsed.beacon_allow_production,
        )
        for name in chosen_names(parsed) or [""]
    }


def label_of(name: str, settings: Settings) -> str:
    """Return the name of a target in the output."""
    return name or ("the bundled reference" if settings.is_reference else settings.target)


def no_such_option(argument: str) -> str:
    """Return the error message for an argument that is not an option."""
    flag = argument.partition("=")[0]
    close = difflib.get_close_matches(flag, [option.flag for option in EVERY_OPTION], n=1)
    suggestion = f"did you mean {close[0]}?" if close else "run --help lists the options"
    return f"{flag}: no such option; {suggestion}"
