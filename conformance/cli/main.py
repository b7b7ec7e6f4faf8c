"""The command ``beacon-conformance``: each subcommand calls one function."""

import argparse
import contextlib
import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

import conformance
from conformance import mutants, plan, reference, report, results
from conformance.cli import completion
from conformance.cli import multi_target as several
from conformance.cli import requirements as listing
from conformance.cli import results as revisit
from conformance.cli.options import (
    add_plan_options,
    chosen_names,
    given_options,
    known_requirements,
    latency_of,
    no_such_option,
    options_parser,
    passed_on,
)
from conformance.doctor import format_step, summary
from conformance.plugin.run import Run
from conformance.requirements import UnknownRequirement, find
from conformance.results.verdicts import ExitStatus
from conformance.settings import ConfigurationError, Settings, read_file, read_settings

PACKAGE = Path(conformance.__file__).parent


class Parser(argparse.ArgumentParser):
    """Complains in one line, with the exit status of every usage error."""

    def error(self, message: str) -> NoReturn:
        """End with the complaint."""
        self.exit(ExitStatus.USAGE, f"{self.prog}: {message}; --help shows what there is\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    takes_a_run_s_options = {"run": run, "doctor": doctor, "plan": show_plan}
    if given and given[0] in takes_a_run_s_options:
        return takes_a_run_s_options[given[0]](given[1:])
    parser = command_line()
    told, more = parser.parse_known_args(given)
    if told.command == "repeat":
        return revisit.repeat_check(told.results, told.check, told.report_dir, more, run)
    if more:
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    commands: dict[str, Callable[[], int]] = {
        "compare": lambda: revisit.compare_files(
            [told.first, *told.others], told.markdown, told.html, fail_on=told.fail_on
        ),
        "completion": lambda: complete(parser, told.shell),
        "requirements": lambda: list_requirements(told.id, told.format),
        "annotate": lambda: annotate(told.results),
        "reference": lambda: serve_reference(told.host, told.port, told.mutant),
        "render": lambda: make_reports(told.results, told.report_dir),
    }
    return commands[told.command]()


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
    commands.add_parser(
        "doctor", help="see whether a run would have what it needs; takes the options of a run"
    )
    commands.add_parser(
        "plan", help="say what a run would send and judge, and send nothing; takes the options of a run"
    )
    serve = commands.add_parser("reference", help="serve the bundled reference target, to play with")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: %(default)s)")
    serve.add_argument("--port", type=int, default=8787, help="the port to listen at (default: %(default)s)")
    serve.add_argument(
        "--mutant", metavar="M", help="serve it with one mistake: a mutant's name, as query-wins"
    )
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
    """Judge a target, or each of a configuration file's targets by a process of its own."""
    try:
        told, others = options_parser("run").parse_known_args(arguments)
        names = chosen_names(told)
        if len(names) > 1:
            return judge_several(told, names, others)
    except ConfigurationError as error:
        return _refuse(error)
    return judge(arguments)


def judge(arguments: Sequence[str]) -> int:
    """Judge one target: pytest with the suite's own configuration, whatever the current folder holds."""
    suite = PACKAGE / "suite"
    own = ["-c", str(PACKAGE / "beacon.toml"), f"--rootdir={suite}", "-p", "conformance.plugin", str(suite)]
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        status = int(pytest.main([*own, *arguments]))
    sys.stderr.write(_in_one_line(said.getvalue()) if status == ExitStatus.USAGE else said.getvalue())
    return status


def judge_several(told: argparse.Namespace, names: Sequence[str], others: Sequence[str]) -> int:
    """Judge several of a file's targets. Raises ConfigurationError before anything is sent."""
    jobs = told.beacon_jobs if told.beacon_jobs is not None else "1"
    if not jobs.isdecimal() or int(jobs) < 1:
        raise ConfigurationError(f"--jobs {jobs}: is no number from 1")
    options = given_options(told)
    chosen = several.regions(
        read_file(Path(told.beacon_config)),
        names,
        options,
        os.environ,
        allow_production=told.beacon_allow_production,
    )
    return several.judge(
        chosen,
        [*others, *passed_on(told), "--config", told.beacon_config],
        several.environment_with(options, os.environ),
        int(jobs),
    )


def doctor(arguments: Sequence[str]) -> int:
    """Say of a target, or of each of a file's, whether a run would have what it needs."""
    try:
        told = options_parser("doctor", add_help=True).parse_args(arguments)
        settings = _each_settings(told)
        return max([_examine(name, one) for name, one in settings.items()])
    except ConfigurationError as error:
        return _refuse(error)
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED


def _each_settings(told: argparse.Namespace) -> dict[str, Settings]:
    """Return the settings of each of a file's targets by its name, or of the only one. Raises ConfigurationError."""
    return {
        name: read_settings(
            given_options(told),
            os.environ,
            told.beacon_config,
            only=name,
            allow_production=told.beacon_allow_production,
        )
        for name in chosen_names(told) or [""]
    }


def show_plan(arguments: Sequence[str]) -> int:
    """Print what a run of a target, or of each of a file's, would send and judge."""
    parser = options_parser("plan", add_help=True)
    add_plan_options(parser)
    try:
        told = parser.parse_args(arguments)
        latency = latency_of(told)
        selection = plan.Selection(known_requirements(told), told.beacon_check)
        plans = {name: plan.plan(one, selection, latency) for name, one in _each_settings(told).items()}
    except ConfigurationError as error:
        return _refuse(error)
    if told.json:
        sys.stdout.write(plan.as_json(plans))
        return ExitStatus.CONFORMANT
    for name, one in plans.items():
        sys.stdout.write("\n".join([_called(name, one.settings), *plan.lines(one), ""]))
    return ExitStatus.CONFORMANT


def _called(name: str, settings: Settings) -> str:
    return name or ("the bundled reference" if settings.is_reference else settings.target)


def _examine(name: str, settings: Settings) -> int:
    """Print a line a step, and what it comes to."""
    run = Run.begin(settings)
    sys.stdout.write(f"{_called(name, settings)}\n")
    try:
        for line in run.examine():
            sys.stdout.write("\n".join([*format_step(line), ""]))
            sys.stdout.flush()
    finally:
        run.end()
    marked = [f"Its events' session_id begins with {run.mark}"] if run.wire.requests else []
    sys.stdout.write("\n".join([*summary(run.doctor), *marked, ""]))
    return ExitStatus.NOT_FULLY_VERIFIED if run.unreachable else ExitStatus.CONFORMANT


def _in_one_line(complaint: str) -> str:
    """Return pytest's complaint about its command line without its usage, paths and blank lines."""
    lines = [line for line in complaint.splitlines() if line.strip()]
    unknown = re.search(r"unrecognized arguments: (\S+)", complaint)
    if unknown is None:
        return "\n".join(lines) + "\n"
    return f"ERROR: {no_such_option(unknown[1])}\n"


def _refuse(error: ConfigurationError) -> int:
    sys.stderr.write(f"ERROR: {error}\n")
    return ExitStatus.USAGE


def complete(parser: Parser, shell: str) -> int:
    """Print what makes a shell complete this command."""
    sys.stdout.write(completion.script(parser, shell))
    return ExitStatus.CONFORMANT


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


def serve_reference(host: str, port: int, name: str | None) -> int:
    """Serve the reference, or a mutant of it, until it is interrupted."""
    try:
        mutant = mutants.find(name) if name is not None else None
    except mutants.UnknownMutant as error:
        sys.stderr.write(f"beacon-conformance: {error}\n")
        return ExitStatus.USAGE
    if mutant is None:
        reference.serve_forever(host, port)
    else:
        mistake = f"{mutant.name}: {mutant.mistake}"
        reference.serve_forever(host, port, rules=mutant.rules, mistake=mistake)
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
