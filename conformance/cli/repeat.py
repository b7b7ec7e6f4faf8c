"""``beacon-conformance repeat``: judges what failed in a results file again: a check, a requirement or a chapter."""

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
from conformance.report.text.repeat import again, left
from conformance.results import lookup
from conformance.results.verdicts import ExitStatus
from conformance.settings import read_file
from conformance.settings.model import REFERENCE


def run(arguments: Sequence[str]) -> int:
    """Judge checks of a results file again, on the target that the user names, and say what is fixed and what is left.

    Raises ConfigurationError.
    """
    parsed, options = parser_of("repeat", add_repeat_arguments).parse_known_args(arguments)
    try:
        before = read_results(parsed.results)
        found = lookup.find_all(before, parsed.check)
    except (results.UnusableResults, lookup.NoSuchCheck) as error:
        return usage_error(str(error))
    target, named_by = _target(before, options)
    if not target:
        return usage_error(
            f"{one_line(str(parsed.results))}: its run was of {one_line(_address(before))}, and a file does not say who gets your token;"
            " name the target with --target or BEACON_TARGET"
        )
    what = found[0].check if len(found) == 1 else f"{parsed.check} ({len(found)} checks)"
    are = "is" if len(found) == 1 else "are"
    sys.stdout.write(inert(f"{one_line(what)} {are} judged again on {one_line(target)} ({named_by})\n"))
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
    checks = {one.check for item in after["requirements"] for one in lookup.of(item)}
    if gone := [one.check for one in found if one.check not in checks]:
        return usage_error(f"{gone[0]}: this version of the suite ({__version__}) has no such check")
    now = [lookup.find(after, one.check) for one in found]
    if len(found) == 1:
        sys.stdout.write(again(now[0].requirement, (before, found[0].finding), (after, now[0].finding)))
    sys.stdout.write(left([(one.requirement, one.finding) for one in now]))
    return lookup.exit_status_of_all([one.finding for one in now])


def _rerun_options(before: results.Results, found: Sequence[lookup.Found]) -> list[str]:
    """Return the options of a run that judges checks again; the environment may name the browser."""
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
