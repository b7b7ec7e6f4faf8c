"""The command ``beacon-conformance``: each subcommand calls one function."""

import argparse
import contextlib
import difflib
import io
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

import conformance
from conformance import completion, listing, reference, report, results, revisit
from conformance.requirements import UnknownRequirement, find
from conformance.settings import OPTIONS
from conformance.verdicts import ExitStatus

PACKAGE = Path(conformance.__file__).parent


class Parser(argparse.ArgumentParser):
    """Complains in one line, with the exit status of every usage error."""

    def error(self, message: str) -> NoReturn:
        """End with the complaint."""
        self.exit(ExitStatus.USAGE, f"{self.prog}: {message}; --help shows what there is\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["run"]:
        return run(given[1:])
    parser = command_line()
    told, more = parser.parse_known_args(given)
    if told.command == "repeat":
        return revisit.repeat_check(told.results, told.check, told.report_dir, more, run)
    if more:
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    if told.command == "compare":
        return revisit.compare_files([told.first, *told.others], told.markdown, told.html, fail_on=told.fail_on)
    if told.command == "completion":
        sys.stdout.write(completion.script(parser, told.shell))
        return ExitStatus.CONFORMANT
    if told.command == "requirements":
        return list_requirements(told.id, told.format)
    if told.command == "annotate":
        return annotate(told.results)
    if told.command == "reference":
        return serve_reference(told.host, told.port)
    return make_reports(told.results, told.report_dir)


def command_line() -> Parser:
    """Return the parser of every subcommand; a run's options are pytest's, and pass it by."""
    parser = Parser(
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
    asked = commands.add_parser("requirements", help="list what is asked, or explain one requirement")
    asked.add_argument("id", nargs="?", metavar="ID", help="one requirement, as token.header-wins")
    asked.add_argument(
        "--format", choices=["table", "json", "markdown"], default="table", help="default: %(default)s"
    )
    notes = commands.add_parser("annotate", help="print a results file's failures as GitHub annotations")
    notes.add_argument("results", type=Path, metavar="RESULTS", help="a results.json")
    side = commands.add_parser(
        "compare",
        help="show what changed between results files; the first is what the others are measured by",
    )
    side.add_argument("first", type=Path, metavar="A", help="a results.json")
    side.add_argument("others", type=Path, nargs="+", metavar="B", help="another one, or more")
    side.add_argument("--markdown", type=Path, metavar="FILE", help="write the comparison as Markdown too")
    side.add_argument("--html", type=Path, metavar="FILE", help="write it as one HTML page too")
    side.add_argument("--fail-on", choices=["worse"], help="end in exit status 1 where anything got worse")
    again = commands.add_parser(
        "repeat",
        help="judge one check of a results file again",
        description="Judge one check of a results file again: the same target, parameters and generated batches."
        " Tokens, origins and the observer are not in the file; they come from the environment, or from"
        " options of a run after CHECK, which may name another --target too.",
        epilog="Exit status: 0 what was expected came, 1 it did not, 6 it could not be judged;"
        " 2, 3 and 4 as of a run.",
        allow_abbrev=False,
    )
    again.add_argument("results", type=Path, metavar="RESULTS", help="a results.json")
    again.add_argument(
        "check", metavar="CHECK", help="a check's name, its beginning, or its requirement's id"
    )
    again.add_argument("--report-dir", type=Path, metavar="D", help="write reports of it (default: none)")
    complete = commands.add_parser("completion", help="print a shell's completion script")
    complete.add_argument("shell", choices=completion.SHELLS, metavar="SHELL", help="bash or zsh")
    return parser


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


def list_requirements(name: str | None, form: str) -> int:
    """Print the requirements, or one of them in full."""
    try:
        requirement = find(name) if name is not None else None
    except UnknownRequirement as error:
        sys.stderr.write(f"beacon-conformance: {error}\n")
        return ExitStatus.USAGE
    if form == "json":
        text = listing.as_json(requirement)
    elif form == "markdown":
        text = listing.markdown(requirement)
    else:
        text = listing.in_full(requirement) if requirement else listing.table()
    sys.stdout.write(text)
    return ExitStatus.CONFORMANT


def annotate(source: Path) -> int:
    """Print a results file's failures as the workflow commands of GitHub Actions."""
    try:
        content = results.read(source)
    except results.UnusableResults as error:
        sys.stderr.write(f"beacon-conformance: {error}\n")
        return ExitStatus.USAGE
    sys.stdout.write("".join(f"{line}\n" for line in report.annotations(content)))
    return ExitStatus.CONFORMANT


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
