"""The table of subcommands. It imports none of them: each is loaded when it runs."""

import conformance
from conformance.cli.command import PROGRAM, Command, Parser

_TABLE = (
    Command("run", "judge a target; also takes pytest's options", "arguments:add_run_arguments", "run:run"),
    Command(
        "init",
        "write beacon.toml and a CI file, after a few questions",
        "arguments:add_init_arguments",
        "init:run",
    ),
    Command(
        "doctor",
        "check whether a run has what it needs; takes the options of a run",
        "arguments:add_doctor_arguments",
        "doctor:run",
    ),
    Command(
        "plan",
        "say what a run would send and judge, and send nothing to the target; takes the options of a run",
        "arguments:add_plan_arguments",
        "plan:run",
    ),
    Command(
        "targets",
        "list the targets of a configuration file, for the matrix of a CI system",
        "target_list:add_arguments",
        "target_list:run",
    ),
    Command(
        "reference",
        "serve the bundled reference target, or a mutant of it",
        "arguments:add_reference_arguments",
        "reference:run",
    ),
    Command(
        "render",
        "make the reports of a results file again",
        "results:add_render_arguments",
        "results:run_render",
    ),
    Command(
        "requirements",
        "list the requirements, or explain one of them",
        "requirements:add_arguments",
        "requirements:run",
    ),
    Command(
        "annotate",
        "print a results file's failures as GitHub annotations",
        "results:add_annotate_arguments",
        "results:run_annotate",
    ),
    Command(
        "compare",
        "show what changed between results files: the others are compared with the first",
        "results:add_compare_arguments",
        "results:run_compare",
    ),
    Command(
        "repeat",
        "judge one check of a results file again",
        "arguments:add_repeat_arguments",
        "repeat:run",
    ),
    Command(
        "rejudge",
        "judge a recorded run again, without network and token",
        "arguments:add_rejudge_arguments",
        "rejudge:run",
    ),
    Command(
        "attest",
        "sign a statement about the results of a run",
        "certificate:add_attest_arguments",
        "certificate:run_attest",
    ),
    Command(
        "verify",
        "check the results and the certificate of a partner",
        "certificate:add_verify_arguments",
        "certificate:run_verify",
    ),
    Command("list", "make a page of the certificates in a directory", "listing:add_arguments", "listing:run"),
    Command("completion", "print a shell's completion script", "completion:add_arguments", "completion:run"),
)
COMMANDS = {command.name: command for command in _TABLE}
"""In the order of ``--help``."""


def command_line(*, complete: bool = True) -> Parser:
    """Return the parser of all subcommands: with their arguments, or only with their names for ``--help``."""
    parser = Parser(
        prog=PROGRAM,
        description=conformance.__doc__,
        epilog="run --help lists the options of a run.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {conformance.__version__}")
    names = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS.values():
        added = names.add_parser(command.name, help=command.help)
        if complete:
            command.add_arguments(added)
    return parser
