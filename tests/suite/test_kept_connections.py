"""No verdict depends on the connections that are kept after refusals, whatever a target does with them."""

from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from conformance import mutants, reference
from conformance.client.keeping import Keeping
from conformance.mutants.coverage import JUDGED
from conformance.reference import Rules
from conformance.requirements import ALL, robustness, token
from conformance.results.verdicts import Verdict
from tests.support.few_workers import few_workers
from tests.support.runs import SUITE, judge, verdicts_alone

CONCURRENCY = [one for one in ALL if one.chapter == "concurrency"]
OWN = f"--ignore={SUITE / 'test_openapi.py'}"


class CountsConnections(Rules):
    """It counts the connections on which requests come."""

    def __init__(self, *how: Any) -> None:
        super().__init__(*how)
        self.connections: set[Any] = set()

    async def respond(self, request: Request, body: bytes | None) -> Response:
        self.connections.add(request.client)
        return await super().respond(request, body)


class SaysThatItCloses(CountsConnections):
    """It closes the connection after a refusal, and says so."""

    async def respond(self, request: Request, body: bytes | None) -> Response:
        response = await super().respond(request, body)
        if response.status_code >= 400:
            response.headers["Connection"] = "close"
        return response


class LeavesOddBodies(CountsConnections):
    """A body that is refused for its type is not read: it is taken for the beginning of the next request."""

    def __init__(self, *how: Any) -> None:
        super().__init__(*how)
        self.spoiled: set[Any] = set()

    async def respond(self, request: Request, body: bytes | None) -> Response:
        if request.client in self.spoiled:
            self.spoiled.discard(request.client)
            return HTMLResponse("<h1>Bad request syntax</h1>", 400)
        response = await super().respond(request, body)
        if response.status_code >= 400 and request.headers.get("Content-Type") != "application/json":
            self.spoiled.add(request.client)
        return response


TARGETS = (
    CountsConnections,
    SaysThatItCloses,
    LeavesOddBodies,
    mutants.find("refused-body-is-not-read").rules,
    mutants.find("token-of-the-latest-head").rules,
)


@pytest.mark.parametrize("rules", TARGETS, ids=[one.__name__ for one in TARGETS])
def test_the_verdicts_are_the_same_without_kept_connections(
    rules: type[Rules], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts_alone(monkeypatch)
    kept = _verdicts(rules, tmp_path / "kept")
    monkeypatch.setattr(Keeping, "learn", lambda *_, **__: None)

    assert _verdicts(rules, tmp_path / "closed") == kept


def _verdicts(rules: type[Rules], folder: Path) -> dict[str, str]:
    with reference.Server(rules, delay=0.005) as server:
        judged = judge(server, folder, JUDGED, "--effort=quick", "--max-requests=5000", OWN)
    return {one["id"]: one["verdict"] for one in judged.results["requirements"]}


def test_a_run_opens_less_than_half_of_the_connections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts_alone(monkeypatch)
    counts = []
    for name in ("kept", "closed"):
        with reference.Server(CountsConnections, delay=0.005) as server:
            judge(server, tmp_path / name, JUDGED, "--effort=quick", OWN)
            assert isinstance(server.rules, CountsConnections)
            counts.append(len(server.rules.connections))
        monkeypatch.setattr(Keeping, "learn", lambda *_, **__: None)

    assert counts[0] < counts[1] / 2, counts


@pytest.mark.parametrize("workers", [2, 4])
def test_a_target_that_serves_few_connections_at_the_same_time_conforms(workers: int, tmp_path: Path) -> None:
    chosen = [*CONCURRENCY, token.HEADER_ACCEPTED, token.UNKNOWN_HEADER_REFUSED, robustness.DEEP_NESTING]
    with reference.Server(delay=0.005) as server, few_workers(server.url, workers, idle=5) as url:
        judged = judge(server, tmp_path, chosen, f"--target={url}", "--timeout=2", "--effort=standard")

    assert {judged.verdict(one) for one in chosen} == {Verdict.HELD}, judged.output
