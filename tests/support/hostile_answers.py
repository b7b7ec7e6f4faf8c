"""Answers that attack their reader: they never end, become large, or hold values that no calendar and no number type has."""

import gzip
import json
import socket
import zlib
from collections.abc import Callable, Iterator
from itertools import repeat

import brotli  # type: ignore[import-untyped]
import zstandard

from tests.support.raw_servers import RawServer

Step = Callable[[RawServer, socket.socket], None]
HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def trickles(before: bytes, part: bytes) -> Step:
    """Send some bytes at once, then a part again and again, slowly."""

    def step(server: RawServer, connection: socket.socket) -> None:
        connection.sendall(before)
        while not server.closing.wait(0.02):
            connection.sendall(part)

    return step


def floods(before: bytes, part: bytes) -> Step:
    """Send some bytes, then a part again and again, as fast as they are read."""

    def step(server: RawServer, connection: socket.socket) -> None:
        connection.sendall(before)
        many = part * max(1, (1 << 16) // len(part))
        while not server.closing.is_set():
            connection.sendall(many)

    return step


def answer(body: bytes, *lines: str, status: str = "201 Created") -> bytes:
    """Return a whole answer."""
    head = "\r\n".join([f"HTTP/1.1 {status}", *lines, f"Content-Length: {len(body)}"])
    return head.encode("latin-1") + b"\r\n\r\n" + body


PHASES = {
    "status-line": (b"", b"H"),
    "status-line-after-its-version": (b"HTTP/1.1 ", b"2"),
    "reason-phrase": (b"HTTP/1.1 201 ", b"a"),
    "empty-lines-before": (b"", b"\r\n"),
    "header-name": (HEAD, b"a"),
    "header-value": (HEAD + b"X-A: ", b"a"),
    "header-lines": (HEAD, b"X-A: b\r\n"),
    "folded-lines": (HEAD + b"X-A: b\r\n", b" c\r\n"),
    "interim-answers": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    "continue-answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": (HEAD + b"Content-Length: 999999999\r\n\r\n", b"["),
    "body-without-length": (HEAD + b"\r\n", b"["),
    "chunks": (CHUNKED, b"1\r\n[\r\n"),
    "chunk-size": (CHUNKED, b"0"),
    "chunk-extension": (CHUNKED + b"1;a=", b"b"),
    "chunk-extensions": (CHUNKED, b'1;a="b"\r\n[\r\n'),
    "last-chunk-extension": (CHUNKED + b"4\r\nnull\r\n0;a=", b"b"),
    "trailers": (CHUNKED + b"4\r\nnull\r\n0\r\n", b"X-A: b\r\n"),
    "trailer-value": (CHUNKED + b"4\r\nnull\r\n0\r\nX-A: ", b"b"),
    "gzip-that-holds-nothing": (
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10],
        b"\x00\x00\x00\xff\xff",
    ),
    "behind-gzip": (HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"null"), b"\x00"),
    "behind-zstd": (
        HEAD + b"Content-Encoding: zstd\r\n\r\n" + zstandard.compress(b"null"),
        b"\x50\x2a\x4d\x18",
    ),
}
"""By the phase that never ends: what comes at once, and what comes again and again."""


def _bomb(size: int) -> Iterator[bytes]:
    return repeat(bytes(1 << 16), size >> 16)


def _gzipped(parts: Iterator[bytes]) -> Iterator[bytes]:
    deflate = zlib.compressobj(9, wbits=31)
    for part in parts:
        yield deflate.compress(part)
    yield deflate.flush()


def _encoded(body: bytes, *codings: str) -> bytes:
    return answer(body, "Content-Type: application/json", f"Content-Encoding: {', '.join(codings)}")


MEGABYTES = 256
GZIP = b"".join(_gzipped(_bomb(MEGABYTES << 20)))
EMPTY_BLOCKS = b"".join(
    _gzipped(iter([gzip.compress(b"")[:10], *repeat(b"\x00\x00\x00\xff\xff" * 13_107, 2000)]))
)
ERRORS = b'{"errors": ['

LARGE: dict[str, bytes | Step] = {
    "body-without-an-end": floods(HEAD + b"\r\n", b"["),
    "body-of-a-terabyte": floods(HEAD + b"Content-Length: 1099511627776\r\n\r\n", b'"'),
    "chunks-without-an-end": floods(CHUNKED, b"1\r\n[\r\n"),
    "long-chunk-extensions": floods(CHUNKED, b"1;" + b"a" * 60_000 + b"\r\n[\r\n"),
    "endless-chunk-extension": floods(CHUNKED + b"1;", b"a"),
    "interim-answers-without-an-end": floods(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "head-without-an-end": floods(HEAD, b"X-A: b\r\n"),
    "header-without-an-end": floods(HEAD + b"X-A: ", b"b"),
    "trailers-without-an-end": floods(CHUNKED + b"4\r\nnull\r\n0\r\n", b"X-A: b\r\n"),
    "gzip-bomb": _encoded(GZIP, "gzip"),
    "nested-gzip-bomb": _encoded(gzip.compress(GZIP), "gzip", "gzip"),
    "gzip-of-empty-blocks": _encoded(gzip.compress(EMPTY_BLOCKS), "gzip", "gzip", "gzip"),
    "br-bomb": _encoded(brotli.compress(bytes(MEGABYTES << 18), quality=1), "br"),
    "zstd-bomb": _encoded(zstandard.compress(bytes(MEGABYTES << 18)), "zstd"),
    "zstd-window": _encoded(b"\x28\xb5\x2f\xfd\x00\xa8" + b"\x00" * 16, "zstd"),
    "ten-thousand-codings": _encoded(b"null", *repeat("gzip", 10_000)),
    "hundred-lines-of-codings": answer(b"null", *repeat("Content-Encoding: br, gzip", 100)),
    "twenty-thousand-lines": answer(b"null", *(f"a:{number:04x}" for number in range(12_000))),
    "cookies": answer(
        b"null", *(f"Set-Cookie: a{number}=b; expires=Thu, 1 Jan 2099" for number in range(1500))
    ),
    "long-reason": answer(b"null", status="201 " + "a" * 60_000),
    "json-of-arrays": answer(b"[" + b"[]," * 6_000_000 + b"[]]", "Content-Type: application/json"),
    "errors": answer(ERRORS + b'"a",' * 5_000_000 + b'"a"]}', status="422 No"),
}
"""Answers that are or become larger than what a run may hold in memory."""

BODIES = {
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep-errors": ERRORS + b"[" * 50_000 + b"]" * 50_000 + b"]}",
    "deep-objects": b'{"errors":' * 20_000 + b"1" + b"}" * 20_000,
    "unclosed": b'{"errors": [' * 20_000,
    "digits": b'{"errors": ' + b"9" * 100_000 + b"}",
    "negative-digits": b"-" + b"9" * 5000,
    "exponent": b'{"errors": [1e999999, -1e999999, 1e-999999]}',
    "infinity": b'{"errors": ["a"], "b": -Infinity}',
    "nan": b"NaN",
    "surrogate": b'{"errors": ["\\ud800"]}',
    "surrogates-as-bytes": b'{"errors": ["\xed\xa0\x80"]}',
    "nul": b'{"errors": ["\\u0000\x00"]}',
    "utf-16": json.dumps({"errors": ["a"]}).encode("utf-16"),
    "utf-32": json.dumps({"errors": ["a"]}).encode("utf-32-le"),
    "null-utf-16": "null".encode("utf-16-le"),
    "mark": b"\xef\xbb\xbfnull",
    "repeated": b'{"errors": ["a"], "errors": 1}',
    "text": b'"' + b"\\u0041" * 30_000 + b'"',
    "quotes": b'"' * 100_000,
    "backslashes": b'"' + b"\\" * 99_999,
    "control": b'{"errors": ["\x00\x07\x1b[31m\x85"]}',
    "members": b"{" + b",".join(b'"%d":1' % number for number in range(20_000)) + b"}",
}
"""Bodies that a JSON parser may not bear."""

DATES = {
    "far": "Fri, 31 Dec 99999999999999 23:59:59 GMT",
    "year-0": "Mon, 01 Jan 0000 00:00:00 GMT",
    "year-10000": "Sat, 01 Jan 10000 00:00:00 GMT",
    "last-day": "Fri, 31 Dec 9999 23:59:59 -2359",
    "first-day": "Mon, 01 Jan 0001 00:00:00 +2359",
    "zone": "Fri, 01 Jan 2027 00:00:00 +9999999999",
    "zone-of-letters": "Fri, 01 Jan 2027 00:00:00 +ABCD",
    "no-zone": "Fri, 01 Jan 2027 00:00:00 -0000",
    "hour": "Fri, 01 Jan 2027 99:99:99 GMT",
    "second": "Wed, 31 Dec 2026 23:59:60 GMT",
    "day": "Mon, 99 Foo 2026",
    "digits": "9" * 5000,
    "other-digits": "\u00b2\u00b3",
    "negative": "-1",
    "fraction": "0.5",
    "exponent": "1e9",
    "infinity": "inf",
    "nan": "nan",
    "empty": "",
    "spaces": "Fri , , , 1 1 1",
    "only-commas": "," * 5000,
    "long": "Fri, " + "1 " * 20_000,
    "colons": "1 Jan 2027 " + ":" * 5000,
    "short": "1 Jan",
}
"""Values of ``Date`` and ``Retry-After`` beyond every calendar."""
