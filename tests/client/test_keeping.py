"""A connection is kept after a refusal only where it is safe, and a request that is misread there is sent again."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from conformance.client import Exchange, HttpClient, NoReply, Request, Target
from conformance.client.keeping import Keeping
from tests.support.raw_servers import NULL, RawServer, hangs_up

SMALL, LARGE, LARGER = b"{}", b" " * (1024 + 1), b" " * (64 * 1024 + 1)


def _answer(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()


REFUSED, WRONG_BODY = _answer("401 Unauthorized"), _answer("422 Unprocessable Content")


@pytest.fixture
def http_client() -> Iterator[HttpClient]:
    http_client = HttpClient(10)
    http_client.keeping.is_safe = True
    yield http_client
    http_client.stop()


def _statuses(http_client: HttpClient, server: RawServer, *bodies: bytes) -> list[int]:
    requests = [
        Request("POST", f"{server.url}/{number}", (), content) for number, content in enumerate(bodies)
    ]
    replies = [http_client.send(request).reply for request in requests]
    return [reply.status for reply in replies if reply is not None]


@pytest.mark.parametrize(
    ("refused", "content"), [(REFUSED, SMALL), (WRONG_BODY, LARGE)], ids=["401", "422-of-a-larger-body"]
)
def test_a_connection_is_kept_after_a_small_refused_request(
    http_client: HttpClient, refused: bytes, content: bytes
) -> None:
    with RawServer(refused, NULL) as server:
        _statuses(http_client, server, content, SMALL)

    assert server.connections == 1


@pytest.mark.parametrize(
    ("answer", "content"),
    [
        (REFUSED, LARGE),
        (WRONG_BODY, LARGER),
        (_answer("403 Forbidden"), SMALL),
        (_answer("500 Internal Server Error"), SMALL),
    ],
    ids=["401-of-a-large-body", "422-of-a-large-body", "403", "500"],
)
def test_it_is_not_kept_after_another_one(http_client: HttpClient, answer: bytes, content: bytes) -> None:
    with RawServer(answer, NULL) as server:
        _statuses(http_client, server, content, SMALL)

    assert server.connections == 2


def test_it_is_not_kept_before_the_target_was_seen_to_serve_it(http_client: HttpClient) -> None:
    http_client.keeping.is_safe = False
    with RawServer(REFUSED, NULL) as server:
        _statuses(http_client, server, SMALL, SMALL)

    assert server.connections == 2


@pytest.mark.parametrize(
    "misread",
    [_answer("400 Bad Request"), _answer("501 Not Implemented"), hangs_up],
    ids=["400", "501", "no-answer"],
)
def test_a_request_that_is_misread_after_a_refusal_is_sent_again_on_a_new_connection(
    http_client: HttpClient, misread: bytes
) -> None:
    with RawServer(REFUSED, misread, NULL, REFUSED, NULL) as server:
        statuses = _statuses(http_client, server, SMALL, SMALL, SMALL, SMALL)

    assert statuses == [401, 201, 401, 201]
    assert server.connections == 3, "after a misread request, a connection is not kept any more"
    assert http_client.requests == 5


def test_a_400_that_comes_again_on_a_new_connection_changes_nothing(http_client: HttpClient) -> None:
    with RawServer(REFUSED, _answer("400 Bad Request"), _answer("400 Bad Request"), REFUSED, NULL) as server:
        statuses = _statuses(http_client, server, SMALL, SMALL, SMALL, SMALL)

    assert statuses == [401, 400, 401, 201]
    assert http_client.keeping.is_safe


def test_a_400_after_a_success_is_not_sent_again(http_client: HttpClient) -> None:
    with RawServer(NULL, _answer("400 Bad Request")) as server:
        statuses = _statuses(http_client, server, SMALL, SMALL)

    assert statuses == [201, 400]
    assert len(server.received) == 2


@pytest.mark.parametrize(
    ("script", "is_safe"),
    [
        ([REFUSED, NULL], True),
        ([REFUSED, _answer("400 Bad Request")], False),
        ([REFUSED, hangs_up, NULL], False),
        ([NULL, NULL], False),
    ],
    ids=["served", "misread", "closed", "not-refused"],
)
def test_whether_it_is_safe_is_learned_from_a_valid_request_after_a_refused_one(
    http_client: HttpClient, script: list[bytes], is_safe: bool
) -> None:
    with RawServer(*script) as server:
        target = Target(server.url, "t", "", http_client)
        refused, valid = (Request("POST", f"{server.url}/{number}", (), SMALL) for number in range(2))
        target.on_second_connection(refused, valid, 5)

    assert is_safe == http_client.keeping.is_safe


def test_after_a_late_answer_on_a_new_connection_every_connection_is_closed(http_client: HttpClient) -> None:
    late = Exchange(Request("POST", "http://t.example"), NoReply("timeout", ""), 1.0, 0.0, is_first=True)

    assert http_client.keeping.release(late)
    with RawServer(NULL) as server:
        _statuses(http_client, server, SMALL, SMALL)

    assert server.connections == 2


def test_a_request_that_was_sent_later_cannot_have_been_held_up_by_kept_connections() -> None:
    keeping = Keeping()
    first = Exchange(Request("POST", "http://t.example"), NoReply("timeout", ""), 1.0, 0.0, is_first=True)

    assert not keeping.release(replace(first, is_first=False))
    assert keeping.release(first)
    assert keeping.release(replace(first, at=1.0))
    assert not keeping.release(replace(first, at=keeping.closes_all_since))
