"""``beacon-conformance repeat``: judges one check of a results file again."""

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from conformance import __version__, results
from conformance.cli import run as judging
from conformance.cli.arguments import add_repeat_arguments
from conformance.cli.command import parser_of, usage_error
from conformance.cli.options import options_parser
from conformance.cli.results import read_results
from conformance.report.content.excerpts import one_line
from conformance.report.text.log import inert
from conformance.report.text.repeat import again
from conformance.results import lookup
from conformance.results.verdicts import ExitStatus
from conformance.settings import read_file
from conformance.settings.model import REFERENCE


def run(arguments: Sequence[str]) -> int:
    """Judge one check of a results file again, on the target that the user names, and print both findings.

    Raises ConfigurationError.
    """
    parsed, options = parser_of("repeat", add_repeat_arguments).parse_known_args(arguments)
    try:
        before = read_results(parsed.results)
        found = lookup.find(before, parsed.check)
    except (results.UnusableResults, lookup.NoSuchCheck) as error:
        return usage_error(str(error))
    target, named_by = _target(before, options)
    if not target:
        return usage_error(
            f"{one_line(str(parsed.results))}: its run was of {one_line(_address(before))}, and a file does not say who gets your token;"
            " name the target with --target or BEACON_TARGET"
        )
    sys.stdout.write(inert(f"{one_line(found.check)} is judged again on {one_line(target)} ({named_by})\n"))
    if target != _address(before):
        sys.stdout.write(inert(f"The results are of another target: {one_line(_address(before))}\n"))
    sys.stdout.flush()
    output = io.StringIO()
    with tempfile.TemporaryDirectory() as temporary:
        folder = parsed.report_dir or Path(temporary)
        with contextlib.redirect_stdout(output):
            status = judging.run(
                [
                    f"--target={target}",
                    *_rerun_options(before, found),
                    *options,
                    f"--report-dir={folder}",
                ]
            )
        if status in {ExitStatus.INTERRUPTED, ExitStatus.SUITE_FAULT, ExitStatus.USAGE}:
            sys.stdout.write(output.getvalue() if status != ExitStatus.USAGE else "")
            return status
        after = results.read(folder / "results.json")
    try:
        now = lookup.find(after, found.check)
    except lookup.NoSuchCheck:
        return usage_error(f"{found.check}: this version of the suite ({__version__}) has no such check")
    sys.stdout.write(again(now.requirement, (before, found.finding), (after, now.finding)))
    return lookup.exit_status_of(now.finding)


def _rerun_options(before: results.Results, found: lookup.Found) -> list[str]:
    """Return the options of a run that judges a check again; the environment may name the browser."""
    options = lookup.rerun_options(before, found)
    return [one for one in options if one != lookup.ANY_BROWSER or not os.environ.get("BEACON_BROWSER")]


def _target(before: results.Results, options: Sequence[str]) -> tuple[str, str]:
    """Return the target that the user named, and where; empty if only the file names one. Raises ConfigurationError."""
    given, _ = options_parser("run").parse_known_args(options)
    if given.beacon_target is not None:
        return given.beacon_target, "--target"
    if before["target"]["kind"] == REFERENCE:
        return REFERENCE, "as in the file"
    if os.environ.get("BEACON_TARGET"):
        return os.environ["BEACON_TARGET"], "BEACON_TARGET"
    if given.beacon_config is not None:
        name = given.beacon_only[0] if given.beacon_only else ""
        return read_file(Path(given.beacon_config)).values(os.environ, name).get("target", ""), "--config"
    return "", ""


def _address(before: results.Results) -> str:
    target = before["target"]
    return REFERENCE if target["kind"] == REFERENCE else str(target["url"])
