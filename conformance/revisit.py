"""The subcommands that go back to results files that are there: each prints what it finds and returns an exit status."""

import sys
from collections.abc import Sequence
from pathlib import Path

from conformance import report, results
from conformance.comparison import compare
from conformance.verdicts import ExitStatus


def compare_files(sources: Sequence[Path], markdown: Path | None, html: Path | None, *, fail_on: str | None) -> int:
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


def _complain(why: str) -> int:
    sys.stderr.write(f"beacon-conformance: {why}\n")
    return ExitStatus.USAGE
