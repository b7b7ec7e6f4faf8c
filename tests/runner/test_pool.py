"""Checks in parallel have the same requests, verdicts and findings as in sequence."""

import re
import signal
import socket
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from conformance import reference, results
from conformance.client import Exchange, HttpClient, Reply, Request, Target
from conformance.client.slots import Slots
from conformance.expect import Expectation, NotJudged, Violation
from conformance.ingestion.burst import FIRST_OF_PAIRS, FIRST_PRODUCT
from conformance.requirements import response
from conformance.runner.check import Check, run_check
from conformance.runner.pool import Pool
from tests.support.cli_process import interruptible
from tests.support.raw_servers import NULL, RawServer
from tests.support.request_log import Asked, Recording
from tests.support.runs import judge, run

EXCHANGE = Exchange(Request("POST", "http://x/beacon"), Reply(500, "", (), b""), 0.0, 0.0)


def _recorded(directory: Path, *told: str) -> tuple[list[Asked], results.Results]:
    with reference.Server(Recording, delay=0) as server:
        judged = judge(server, directory, (), *told)
        assert isinstance(server.rules, Recording)
        asked = server.rules.asked

    assert judged.status == 0, judged.output
    return asked, judged.results


def _said(found: results.Results) -> list[tuple[str, str, list[tuple[str, str]]]]:
    return [
        (item["id"], item["verdict"], [(one["check"], one["outcome"]) for one in item["findings"]])
        for item in found["requirements"]
    ]


def test_two_runs_send_the_same_requests_in_the_same_order(tmp_path: Path) -> None:
    first, said = _recorded(tmp_path / "1", "--connections=1", "--effort=quick")
    second, said_again = _recorded(tmp_path / "2", "--connections=1", "--effort=quick")

    assert [(one, other) for one, other in zip(first, second, strict=True) if one != other] == []
    assert _said(said) == _said(said_again)


def test_checks_in_parallel_have_the_same_requests_and_findings_as_in_sequence(tmp_path: Path) -> None:
    in_turn, said = _recorded(tmp_path / "1", "--connections=1", "--effort=quick")
    at_once, said_at_once = _recorded(tmp_path / "8", "--connections=8", "--effort=quick")

    only = [
        [
            asked
            for asked in (Counter(one) - Counter(other)).elements()
            if not _is_sentinel(asked) and not _is_of_a_pair(asked)
        ]
        for one, other in ((at_once, in_turn), (in_turn, at_once))
    ]
    assert only == [[], []]
    assert _said(said_at_once) == _said(said)


def _is_sentinel(asked: Asked) -> bool:
    """Whether a request announces a reading: how many of those show everything depends on when they are made."""
    return re.findall(rb'"event_type": "(\w+)"', asked[3]) == [b"product_view", b"collection_view", b"search"]


def _is_of_a_pair(asked: Asked) -> bool:
    """Whether a request is one of two that are sent at the same time, which needs two connections."""
    return str(FIRST_PRODUCT + FIRST_OF_PAIRS)[:8].encode() in asked[3]


class OneAtATime(RawServer):
    """Serves a connection to its end before the next one."""

    turn = threading.Lock()

    def _serve(self, plain: socket.socket) -> None:
        with self.turn:
            super()._serve(plain)


def test_a_target_that_serves_only_one_connection_gets_only_one(tmp_path: Path) -> None:
    with OneAtATime(NULL) as server:
        told = (f"--target={server.url}", "--token=a-token-of-store-a", f"--report-dir={tmp_path}")
        status, output = run(*told, f"--requirement={response.CREATED.id}")

    by_id = {item["id"]: item for item in results.read(tmp_path / "results.json")["requirements"]}
    assert by_id[response.CREATED.id]["verdict"] == "held", output
    assert status == 6
    assert "serve several connections at the same time" in output


def test_late_checks_begin_when_all_others_have_ended() -> None:
    target = Target("http://127.0.0.1:1", "token", "", HttpClient(1))
    order: list[str] = []

    def check(name: str) -> Check:
        def function(**_: object) -> None:
            order.append(name)
            time.sleep(0.02)
            order.append(f"{name} ended")
            raise NotJudged("nothing to look at")

        return Check(name, function, {name: name}, response.CREATED)

    checks = [check(name) for name in ("last_batch", "burst", "target", "factory", "submissions")]
    pool = Pool(target, 2)
    pool.submit(checks)
    for one in checks:
        pool.outcome_of(one)
    pool.close()

    assert order[-4:] == ["burst", "burst ended", "last_batch", "last_batch ended"]
    assert {name.removesuffix(" ended") for name in order[:-4]} == {"target", "factory", "submissions"}


def test_an_outcome_is_handed_out_once() -> None:
    def check() -> None:
        raise NotJudged("nothing to look at")

    once = Check("once", check, {}, response.CREATED)
    pool = Pool(Target("http://127.0.0.1:1", "token", "", HttpClient(1)), 1)
    pool.submit([once])
    outcomes = [pool.outcome_of(once), pool.outcome_of(once)]
    pool.close()

    assert [one and one.reason for one in outcomes] == ["nothing to look at", None]


def test_an_interruption_on_another_thread_does_not_wait_for_an_answer() -> None:
    ended, answered = list[bool](), threading.Event()

    def check() -> None:
        ended.append(answered.wait(20))

    slow = Check("slow", check, {}, response.CREATED)
    pool = Pool(Target("http://127.0.0.1:1", "token", "", HttpClient(1)), 1)
    pool.submit([slow])
    later = threading.Timer(0.2, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGINT))
    with interruptible():
        later.start()
        with pytest.raises(KeyboardInterrupt):
            pool.outcome_of(slow)
    assert ended == []
    answered.set()
    pool.close()


def test_a_thread_that_has_its_check_called_again_gives_its_slot_to_what_that_waits_for() -> None:
    target = Target("http://127.0.0.1:1", "token", "", HttpClient(1))
    slots, came = Slots(1), threading.Event()
    calls, waited = list[int](), list[bool]()

    def check() -> None:
        calls.append(len(calls))
        if len(calls) == 1:
            raise Violation(Expectation(EXCHANGE, "the event is stored", "it was not stored"))
        if len(calls) > 2:  # no longer alone: on two connections at the same time
            waited.append(came.wait(10))
        raise NotJudged("nothing to look at")

    def other() -> None:
        with slots.taken():
            came.set()

    with slots.taken():
        thread = threading.Thread(target=other)
        thread.start()
        run_check(Check("check", check, {}, response.CREATED), target, 2)
    thread.join()

    assert waited == [True, True]
