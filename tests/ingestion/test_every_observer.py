"""Whatever kind of read-back shows what was ingested, the same is concluded: of the reference, and of each mutant."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance import reference
from conformance.ingestion import observers
from conformance.mutants import ALL, Mutant
from conformance.requirements import Level
from conformance.results.verdicts import Verdict
from tests.support import observer_kinds as kinds
from tests.support import postgresql
from tests.support.pipelines import NEEDING, Event, delivering
from tests.support.runs import SUITE, judge, verdicts_alone

POSTGRESQL = "postgresql"
CAUGHT = {Level.MUST: Verdict.VIOLATED, Level.SHOULD: Verdict.WARNED}
MUTANTS = {mutant.name: mutant for mutant in ALL if mutant.breaks.chapter == "events"}
FEW = ("any-type-is-taken", "position-from-zero", "first-position-is-skipped")
"""Mutants that each observer judges alone, too: one stores too many events, one breaks advice, one stores too few events."""
TO_THE_END = ("--patience=10", "--effort=quick")
QUICKLY = ("--patience=1", "--capture=no", f"--ignore={SUITE / 'test_openapi.py'}")


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql.Served]:
    with postgresql.served(postgresql.required()) as served:
        yield served


@pytest.fixture
def pipeline(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[kinds.Pipeline]:
    with contextlib.ExitStack() as stack:
        if request.param == POSTGRESQL:
            yield stack.enter_context(kinds.database(request.getfixturevalue("server").url()))
        else:
            yield stack.enter_context(kinds.IN_A_FOLDER[request.param](tmp_path))


@pytest.mark.parametrize("pipeline", [*kinds.IN_A_FOLDER, POSTGRESQL], indirect=True)
def test_the_reference_is_conformant_in_every_check_with_read_back(
    pipeline: kinds.Pipeline, tmp_path: Path
) -> None:
    spec, deliver = pipeline
    with reference.Server(delivering(deliver), delay=0.005) as target:
        judged = judge(
            target, tmp_path, NEEDING, f"--observer={spec}", "--require=ingestion,stores", *TO_THE_END
        )

    classes = {name: judged.results["classes"][name] for name in ("ingestion", "stores")}
    assert {name: found["verdict"] for name, found in classes.items()} == dict.fromkeys(classes, "conformant")
    assert [found["must"] - found["held"] for found in classes.values()] == [0, 0]
    assert judged.status == 0, judged.output


@pytest.mark.parametrize("name", FEW)
@pytest.mark.parametrize("pipeline", [*kinds.IN_A_FOLDER, POSTGRESQL], indirect=True)
def test_a_mutant_of_the_events_is_caught_by_each_kind(
    pipeline: kinds.Pipeline, name: str, tmp_path: Path
) -> None:
    _expect_caught(MUTANTS[name], *pipeline, tmp_path)


@pytest.mark.kill_matrix
@pytest.mark.parametrize("mutant", [pytest.param(one, id=name) for name, one in MUTANTS.items()])
def test_a_mutant_of_the_events_is_caught_by_what_every_kind_shows(
    mutant: Mutant, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run looks through all of them at once: a run for each would take ten times as long."""
    verdicts_alone(monkeypatch)
    made = [kind(tmp_path) for kind in kinds.IN_A_FOLDER.values()]
    if postgresql.programs():
        made.append(kinds.database(request.getfixturevalue("server").url()))
    opened: list[kinds.Every] = []
    with contextlib.ExitStack() as stack:
        pipelines = [stack.enter_context(one) for one in made]

        def connect(_: str, *how: Any, **more: Any) -> kinds.Every:
            opened.append(kinds.Every([observers.connect(spec, *how, **more) for spec, _ in pipelines]))
            return opened[-1]

        def deliver(token: str, events: list[Event]) -> None:
            for _, take in pipelines:
                take(token, events)

        monkeypatch.setattr("conformance.plugin.run.connect", connect)
        _expect_caught(mutant, pipelines[0][0], deliver, tmp_path)

    assert [one.disagreements for one in opened] == [[]]


def _expect_caught(mutant: Mutant, spec: str, deliver: kinds.Deliver, directory: Path) -> None:
    with reference.Server(delivering(deliver, mutant.rules), delay=0.005) as target:
        judged = judge(target, directory, [mutant.breaks], f"--observer={spec}", *QUICKLY, *mutant.options)

    assert judged.verdict(mutant.breaks) is CAUGHT[mutant.breaks.level], judged.output
    if mutant.breaks.level is Level.MUST:
        assert judged.status == 1
