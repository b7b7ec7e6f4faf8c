"""The subcommands that read results files: ``compare``, ``repeat``, ``render`` and ``annotate``."""

import argparse
import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from conformance import __version__, report, results
from conformance.cli import run as judging
from conformance.cli.command import Command, parser_of, usage_error
from conformance.results import lookup
from conformance.results.comparison import compare
from conformance.results.verdicts import ExitStatus

FILE = "a results.json"


def _add_compare_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", type=Path, metavar="A", help=FILE)
    parser.add_argument("others", type=Path, nargs="+", metavar="B", help="one or more other results files")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="also write the comparison as Markdown")
    parser.add_argument("--html", type=Path, metavar="FILE", help="also write it as one HTML page")
    parser.add_argument("--fail-on", choices=["worse"], help="end with exit status 1 if anything got worse")


def run_compare(arguments: Sequence[str]) -> int:
    """Print what changed between results files, and write the comparison to the files that are named."""
    parsed = parser_of("compare", _add_compare_arguments).parse_args(arguments)
    try:
        compared = compare([(str(source), results.read(source)) for source in (parsed.first, *parsed.others)])
    except results.UnusableResults as error:
        return usage_error(str(error))
    for path, format_of in (
        (parsed.markdown, report.comparison_markdown),
        (parsed.html, report.comparison_page),
    ):
        try:
            if path is not None:
                path.write_text(format_of(compared), "utf-8", newline="\n")
        except OSError as error:
            return usage_error(f"{path}: cannot be written ({error.strerror})")
    sys.stdout.write(report.comparison_text(compared))
    fails = parsed.fail_on == "worse" and compared.is_worse
    return ExitStatus.NON_CONFORMANT if fails else ExitStatus.CONFORMANT


def _add_repeat_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Judge one check of a results file again: the same target, parameters and generated batches."
        " Tokens, origins and the observer are not in the file: give them in the environment, or as"
        " options of a run after CHECK. You may also give another --target there."
    )
    parser.epilog = "Exit status: 0 the reply was as expected, 1 it was not, 6 it could not be judged; 2, 3 and 4 as of a run."
    parser.add_argument("results", type=Path, metavar="RESULTS", help=FILE)
    parser.add_argument(
        "check", metavar="CHECK", help="a check's name, its beginning, or its requirement's id"
    )
    parser.add_argument(
        "--report-dir", type=Path, metavar="D", help="write the reports here (default: no reports)"
    )


def run_repeat(arguments: Sequence[str]) -> int:
    """Judge one check of a results file again, and print both findings. Raises ConfigurationError."""
    parsed, options = parser_of("repeat", _add_repeat_arguments).parse_known_args(arguments)
    try:
        before = results.read(parsed.results)
        found = lookup.find(before, parsed.check)
    except (results.UnusableResults, lookup.NoSuchCheck) as error:
        return usage_error(str(error))
    output = io.StringIO()
    with tempfile.TemporaryDirectory() as temporary:
        folder = parsed.report_dir or Path(temporary)
        with contextlib.redirect_stdout(output):
            status = judging.run([*_rerun_options(before, found), *options, f"--report-dir={folder}"])
        if status in {ExitStatus.INTERRUPTED, ExitStatus.SUITE_FAULT, ExitStatus.USAGE}:
            sys.stdout.write(output.getvalue() if status != ExitStatus.USAGE else "")
            return status
        after = results.read(folder / "results.json")
    try:
        now = lookup.find(after, found.check)
    except lookup.NoSuchCheck:
        return usage_error(f"{found.check}: this version of the suite ({__version__}) has no such check")
    sys.stdout.write(report.again(now.requirement, (before, found.finding), (after, now.finding)))
    return lookup.exit_status_of(now.finding)


def _rerun_options(before: results.Results, found: lookup.Found) -> list[str]:
    """Return the options of a run that judges a check again; the environment may name the browser."""
    options = lookup.rerun_options(before, found)
    return [one for one in options if one != lookup.ANY_BROWSER or not os.environ.get("BEACON_BROWSER")]


def _add_annotate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, metavar="RESULTS", help=FILE)


def run_annotate(arguments: Sequence[str]) -> int:
    """Print a results file's failures as the workflow commands of GitHub Actions."""
    parsed = parser_of("annotate", _add_annotate_arguments).parse_args(arguments)
    try:
        content = results.read(parsed.results)
    except results.UnusableResults as error:
        return usage_error(str(error))
    sys.stdout.write("".join(f"{line}\n" for line in report.annotations(content)))
    return ExitStatus.CONFORMANT


def _add_render_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, metavar="RESULTS", help=FILE)
    parser.add_argument(
        "--report-dir", type=Path, metavar="D", help="write the reports here (default: next to the results)"
    )


def run_render(arguments: Sequence[str]) -> int:
    """Make the reports of a results file again, and return the exit status in the file."""
    parsed = parser_of("render", _add_render_arguments).parse_args(arguments)
    try:
        content = results.read(parsed.results)
    except results.UnusableResults as error:
        return usage_error(str(error))
    folder = parsed.report_dir or parsed.results.parent
    try:
        for path in report.write_reports(content, folder):
            sys.stdout.write(f"report: {path}\n")
    except OSError as error:
        return usage_error(
            f"{folder} cannot be written ({error.strerror}); name another folder with --report-dir"
        )
    return int(content["exit_status"])


RENDER = Command("render", "make the reports of a results file again", _add_render_arguments, run_render)
ANNOTATE = Command(
    "annotate",
    "print a results file's failures as GitHub annotations",
    _add_annotate_arguments,
    run_annotate,
)
COMPARE = Command(
    "compare",
    "show what changed between results files: the others are compared with the first",
    _add_compare_arguments,
    run_compare,
)
REPEAT = Command("repeat", "judge one check of a results file again", _add_repeat_arguments, run_repeat)
