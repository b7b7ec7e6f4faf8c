"""``beacon-conformance rejudge``: judges a recorded run again, without network and token, and compares the results."""

import contextlib
import io
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conformance import results
from conformance.cli import run as judging
from conformance.cli.arguments import add_rejudge_arguments
from conformance.cli.command import parser_of, usage_error
from conformance.plugin.recording import Again, OtherRun, OtherVersions, UnusableRecording, load
from conformance.report import files
from conformance.report.content.excerpts import one_line
from conformance.report.text.log import inert
from conformance.results.sameness import first_difference
from conformance.results.verdicts import ExitStatus, RunVerdict

RESULTS = "results.json"
SUITE = "conformance.suite."
__all__ = ["Rejudged", "UnusableRecording", "rejudge", "run"]


@dataclass(frozen=True)
class Rejudged:
    """What judging a recorded run again showed."""

    status: ExitStatus
    text: str
    """In one line; if the results differ, the first place."""


def run(arguments: Sequence[str]) -> int:
    """Judge a recorded run again, and print whether the results are the same. Raises ConfigurationError."""
    parsed, options = parser_of("rejudge", add_rejudge_arguments).parse_known_args(arguments)
    path = parsed.folder / RESULTS
    try:
        read = results.read(path)
    except results.ChangedResults as error:
        return _said(Rejudged(ExitStatus.NOT_GENUINE, str(error)))
    except results.UnusableResults as error:
        return usage_error(one_line(str(error)))
    if words := files.unfinished(parsed.folder):
        return usage_error(f"{one_line(str(path))} is of an earlier run: {one_line(words)}")
    try:
        return _said(rejudge(parsed.folder, read, options, parsed.report_dir))
    except UnusableRecording as error:
        return usage_error(one_line(str(error)))


def _said(rejudged: Rejudged) -> int:
    sign = "✗" if rejudged.status in {ExitStatus.NOT_GENUINE, ExitStatus.NOT_FULLY_VERIFIED} else "✓"
    sys.stdout.write(inert(f"{sign} rejudged: {one_line(rejudged.text)}\n"))
    return rejudged.status


def rejudge(
    folder: Path, recorded: results.Results, options: Sequence[str] = (), report_dir: Path | None = None
) -> Rejudged:
    """Judge a recorded run again, and compare it with its results.

    ``options`` are pytest's, such as ``--pdb``; with any of them the output of the run is shown. Raises UnusableRecording.
    """
    try:
        again = load(folder, recorded)
    except OtherRun as error:
        return Rejudged(ExitStatus.NOT_GENUINE, str(error))
    except OtherVersions as error:
        return Rejudged(ExitStatus.NOT_FULLY_VERIFIED, str(error))
    judged = _judged(again, options, report_dir)
    place = again.diverged
    if not place and judged is None:
        place = "the suite failed while it judged the recording"
    if not place and judged is not None:
        place = first_difference(recorded, judged)
    if not place and not again.recording.is_sealed:
        place = "recording.json.gz was changed after it was written: its digest does not match its content"
    if place:
        return Rejudged(ExitStatus.NOT_GENUINE, f"not the same: {place}")
    verdict = recorded["verdict"]
    count = len(again.recording.entries)
    without = "; class browser is not in the recording" if "browser" in recorded["run"] else ""
    text = f"the same results from {count} recorded entries: {verdict}{without}"
    is_conformant = verdict == RunVerdict.CONFORMANT
    return Rejudged(ExitStatus.CONFORMANT if is_conformant else ExitStatus.NON_CONFORMANT, text)


def _judged(again: Again, options: Sequence[str], report_dir: Path | None) -> results.Results | None:
    """Judge a recording; None if the suite failed."""
    output = io.StringIO()
    with tempfile.TemporaryDirectory() as temporary:
        written = (report_dir or Path(temporary)).absolute()
        again.settings = replace(again.settings, report_dir=written)
        shown = contextlib.nullcontext() if options else contextlib.redirect_stdout(output)
        with shown, _fresh_suite():
            judging.judge(options, [again])
        try:
            return results.read(written / RESULTS)
        except results.UnusableResults:
            return None


@contextlib.contextmanager
def _fresh_suite() -> Iterator[None]:
    """Load the checks again, and forget them afterwards: some of their parameters follow from the start of the run."""
    _forget_suite()
    try:
        yield
    finally:
        _forget_suite()


def _forget_suite() -> None:
    for name in [name for name in sys.modules if name.startswith(SUITE)]:
        del sys.modules[name]
