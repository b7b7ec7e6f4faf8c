"""What each mutant turns red, with which a run compares its failures: ``conformance/report/content/signatures.json``.

``make docs`` takes the requirements that a mutant breaks from its declaration. Where several mutants break the same, the checks
that fail tell them apart; ``make signatures`` records those (``tools/recording.py``).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from conformance.mutants import ALL, Mutant
from conformance.report.content import diagnosis
from conformance.report.content.diagnosis import Signature

FILE = Path(diagnosis.__file__).with_name("signatures.json")


def text() -> str:
    """Return the content of the file, with the checks that it has recorded."""
    return diagnosis.as_json(declared())


def declared() -> Iterator[Signature]:
    """Yield the signature of every mutant as it is declared, with the checks that the file has recorded."""
    recorded = {(one.name, one.breaks): one.checks for one in diagnosis.signatures()} if FILE.exists() else {}
    tied = {one.name for one in tied_mutants()}
    for mutant in ALL:
        signature = Signature(
            mutant.name,
            mutant.mistake,
            mutant.breaks.id,
            frozenset(one.id for one in mutant.also),
            frozenset(one.id for one in mutant.perhaps),
        )
        checks = recorded.get((mutant.name, mutant.breaks.id), {}) if mutant.name in tied else {}
        yield replace(signature, checks=checks)


def tied_mutants() -> list[Mutant]:
    """Return the mutants that break the same requirements as another one."""
    groups = defaultdict(list)
    for mutant in ALL:
        groups[mutant.breaks, frozenset(mutant.also), frozenset(mutant.perhaps)].append(mutant)
    return [mutant for group in groups.values() if len(group) > 1 for mutant in group]
