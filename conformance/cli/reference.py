"""``beacon-conformance reference``: serves the bundled reference, or a mutant of it."""

import shlex
import sys
from collections.abc import Sequence

from conformance import mutants, reference
from conformance.cli.arguments import add_reference_arguments
from conformance.cli.command import parser_of, usage_error
from conformance.mutants import Mutant
from conformance.reference import Rules
from conformance.results.verdicts import ExitStatus


def run(arguments: Sequence[str]) -> int:
    """Serve the reference, or one of its mutants, until it is interrupted."""
    parsed = parser_of("reference", add_reference_arguments).parse_args(arguments)
    if parsed.mutants:
        sys.stdout.write(table())
        return ExitStatus.CONFORMANT
    if parsed.mutant is None:
        return _serve(parsed.host, parsed.port, Rules)
    try:
        mutant = mutants.find(parsed.mutant)
    except mutants.UnknownMutant as error:
        return usage_error(f"--mutant {error}")
    sys.stdout.write(_introduction(mutant))
    return _serve(parsed.host, parsed.port, mutant.rules)


def _serve(host: str, port: int, rules: type[Rules]) -> int:
    """Serve until interrupted."""
    try:
        reference.serve_forever(host, port, rules=rules)
    except OSError:
        return usage_error(f"cannot listen at {host}:{port}; give another --host or --port")
    return ExitStatus.CONFORMANT


def table() -> str:
    """Return a line for each mutant: its name, the requirement that it breaks, and its mistake."""
    name_width = max(len(mutant.name) for mutant in mutants.ALL)
    id_width = max(len(mutant.breaks.id) for mutant in mutants.ALL)
    return "".join(
        f"{mutant.name:<{name_width}}  {mutant.breaks.id:<{id_width}}  {mutant.mistake}\n"
        for mutant in mutants.ALL
    )


def _introduction(mutant: Mutant) -> str:
    """Return what the mutant does wrong, and the options of a run that show it fastest."""
    options = shlex.join([f"--requirement={mutant.breaks.id}", *mutant.options])
    return (
        f"This is the mutant {mutant.name}, which breaks {mutant.breaks.id}: {mutant.mistake}\n"
        f"Add {options} to the command below to see only that.\n\n"
    )
