"""What every subcommand has: a name, a parser that prints an error in one line, and a function that runs it."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn

from conformance.cli.help import Formatter
from conformance.report.text.log import inert
from conformance.results.verdicts import ExitStatus

PROGRAM = "beacon-conformance"


class Parser(argparse.ArgumentParser):
    """A parser that prints an error in one line, and ends with the exit status of a usage error."""

    def error(self, message: str) -> NoReturn:
        """Print the error and end the process."""
        self.exit(ExitStatus.USAGE, inert(f"ERROR: {message}; {self.prog} --help shows the arguments\n"))


@dataclass(frozen=True)
class Command:
    """One subcommand."""

    name: str
    help: str
    arguments: str
    """The function that declares its arguments for the shell's completion, as ``module:function``."""
    program: str
    """The function that runs it, in the same form. Its module is imported only when it runs."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        _function(self.arguments)(parser)

    def run(self, arguments: Sequence[str]) -> int:
        """Run it with the arguments after its name, and return an exit status."""
        return int(_function(self.program)(arguments))


def _function(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"conformance.cli.{module}"), name)
    return found


def parser_of(name: str, add_arguments: Callable[[argparse.ArgumentParser], None]) -> Parser:
    """Return the parser of a subcommand."""
    parser = Parser(prog=f"{PROGRAM} {name}", allow_abbrev=False, formatter_class=Formatter)
    add_arguments(parser)
    return parser


def usage_error(problem: str) -> int:
    """Print a problem in one line, and return the exit status of a usage error."""
    sys.stderr.write(inert(f"ERROR: {problem}\n"))
    return ExitStatus.USAGE
