"""Whatever kind of read-back shows what was ingested, the same is concluded: of the reference, and of each mutant."""

from collections.abc import Iterator
from pathlib import Path

import kinds
import postgresql
import pytest
from judging import SUITE, judge
from mutants import ALL, Mutant
from pipelines import NEEDING, delivering

from conformance import reference
from conformance.requirements import Level
from conformance.verdicts import Verdict

KINDS = {
    "pages": lambda _: kinds.pages(),
    "sink": kinds.sink,
    "file": kinds.log,
    "exec": kinds.command,
    "sqlite": kinds.sqlite,
}
CAUGHT = {Level.MUST: Verdict.VIOLATED, Level.SHOULD: Verdict.WARNED}
MUTANTS = [mutant for mutant in ALL if mutant.breaks.chapter == "events"]
FEW = ("next-event-is-lost", "any-type-is-taken", "position-from-zero")
"""Judged by `make test` too: an event too few, an event too many, and advice."""


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql.Served]:
    with postgresql.served(postgresql.required()) as served:
        yield served


@pytest.fixture(params=[*KINDS, "postgresql"])
def pipeline(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[kinds.Pipeline]:
    if request.param == "postgresql":
        made = kinds.database(request.getfixturevalue("server").url())
    else:
        made = KINDS[request.param](tmp_path)
    with made as served:
        yield served


def test_the_reference_is_conformant_in_whatever_needs_read_back(
    pipeline: kinds.Pipeline, tmp_path: Path
) -> None:
    spec, deliver = pipeline
    with reference.Server(delivering(deliver), delay=0.005) as target:
        judged = judge(target, tmp_path, NEEDING, f"--observer={spec}", "--require=ingestion,stores")

    classes = {name: judged.results["classes"][name] for name in ("ingestion", "stores")}
    assert {name: found["verdict"] for name, found in classes.items()} == dict.fromkeys(classes, "conformant")
    assert [found["must"] - found["held"] for found in classes.values()] == [0, 0]
    assert judged.status == 0, judged.output


@pytest.mark.parametrize(
    "mutant",
    [
        pytest.param(mutant, id=mutant.name, marks=[] if mutant.name in FEW else [pytest.mark.further_mutant])
        for mutant in MUTANTS
    ],
)
def test_a_mutant_of_the_events_is_caught(pipeline: kinds.Pipeline, mutant: Mutant, tmp_path: Path) -> None:
    spec, deliver = pipeline
    more = [f"--observer={spec}", "--patience=1", f"--ignore={SUITE / 'test_openapi.py'}", *mutant.options]
    with reference.Server(delivering(deliver, mutant.rules), delay=0.005) as target:
        judged = judge(target, tmp_path, [mutant.breaks], *more)

    assert judged.verdict(mutant.breaks) is CAUGHT[mutant.breaks.level], judged.output
    assert judged.status == (1 if mutant.breaks.level is Level.MUST else judged.status)
