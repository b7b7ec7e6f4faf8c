"""The subcommands that go back to results files that are there: each prints what it finds and returns an exit status."""

import contextlib
import io
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from conformance import __version__, report, results
from conformance.results import lookup as repeat
from conformance.results.comparison import compare
from conformance.results.verdicts import ExitStatus


def compare_files(
    sources: Sequence[Path], markdown: Path | None, html: Path | None, *, fail_on: str | None
) -> int:
    """Print what changed between results files, and write it where that is asked for."""
    try:
        compared = compare([(str(source), results.read(source)) for source in sources])
    except results.UnusableResults as error:
        return _complain(str(error))
    for path, face in ((markdown, report.comparison_markdown), (html, report.comparison_page)):
        try:
            if path is not None:
                path.write_text(face(compared), "utf-8", newline="\n")
        except OSError as error:
            return _complain(f"{path}: cannot be written ({error.strerror})")
    sys.stdout.write(report.comparison_text(compared))
    gates = fail_on == "worse" and compared.is_worse
    return ExitStatus.NON_CONFORMANT if gates else ExitStatus.CONFORMANT


def repeat_check(
    source: Path, name: str, directory: Path | None, more: Sequence[str], run: Callable[[Sequence[str]], int]
) -> int:
    """Judge one check of a results file again, by a ``run`` with these options, and show what it came to both times."""
    try:
        before = results.read(source)
        found = repeat.find(before, name)
    except (results.UnusableResults, repeat.NoSuchCheck) as error:
        return _complain(str(error))
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as passing:
        kept = directory or Path(passing)
        with contextlib.redirect_stdout(said):
            status = run([*repeat.rerun_options(before, found), *more, f"--report-dir={kept}"])
        if status in {ExitStatus.INTERRUPTED, ExitStatus.SUITE_FAULT, ExitStatus.USAGE}:
            sys.stdout.write(said.getvalue() if status != ExitStatus.USAGE else "")
            return status
        after = results.read(kept / "results.json")
    try:
        now = repeat.find(after, found.check)
    except repeat.NoSuchCheck:
        return _complain(f"{found.check}: this version of the suite has no such check, {__version__}")
    sys.stdout.write(report.again(now.requirement, (before, found.finding), (after, now.finding)))
    return repeat.exit_status_of(now.finding)


def _complain(why: str) -> int:
    sys.stderr.write(f"beacon-conformance: {why}\n")
    return ExitStatus.USAGE
