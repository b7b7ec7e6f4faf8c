"""The arguments of subcommands whose own modules load pytest, an HTTP client or a web server.

The shell's completion needs the arguments and not those libraries.
"""

import argparse
from pathlib import Path

from conformance.cli.help import (
    OTHER_SOURCES,
    DenseFormatter,
    Formatter,
    add_grouped_options,
    examples,
    in_lines,
    with_exit_statuses,
)
from conformance.settings.options import Group

LATENCY = 0.05
"""Seconds from a request to its answer, if ``plan --latency`` is not given."""
RESULTS = "a results.json"


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``run``."""
    parser.formatter_class = DenseFormatter
    parser.usage = "%(prog)s [OPTIONS] [OPTIONS OF PYTEST]"
    parser.description = (
        f"Judge a target and write reports. Without --target, judge the bundled reference.\n{OTHER_SOURCES}"
    )
    parser.epilog = examples(
        "run --target https://staging.example --origin https://shop.example --effort quick",
        "run --config beacon.toml --requirement cors --requirement 'token.*' -v",
    )
    parser.add_argument(
        "--help-pytest", action="store_true", help="show the options of pytest, which work, too"
    )
    add_grouped_options(parser)


def add_doctor_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``doctor``. The help leaves out the options of a run that it does not use."""
    parser.formatter_class = Formatter
    parser.usage = "%(prog)s [OPTIONS]"
    parser.description = in_lines(
        "Check with a few requests whether a run with the same options would have what it needs. Nothing is judged."
        " Every option of a run is accepted."
    )
    parser.epilog = examples("doctor --config beacon.toml", "doctor --target https://staging.example")
    add_grouped_options(parser, (Group.TARGET, Group.READ_BACK, Group.BROWSER, Group.NETWORK))


def add_init_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``init``."""
    parser.formatter_class = Formatter
    parser.usage = "%(prog)s [OPTIONS]"
    parser.description = in_lines(
        "Write beacon.toml, which contains no secret, and a file for a CI system with the releases that it installs, and"
        " run the doctor. On a terminal, init asks for target, origins, observer and CI system, if they are not given."
        " Every option of a run is accepted and written; tokens and header lines are only used by the doctor."
    )
    parser.epilog = examples(
        "init",
        "init --target https://staging.example --origin https://shop.example --ci github",
    )
    parser.add_argument(
        "--ci", metavar="SYSTEM", help="github, gitlab, jenkins or none (without a terminal: none)"
    )
    parser.add_argument("--directory", metavar="D", default=".", help="where to write (default: here)")
    parser.add_argument(
        "--install", metavar="SPEC", default="", help="what pip installs in CI: a wheel's URL, or a version"
    )
    parser.add_argument("--force", action="store_true", help="replace files that exist")
    add_grouped_options(parser, (Group.TARGET, Group.READ_BACK, Group.BROWSER, Group.NETWORK))


def add_plan_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``plan``. The help leaves out the options of a run that it does not use."""
    parser.formatter_class = Formatter
    parser.usage = "%(prog)s [OPTIONS]"
    parser.description = in_lines(
        "Say how much a run with the same options would send, how long it would take, and what it would leave out."
        " Nothing is sent to the target. Every option of a run is accepted."
    )
    parser.epilog = examples("plan --config beacon.toml", "plan --effort thorough --latency 200 --json")
    parser.add_argument(
        "--latency",
        metavar="MS",
        help=f"milliseconds from a request to its answer (default: {LATENCY * 1000:g})",
    )
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")
    add_grouped_options(parser, (Group.TARGET, Group.READ_BACK, Group.BROWSER, Group.EFFORT, Group.SELECTION))


def add_repeat_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``repeat``."""
    parser.description = in_lines(
        "Judge what failed in a results file again, with the same parameters and generated batches, and say what is"
        " fixed and what is left. Name the target in BEACON_TARGET or with --target after ID: the address in a file of"
        " somebody else must not get your token. Give tokens, origins and the observer in the environment, or as options"
        " of a run after ID."
    )
    parser.epilog = with_exit_statuses(
        [
            "repeat reports/results.json token.header-wins --target https://staging.example",
            "repeat reports/results.json cors --config beacon.toml",
        ],
        "Exit status: 0 all is fixed, 1 something is left, 6 it could not be judged; 2, 3 and 4 as of a run.",
    )
    parser.add_argument("results", type=Path, metavar="RESULTS", help=RESULTS)
    parser.add_argument(
        "check", metavar="ID", help="a requirement, a chapter, a pattern such as 'cors.*', or a check's name"
    )
    parser.add_argument(
        "--report-dir", type=Path, metavar="D", help="write the reports here (default: no reports)"
    )


def add_rejudge_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``rejudge``."""
    parser.usage = "%(prog)s [OPTIONS] DIRECTORY [OPTIONS OF PYTEST]"
    parser.description = in_lines(
        "Judge a recorded run again: the same checks judge the replies in recording.json.gz, without network and without"
        " a token, and every verdict, finding and piece of evidence is compared with results.json. With --pdb, a debugger"
        " stops at each violation."
    )
    parser.epilog = with_exit_statuses(
        ["rejudge reports/", "rejudge reports/ --pdb"],
        "Exit status: 0 the results are the same and conformant, 1 they are the same and not conformant, 4 wrong usage,"
        " 6 the recording needs other versions, 8 something differs.",
    )
    parser.add_argument(
        "folder", type=Path, metavar="DIRECTORY", help="the report directory of a run with --record"
    )
    parser.add_argument(
        "--report-dir", type=Path, metavar="D", help="write the new reports here (default: no reports)"
    )


def add_reference_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``reference``."""
    parser.epilog = examples("reference --port 8787", "reference --mutants", "reference --mutant query-wins")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8787, help="the port to listen at (default: %(default)s)")
    parser.add_argument("--mutant", metavar="NAME", help="serve the reference with this one mistake in it")
    parser.add_argument(
        "--mutants", action="store_true", help="list the mutants: name, requirement, mistake; serve nothing"
    )
