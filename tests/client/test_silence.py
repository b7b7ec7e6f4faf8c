"""A request that gets its answer only when it is repeated: silence of the target, or a limit that the run met."""

import socket

import pytest

from conformance.client import Exchange, HttpClient, Request
from conformance.client.silence import Silence
from tests.support.raw_servers import NULL, RawServer

UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize("is_throttled", [False, True], ids=["alone", "beside-another-one"])
def test_a_503_that_does_not_come_again_is_silence_only_if_no_other_request_got_one(
    is_throttled: bool,
) -> None:
    http_client = HttpClient(10)

    def answers(_: RawServer, connection: socket.socket) -> None:
        if is_throttled:  # another thread sends one at the same time
            http_client.throttled.add(Request("POST", "http://t.example/other"))
        connection.sendall(NULL)

    with RawServer(UNAVAILABLE, answers, NULL) as server:
        silence = Silence(http_client, Request("POST", f"{server.url}/valid", (), b"{}"))
        exchange: Exchange = http_client.send(Request("POST", f"{server.url}/refused", (), b"{}"))
        found = silence.examine(exchange)
    http_client.stop()

    assert found.reply is not None
    assert found.reply.status == 201
    assert bool(found.silence) is not is_throttled
