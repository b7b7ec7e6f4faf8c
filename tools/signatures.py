"""What each mutant turns red, with which a run compares its failures: ``conformance/report/content/signatures.json``.

``make docs`` takes the requirements that a mutant breaks from its declaration. What a run really shows of it is recorded by
``make signatures`` (``tools/recording.py``).
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from conformance.mutants import ALL
from conformance.report.content import diagnosis
from conformance.report.content.diagnosis import Signature

FILE = Path(diagnosis.__file__).with_name("signatures.json")


def text() -> str:
    """Return the content of the file, with what it has recorded."""
    return diagnosis.as_json(declared())


def declared() -> Iterator[Signature]:
    """Yield the signature of every mutant as it is declared, with what the file has recorded."""
    recorded = {(one.name, one.breaks): one for one in diagnosis.signatures()} if FILE.exists() else {}
    for mutant in ALL:
        signature = Signature(
            mutant.name,
            mutant.mistake,
            mutant.breaks.id,
            frozenset(one.id for one in mutant.also),
            frozenset(one.id for one in mutant.perhaps),
        )
        known = recorded.get((mutant.name, mutant.breaks.id), signature)
        yield replace(signature, red=known.red, slow=known.slow, checks=known.checks)
