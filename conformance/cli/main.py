"""The command ``beacon-conformance``: finds the subcommand and runs it."""

import sys
from collections.abc import Sequence

import conformance
from conformance.cli import (
    certificate,
    completion,
    doctor,
    listing,
    plan,
    reference,
    repeat,
    requirements,
    results,
    run,
)
from conformance.cli.command import PROGRAM, Command, Parser
from conformance.report.text.log import inert
from conformance.results.verdicts import ExitStatus
from conformance.settings import ConfigurationError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    command = COMMANDS.get(given[0]) if given else None
    if command is None:
        command_line().parse_args(given)  # Ends the process: --help, --version, or an unknown command.
        command_line().error("begin with the name of a command")
    try:
        return command.run(given[1:])
    except ConfigurationError as error:
        sys.stderr.write(inert(f"ERROR: {error}\n"))
        return ExitStatus.USAGE


def command_line() -> Parser:
    """Return the parser of all subcommands, for ``--help`` and for the shell's completion."""
    parser = Parser(
        prog=PROGRAM,
        description=conformance.__doc__,
        epilog="run --help lists the options of a run.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {conformance.__version__}")
    names = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS.values():
        command.add_arguments(names.add_parser(command.name, help=command.help))
    return parser


COMMANDS = {
    command.name: command
    for command in (
        run.COMMAND,
        doctor.COMMAND,
        plan.COMMAND,
        reference.COMMAND,
        results.RENDER,
        requirements.COMMAND,
        results.ANNOTATE,
        results.COMPARE,
        repeat.COMMAND,
        certificate.ATTEST,
        certificate.VERIFY,
        listing.COMMAND,
        Command(
            "completion",
            "print a shell's completion script",
            completion.add_arguments,
            lambda arguments: completion.run(arguments, command_line()),
        ),
    )
}
"""In the order of ``--help``."""
