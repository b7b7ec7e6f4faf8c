"""A burst finds what is lost or mixed up under load, and nothing else."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import reference
from conformance.mutants import ALL as MUTANTS
from conformance.mutants.concurrency import Buffering, Overlapping
from conformance.reference import Rules
from conformance.reference.stores import Store
from conformance.requirements import ALL, Requirement, concurrency, token
from conformance.results.verdicts import Verdict
from tests.support.runs import Judged, judge
from tests.support.without_threads import without_threads

CHAPTER = [one for one in ALL if one.chapter == "concurrency"]
HTTP = [concurrency.OWN_STATUS, concurrency.OWN_ORIGIN]
MOST = {"quick": 17, "standard": 40}
"""One of them finds out whether the target accepts a token in the query, too."""
QUICKLY = ("--patience=1",)


def _judged(
    rules: type[Rules], directory: Path, requirements: list[Requirement] = CHAPTER, *options: str
) -> Judged:
    with reference.Server(rules, delay=0.005) as server:
        return judge(server, directory, requirements, *options)


def _verdicts(judged: Judged) -> set[str]:
    return {item["verdict"] for item in judged.results["requirements"] if item["findings"]}


class Watched(Rules):
    """Counts the requests, and those that are handled at the same time."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.requests = self.in_flight = self.most = 0

    async def respond(self, request: Request, body: bytes | None) -> Response:
        self.requests += 1
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        await asyncio.sleep(0.03)
        self.in_flight -= 1
        return self.receive(request, body)


@pytest.mark.parametrize("effort", MOST)
@pytest.mark.parametrize("connections", ["1", "3", "8"])
def test_a_burst_is_modest(effort: str, connections: str, tmp_path: Path) -> None:
    options = (f"--effort={effort}", f"--connections={connections}")
    with reference.Server(Watched, delay=0.005) as server:
        judge(server, tmp_path / "none", (), "-k=no_check_at_all")
        assert isinstance(server.rules, Watched)
        by_the_doctor = server.rules.requests
        judged = judge(server, tmp_path / "all", CHAPTER, *options)

        assert _verdicts(judged) == {Verdict.HELD}, judged.output
        assert server.rules.requests - 2 * by_the_doctor <= MOST[effort]
        assert server.rules.most <= int(connections)
        assert server.rules.most >= min(4, int(connections))


def test_checks_in_two_processes_have_the_same_verdicts(tmp_path: Path) -> None:
    judged = _judged(Rules, tmp_path, CHAPTER, "-n2")

    assert _verdicts(judged) == {Verdict.HELD}, judged.output


@pytest.mark.parametrize("one", [pytest.param(one, id=one.id) for one in CHAPTER])
def test_a_requirement_alone_is_judged(one: Requirement, tmp_path: Path) -> None:
    judged = _judged(Rules, tmp_path, [one])

    assert judged.verdict(one) in {Verdict.HELD, Verdict.OBSERVED}, judged.output


class FlushesAtFifty(Buffering):
    """Events are stored fifty at a time; the rest waits."""

    first = 0

    def is_full(self) -> bool:
        is_full = self.first + sum(len(entries) for _, entries, _ in self.kept) >= 50
        self.first = 0 if is_full else self.first
        return is_full


@pytest.mark.parametrize("remaining", [0, 1, 17, 48, 49])
def test_a_buffer_that_keeps_the_rest_is_found_whatever_is_in_it(remaining: int, tmp_path: Path) -> None:
    rules = type("Flushes", (FlushesAtFifty,), {"first": remaining})
    judged = _judged(rules, tmp_path, [concurrency.LAST_BATCH], *QUICKLY)

    assert judged.verdict(concurrency.LAST_BATCH) is Verdict.VIOLATED, judged.output


class FlushesAtTheNextRequest(FlushesAtFifty):
    """Events are stored when a request comes after fifty or more."""

    def is_full(self) -> bool:
        return sum(len(entries) for _, entries, _ in self.kept[:-1]) >= 50


def test_a_buffer_that_is_emptied_by_the_next_request_is_found(tmp_path: Path) -> None:
    judged = _judged(FlushesAtTheNextRequest, tmp_path, [concurrency.LAST_BATCH], *QUICKLY)

    assert judged.verdict(concurrency.LAST_BATCH) is Verdict.VIOLATED, judged.output


class LosesEverything(Rules):
    """No event is ever stored."""

    def ingest(self, *_: Any) -> None:
        pass


def test_a_last_batch_is_not_judged_if_nothing_is_ever_stored(tmp_path: Path) -> None:
    judged = _judged(LosesEverything, tmp_path, [concurrency.LAST_BATCH], *QUICKLY)

    assert judged.verdict(concurrency.LAST_BATCH) is Verdict.NOT_JUDGED, judged.output


class SessionsAreThrottled(Rules):
    """A session's batch is lost if another one came less than a second ago."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.latest: dict[str, float] = {}

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        session, now = entries[0]["session_id"], time.monotonic()
        before, self.latest[session] = self.latest.get(session, -10.0), now
        super().ingest(store, entries if now - before > 1 else [], request)


def test_a_throttle_of_sessions_is_found(tmp_path: Path) -> None:
    judged = _judged(SessionsAreThrottled, tmp_path, [concurrency.SESSION_RETURNS], *QUICKLY)

    assert judged.verdict(concurrency.SESSION_RETURNS) is Verdict.VIOLATED, judged.output


RACES = [one for one in MUTANTS if one.breaks.chapter == "concurrency"]


@pytest.mark.kill_matrix
@pytest.mark.parametrize("mutant", [pytest.param(one, id=one.name) for one in RACES])
def test_a_race_is_found_every_time(mutant: Any, tmp_path: Path) -> None:
    said = [
        _judged(mutant.rules, tmp_path / str(time), [mutant.breaks], *QUICKLY).verdict(mutant.breaks)
        for time in range(20)
    ]

    assert said == [Verdict.VIOLATED] * 20


class RefusesWhatIsTooMuch(Overlapping):
    """A request that arrives while five others are handled is answered with 429, at other times with 201."""

    MOST = 5
    status = 429

    def begin(self, request: Request, _body: bytes | None) -> None:
        request.state.is_refused = self.in_flight > self.MOST

    def end(self, request: Request, body: bytes | None) -> Response:
        return Response(status_code=self.status) if request.state.is_refused else self.receive(request, body)


class TenASecond(Rules):
    """More than ten requests within a second are refused with 429, and told to come back a second later."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.served: list[float] = []

    async def respond(self, request: Request, body: bytes | None) -> Response:
        now = time.monotonic()
        self.served = [at for at in self.served if now - at < 1]
        if len(self.served) >= 10:
            return Response(status_code=429, headers={"Retry-After": "1"})
        self.served.append(now)
        return self.receive(request, body)


def test_a_target_with_a_strict_rate_limit_is_judged_after_the_waits_that_it_asks_for(tmp_path: Path) -> None:
    judged = _judged(TenASecond, tmp_path, [*CHAPTER, token.EVERY_REQUEST])

    assert _verdicts(judged) == {Verdict.HELD}, judged.output


class RefusesAlmostEverything(RefusesWhatIsTooMuch):
    MOST = 2


class ForbidsWhatIsTooMuch(RefusesWhatIsTooMuch):
    status = 403


def test_what_a_rate_limit_refuses_is_not_judged(tmp_path: Path) -> None:
    judged = _judged(RefusesWhatIsTooMuch, tmp_path, CHAPTER, "--max-requests=5000")

    assert _verdicts(judged) == {Verdict.HELD}, judged.output


@pytest.mark.parametrize("rules", [RefusesAlmostEverything, ForbidsWhatIsTooMuch])
def test_a_burst_that_is_refused_judges_nothing(rules: type[Rules], tmp_path: Path) -> None:
    judged = _judged(rules, tmp_path, HTTP, "--max-requests=5000")

    assert judged.verdict(concurrency.OWN_STATUS) is Verdict.NOT_JUDGED, judged.output


class LosesEverySecondEvent(Rules):
    """The second event of each batch is lost, with or without other requests."""

    def accepted(self, entries: list[Any]) -> list[Any]:
        return super().accepted(entries[:1] + entries[2:])


class AnswersForbidden(Rules):
    """A request without a valid token is answered with 403, and an empty batch with 400."""

    def finish(self, _request: Request, response: Response, /) -> Response:
        response.status_code = {401: 403, 422: 400}.get(response.status_code, response.status_code)
        return response


@pytest.mark.parametrize("rules", [LosesEverySecondEvent, AnswersForbidden])
def test_what_is_wrong_alone_too_is_left_to_other_requirements(rules: type[Rules], tmp_path: Path) -> None:
    judged = _judged(rules, tmp_path, CHAPTER, *QUICKLY)

    assert _verdicts(judged) <= {Verdict.HELD, Verdict.OBSERVED, Verdict.NOT_JUDGED}, judged.output


def test_a_server_without_threads_that_closes_each_connection_conforms(tmp_path: Path) -> None:
    with reference.Server(delay=0.005) as server, without_threads(server.url) as url:
        judged = judge(server, tmp_path, CHAPTER, f"--target={url}")

    assert _verdicts(judged) == {Verdict.HELD}, judged.output


class TwoAtATime(Watched):
    """More than two requests at the same time get a 503, as behind a gateway with such a limit."""

    async def respond(self, request: Request, body: bytes | None) -> Response:
        if self.in_flight >= 2:
            return Response("<h1>503 Service Temporarily Unavailable</h1>", 503, media_type="text/html")
        return await super().respond(request, body)


def test_a_target_that_refuses_more_than_two_at_a_time_is_not_condemned(tmp_path: Path) -> None:
    with reference.Server(TwoAtATime, delay=0.005) as server:
        judged = judge(server, tmp_path, ALL, "--effort=quick", "--deselect=test_openapi.py")

    bad = {Verdict.VIOLATED, Verdict.WARNED, Verdict.UNSTABLE}
    assert [one["id"] for one in judged.results["requirements"] if one["verdict"] in bad] == []
    assert judged.status == 6, judged.output


class OneAtATime(Watched):
    """Requests are handled one after the other."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.turn = asyncio.Lock()

    async def respond(self, request: Request, body: bytes | None) -> Response:
        async with self.turn:
            return await super().respond(request, body)


def test_a_target_that_handles_one_request_at_a_time_conforms(tmp_path: Path) -> None:
    judged = _judged(OneAtATime, tmp_path)

    assert _verdicts(judged) == {Verdict.HELD}, judged.output
