import contextlib
import gzip
import http.client
import json
import queue
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance import reference
from conformance.ingestion.observers import ReadBackError, check_observer, connect
from conformance.ingestion.observers.sink import SinkObserver
from conformance.settings import ConfigurationError, Settings
from tests.support.pipelines import Event, expect_held, expect_one_reason, free_port
from tests.support.runs import options_for, run

A, B = "shop/a+token", "shop-b-token"
ONE, TWO = {"event_id": "1"}, {"event_id": "2", "contextual_data": {"conformance": "m"}}


@contextlib.contextmanager
def _sink(*stores: str, path: str = "/events") -> Iterator[SinkObserver]:
    observer = connect(f"sink://127.0.0.1:{free_port()}{path}", datetime.now(UTC), 5, stores=stores)
    assert isinstance(observer, SinkObserver)
    yield observer
    observer.close()


def _post(sink: SinkObserver, path: str, body: bytes | list[bytes], **headers: str) -> int:
    host = sink.url.split("/")[2]
    connection = http.client.HTTPConnection(host, timeout=5)
    with contextlib.closing(connection):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        chunked = isinstance(body, list)
        connection.request("POST", path, body, named, encode_chunked=chunked)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def _json(shown: Any) -> bytes:
    return json.dumps(shown).encode()


BODIES = {
    "one": (_json(ONE), [ONE]),
    "array": (_json([ONE, TWO]), [ONE, TWO]),
    "object": (_json({"events": [ONE, TWO]}), [ONE, TWO]),
    "ndjson": (_json(ONE) + b"\n\n" + _json(TWO) + b"\n", [ONE, TWO]),
    "without-an-id": (_json({"contextual_data": {}}), [{"contextual_data": {}}]),
}


@pytest.mark.parametrize(("body", "events"), BODIES.values(), ids=BODIES.keys())
def test_every_form_of_a_delivery_is_read_alike(body: bytes, events: list[Event]) -> None:
    with _sink(A) as sink:
        assert _post(sink, "/events", body) == 204
        assert sink.read(A) == events


@pytest.mark.parametrize(
    "path", ["/events/shop%2Fa%2Btoken", "/events/pipeline/shop%2Fa%2Btoken/", "//events"]
)
def test_the_last_segment_names_the_store_and_so_does_the_header(path: str) -> None:
    headers = {} if "token" in path else {"X_Storefront_Access_Token": A}
    with _sink(A, B) as sink:
        assert _post(sink, path, _json(ONE), **headers) == 204
        assert _post(sink, f"/events/{B}", _json(TWO), X_Storefront_Access_Token=A) == 204
        assert (sink.read(A), sink.read(B)) == ([ONE], [TWO])


def test_a_sink_without_a_path_takes_the_token_alone() -> None:
    with _sink(A, B, path="") as sink:
        _post(sink, f"/{B}", _json(ONE))
        assert sink.read(B) == [ONE]


def test_a_delivery_that_names_no_store_is_the_only_store_s_and_nobody_s_of_two() -> None:
    with _sink(A, B) as sink:
        _post(sink, f"/events/{B}", _json(TWO))
        with pytest.raises(ReadBackError, match="no event names this token as its store, of 1 in all"):
            sink.read(A)
        _post(sink, "/events", _json(ONE))
        for token in (A, B):
            with pytest.raises(ReadBackError, match="name no store, and the run knows two"):
                sink.read(token)


def test_what_is_delivered_again_is_kept_once() -> None:
    with _sink(A) as sink:
        for body in (_json([ONE, TWO]), _json(TWO), _json({**TWO, "more": 1})):
            _post(sink, f"/events/{A.replace('/', '%2F')}", body)
        assert sink.read(A) == [ONE, TWO, {**TWO, "more": 1}]


def test_chunked_and_zipped_deliveries_are_read_and_a_connection_serves_many() -> None:
    with _sink(A) as sink:
        zipped = gzip.compress(_json(TWO))
        assert _post(sink, "/events", [b'{"event_', b'id": "1"}'], Transfer_Encoding="chunked") == 204
        assert _post(sink, "/events", zipped, Content_Encoding="gzip") == 204
        assert sink.read(A) == [ONE, TWO]
        connection = http.client.HTTPConnection(sink.url.split("/")[2], timeout=5)
        with contextlib.closing(connection):
            for index in range(3):
                connection.request("POST", "/events", _json({"event_id": f"kept-alive-{index}"}))
                assert connection.getresponse().read() == b""
        assert len(sink.read(A)) == 5


REFUSED = {
    "no-json": ("/events", b"event_id=1", 400, "its body is not JSON"),
    "no-objects": ("/events", b"[1]", 400, "neither an array of objects"),
    "elsewhere": ("/eventsss", b"{}", 404, "its path is not the path of the sink"),
}


@pytest.mark.parametrize(("path", "body", "status", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_a_delivery_that_cannot_be_read_is_refused_and_said(
    path: str, body: bytes, status: int, why: str
) -> None:
    with _sink(A) as sink:
        assert _post(sink, path, body) == status
        with pytest.raises(ReadBackError, match=r"all deliveries to the sink \(1\) were refused") as caught:
            sink.read(A)
    assert why in str(caught.value)


BROKEN = {
    "no-gzip": b"POST /events HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    "no-length": b"POST /events HTTP/1.1\r\n\r\n{}",
    "no-number": b"POST /events HTTP/1.1\r\nContent-Length: some\r\n\r\n{}",
    "cut-in-the-head": b"POST /events HTTP/1.1\r\nContent-Le",
    "too-long": b"POST /events HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n{}",
    "no-chunk": b"POST /events HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "no-post": b"GET /events HTTP/1.1\r\n\r\n",
    "no-http": b"\x16\x03\x01\r\n\r\n",
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_delivery_breaks_nothing(sent: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with _sink(A) as sink:
        host, port = sink.url.split("/")[2].split(":")
        with socket.create_connection((host, int(port)), timeout=5) as client:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
            assert b" 2" not in client.recv(1 << 16)[:12]
        with socket.create_connection((host, int(port)), timeout=5) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            client.sendall(b"POST /events HTTP/1.1\r\nContent-Length: 9\r\n\r\n{")
        assert _post(sink, "/events", _json(ONE)) == 204
        assert sink.read(A) == [ONE]
    assert capfd.readouterr().err == ""


def test_a_closed_sink_hangs_up_and_frees_its_port() -> None:
    with _sink(A) as sink:
        host, port = sink.url.split("/")[2].split(":")
        idle = socket.create_connection((host, int(port)), timeout=5)
        idle.sendall(b"POST /events HTTP/1.1\r\nContent-Length: 9\r\n\r\n[]")
    with idle, contextlib.suppress(ConnectionResetError):
        assert idle.recv(100) == b""
    with socket.create_server((host, int(port))):
        assert not [thread for thread in threading.enumerate() if thread.name == "sink"]


def test_nothing_delivered_is_said() -> None:
    with _sink(A) as sink, pytest.raises(ReadBackError, match="no event has been delivered to the sink"):
        sink.read(A)


@pytest.mark.parametrize(
    "spec",
    [
        "sink://127.0.0.1/events",
        "sink://127.0.0.1:0/events",
        "sink://127.0.0.1:70000/",
        "sink:/events",
        "sink://u:p@h:1/",
        "sink://h:1/?a=b",
    ],
)
def test_a_sink_without_an_address_of_its_own_is_a_usage_error(spec: str) -> None:
    with pytest.raises(ConfigurationError, match=r"--observer: .*write sink://127\.0\.0\.1:9000/events"):
        check_observer(Settings("https://h.example", "t", observer=spec))


def test_a_sink_is_judged_by_and_a_delivery_may_come_twice(tmp_path: Path) -> None:
    port = free_port()
    waiting: queue.SimpleQueue[tuple[str, list[Event]] | None] = queue.SimpleQueue()

    def pipeline() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.closing(connection):
            while (due := waiting.get()) is not None:
                for _ in range(2):
                    headers = {"X-Storefront-Access-Token": due[0]}
                    connection.request("POST", "/events", _json(due[1]), headers)
                    connection.getresponse().read()

    thread = threading.Thread(target=pipeline)
    thread.start()
    try:
        judged = expect_held(
            lambda token, events: waiting.put((token, events)), f"sink://127.0.0.1:{port}/events", tmp_path
        )
    finally:
        waiting.put(None)
        thread.join()
    assert judged.results["target"]["observer"] == f"sink, listening at 127.0.0.1:{port}"


def test_a_sink_that_gets_nothing_judges_nothing(tmp_path: Path) -> None:
    expect_one_reason(
        f"sink://127.0.0.1:{free_port()}/events", tmp_path, "no event has been delivered to the sink"
    )


@pytest.mark.parametrize("how", ["taken", "processes"])
def test_a_sink_that_cannot_listen_is_a_usage_error_and_sends_nothing(how: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, reference.Server() as server:
        port = taken.getsockname()[1] if how == "taken" else free_port()
        more = ["-n", "2"] if how == "processes" else []
        spec = f"--observer=sink://127.0.0.1:{port}/events"
        status, output = run(*options_for(server), spec, f"--report-dir={tmp_path / 'out'}", *more)
        stored = server.database.events("a")

    assert status == 4
    assert {"taken": "give another HOST:PORT", "processes": "leave out -n"}[how] in output
    assert output.count("\n") == 1
    assert (stored, list(tmp_path.glob("out/*"))) == ([], [])
