"""Whole runs against targets whose answers attack: bounded in time and memory, with a whole report and no traceback."""

import itertools
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conformance import reference, results
from conformance.requirements import ALL, batch, cors, events, response, token
from tests.support.cli_process import measured
from tests.support.faulty_networks import Relay, after
from tests.support.hostile_answers import BODIES, DATES, LARGE, PHASES, Step, answer, trickles
from tests.support.raw_servers import RawServer
from tests.support.runs import options_for

pytestmark = pytest.mark.hostile

SOME = (
    *(token.HEADER_ACCEPTED, token.EVERY_REQUEST, batch.ACCEPTS_1_TO_100, batch.OVER_100_REFUSED),
    *(response.CREATED, response.NULL_OR_EMPTY, response.ERRORS_BODY, cors.ACCEPTED_ORIGIN),
    events.SKIPPING_IS_SILENT,
)
USUAL = 15
"""Requests that are answered as usual, so that the run judges."""
MEGABYTES = 300
JSON = "Content-Type: application/json"


@dataclass
class InTurn:
    """A fault of a network: the answers of a table, one after another."""

    table: Iterable[bytes | Step]
    _next: "itertools.cycle[bytes | Step]" = field(init=False)

    def __post_init__(self) -> None:
        self._next = itertools.cycle(self.table)

    def __call__(self, _relay: Relay, server: RawServer, connection: socket.socket) -> None:
        """Send the next answer."""
        script = next(self._next)
        if isinstance(script, bytes):
            connection.sendall(script)
        else:
            script(server, connection)


def _bodies() -> list[bytes | Step]:
    return [
        answer(body, JSON, status=status) for body in BODIES.values() for status in ("201 Created", "422 No")
    ]


def _dates() -> list[bytes | Step]:
    dates = [date.encode().decode("latin-1") for date in DATES.values()]
    return [
        answer(b"null", JSON, f"Date: {date}", f"Retry-After: {date}", status=status)
        for date, status in zip(dates, itertools.cycle(["201 Created", "429 Slow", "503 No"]), strict=False)
    ]


TARGETS = {
    "large": LARGE.values(),
    "slow": [trickles(*phase) for phase in PHASES.values()],
    "odd": [*_bodies(), *_dates()],
}


@pytest.mark.parametrize("name", TARGETS)
def test_a_run_ends_in_bounded_time_and_memory_with_a_whole_report(name: str, tmp_path: Path) -> None:
    with (
        reference.Server() as server,
        RawServer(Relay(server, InTurn(TARGETS[name]), after(USUAL))) as target,
    ):
        options = [one for one in options_for(server) if not one.startswith(("--target", "--timeout"))]
        chosen = [f"--requirement={requirement.id}" for requirement in SOME]
        arguments = [
            f"--target={target.url}",
            "--timeout=0.5",
            "--effort=quick",
            f"--report-dir={tmp_path / 'out'}",
        ]
        began = time.monotonic()
        status, said, peak = measured(["run", *options, *arguments, *chosen], tmp_path, 60)

    assert status in {1, 6}, said
    assert "Traceback" not in said
    assert peak < MEGABYTES
    assert time.monotonic() - began < 45
    found = results.read(tmp_path / "out" / "results.json")
    assert len(found["requirements"]) == len(ALL)
