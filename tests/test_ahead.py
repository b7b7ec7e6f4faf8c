"""Several checks at a time: the same requests, verdicts and findings as one after the other."""

import gzip
import json
import re
import socket
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from judging import judge, run
from starlette.requests import Request
from starlette.responses import Response
from wires import NULL, RawServer

from conformance import reference, results
from conformance.plugin import Once
from conformance.requirements import response

IDENTIFIERS = re.compile(
    rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # an event's
    rb"|\b[0-9A-HJKMNP-TV-Z]{26}\b"  # an event's, as a ULID
    rb"|conformance-[0-9a-f]{8}[-a-z0-9]*"  # the run's mark
    rb"|20\d\d-\d\d-\d\d[T ][0-9:.]+"  # now
    rb"|\w{3}, \d\d \w{3} 20\d\d [0-9:]+"  # and in another form
)
DIFFERENT = {b"content-length", b"host", b"x-schemathesis-testcaseid"}
"""Header lines that differ between any two runs."""
SHORT = 20
Asked = tuple[str, bytes, tuple[tuple[bytes, bytes], ...], bytes]


def _told(body: bytes) -> bytes:
    if body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)
    try:
        json.loads(body)
    except ValueError:
        body = body[:SHORT]  # where a body ends that was cut depends on how long its identifiers are
    return IDENTIFIERS.sub(b"", body)


class Recording(reference.Rules):
    """Keeps what it is asked, identifiers aside."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.asked: list[Asked] = []

    def receive(self, request: Request, body: bytes | None) -> Response:
        lines = tuple(line for line in request.headers.raw if line[0] not in DIFFERENT)
        query: bytes = request.scope["query_string"]
        self.asked.append((request.method, query, lines, _told(body or b"")))
        return super().receive(request, body)


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


def test_checks_at_the_same_time_send_and_say_what_they_do_one_after_the_other(tmp_path: Path) -> None:
    in_turn, said = _recorded(tmp_path / "1", "--connections=1")
    at_once, said_at_once = _recorded(tmp_path / "8", "--connections=8")

    only = [
        sorted((Counter(one) - Counter(other)).elements())
        for one, other in ((at_once, in_turn), (in_turn, at_once))
    ]
    assert only == [[], []]
    assert _said(said_at_once) == _said(said)


class OneAtATime(RawServer):
    """Serves a connection to its end before the next one."""

    turn = threading.Lock()

    def _serve(self, plain: socket.socket) -> None:
        with self.turn:
            super()._serve(plain)


def test_a_target_that_serves_one_connection_at_a_time_is_asked_on_one(tmp_path: Path) -> None:
    with OneAtATime(NULL) as server:
        told = (f"--target={server.url}", "--token=a-token-of-store-a", f"--report-dir={tmp_path}")
        status, output = run(*told, f"--requirement={response.CREATED.id}")

    by_id = {item["id"]: item for item in results.read(tmp_path / "results.json")["requirements"]}
    assert by_id[response.CREATED.id]["verdict"] == "held", output
    assert status == 6
    assert "serve several connections at a time" in output


def test_what_checks_share_is_made_once_and_what_it_raises_is_raised_to_each() -> None:
    once, made = Once(), list[int]()

    def make(value: int) -> int:
        made.append(value)
        return value

    def fail() -> None:
        raise ValueError("no")

    assert [once.make(make, 1), once.make(make, 2)] == [1, 1]
    assert made == [1]
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            once.make(fail)
