"""The arguments of subcommands whose own modules load pytest, an HTTP client or a web server.

The shell's completion needs the arguments and not those libraries.
"""

import argparse
from pathlib import Path

from conformance.cli.options import add_options

LATENCY = 0.05
"""Seconds from a request to its answer, if ``plan --latency`` is not given."""
RESULTS = "a results.json"


def add_plan_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``plan``: the options of a run, and its own."""
    add_options(parser)
    add_own_plan_arguments(parser)


def add_own_plan_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that only ``plan`` has."""
    parser.add_argument(
        "--latency",
        metavar="MS",
        help=f"milliseconds from a request to its answer (default: {LATENCY * 1000:g})",
    )
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")


def add_repeat_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``repeat``."""
    parser.description = (
        "Judge one check of a results file again, with the same parameters and generated batches."
        " Name the target in BEACON_TARGET or with --target after CHECK: the address in a file of somebody else"
        " must not get your token. Give tokens, origins and the observer in the environment, or as options of a"
        " run after CHECK."
    )
    parser.epilog = "Exit status: 0 the reply was as expected, 1 it was not, 6 it could not be judged; 2, 3 and 4 as of a run."
    parser.add_argument("results", type=Path, metavar="RESULTS", help=RESULTS)
    parser.add_argument(
        "check", metavar="CHECK", help="a check's name, its beginning, or its requirement's id"
    )
    parser.add_argument(
        "--report-dir", type=Path, metavar="D", help="write the reports here (default: no reports)"
    )


def add_reference_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``reference``."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8787, help="the port to listen at (default: %(default)s)")
    parser.add_argument("--mutant", metavar="NAME", help="serve the reference with this one mistake in it")
    parser.add_argument(
        "--mutants", action="store_true", help="list the mutants: name, requirement, mistake; serve nothing"
    )
