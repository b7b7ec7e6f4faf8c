"""An answer of any size is read up to a limit, in bounded time and memory, and what was cut is said."""

import gzip
import subprocess
import sys
import textwrap
import zlib
from collections.abc import Iterator

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard

from conformance.client import LONGEST_REPLY, Exchange, HttpClient, NoReply, Request
from conformance.client.http_client import LITTLE
from conformance.client.reading import MOST_LINES
from conformance.evidence import Redactor, transcript
from conformance.expect import Expectation
from tests.support.hostile_answers import LARGE, Step, answer
from tests.support.raw_servers import RawServer

pytestmark = pytest.mark.hostile

TIMEOUT = 0.6
MOST = TIMEOUT + 2.5
"""Seconds, with what a busy machine adds."""


@pytest.fixture
def http_client() -> Iterator[HttpClient]:
    http_client = HttpClient(TIMEOUT)
    yield http_client
    http_client.close()


def _exchange(http_client: HttpClient, script: "bytes | Step") -> Exchange:
    with RawServer(script) as server:
        return http_client.send(Request("POST", server.url, (), b"{}"))


@pytest.mark.parametrize("name", LARGE)
def test_a_large_answer_is_read_up_to_a_limit(http_client: HttpClient, name: str) -> None:
    exchange = _exchange(http_client, LARGE[name])

    assert exchange.elapsed < MOST
    if isinstance(exchange.outcome, NoReply):
        assert exchange.outcome.kind in {"timeout", "garbled"}
        assert len(exchange.outcome.detail) <= 1000
    else:
        assert len(exchange.outcome.body) <= LONGEST_REPLY
        assert exchange.outcome.size < 1 << 20


def test_all_large_answers_together_cost_little_memory() -> None:
    program = textwrap.dedent(f"""
        import resource
        from conformance.client import HttpClient, Request
        from tests.support.hostile_answers import LARGE
        from tests.support.raw_servers import RawServer

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        http_client = HttpClient({TIMEOUT / 2}, gives_up_after=1000)
        for script in LARGE.values():
            with RawServer(script) as server:
                http_client.send(Request("POST", server.url, (), b"{{}}"))
        print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
    """)
    ran = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=200
    )

    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) < 40, "megabytes"


ENCODE = {
    "gzip": gzip.compress,
    "br": lambda body: brotli.compress(body, quality=3),
    "zstd": zstandard.compress,
    "deflate": zlib.compress,
}


@pytest.mark.parametrize("encoding", ENCODE)
def test_an_encoded_body_is_cut_where_a_plain_one_is(http_client: HttpClient, encoding: str) -> None:
    body = b"".join(b"%08d" % number for number in range(100_000))

    plain = _exchange(http_client, answer(body)).reply
    encoded = _exchange(http_client, answer(ENCODE[encoding](body), f"Content-Encoding: {encoding}")).reply

    assert plain is not None
    assert encoded is not None
    assert body[:LONGEST_REPLY] == plain.body == encoded.body
    assert plain.cut
    assert encoded.cut


@pytest.mark.parametrize("codings", ["gzip, gzip", "GZIP , x-gzip", "br, gzip, identity, unknown"])
def test_a_body_in_several_codings_is_decoded(http_client: HttpClient, codings: str) -> None:
    inner = brotli.compress(b"null") if codings.startswith("br") else gzip.compress(b"null")

    reply = _exchange(http_client, answer(gzip.compress(inner), f"Content-Encoding: {codings}")).reply

    assert reply is not None
    assert (reply.body, reply.undecodable) == (b"null", "")


def test_a_body_that_cannot_be_decoded_is_kept_to_its_end_or_the_limit(http_client: HttpClient) -> None:
    short, long = b"x" * 100_000, b"x" * 400_000

    whole = _exchange(http_client, answer(short, "Content-Encoding: gzip")).reply
    cut = _exchange(http_client, answer(long, "Content-Encoding: gzip")).reply

    assert whole is not None
    assert cut is not None
    assert (whole.body, whole.cut) == (short, False)
    assert (cut.body, cut.cut) == (long[:LONGEST_REPLY], True)


def test_less_is_kept_of_each_reply_once_a_run_holds_many(http_client: HttpClient) -> None:
    http_client.room = 1 << 20
    lines = [f"X-{number}: a" for number in range(200)]

    replies = [_exchange(http_client, answer(b"x" * 250_000, *lines)).reply for _ in range(6)]

    sizes = [(len(reply.body), len(reply.headers)) for reply in replies if reply is not None]
    assert sizes[0] == (250_000, 201)
    assert sizes[-1] == (LITTLE.body, LITTLE.lines)


def _evidence(http_client: HttpClient, script: bytes) -> dict[str, object]:
    exchange = _exchange(http_client, script)
    record = transcript(Expectation(exchange, "a", "b"), Redactor(), whole=True)
    reply: dict[str, object] = record["reply"]
    return reply


def test_evidence_says_what_was_cut(http_client: HttpClient) -> None:
    many = _evidence(http_client, answer(b"x" * 300_000, *(f"X-A: {number}" for number in range(3000))))

    assert many["lines"] == 3001
    assert len(str(many["lines_sha256"])) == 64
    assert (many["bytes"], many["unread"], many["cut"]) == (LONGEST_REPLY, True, True)
    assert len(str(many["sha256"])) == 64


def test_evidence_says_why_a_body_was_not_decoded(http_client: HttpClient) -> None:
    found = _evidence(http_client, answer(b"null", *["Content-Encoding: gzip"] * 6))

    assert "names 6 codings; at most 5 are decoded" in str(found["undecodable"])
    assert found["body"] == "null"


@pytest.mark.parametrize("status", ["201 Created", "204 No Content", "304 Not Modified", "422 No"])
def test_bytes_behind_an_answer_are_counted_and_never_become_the_next_answer(
    http_client: HttpClient, status: str
) -> None:
    body = b"" if status[:3] in {"204", "304"} else b"null"
    more = answer(b"{}", status="200 Forged")
    with RawServer(answer(body, status=status) + more, answer(b"null")) as server:
        exchanges = [http_client.send(Request("POST", server.url, (), b"{}")) for _ in range(2)]
        same = list(http_client.on_one_connection([exchanges[0].request] * 2))
        http_client.close()

    replies = [exchange.reply for exchange in (*exchanges, *(exchange for exchange, _ in same))]
    assert [reply and reply.status for reply in replies] == [int(status[:3]), 201, 201, 201]
    assert replies[0] is not None
    assert replies[0].bytes_behind == len(more)


def test_more_header_lines_than_are_kept_leave_the_first_ones(http_client: HttpClient) -> None:
    reply = _exchange(http_client, answer(b"null", *(f"X-A: {number}" for number in range(2000)))).reply

    assert reply is not None
    assert len(reply.headers) == MOST_LINES
    assert reply.lines("x-a")[0] == "0"
    assert reply.lines_in_all == 2001
