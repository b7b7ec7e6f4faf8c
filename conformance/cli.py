"""The command ``beacon-conformance``: each subcommand calls one function."""

import argparse
import contextlib
import difflib
import io
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import conformance
from conformance import reference, report, results
from conformance.settings import OPTIONS
from conformance.verdicts import ExitStatus

PACKAGE = Path(conformance.__file__).parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["run"]:
        return run(given[1:])
    parser = argparse.ArgumentParser(
        prog="beacon-conformance",
        description=conformance.__doc__,
        epilog="run --help lists the options of a run.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {conformance.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser("run", help="judge a target; takes pytest's options as well")
    serve = commands.add_parser("reference", help="serve the bundled reference target, to play with")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: %(default)s)")
    serve.add_argument("--port", type=int, default=8787, help="the port to listen at (default: %(default)s)")
    render = commands.add_parser("render", help="make the reports of a results file again")
    render.add_argument("results", type=Path, metavar="RESULTS", help="a results.json")
    render.add_argument("--report-dir", type=Path, metavar="D", help="where to (default: beside the results)")
    told = parser.parse_args(given)
    if told.command == "reference":
        return serve_reference(told.host, told.port)
    return make_reports(told.results, told.report_dir)


def run(arguments: Sequence[str]) -> int:
    """Judge a target: pytest with the suite's own configuration, whatever the current folder holds."""
    suite = PACKAGE / "suite"
    own = ["-c", str(PACKAGE / "beacon.toml"), f"--rootdir={suite}", "-p", "conformance.plugin", str(suite)]
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        status = int(pytest.main([*own, *arguments]))
    sys.stderr.write(_in_one_line(said.getvalue()) if status == ExitStatus.USAGE else said.getvalue())
    return status


def _in_one_line(complaint: str) -> str:
    """Return pytest's complaint about its command line without its usage, paths and blank lines."""
    lines = [line for line in complaint.splitlines() if line.strip()]
    unknown = re.search(r"unrecognized arguments: (\S+)", complaint)
    if unknown is None:
        return "\n".join(lines) + "\n"
    flag = unknown[1].partition("=")[0]
    close = difflib.get_close_matches(flag, [option.flag for option in OPTIONS], n=1)
    meant = f"did you mean {close[0]}?" if close else "run --help lists the options"
    return f"ERROR: {flag}: no such option; {meant}\n"


def serve_reference(host: str, port: int) -> int:
    """Serve the reference until it is interrupted."""
    reference.serve_forever(host, port)
    return ExitStatus.CONFORMANT


def make_reports(source: Path, directory: Path | None) -> int:
    """Derive the reports of a results file, and end with the exit status in it."""
    try:
        content = results.read(source)
    except results.UnusableResults as error:
        sys.stderr.write(f"beacon-conformance: {error}\n")
        return ExitStatus.USAGE
    into = directory or source.parent
    try:
        for path in report.write_reports(content, into):
            sys.stdout.write(f"report: {path}\n")
    except OSError as error:
        sys.stderr.write(
            f"beacon-conformance: {into} cannot be written ({error.strerror}); name another with --report-dir\n"
        )
        return ExitStatus.USAGE
    return int(content["exit_status"])
