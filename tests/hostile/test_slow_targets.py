"""A target that answers each request just in time holds neither a check nor a run for ever, and is not condemned for being slow."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import expect, reference
from conformance.cli import main as command
from conformance.client import Exchange, HttpClient, NoReply, Reply, Request, TimeLimits
from conformance.client.silence import Silence
from conformance.expect import NotJudged
from conformance.requirements import batch, events, token
from conformance.results.verdicts import ExitStatus, Verdict
from conformance.settings import Settings
from tests.support.faulty_networks import Fault, Relay
from tests.support.raw_servers import NULL, RawServer
from tests.support.runs import Judged, judge

pytestmark = pytest.mark.hostile

SOME = (
    *(token.HEADER_ACCEPTED, token.HEADER_WINS, batch.ACCEPTS_1_TO_100, batch.OVER_100_REFUSED),
    *(batch.INGESTS_ALL, events.UNKNOWN_TYPE_SKIPPED),
)


def late(seconds: float) -> Fault:
    """Answer as the reference does, some seconds later."""

    def answer(relay: Relay, server: RawServer, connection: socket.socket) -> None:
        server.closing.wait(seconds)
        connection.sendall(relay.reply(server))

    return answer


@pytest.fixture
def slow() -> Iterator[RawServer]:
    def answer(server: RawServer, connection: socket.socket) -> None:
        server.closing.wait(0.1)
        connection.sendall(NULL)

    with RawServer(answer) as server:
        yield server


def _sent(http_client: HttpClient, server: RawServer, count: int) -> list[str]:
    exchanges = [http_client.send(Request("POST", server.url, (), b"{}")) for _ in range(count)]
    outcomes = [exchange.outcome for exchange in exchanges]
    return [f"{one.kind}: {one.detail}" if isinstance(one, NoReply) else str(one.status) for one in outcomes]


def test_a_run_without_time_sends_nothing_more_and_names_its_plan(slow: RawServer) -> None:
    http_client = HttpClient(1, times=TimeLimits(run=0.35))

    sent = _sent(http_client, slow, 10)
    http_client.close()

    assert sent[:2] == ["201", "201"]
    assert len(slow.received) < 6
    assert "as long as its plan allows (beacon-conformance plan)" in sent[-1]
    assert "give a longer --timeout" in sent[-1]
    assert sent[-1].startswith("not sent: ")
    assert http_client.has_ended


def test_a_check_that_has_waited_too_long_sends_nothing_more_and_the_next_one_does(slow: RawServer) -> None:
    http_client = HttpClient(1, times=TimeLimits(check=0.25))
    before = _sent(http_client, slow, 4)

    http_client.times.begin_check()
    sent = _sent(http_client, slow, 5)
    http_client.times.begin_check()
    afterwards = _sent(http_client, slow, 1)
    http_client.close()

    assert before == ["201"] * 4, "outside of a check nothing is counted"
    assert sent[:2] == ["201", "201"]
    assert "the check has waited 0 s for answers" in sent[-1]
    assert afterwards == ["201"]


def _examined(valid_after: float) -> Exchange:
    """Return the exchange of a request that is never answered, if valid ones are answered after some seconds."""

    def answer(server: RawServer, connection: socket.socket) -> None:
        server.closing.wait(20 if b"never" in server.own.request else valid_after)
        connection.sendall(NULL)

    with RawServer(answer) as server:
        http_client = HttpClient(0.5)
        silence = Silence(http_client, Request("POST", server.url, (), b"{}"))
        examined = silence.examine(http_client.send(Request("POST", server.url, (), b'{"never": 1}')))
        http_client.close()
        return examined


def test_silence_of_a_slow_target_proves_nothing() -> None:
    fast, slow = _examined(0), _examined(0.35)

    assert fast.is_confirmed
    assert not slow.is_confirmed
    with pytest.raises(NotJudged, match=r"a valid request took 0\.\d s; give a longer --timeout"):
        expect.answer(slow)


def test_requests_at_the_same_time_are_not_judged_if_one_alone_is_slow() -> None:
    silent = Exchange(Request("POST", "http://x"), NoReply("timeout", "no answer"), 1.0, 0.0)
    alone = Exchange(Request("POST", "http://x"), Reply(201, "", (), b"null"), 0.8, 0.0)

    with pytest.raises(NotJudged, match=r"a request alone took 0\.8 s"):
        expect.answers_at_once(alone, [silent] * 5, 1)


def _judged(directory: Path, fault: Fault, *more: str) -> Judged:
    with reference.Server() as server, RawServer(Relay(server, fault)) as target:
        observer = server.observer.replace(server.url, target.url)
        own = (f"--target={target.url}", f"--observer={observer}", "--effort=quick", *more)
        return judge(server, directory, SOME, *own)


def test_a_run_that_has_no_time_left_keeps_what_it_has_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "longest", lambda _, **__: 4.0)
    began = time.monotonic()

    judged = _judged(tmp_path, late(0.3), "--timeout=1", "--connections=1", "--patience=60")

    assert time.monotonic() - began < 40
    assert judged.status == ExitStatus.NOT_FULLY_VERIFIED
    assert judged.results["verdict"] == "not-fully-verified"
    found = {item["verdict"] for item in judged.results["requirements"] if item["findings"]}
    assert Verdict.HELD in found
    assert not found & {Verdict.VIOLATED, Verdict.UNSTABLE, Verdict.WARNED}
    cut = [item for item in judged.results["requirements"] if "as its plan allows" in item["reason"]]
    assert cut
    assert {item["verdict"] for item in cut} == {Verdict.NOT_JUDGED}


def test_a_recording_of_a_run_without_time_is_judged_again_to_the_same_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Settings, "longest", lambda _, **__: 4.0)
    judged = _judged(tmp_path, late(0.2), "--timeout=1", "--patience=60", "--record")

    command(["rejudge", str(tmp_path)])

    assert judged.status == ExitStatus.NOT_FULLY_VERIFIED
    assert "the same results from" in capsys.readouterr().out


def test_a_target_that_needs_most_of_the_timeout_is_not_condemned(tmp_path: Path) -> None:
    judged = _judged(tmp_path, late(0.8), "--timeout=1", "--patience=10")

    wrong = {Verdict.VIOLATED, Verdict.WARNED}
    assert [item["reason"] for item in judged.results["requirements"] if item["verdict"] in wrong] == []
