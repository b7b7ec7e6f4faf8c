"""Read-backs, files and strangers at a sink: bounded in time and memory, and what a stranger sends changes nothing."""

import gzip
import http.client
import json
import os
import resource
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance import reference
from conformance.expect import NotJudged
from conformance.ingestion.observers import Observer, ReadBackError, connect
from conformance.ingestion.observers.bodies import MOST_EVENTS, parse
from conformance.ingestion.observers.http import next_link
from conformance.ingestion.observers.sink import SinkObserver
from conformance.ingestion.observers.webhook_server import LONGEST, MOST_CONNECTIONS
from conformance.ingestion.stored_event import in_utc
from tests.support.pipelines import free_port
from tests.support.runs import options_for, run

pytestmark = pytest.mark.hostile

MARK = "conformance-1a2b3c4d-"
OWN = {"event_id": "own", "session_id": f"{MARK}1", "product_id": 1}

LINKS = {
    "parameters": "<a>" + ";a=b" * 20_000,
    "parameters-without-values": "<a>" + ";a" * 30_000,
    "spaces": "<a>" + " ;" * 30_000,
    "only-spaces": "<a>" + " " * 60_000,
    "open-quotation": "<a>" + ';a="' + "\\" * 60_000,
    "open-quotations": '<a>;a="' * 9000,
    "quotations": "<a>" + ';a=""' * 12_000 + "!",
    "targets": "<" * 60_000,
    "empty-targets": "<>" * 30_000,
    "equals": "<a>;a" + "=" * 60_000,
    "commas": "<a>," * 15_000,
    "names": "<a>;" + "a" * 60_000 + "!",
    "escapes": '<a>;a="' + '\\"' * 30_000,
}


@pytest.mark.parametrize("line", LINKS.values(), ids=LINKS.keys())
def test_a_link_header_takes_no_longer_than_it_is_long(line: str) -> None:
    began = time.process_time()

    next_link([line, line + '<b>; rel="next"'])

    assert time.process_time() - began < 2


def test_a_long_body_costs_little_memory_and_shows_the_events_of_the_run() -> None:
    program = textwrap.dedent(f"""
        import json, resource, sys
        from conformance.ingestion.observers.bodies import parse
        other = {{"event_id": "01HZY", "session_id": "s", "contextual_data": {{"a": "b" * 60}}, "product_id": 7}}
        one = json.dumps(other)
        body = ("[" + ",".join([one] * ((31 << 20) // (len(one) + 1))) + "," + json.dumps({OWN!r}) + "]").encode()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        events = parse(body, mark={MARK!r}).events
        assert {OWN!r} in events, len(body)
        print(len(events), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    """)
    ran = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=200
    )

    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout.split()[1]) < 260, "megabytes, with the body itself three times"


def test_more_events_than_a_run_needs_are_refused_with_advice() -> None:
    body = b"[" + b",".join([b'{"event_id":"1"}'] * (MOST_EVENTS + 1)) + b"]"

    with pytest.raises(ReadBackError, match="only events after since"):
        parse(body, mark=MARK)


VALUES = {
    "deep": "[" * 100_000 + "]" * 100_000,
    "deep-object": '{"a":' * 50_000 + "1" + "}" * 50_000,
    "digits": "9" * 100_000,
    "negative-digits": "-" + "9" * 5000,
    "exponent": "1e999999",
    "surrogate": '"\\ud800"',
    "long-text": '"' + "a" * 1_000_000 + '"',
}


@pytest.mark.parametrize("size", [1, 40_000], ids=["short", "long"])
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_one_value_that_cannot_be_read_hides_no_other_event(value: str, size: int) -> None:
    other = json.dumps({"event_id": "other", "filler": "x" * 100})
    odd = f'{{"event_id": "odd", "contextual_data": {value}}}'
    body = f"[{','.join([other] * size)},{odd},{json.dumps(OWN)}]".encode()

    assert OWN in parse(body, mark=MARK).events
    assert OWN in parse(f'{{"events": {body.decode()}, "next": null}}'.encode(), mark=MARK).events


TIMES = [
    1e18,
    -1e18,
    10**30,
    -(10**11),
    float("1e308"),
    "9" * 400,
    "99999-01-01",
    "Mon, 99 Foo 2026",
    "1 Jan 99999999999999 0:0:0 +9999999999",
]


@pytest.mark.parametrize("stored", TIMES, ids=lambda one: str(one)[:20])
def test_a_stored_time_beyond_every_calendar_is_judged_or_left_out(stored: object) -> None:
    with suppress(NotJudged):
        assert in_utc(stored) is None or isinstance(in_utc(stored), datetime)


@contextmanager
def _sink(*stores: str) -> Iterator[SinkObserver]:
    address = f"sink://127.0.0.1:{free_port()}/events"
    observer: Observer = connect(address, datetime.now(UTC), 5, stores=stores, mark=MARK)
    assert isinstance(observer, SinkObserver)
    try:
        yield observer
    finally:
        observer.close()


def _post(sink: SinkObserver, path: str, body: bytes, **headers: str) -> int:
    with closing(http.client.HTTPConnection(sink.url.split("/")[2], timeout=20)) as connection:
        try:
            connection.request(
                "POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()}
            )
            return connection.getresponse().status
        except OSError:
            return 0


STRAY = {"event_id": "stray", "session_id": "of a stranger"}
STRANGERS: dict[str, tuple[str, bytes]] = {
    "no-token": ("/events", json.dumps(STRAY).encode()),
    "no-token-of-another-run": (
        "/events",
        json.dumps({**STRAY, "session_id": "conformance-ffffffff-1"}).encode(),
    ),
    "unknown-token": ("/events/of-nobody", json.dumps(STRAY).encode()),
    "part-of-a-token": ("/events/store", json.dumps(STRAY).encode()),
    "longer-token": ("/events/store-a-token-x", json.dumps(STRAY).encode()),
    "another-path": ("/other/store-a-token", json.dumps(STRAY).encode()),
    "no-json": ("/events", b"<html>"),
    "deep": ("/events", b"[" * 1_000_000),
    "large": ("/events", b"x" * (LONGEST + 1)),
    "gzip-bomb": ("/events", gzip.compress(b"0" * (60 << 20))),
    "nested-gzip": ("/events", gzip.compress(gzip.compress(b"0" * (60 << 20)))),
    "surrogate-token": ("/events/%ff%fe", json.dumps(STRAY).encode()),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_what_a_stranger_posts_changes_nothing(name: str) -> None:
    path, body = STRANGERS[name]
    headers = {"Content_Encoding": "gzip"} if "gzip" in name else {}
    with _sink("store-a-token", "store-b-token") as sink:
        _post(sink, path, body, **headers)
        assert _post(sink, "/events/store-a-token", json.dumps(OWN).encode()) == 204
        _post(sink, path, body, **headers)

        assert sink.read("store-a-token") == [OWN]
        with pytest.raises(ReadBackError):
            sink.read("store-b-token")


def test_strangers_who_hold_connections_leave_room_for_deliveries_after_them() -> None:
    with _sink("store-a-token") as sink:
        address = sink.url.split("/")[2].split(":")
        held = [socket.create_connection((address[0], int(address[1]))) for _ in range(3 * MOST_CONNECTIONS)]
        for one in held:
            one.sendall(b"POST /ev")
        time.sleep(0.3)
        assert threading.active_count() < 2 * MOST_CONNECTIONS + 20
        for one in held:
            one.close()
        time.sleep(0.3)

        assert _post(sink, "/events/store-a-token", json.dumps(OWN).encode()) == 204
        assert sink.read("store-a-token") == [OWN]


def test_deliveries_of_strangers_hold_no_memory() -> None:
    bomb = gzip.compress(b'{"event_id": "1", "a": "' + b"x" * (3 << 20) + b'"}')
    with _sink("store-a-token", "store-b-token") as sink:
        for number in range(30):
            _post(sink, f"/events/of-nobody-{number}", bomb, Content_Encoding="gzip")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for number in range(60):
            _post(sink, f"/events/of-nobody-{number}", bomb, Content_Encoding="gzip")

        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 60_000  # kilobytes


@pytest.mark.parametrize("kind", ["pipe", "folder", "dangling", "loop", "device", "socket"])
def test_a_path_that_is_no_file_is_named_in_one_line(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "events"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "dangling":
            path.symlink_to(tmp_path / "missing")
        case "loop":
            path.symlink_to(path)
        case "device":
            path.symlink_to("/dev/zero")
        case _:
            with closing(socket.socket(socket.AF_UNIX)) as listening:
                listening.bind(str(path))
    began = time.monotonic()
    with reference.Server(delay=0.005) as server:
        options = [one for one in options_for(server) if not one.startswith("--observer")]
        status, output = run(
            *options,
            f"--observer=file://{path}",
            f"--report-dir={tmp_path / 'out'}",
            "--patience=1",
            "--requirement=batch.ingests-all",
        )

    assert status == 5, output
    assert "Traceback" not in output
    assert time.monotonic() - began < 60
