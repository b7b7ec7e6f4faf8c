import importlib
import inspect
import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from conformance.client import GIVES_UP_AFTER
from conformance.ingestion import observers
from conformance.ingestion.observers import Observer, ReadBackError, connect, http
from conformance.settings import OBSERVERS
from tests.support.raw_servers import RawServer, hangs, hangs_up, head_of

SECRET = "sEcret/one+two=&%ü"  # noqa: S105 - made up
KEY = "kEy-of-the-reader"
SINCE = datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC)
QUERY = f"token={{token}}&since={{since}}&session_id={{session_id}}&key={KEY}"
EVENTS = [{"event_id": "1"}, {"event_id": "2", "contextual_data": {"a": [None]}}]


def _answer(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def _closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return f"http://127.0.0.1:{closed.getsockname()[1]}"


@pytest.fixture
def observing() -> Iterator[Callable[..., Observer]]:
    opened: list[Observer] = []

    def observe(address: str, timeout: float = 30) -> Observer:
        opened.append(connect(address, SINCE, timeout))
        return opened[-1]

    yield observe
    for observer in opened:
        observer.close()


Observing = Callable[..., Observer]


def test_placeholders_are_filled_and_percent_encoded(observing: Observing) -> None:
    with RawServer(_answer(b"[]")) as server:
        observing(f"{server.url}/of/{{token}}/events?{QUERY}").read(SECRET, "conformance-1 &?#")

    line = head_of(server.received[0])[0].decode()
    method, target, _ = line.split(" ")
    parts = urlsplit(target)
    encoded = "sEcret%2Fone%2Btwo%3D%26%25%C3%BC"
    assert (method, parts.path) == ("GET", f"/of/{encoded}/events")
    assert parts.query.startswith(f"token={encoded}&since=2026-01-02T03%3A04%3A05.678Z&")
    assert dict(parse_qsl(parts.query)) == {
        "token": SECRET,
        "since": "2026-01-02T03:04:05.678Z",
        "session_id": "conformance-1 &?#",
        "key": KEY,
    }


def test_without_a_session_its_placeholder_is_empty(observing: Observing) -> None:
    with RawServer(_answer(b"[]")) as server:
        observing(f"{server.url}/?{QUERY}").read("t")

    assert b"&session_id=&" in head_of(server.received[0])[0]


def test_what_the_address_says_beside_placeholders_goes_out_as_it_stands(observing: Observing) -> None:
    with RawServer(_answer(b"[]")) as server:
        observing(f"http://reader:p%40ss@{server.host}/a%2Fb?c=%7B%7d&d=e+f").read("t")

    lines = head_of(server.received[0])
    assert lines[0] == b"GET /a%2Fb?c=%7B%7d&d=e+f HTTP/1.1"
    assert any(line.startswith(b"Accept: application/json") for line in lines)
    assert b"Authorization: Basic cmVhZGVyOnBAc3M=" in lines


@pytest.mark.parametrize(
    "shown", [EVENTS, {"events": EVENTS}, {"events": EVENTS, "next": None}], ids=["array", "object", "more"]
)
def test_an_array_and_an_object_with_events_are_read_alike(observing: Observing, shown: Any) -> None:
    with RawServer(_answer(json.dumps(shown).encode())) as server:
        assert observing(server.url).read(SECRET) == EVENTS


def test_a_store_without_events_is_read_too(observing: Observing) -> None:
    with RawServer(_answer(b"[]"), _answer(b'{"events": []}')) as server:
        observer = observing(server.url)
        assert [observer.read(SECRET), observer.read(SECRET)] == [[], []]


def _echo(status: bytes) -> bytes:
    """Answer as servers do that repeat what they were asked."""
    return _answer(f"{SECRET} {KEY}".encode(), status + b" " + KEY.encode())


UNREADABLE: dict[str, tuple[str, bytes | Callable[[RawServer, socket.socket], None]]] = {
    "not-found": ("status 404 instead of 200", _echo(b"404")),
    "refused": ("status 401 instead of 200", _echo(b"401")),
    "created": ("status 201 instead of 200", _answer(b"[]", b"201 Created")),
    "redirect": ("status 302 instead of 200", _answer(b"[]", b"302 Found\r\nLocation: /?" + KEY.encode())),
    "prose": ("its body is not JSON", _echo(b"200")),
    "empty": ("its body is not JSON", _answer(b"")),
    "invalid-utf-8": ("its body is not JSON", _answer(b'["\xff"]')),
    "deep": ("its body is not JSON", _answer(b"[" * 100_000)),
    "numbers": ('neither an array of objects nor {"events": [...]}', _answer(b"[1, 2]")),
    "a-number": ('neither an array of objects nor {"events": [...]}', _answer(b"7")),
    "null": ('neither an array of objects nor {"events": [...]}', _answer(b"null")),
    "no-events": ('neither an array of objects nor {"events": [...]}', _answer(b'{"items": []}')),
    "events-null": ('neither an array of objects nor {"events": [...]}', _answer(b'{"events": null}')),
    "hangs": ("no reply (timeout)", hangs),
    "hangs-up": ("no reply (closed)", hangs_up),
    "garbled": ("no reply (garbled)", b"SSH-2.0-" + KEY.encode() + b"\r\n\r\n"),
}


@pytest.mark.parametrize(("text", "how"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_failed_reading_says_why_without_a_secret(
    observing: Observing, text: str, how: bytes | Callable[[RawServer, socket.socket], None]
) -> None:
    with RawServer(how) as server, pytest.raises(ReadBackError) as caught:
        observing(f"{server.url}/?{QUERY}", 0.2 if how is hangs else 30).read(SECRET)

    assert text in str(caught.value)
    assert not any(secret in str(caught.value) for secret in (SECRET, "sEcret", KEY))


def test_an_observer_that_nobody_runs_is_unreadable(observing: Observing) -> None:
    with pytest.raises(ReadBackError, match=r"no reply \(unreachable\)"):
        observing(_closed_port()).read(SECRET)


def test_a_reading_beyond_the_limit_is_unreadable_and_says_what_would_shorten_it(
    observing: Observing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LONGEST", 100)

    with RawServer(_answer(b"[" + b" " * 98 + b"]"), _answer(b"[" + b" " * 99 + b"]")) as server:
        observer = observing(server.url)
        assert observer.read(SECRET) == []
        with pytest.raises(ReadBackError, match="more than 100 bytes; let it return only events after since"):
            observer.read(SECRET)


def test_an_observer_that_was_down_for_a_while_is_read_again(observing: Observing) -> None:
    down = GIVES_UP_AFTER + 1

    with RawServer(*[hangs_up] * down, _answer(b"[]")) as server:
        observer = observing(server.url)
        for _ in range(down):
            with pytest.raises(ReadBackError):
                observer.read(SECRET)

        assert observer.read(SECRET) == []


def test_an_observer_does_not_show_its_address() -> None:
    assert KEY not in repr(connect(f"https://logs.example/?{QUERY}", SINCE, 1))


@pytest.mark.parametrize("module", sorted(set(OBSERVERS.values())))
def test_every_kind_of_observer_is_one_module_that_checks_its_addresses_and_connects(module: str) -> None:
    kind = importlib.import_module(f"{observers.__name__}.{module}")

    assert inspect.signature(kind.check_address) == inspect.signature(http.check_address)
    assert inspect.signature(kind.connect) == inspect.signature(http.connect)
