"""Several requests on one connection, and each on a connection of its own."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.client import Exchange, HttpClient, NoReply, Request, RequestBudget, Target
from tests.support.raw_servers import NULL, RawServer, hangs_up, head_of

REFUSED = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
CLOSING = b"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def http_client() -> Iterator[HttpClient]:
    http_client = HttpClient(10)
    yield http_client
    http_client.stop()


def _requests(server: RawServer, count: int) -> list[Request]:
    return [Request("POST", f"{server.url}/{number}", (), b"{}") for number in range(count)]


def _statuses(exchanges: list[Exchange]) -> list[int | None]:
    return [one.reply.status if one.reply else None for one in exchanges]


def test_a_connection_is_kept_after_a_refusal(http_client: HttpClient) -> None:
    with RawServer(NULL, REFUSED) as server:
        sent = list(http_client.on_one_connection(_requests(server, 3)))

    assert _statuses([exchange for exchange, _ in sent]) == [201, 401, 401]
    assert [is_same for _, is_same in sent] == [False, True, True]
    assert server.connections == 1


@pytest.mark.parametrize("closing", [CLOSING, hangs_up], ids=["it-says-so", "it-does-not-say-so"])
def test_a_server_may_close_the_connection(http_client: HttpClient, closing: bytes) -> None:
    with RawServer(NULL, closing, REFUSED) as server:
        sent = list(http_client.on_one_connection(_requests(server, 3)))

    assert _statuses([exchange for exchange, _ in sent]) == [201, 401, 401]
    assert [is_same for _, is_same in sent].count(False) == 2
    assert server.connections == 2


def test_each_request_has_a_connection_of_its_own(http_client: HttpClient) -> None:
    with RawServer(NULL) as server:
        sent = Target(server.url, "t", "", http_client).on_own_connections(_requests(server, 3))

    assert _statuses(sent) == [201, 201, 201]
    assert server.connections == 3
    assert [raw.split()[1] for raw in server.received] == [b"/0", b"/1", b"/2"]


def test_they_count_towards_the_limit_of_requests() -> None:
    http_client = HttpClient(10, budget=RequestBudget(most=2))
    with RawServer(NULL) as server:
        kept = [exchange for exchange, _ in http_client.on_one_connection(_requests(server, 3))]
    http_client.stop()

    assert _statuses(kept) == [201, 201, None]
    assert isinstance(kept[2].outcome, NoReply)
    assert kept[2].outcome.kind == "not sent"


def test_usual_lines_can_be_left_out(http_client: HttpClient) -> None:
    with RawServer(NULL) as server:
        target = Target(server.url, "t", "", http_client)
        target.post(b"{}", without=("User-Agent", "Accept"))

    names = [line.partition(b":")[0] for line in head_of(server.received[0])[1:]]
    assert names == [b"Host", b"Content-Type", b"Content-Length"]


def test_a_whole_request_is_answered_between_the_halves_of_another(http_client: HttpClient) -> None:
    with RawServer(NULL, REFUSED) as server:
        outer, inner = _requests(server, 2)
        first, second = http_client.around(outer, inner, 5)

    assert [raw.split()[1] for raw in server.received] == [b"/1", b"/0"]
    assert second is not None
    assert _statuses([second, first]) == [201, 401]


def test_a_server_that_serves_one_request_at_a_time_answers_the_outer_one(http_client: HttpClient) -> None:
    class OneAtATime(RawServer):
        turn = threading.Lock()

        def _serve(self, plain: socket.socket) -> None:
            with self.turn:
                super()._serve(plain)

    with OneAtATime(NULL) as server:
        outer, inner = _requests(server, 2)
        first, second = http_client.around(outer, inner, 0.2)

    assert second is not None
    assert _statuses([first, second]) == [201, None]


def test_a_connection_that_is_opened_while_the_run_ends_is_closed(
    http_client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[socket.socket] = []
    connect = socket.create_connection

    def slowly(*how: Any, **more: Any) -> socket.socket:
        stopping = threading.Thread(target=http_client.stop)
        stopping.start()
        stopping.join()
        opened.append(connect(*how, **more))
        return opened[-1]

    monkeypatch.setattr(socket, "create_connection", slowly)
    with RawServer(NULL) as server:
        http_client.send(*_requests(server, 1))

    assert [one.fileno() for one in opened] == [-1]
