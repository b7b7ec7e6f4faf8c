"""The command ``beacon-conformance``: finds the subcommand and runs it."""

import sys
from collections.abc import Sequence

from conformance.cli.commands import COMMANDS, command_line
from conformance.report.text.log import inert
from conformance.results.verdicts import ExitStatus
from conformance.settings.errors import ConfigurationError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    command = COMMANDS.get(given[0]) if given else None
    if command is None:
        parser = command_line(complete=False)
        parser.parse_args(given)  # Ends the process: --help, --version, or an unknown command.
        parser.error("begin with the name of a command")
    try:
        return command.run(given[1:])
    except ConfigurationError as error:
        sys.stderr.write(inert(f"ERROR: {error}\n"))
        return ExitStatus.USAGE
