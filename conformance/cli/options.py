"""The options of a run as the command line gives them to whatever is not pytest."""

import argparse
import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest

from conformance.plan import LATENCY
from conformance.plugin.options import pytest_addoption
from conformance.requirements import UnknownRequirement, find
from conformance.settings import OPTIONS, TOKEN_FILES, ConfigurationError, read_file

MOST_MILLISECONDS = 3_600_000


class _Parser(argparse.ArgumentParser):
    """Complains in one line, as everybody does here."""

    def error(self, message: str) -> NoReturn:
        """Raise ConfigurationError."""
        unknown = re.match(r"unrecognized arguments: (\S+)", message)
        raise ConfigurationError(no_such_option(unknown[1]) if unknown is not None else message)


def options_parser(command: str, *, add_help: bool = False) -> argparse.ArgumentParser:
    """Return a parser of what ``run`` is told beside pytest's own options. It raises ConfigurationError."""
    parser = _Parser(prog=f"beacon-conformance {command}", add_help=add_help, allow_abbrev=False)
    add_options(parser)
    return parser


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add a run's options to a parser: they are declared once, for pytest."""
    pytest_addoption(cast("pytest.Parser", _AsPytest(parser)))


def add_plan_options(parser: argparse.ArgumentParser) -> None:
    """Add what ``plan`` is told beside."""
    parser.add_argument(
        "--latency",
        metavar="MS",
        help=f"milliseconds from a request to its answer (default: {LATENCY * 1000:g})",
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def latency_of(told: argparse.Namespace) -> float:
    """Return the latency that a plan is told, in seconds. Raises ConfigurationError."""
    try:
        milliseconds = LATENCY * 1000 if told.latency is None else float(told.latency)
    except ValueError:
        milliseconds = -1.0
    if not 0 <= milliseconds < MOST_MILLISECONDS:
        raise ConfigurationError(f"--latency {told.latency}: is no number of milliseconds, as 50")
    return milliseconds / 1000


def known_requirements(told: argparse.Namespace) -> tuple[str, ...]:
    """Return the ids that ``--requirement`` names. Raises ConfigurationError."""
    try:
        return tuple(find(name).id for name in told.beacon_requirement)
    except UnknownRequirement as error:
        raise ConfigurationError(f"--requirement {error}") from None


class _AsPytest:
    """An argparse parser that takes options as pytest's own parser does."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._parser = parser

    def getgroup(self, *_names: str) -> "_AsPytest":
        return self

    def addoption(self, *names: str, **how: Any) -> None:
        self._parser.add_argument(*names, **how)


def given_options(told: argparse.Namespace) -> dict[str, str | None]:
    """Return what was given, by the options' names."""
    return {option.name: getattr(told, f"beacon_{option.field}") for option in (*OPTIONS, *TOKEN_FILES)}


OF_SEVERAL = {"beacon_config", "beacon_only", "beacon_jobs"}
"""What is said once for several targets."""


def passed_on(told: argparse.Namespace) -> list[str]:
    """Return the arguments that a run of one target is given beside its settings: they name no secret."""
    settings = {f"beacon_{option.field}" for option in (*OPTIONS, *TOKEN_FILES)}
    given: list[str] = []
    for field, value in vars(told).items():
        flag = f"--{field.removeprefix('beacon_').replace('_', '-')}"
        if field in settings | OF_SEVERAL or not value:
            continue
        given += [flag] if value is True else [f"{flag}={one}" for one in _each(value)]
    return given


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def chosen_names(told: argparse.Namespace) -> Sequence[str]:
    """Return the named targets that are meant; none where they have no names. Raises ConfigurationError."""
    if told.beacon_config is None or told.beacon_only:
        return list(dict.fromkeys(told.beacon_only))
    return read_file(Path(told.beacon_config)).names


def no_such_option(argument: str) -> str:
    """Return the complaint about an argument that is no option."""
    flag = argument.partition("=")[0]
    close = difflib.get_close_matches(flag, [option.flag for option in (*OPTIONS, *TOKEN_FILES)], n=1)
    meant = f"did you mean {close[0]}?" if close else "run --help lists the options"
    return f"{flag}: no such option; {meant}"
