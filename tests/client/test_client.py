import gzip
import socket
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard

from conformance.client import (
    BROWSER,
    GIVES_UP_AFTER,
    STOPPED_ANSWERING,
    TOKEN_HEADER,
    Exchange,
    HttpClient,
    NoReply,
    Reply,
    Request,
    Target,
)
from conformance.client.timeline import Timeline
from conformance.inputs.factory import EventFactory
from tests.support.raw_servers import NULL, RawServer, body_of, hangs, hangs_up, head_of

ORIGIN = "https://shop.example"


def _answer(head: bytes, body: bytes = b"", *, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return b"HTTP/1.1 " + head + b"\r\nContent-Length: %d\r\n\r\n" % size + body


@pytest.fixture
def http_client() -> Iterator[HttpClient]:
    http_client = HttpClient(30)
    yield http_client
    http_client.close()


def _target(server: RawServer, http_client: HttpClient, path: str = "") -> Target:
    return Target(f"{server.url}{path}", "a-token", ORIGIN, http_client)


def _no_reply(exchange: Exchange) -> NoReply:
    assert isinstance(exchange.outcome, NoReply), exchange.outcome
    return exchange.outcome


def _reply(exchange: Exchange) -> Reply:
    assert isinstance(exchange.outcome, Reply), exchange.outcome
    return exchange.outcome


def test_header_lines_go_out_in_their_order_case_and_number(http_client: HttpClient) -> None:
    lines = (("x-B", "1"), ("X-a", ""), ("X-b", "2"), ("x-B", "\xe9, 3"), ("accept", "*/*"))

    with RawServer() as server:
        http_client.send(Request("POST", f"{server.url}/beacon", lines, b"{}"))

    sent = [
        line for line in head_of(server.received[0])[1:] if not line.startswith((b"Host", b"Content-Length"))
    ]
    assert sent == [b"x-B: 1", b"X-a: ", b"X-b: 2", b"x-B: \xe9, 3", b"accept: */*"]


def test_nothing_but_host_and_framing_is_added_to_a_request(http_client: HttpClient) -> None:
    with RawServer() as server:
        http_client.send(Request("POST", f"{server.url}/beacon", (), b"{}"))
        http_client.send(Request("POST", f"{server.url}/beacon"))

    host = f"Host: {server.host}".encode()
    assert [b"POST /beacon HTTP/1.1", host, b"Content-Length: 2"] == head_of(server.received[0])
    assert [b"POST /beacon HTTP/1.1", host, b"Content-Length: 0"] == head_of(server.received[1])


def test_header_lines_come_in_in_their_order_case_and_number(http_client: HttpClient) -> None:
    head = b"201 Fine by me\r\nx-B: 1\r\nX-a:\r\nX-b:  2 \r\nx-B: \xe9, 3"

    with RawServer(_answer(head)) as server:
        reply = _reply(http_client.send(Request("POST", server.url)))

    expected = (("x-B", "1"), ("X-a", ""), ("X-b", "2"), ("x-B", "\xe9, 3"), ("Content-Length", "0"))
    assert expected == reply.headers
    assert (reply.status, reply.reason) == (201, "Fine by me")
    assert reply.lines("X-B") == ["1", "2", "\xe9, 3"]
    assert reply.listed("X-B") == ["1", "2", "\xe9", "3"]


@pytest.mark.parametrize("target", ["/a%2Fb%2f/beacon", "/beacon?token=%7E%41%e4%zz%&b=a+b", "/?a=1&a=2&=&&"])
def test_the_percent_encodings_of_a_url_go_out_as_they_stand(http_client: HttpClient, target: str) -> None:
    with RawServer() as server:
        http_client.send(Request("POST", f"{server.url}{target}"))

    assert f"POST {target} HTTP/1.1".encode() == head_of(server.received[0])[0]


def test_a_query_token_is_encoded_as_browsers_encode_it(http_client: HttpClient) -> None:
    with RawServer() as server:
        _target(server, http_client, "/v1").post(b"", query="a b+c/d?e&f=g#h%i!'()*-._~")

    encoded = b"a%20b%2Bc%2Fd%3Fe%26f%3Dg%23h%25i!'()*-._~"
    assert b"POST /v1/beacon?token=" + encoded + b" HTTP/1.1" == head_of(server.received[0])[0]


def test_a_chunked_body_goes_out_in_two_chunks_without_a_length(http_client: HttpClient) -> None:
    content = bytes(range(256))

    with RawServer() as server:
        http_client.send(Request("POST", server.url, (), content).in_chunks())

    assert head_of(server.received[0])[2:] == [b"Transfer-Encoding: chunked"]
    assert server.received[0].endswith(
        b"\r\n80\r\n%b\r\n80\r\n%b\r\n0\r\n\r\n" % (content[:128], content[128:])
    )
    assert content == body_of(server.received[0])


def test_a_preflight_is_chromium_s_byte_for_byte(http_client: HttpClient) -> None:
    with RawServer() as server:
        _target(server, http_client).preflight("content-type", query="a/b")

    assert (
        "OPTIONS /beacon?token=a%2Fb HTTP/1.1\r\n"
        f"Host: {server.host}\r\n"
        "Connection: keep-alive\r\n"
        "Accept: */*\r\n"
        "Access-Control-Request-Method: POST\r\n"
        "Access-Control-Request-Headers: content-type\r\n"
        f"Origin: {ORIGIN}\r\n"
        f"User-Agent: {BROWSER}\r\n"
        "Sec-Fetch-Mode: cors\r\n"
        "Sec-Fetch-Site: cross-site\r\n"
        "Sec-Fetch-Dest: empty\r\n"
        f"Referer: {ORIGIN}/\r\n"
        "Accept-Encoding: gzip, deflate\r\n"
        "Accept-Language: en-US,en;q=0.9\r\n"
        "\r\n"
    ).encode() == server.received[0]


def test_a_post_carries_only_the_given_tokens_and_one_line_for_each_header(http_client: HttpClient) -> None:
    with RawServer() as server:
        target = _target(server, http_client)
        target.post(b"{}", headers=[("user-agent", "mine")])
        target.post(b"{}", header="b", origin=ORIGIN, content_type="text/plain")

    plain, full = (head_of(raw) for raw in server.received)
    assert plain[2:-1] == [
        b"Accept: application/json",
        b"Content-Type: application/json",
        b"user-agent: mine",
    ]
    assert [
        b"Content-Type: text/plain",
        f"{TOKEN_HEADER}: b".encode(),
        f"Origin: {ORIGIN}".encode(),
    ] == full[4:-1]


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"])
def test_no_proxy_is_taken_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, http_client: HttpClient, name: str
) -> None:
    with RawServer(hangs_up) as proxy, RawServer() as server:
        monkeypatch.setenv(name, proxy.url)
        reply = _reply(http_client.send(Request("POST", server.url)))

    assert reply.status == 201
    assert proxy.received == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(http_client: HttpClient, status: int) -> None:
    with RawServer(_answer(b"%d Elsewhere\r\nLocation: /elsewhere" % status), NULL) as server:
        reply = _reply(http_client.send(Request("POST", server.url)))

    assert (status, ["/elsewhere"]) == (reply.status, reply.lines("location"))
    assert len(server.received) == 1


def test_no_cookie_is_kept(http_client: HttpClient) -> None:
    with RawServer(_answer(b"201 Created\r\nSet-Cookie: session=1; Path=/"), NULL) as server:
        for _ in range(2):
            http_client.send(Request("POST", server.url))

    assert server.received[0] == server.received[1]


def test_a_port_that_nobody_listens_on_is_unreachable(http_client: HttpClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"

    assert _no_reply(http_client.send(Request("POST", url))).kind == "unreachable"


def _resets(_server: RawServer, connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def _drips(answer: bytes) -> Callable[[RawServer, socket.socket], None]:
    return lambda server, connection: server.drip(connection, answer)


def _sends(answer: bytes) -> Callable[[RawServer, socket.socket], None]:
    return lambda _server, connection: connection.sendall(answer)


SLOW = b"x" * 50
ZIPPED = gzip.compress(bytes(range(256)) * 4)
BROKEN = {
    "closes": ("closed", hangs_up),
    "resets": ("closed", _resets),
    "hangs": ("timeout", hangs),
    "drips-its-body": ("timeout", _drips(_answer(b"200 OK", SLOW))),
    "drips-its-headers": ("timeout", _drips(_answer(b"200 OK\r\nX-Slow: " + SLOW))),
    "drips-zipped": ("timeout", _drips(_answer(b"200 OK\r\nContent-Encoding: gzip", ZIPPED))),
    "drips-interim-answers": ("timeout", _drips(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 9)),
    "closes-in-the-headers": ("closed", _sends(b"HTTP/1.1 200 OK\r\nX-A: b")),
    "closes-in-the-body": ("closed", _sends(_answer(b"200 OK", b"half", length=8))),
    "no-http": ("garbled", b"SSH-2.0-OpenSSH_9.9\r\n\r\n"),
    "no-status": ("garbled", b"HTTP/1.1 fine\r\n\r\n"),
    "two-lengths": ("garbled", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
}


@pytest.mark.parametrize(("kind", "how"), BROKEN.values(), ids=BROKEN.keys())
def test_each_way_to_break_a_connection_has_its_kind(
    http_client: HttpClient, kind: str, how: bytes | Callable[[RawServer, socket.socket], None]
) -> None:
    http_client.timeout = 0.2 if kind == "timeout" else 30
    with RawServer(how) as server:
        exchange = http_client.send(Request("POST", server.url, (), b"{}"))

    assert kind == _no_reply(exchange).kind
    assert _no_reply(exchange).detail
    assert [body_of(raw) for raw in server.received] == [b"{}"]


def test_a_body_is_cut_at_the_limit_and_says_so() -> None:
    http_client = HttpClient(5, longest=10)

    with (
        RawServer(_answer(b"200 OK", b"0123456789")) as exact,
        RawServer(_answer(b"200 OK", b"x" * 11)) as long,
    ):
        fitting = _reply(http_client.send(Request("POST", exact.url)))
        cut = _reply(http_client.send(Request("POST", long.url)))
        http_client.close()

    assert (fitting.body, fitting.cut) == (b"0123456789", False)
    assert (cut.body, cut.cut) == (b"x" * 10, True)


COMPRESS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("encoding", COMPRESS)
def test_a_body_is_read_in_every_encoding_that_browsers_ask_for(
    http_client: HttpClient, encoding: str
) -> None:
    head = f"200 OK\r\nContent-Encoding: {encoding}".encode()
    with RawServer(_answer(head, COMPRESS[encoding](b"null"))) as server:
        reply = _reply(http_client.send(Request("POST", server.url)))

    assert (reply.body, reply.undecodable) == (b"null", "")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
def test_a_body_that_cannot_be_decompressed_stays_as_it_arrived(
    http_client: HttpClient, encoding: str
) -> None:
    head = f"200 OK\r\nContent-Encoding: {encoding}".encode()
    with RawServer(_answer(head, b"plain text")) as server:
        reply = _reply(http_client.send(Request("POST", server.url)))

    assert reply.body == b"plain text"
    assert reply.undecodable.startswith("DecodingError")


def test_a_zipped_body_is_decoded_and_its_header_kept(http_client: HttpClient) -> None:
    with RawServer(_answer(b"200 OK\r\nContent-Encoding: gzip", ZIPPED)) as server:
        reply = _reply(http_client.send(Request("POST", server.url)))

    assert bytes(range(256)) * 4 == reply.body
    assert reply.lines("content-encoding") == ["gzip"]


@pytest.mark.parametrize("line", [("X-A", " a"), ("X-A", "a\nb"), ("X A", "b")])
def test_a_request_that_cannot_be_sent_is_the_suite_s_fault_and_not_the_target_s(
    http_client: HttpClient, line: tuple[str, str]
) -> None:
    with RawServer() as server, pytest.raises(ValueError, match="suite built a request that cannot be sent"):
        http_client.send(Request("POST", server.url, (line,)))


def test_requests_share_a_connection_until_one_is_refused_or_asks_for_its_own(
    http_client: HttpClient,
) -> None:
    with RawServer(NULL, NULL, _answer(b"422 No"), NULL) as server:
        counted = []
        for fresh in (False, False, False, False, False, True):
            if fresh:
                http_client.close()
            http_client.send(Request("POST", server.url, (), b"{}"))
            counted.append(server.connections)

    assert counted == [1, 1, 1, 2, 2, 3]
    assert http_client.requests == 6


def test_a_request_that_meets_a_closed_connection_is_sent_once_more_on_a_new_one(
    http_client: HttpClient,
) -> None:
    with RawServer(NULL, hangs_up, NULL, hangs_up) as server:
        outcomes = [http_client.send(Request("POST", server.url)).outcome for _ in range(3)]

    assert [outcome.status if isinstance(outcome, Reply) else outcome.kind for outcome in outcomes] == [
        201,
        201,
        "closed",
    ]
    assert (http_client.requests, len(server.received)) == (5, 5)


def test_after_five_requests_in_a_row_without_a_reply_nothing_more_is_sent(http_client: HttpClient) -> None:
    with RawServer(hangs_up) as server:
        outcomes = [http_client.send(Request("POST", server.url)).outcome for _ in range(GIVES_UP_AFTER + 2)]

    assert outcomes[GIVES_UP_AFTER:] == [STOPPED_ANSWERING, STOPPED_ANSWERING]
    assert (len(server.received), http_client.requests) == (5, 5)


def test_a_reply_in_between_starts_the_count_of_missing_replies_again(http_client: HttpClient) -> None:
    four = [hangs_up] * (GIVES_UP_AFTER - 1)

    with RawServer(*four, NULL, *four, NULL) as server:
        exchanges = []
        for _ in range(2 * GIVES_UP_AFTER):
            http_client.close()
            exchanges.append(http_client.send(Request("POST", server.url)))

    assert [index for index, exchange in enumerate(exchanges) if exchange.reply] == [4, 9]


@pytest.mark.parametrize("shared", [Target, HttpClient, Timeline, EventFactory])
def test_hypothesis_prints_no_argument_that_threads_change(shared: type[Any]) -> None:
    changing = (dict, list, set, Counter)

    assert [one.name for one in fields(shared) if one.init and one.default_factory in changing] == []


@pytest.mark.parametrize("space", ["\xa0", "\x85", "\x1f", "\x1c", "\x0b"])
def test_only_space_and_tab_are_trimmed_from_the_elements_of_a_list(space: str) -> None:
    reply = Reply(200, "", (("Vary", f"a ,\tb\t, {space}c"), ("vary", f"d{space},, ")), b"")

    assert reply.listed("Vary") == ["a", "b", f"{space}c", f"d{space}"]
