"""No exchange takes longer than ``--timeout``, whatever phase of it never ends."""

import socket
import ssl
import threading
from collections.abc import Iterator

import pytest

from conformance.client import HttpClient, NoReply, Request, deadline
from conformance.doctor.network import network
from tests.support.hostile_answers import PHASES, trickles
from tests.support.raw_servers import RawServer

pytestmark = pytest.mark.hostile

TIMEOUT = 0.25
MOST = TIMEOUT + 1.5
"""Seconds, with what a busy machine adds."""


@pytest.fixture
def http_client() -> Iterator[HttpClient]:
    http_client = HttpClient(TIMEOUT)
    yield http_client
    http_client.close()


@pytest.mark.parametrize("phase", PHASES)
def test_a_phase_that_never_ends_ends_with_the_timeout(http_client: HttpClient, phase: str) -> None:
    with RawServer(trickles(*PHASES[phase])) as server:
        exchange = http_client.send(Request("POST", server.url, (), b"{}"))

    assert exchange.elapsed < MOST
    assert isinstance(exchange.outcome, NoReply)
    assert exchange.outcome.kind in {"timeout", "garbled"}


class ReadsSlowly(RawServer):
    """Reads a request a little at a time, for ever."""

    def _request(self, connection: socket.socket) -> bytes:
        while not self.closing.wait(0.02) and connection.recv(1 << 17):
            pass
        return b""


class NeverSecured(RawServer):
    """Begins TLS, and never gets to its end."""

    def _request(self, connection: socket.socket) -> bytes:
        trickles(b"\x16\x03\x03\x40\x00", b"\x02")(self, connection)
        return b""


def test_a_server_that_reads_slowly_does_not_hold_a_request(http_client: HttpClient) -> None:
    with ReadsSlowly() as server:
        exchange = http_client.send(Request("POST", server.url, (), bytes(32 << 20)))

    assert exchange.elapsed < MOST
    assert isinstance(exchange.outcome, NoReply)
    assert exchange.outcome.kind == "timeout"


def test_a_server_that_never_ends_its_tls_does_not_hold_a_request(http_client: HttpClient) -> None:
    with NeverSecured() as server:
        exchange = http_client.send(Request("POST", f"https://{server.host}", (), b"{}"))

    assert exchange.elapsed < MOST
    assert isinstance(exchange.outcome, NoReply)


def test_a_resolver_that_never_answers_does_not_hold_a_request(
    http_client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        never.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)

    exchange = http_client.send(Request("POST", "http://shop.example", (), b"{}"))
    name = next(iter(network("http://shop.example", ssl.create_default_context, 0.2)))
    never.set()

    assert exchange.elapsed < MOST
    assert isinstance(exchange.outcome, NoReply)
    assert exchange.outcome.kind == "unreachable"
    assert name.observed == "the name shop.example has no address (no answer in time)"


def test_the_addresses_of_a_host_share_the_timeout(
    http_client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = ["192.0.2.1", "192.0.2.2", "192.0.2.3"]  # reserved for documentation (RFC 5737)
    monkeypatch.setattr(deadline, "addresses_of", lambda *_: nobody)

    exchange = http_client.send(Request("POST", "http://shop.example", (), b"{}"))

    assert exchange.elapsed < MOST
    assert isinstance(exchange.outcome, NoReply)
    assert exchange.outcome.kind == "unreachable"
