"""Whatever bytes come, the readers of answers and read-back end: with a value or with the error that they name."""

import contextlib
import gzip
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conformance.client import Exchange, HttpClient, NoReply, Reply, Request, bearable, differing_parts
from conformance.client.dates import http_date
from conformance.client.decoding import DECODERS, PART, DecodingError, decoded
from conformance.client.json_text import parse_strictly, parse_tolerantly
from conformance.client.retry_after import RetryAfter
from conformance.doctor.clock import clock
from conformance.expect import NotJudged
from conformance.ingestion.observers import ReadBackError
from conformance.ingestion.observers.bodies import AT_ONCE, parse
from conformance.ingestion.observers.http import next_link
from conformance.ingestion.stored_event import in_utc
from tests.support.hostile_answers import BODIES, CHUNKED, DATES, HEAD, PHASES, answer
from tests.support.raw_servers import RawServer

pytestmark = pytest.mark.hostile

MARK = "conformance-1a2b3c4d-"
FUZZED = settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
SOCKETS = settings(FUZZED, max_examples=60)


def seeds(*values: object) -> Callable[..., Callable[..., None]]:
    """Try known values first, in every run."""

    def add(test: Callable[..., None]) -> Callable[..., None]:
        for value in values:
            test = example(value)(test)
        return test

    return add


def _joined(*pieces: bytes) -> st.SearchStrategy[bytes]:
    known = st.sampled_from(pieces)
    return st.lists(known | st.binary(max_size=5), max_size=14).map(b"".join)


ANSWERS = _joined(
    *(b"HTTP/1.1 201 Created\r\n", b"HTTP/1.0 200\r\n", b"HTTP/1.1 103 \r\n\r\n", b"HTTP/2 200\r\n", b"HTTP/1.1 101 \r\n"),
    *(b"\r\n", b"\n", b"\r", b" ", b": ", b"\0", b"X-A: b\r\n", b" folded\r\n", b"X-A : b\r\n", b": empty\r\n"),
    *(b"Content-Length: 4\r\n", b"Content-Length: +4\r\n", b"Content-Length: 4, 4\r\n", b"Content-Length: " + b"9" * 30),
    *(b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n", b"4\r\nnull\r\n", b"0\r\n\r\n"),
    *(b"ffffffffffffffffffff\r\n", b"4;a=b\r\nnull\r\n", b"-1\r\n", b"Connection: close\r\n", b"Connection: upgrade\r\n"),
    *(b"Content-Encoding: gzip\r\n", b"Content-Encoding: br, zstd\r\n", gzip.compress(b"null"), b"null", b"Set-Cookie: a=b\r\n"),
)  # fmt: skip


@pytest.fixture(scope="module")
def answering() -> Iterator[Callable[[bytes], Exchange]]:
    """Return what the client makes of the bytes of an answer."""
    content = [b""]
    with RawServer(lambda _, connection: connection.sendall(content[0])) as server:

        def exchange(sent: bytes) -> Exchange:
            content[0] = sent
            http_client = HttpClient(0.5)
            try:
                return http_client.send(Request("POST", server.url, (), b"{}"))
            finally:
                http_client.close()

        yield exchange


@SOCKETS
@given(ANSWERS)
@seeds(
    *(before + part * 3 for before, part in PHASES.values()),
    b"",
    b"HTTP/1.1 999 \r\n\r\n",
    b"HTTP/1.1 000 \r\n\r\n",
)
@seeds(
    HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", CHUNKED + b"F" * 5000 + b"\r\n", b"\xff" * 5000
)
def test_any_bytes_are_an_answer_or_a_reason_why_there_is_none(
    answering: Callable[[bytes], Exchange], content: bytes
) -> None:
    exchange = answering(content)

    assert isinstance(exchange.outcome, Reply | NoReply)
    assert exchange.elapsed < 2


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["Retry-After", "Date", "Content-Encoding", "Link", "Vary", "Content-Length", "X-A"]),
        st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f"), max_size=20),
    ),
    max_size=6,
)


@SOCKETS
@given(HEADERS, st.binary(max_size=50), st.sampled_from(["201 Created", "422 No", "429 Slow", "503 No"]))
def test_an_answer_with_any_headers_can_be_read_and_compared(
    answering: Callable[[bytes], Exchange], headers: list[tuple[str, str]], body: bytes, status: str
) -> None:
    exchange = answering(answer(body, *(f"{name}: {value}" for name, value in headers), status=status))

    clock(exchange, "")
    RetryAfter(0.0).wait(exchange)
    if exchange.reply is not None:
        differing_parts([exchange.reply] * 2, [exchange.reply])
        next_link(exchange.reply.lines("link"))


ENCODE: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda body: bytes(brotli.compress(body, quality=1)),
    "zstd": zstandard.compress,
}


@FUZZED
@given(
    st.sampled_from(sorted(ENCODE)), st.binary(max_size=200), st.integers(0, 300), st.binary(max_size=4),
    st.lists(st.sampled_from(sorted(DECODERS)), min_size=1, max_size=7),
)  # fmt: skip
@example("br", bytes(200_000), 300, b"", ["br"])
@example("zstd", bytes(200_000), 300, b"", ["zstd"])
@example("deflate", b"null", 0, b"\x78", ["deflate"])
def test_a_damaged_body_is_decoded_or_named(
    coding: str, body: bytes, place: int, damage: bytes, names: list[str]
) -> None:
    encoded = ENCODE[coding](body)
    damaged = encoded[:place] + damage + encoded[place + len(damage) :]

    for content, codings in ((damaged, names), (damaged, [coding])):
        with contextlib.suppress(DecodingError):
            parts = decoded(iter([content[:7], content[7:]]), codings, lambda: None)
            assert max(map(len, parts), default=0) <= 4 * PART + len(body)
    assert b"".join(decoded(iter([encoded[:7], encoded[7:]]), [coding], lambda: None)) == body


JSON_PIECES = (
    b"[",
    b"]",
    b"{",
    b"}",
    b'"',
    b"\\",
    b",",
    b":",
    b"1",
    b"-",
    b"e9",
    b".",
    b"null",
    b"NaN",
    b" ",
    b"\n",
)
EVENTS = (
    b'{"event_id":"a","session_id":"' + MARK.encode() + b'1"}',
    b'{"events":[',
    b'"next":',
    b'"\\ud800"',
    b"\xff",
)
JSON = _joined(*JSON_PIECES, *EVENTS) | st.recursive(
    st.none() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
).map(lambda value: repr(value).replace("'", '"').encode())


@FUZZED
@given(JSON)
@seeds(*BODIES.values())
def test_a_body_is_json_or_a_value_error(content: bytes) -> None:
    with contextlib.suppress(ValueError):
        parse_strictly(content)
    with contextlib.suppress(ValueError):
        parse_tolerantly(content.decode("utf-8", "replace"))
    parsed = bearable(content)
    assert len(parsed) <= len(content) + 4 * content.count(b"[") + 4 * content.count(b"{") + 4


@FUZZED
@given(JSON)
@seeds(*BODIES.values())
@seeds(*(b"[" + EVENTS[0] + b"," + body + b"]" for body in BODIES.values()))
@seeds(*(EVENTS[0] + b"\n" + body for body in BODIES.values()))
def test_a_read_back_shows_events_or_an_error_that_is_named(content: bytes) -> None:
    long = b"[" + b'{"event_id":"0"},' + b" " * AT_ONCE + content + b"]"
    for body in (content, long, long[1:-1].replace(b",", b"\n"), b'{"events":' + long + b"}"):
        with contextlib.suppress(ReadBackError):
            assert all(isinstance(event, dict) for event in parse(body, mark=MARK).events)


TIMES = st.lists(
    st.sampled_from([*("Mon, ", "1 ", "Jan ", "2026 ", "0:0:0 ", "GMT", "+0100", "-", ":", ",", "T", "Z", "9" * 20, "0", "W")])
    | st.text(max_size=3),
    max_size=9,
).map("".join)  # fmt: skip


@FUZZED
@given(TIMES)
@seeds(*DATES.values())
def test_a_date_is_a_moment_or_none(text: str) -> None:
    assert isinstance(http_date([text]), datetime | None)
    with contextlib.suppress(NotJudged):
        assert isinstance(in_utc(text), datetime | None)


@FUZZED
@given(st.integers() | st.floats() | st.booleans() | st.none() | st.lists(st.integers()))
@seeds(1e18, 10**400, float("nan"), float("inf"), -(10**11), 10**18)
def test_a_stored_value_is_a_moment_or_none(value: object) -> None:
    with contextlib.suppress(NotJudged):
        assert isinstance(in_utc(value), datetime | None)


LINKS = st.lists(
    st.sampled_from(
        ["<", ">", ";", ",", "=", '"', "\\", " ", "rel", "next", "</a>", '; rel="next"', "anchor", "*"]
    )
    | st.text(max_size=3),
    max_size=15,
).map("".join)


@FUZZED
@given(LINKS)
@seeds("<a>;rel=next", '<a>;rel="', "<>;rel=next", "<a>;rel=\\", '<a>; title="\\', "<" * 1000)
def test_a_link_header_has_a_next_page_or_none(line: str) -> None:
    assert next_link([line]) in line or "\\" in line
