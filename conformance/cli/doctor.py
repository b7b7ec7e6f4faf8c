"""``beacon-conformance doctor``: checks whether a run has what it needs."""

import sys
from collections.abc import Sequence

from conformance.cli.arguments import add_doctor_arguments
from conformance.cli.options import options_parser
from conformance.cli.targets import each_settings, label_of, note_lines
from conformance.doctor import format_step, shortcomings, summary
from conformance.plugin.run import Run
from conformance.report.text.log import inert
from conformance.results.verdicts import ExitStatus
from conformance.settings import Settings


def run(arguments: Sequence[str]) -> int:
    """Examine a target, or each target in a configuration file. Raises ConfigurationError."""
    parsed = options_parser("doctor", add_doctor_arguments).parse_args(arguments)
    try:
        targets = each_settings(parsed)
        sys.stdout.write(inert("".join(f"{line}\n" for line in note_lines(targets.values()))))
        return max([_examine(name, settings) for name, settings in targets.items()])
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED


def _examine(name: str, settings: Settings) -> int:
    """Print a line for each step, and a summary."""
    run = Run.begin(settings)
    sys.stdout.write(f"{label_of(name, settings)}\n")
    try:
        for step in run.examine():
            sys.stdout.write(inert("\n".join([*format_step(step), ""])))
            sys.stdout.flush()
    finally:
        run.end()
    mark = [f"Its events' session_id begins with {run.mark}"] if run.http_client.requests else []
    lacking = shortcomings(run.settings, run.doctor)
    sys.stdout.write(inert("\n".join([*summary(run.doctor, lacking), *mark, ""])))
    return ExitStatus.NOT_FULLY_VERIFIED if run.unreachable or lacking else ExitStatus.CONFORMANT
