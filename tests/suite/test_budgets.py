"""How much a run sends, how fast, and what happens to the checks that are left out."""

import re
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from conformance import reference, results
from conformance.client import Exchange, HttpClient, NoReply, Reply, Request, RequestBudget, Target
from conformance.client.retry_after import SHORTEST, RetryAfter
from conformance.requirements import ALL, batch, response, token
from conformance.results.verdicts import Verdict
from tests.support.raw_servers import NULL, RawServer, head_of
from tests.support.runs import Judged, judge, options_for, run

MOST = {"quick": 200, "standard": 600}
MOST_ABOUT_EVENTS = 45
"""POSTs of chapter events at effort standard, sentinels' among them; generated batches and read-back aside."""
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
THROTTLED = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"


class Counting(reference.Rules):
    """Counts the requests that it gets."""

    requests = 0

    def receive(self, *what: Any) -> Any:
        self.requests += 1
        return super().receive(*what)


@pytest.mark.parametrize("effort", MOST)
def test_an_effort_judges_everything_within_its_requests(effort: str, tmp_path: Path) -> None:
    with reference.Server(Counting) as server:
        judged = judge(server, tmp_path, (), "--require=http,ingestion,stores", f"--effort={effort}")
        assert isinstance(server.rules, Counting)
        arrived = server.rules.requests

    assert judged.status == 0, judged.output
    assert judged.results["run"]["effort"] == effort
    assert judged.results["run"]["requests"] == arrived
    assert arrived <= MOST[effort]
    assert ("Effort quick runs only a part" in results.headline(judged.results)) == (effort == "quick")
    documented = re.search(rf"`{effort}` \([^)]*about (\d+)", README)
    assert documented is not None
    assert arrived == pytest.approx(int(documented[1]), rel=0.05)


def _events_alone(directory: Path, *options: str) -> tuple[Judged, int]:
    """Judge chapter events without generated batches; return the outcome, and how many POSTs were sent."""
    chosen = [one for one in ALL if one.chapter == "events" and not one.id.startswith("events.any-mix")]
    with reference.Server(Counting) as server:
        judged = judge(server, directory, chosen, "--require=ingestion", *options)
        assert isinstance(server.rules, Counting)
        return judged, server.rules.requests


def test_everything_about_single_events_is_judged_in_few_posts(tmp_path: Path) -> None:
    _, by_the_doctor = _events_alone(tmp_path / "nothing", "-k=no_check_at_all")
    judged, posted = _events_alone(tmp_path / "checks")

    found = {item["id"]: item["verdict"] for item in judged.results["requirements"] if item["findings"]}
    assert len(found) > 40
    assert set(found.values()) == {"held", "observed"}, judged.output
    assert posted - by_the_doctor <= MOST_ABOUT_EVENTS


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one-process", "two-workers"])
def test_no_more_requests_are_sent_than_allowed_and_the_other_checks_are_not_judged(
    workers: tuple[str, ...], tmp_path: Path
) -> None:
    with reference.Server(Counting) as server:
        chosen = [f"--requirement={one.id}" for one in (batch.ACCEPTS_1_TO_100, token.MISSING_REFUSED)]
        options = [*options_for(server), f"--report-dir={tmp_path}", "--max-requests=8", *workers]
        status, output = run(*options, *chosen)
        assert isinstance(server.rules, Counting)
        arrived = server.rules.requests

    found = results.read(tmp_path / "results.json")
    by_id = {item["id"]: item for item in found["requirements"]}
    assert (status, found["run"]["requests"]) == (6, 8) or arrived < 8, output
    assert arrived <= 8
    assert by_id[batch.ACCEPTS_1_TO_100.id]["verdict"] == Verdict.NOT_JUDGED
    assert "--max-requests" in by_id[batch.ACCEPTS_1_TO_100.id]["reason"]


def test_requests_begin_no_closer_than_their_rate_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "monotonic", lambda: 100.0 + sum(slept))
    monkeypatch.setattr(time, "sleep", slept.append)
    budget = RequestBudget(rate=4)

    assert all(budget.take() for _ in range(4))
    assert slept == pytest.approx([0, 0.25, 0.25, 0.25])


def test_requests_that_are_sent_together_wait_for_all_their_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "monotonic", lambda: 100.0 + sum(slept))
    monkeypatch.setattr(time, "sleep", slept.append)
    budget = RequestBudget(rate=4, most=7)

    assert budget.take()
    assert budget.take_together([1, 2, 3, 4]) == 4
    assert budget.take()
    assert budget.take_together([5, 6]) == 1
    assert slept == pytest.approx([0, 1, 0.25, 0.25])
    assert (budget.sent, budget.bytes) == (7, 15)


def test_several_processes_share_what_is_left() -> None:
    budget = RequestBudget(most=11, rate=6, sent=4)

    assert budget.share(3) == RequestBudget(most=2, rate=2)
    assert RequestBudget().share(3) == RequestBudget()


def test_an_answered_request_is_sent_again_only_in_a_fresh_attempt() -> None:
    with RawServer() as server:
        target = Target(server.url, "token", "", HttpClient(10))
        first, second = (target.post(b"{}", header="token") for _ in range(2))
        again = target.resend(first.request)
        with target.fresh_attempt():
            fresh_attempt, once_more = (target.post(b"{}", header="token") for _ in range(2))
        target.http_client.close()

    assert second is first
    assert again is not first
    assert fresh_attempt is not again
    assert once_more is fresh_attempt
    assert len(server.received) == 3


def test_a_request_without_an_answer_is_sent_again() -> None:
    with RawServer(lambda *_: None, NULL) as server:
        target = Target(server.url, "token", "", HttpClient(10))
        replies = [target.post(b"{}").reply for _ in range(2)]
        target.http_client.close()

    assert [reply is not None for reply in replies] == [False, True]


def test_a_run_waits_as_long_as_retry_after_says() -> None:
    with RawServer(THROTTLED, THROTTLED, NULL) as server:
        target = Target(server.url, "token", "", HttpClient(10))
        reply = target.post(b"{}").reply
        target.http_client.close()

    assert reply is not None
    assert reply.status == 201
    assert [head_of(raw)[0] for raw in server.received] == [b"POST /beacon HTTP/1.1"] * 3


def _throttled(*lines: str, status: int = 429) -> Reply:
    return Reply(status, "", tuple(("Retry-After", line) for line in lines), b"")


def _http_date(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


NOT_WAITED_FOR = {
    "nothing": None,
    "success": _throttled("1", status=201),
    "no-line": _throttled(),
    "two-lines": _throttled("1", "1"),
    "a-word": _throttled("soon"),
    "negative": _throttled("-1"),
    "too-long": _throttled("61"),
    "a-date-too-far": _throttled(_http_date(3600)),
}


@pytest.mark.parametrize("reply", NOT_WAITED_FOR.values(), ids=NOT_WAITED_FOR.keys())
def test_a_run_does_not_wait_without_a_time_or_for_too_long(reply: Reply | None) -> None:
    assert not RetryAfter().wait(_exchange(reply))


def _exchange(reply: Reply | None, at: float | None = None) -> Exchange:
    outcome = reply or NoReply("closed", "")
    return Exchange(Request("POST", "http://t.example"), outcome, 0.0, time.time() if at is None else at)


def test_all_waits_share_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    waiting = RetryAfter(remaining=30)

    waited = [
        waiting.wait(_exchange(_throttled("20"))),
        waiting.wait(_exchange(_throttled("20"))),
        waiting.wait(_exchange(_throttled("10", status=503))),
        waiting.wait(_exchange(_throttled("0"))),
    ]

    assert waited == [True, False, True, False]
    assert slept == [20, 10]
    assert RetryAfter().wait(_exchange(_throttled(_http_date(-5))))
    assert slept[-1] == SHORTEST


def test_a_request_that_was_refused_during_a_wait_is_sent_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    waiting = RetryAfter(remaining=1)
    refused = _exchange(_throttled("1"))

    assert waiting.wait(refused)
    assert waiting.wait(refused)
    assert slept == [1]


def test_a_success_s_answer_is_shared_by_the_checks_of_several_requirements(tmp_path: Path) -> None:
    with reference.Server(Counting) as server:
        judge(server, tmp_path, [response.CREATED, token.HEADER_ACCEPTED, token.QUERY_ACCEPTED])
        assert isinstance(server.rules, Counting)

        # The doctor's own (two tokens, a valid request after one, two other origins), a success by header and query, with and
        # without Origin, three batches.
        assert server.rules.requests == 5 + 4 + 3
