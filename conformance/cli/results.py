"""The subcommands that read results files: ``compare``, ``render`` and ``annotate``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from conformance import results
from conformance.cli.arguments import RESULTS
from conformance.cli.command import parser_of, usage_error
from conformance.cli.help import examples
from conformance.cli.streams import commands_for_ci
from conformance.report import files
from conformance.report.annotations import annotations
from conformance.report.formats import write_reports
from conformance.report.html.comparison import comparison_page
from conformance.report.markdown.comparison import comparison_markdown
from conformance.report.text.comparison import comparison_text
from conformance.report.text.paths import report_lines
from conformance.results.comparison import compare
from conformance.results.verdicts import ExitStatus

LONGEST_NAME = 40
"""Characters of the name of a run: it heads a column."""


def read_results(path: Path) -> results.Results:
    """Read a results file, and say on standard error if it is not of the last run of its folder. Raises UnusableResults."""
    content = results.read(path)
    if words := files.unfinished(path.parent):
        sys.stderr.write(f"WARNING: {path} is of an earlier run: {words}\n")
    return content


def add_compare_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``compare``."""
    parser.epilog = examples(
        "compare before/results.json after/results.json --fail-on worse",
        "compare acme/results.json initech/results.json --name acme --name initech --html both.html",
    )
    parser.add_argument("first", type=Path, metavar="A", help=RESULTS)
    parser.add_argument("others", type=Path, nargs="+", metavar="B", help="one or more other results files")
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help="what a file is called in the comparison; one for each file, in their order",
    )
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="also write the comparison as Markdown")
    parser.add_argument("--html", type=Path, metavar="FILE", help="also write it as one HTML page")
    parser.add_argument("--fail-on", choices=["worse"], help="end with exit status 1 if anything got worse")


def run_compare(arguments: Sequence[str]) -> int:
    """Print what changed between results files, and write the comparison to the files that are named."""
    parsed = parser_of("compare", add_compare_arguments).parse_args(arguments)
    sources = (parsed.first, *parsed.others)
    if why := _problem_of_names(parsed.name, len(sources)):
        return usage_error(f"--name: {why}")
    try:
        compared = compare([(str(source), read_results(source)) for source in sources], parsed.name)
    except results.UnusableResults as error:
        return usage_error(str(error))
    for path, format_of in (
        (parsed.markdown, comparison_markdown),
        (parsed.html, comparison_page),
    ):
        try:
            if path is not None:
                files.write_text(path, format_of(compared))
        except OSError as error:
            return usage_error(f"{path}: cannot be written ({error.strerror})")
    sys.stdout.write(comparison_text(compared))
    fails = parsed.fail_on == "worse" and compared.is_worse
    return ExitStatus.NON_CONFORMANT if fails else ExitStatus.CONFORMANT


def _problem_of_names(names: Sequence[str], files: int) -> str:
    """Return why names cannot be those of the files; empty if they can, or if there is no name."""
    if names and len(names) != files:
        return f"there are {files} files and {len(names)} of these; give one for each file, or none"
    if len(set(names)) < len(names):
        return "two files have the same name; give each its own"
    for name in names:
        if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
            return f"must be a text of one line and 1 to {LONGEST_NAME} characters"
    return ""


def add_annotate_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``annotate``."""
    parser.epilog = examples("annotate reports/results.json")
    parser.add_argument("results", type=Path, metavar="RESULTS", help=RESULTS)


def run_annotate(arguments: Sequence[str]) -> int:
    """Print a results file's failures as the workflow commands of GitHub Actions."""
    parsed = parser_of("annotate", add_annotate_arguments).parse_args(arguments)
    try:
        content = read_results(parsed.results)
    except results.UnusableResults as error:
        return usage_error(str(error))
    with commands_for_ci():
        sys.stdout.write("".join(f"{line}\n" for line in annotations(content)))
    return ExitStatus.CONFORMANT


def add_render_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``render``."""
    parser.epilog = examples("render results.json --report-dir pages")
    parser.add_argument("results", type=Path, metavar="RESULTS", help=RESULTS)
    parser.add_argument(
        "--report-dir", type=Path, metavar="D", help="write the reports here (default: next to the results)"
    )


def run_render(arguments: Sequence[str]) -> int:
    """Make the reports of a results file again, and return the exit status in the file."""
    parsed = parser_of("render", add_render_arguments).parse_args(arguments)
    try:
        content = read_results(parsed.results)
    except results.UnusableResults as error:
        return usage_error(str(error))
    folder = parsed.report_dir or parsed.results.parent
    try:
        for line in report_lines(write_reports(content, folder)):
            sys.stdout.write(f"{line}\n")
    except OSError as error:
        return usage_error(
            f"{folder} cannot be written ({error.strerror}); name another folder with --report-dir"
        )
    return int(content["exit_status"])
