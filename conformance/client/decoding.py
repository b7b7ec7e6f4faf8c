"""Decodes a body part by part, so that a small one that becomes large costs neither memory nor time beyond a limit."""

import zlib
from collections.abc import Callable, Iterator, Sequence

import brotli  # type: ignore[import-untyped]
import zstandard

from conformance.client.messages import Reply

MOST_CODINGS = 5
"""Codings of one body that are decoded, as in curl."""
PART = 64 << 10
"""Bytes that a decoder returns at once."""
SLICE = 128
"""Bytes that a zstd decoder gets at once. It cannot limit what it returns, and 4 bytes become up to 128 KB."""
WINDOW = 8 << 20
"""Bytes; the largest window of a zstd body (RFC 9659, 3)."""

Check = Callable[[], object]
"""Is called between two parts, and raises an error if the time is over."""
Decoder = Callable[[Iterator[bytes], Check], Iterator[bytes]]


class DecodingError(ValueError):
    """A body is not encoded as its Content-Encoding says."""


def codings(reply: Reply) -> list[str]:
    """Return the known content codings of a reply, in the order in which they were applied."""
    named = [coding.lower() for coding in reply.listed("content-encoding")]
    return [coding for coding in named if coding in DECODERS]


def decoded(parts: Iterator[bytes], names: Sequence[str], check: Check) -> Iterator[bytes]:
    """Yield a decoded body. Raises DecodingError, and the errors of ``check``."""
    if len(names) > MOST_CODINGS:
        raise DecodingError(
            f"Content-Encoding names {len(names)} codings; at most {MOST_CODINGS} are decoded"
        )
    for name in reversed(names):
        parts = DECODERS[name](parts, check)
    return parts


def _gzip(parts: Iterator[bytes], check: Check) -> Iterator[bytes]:
    return _inflated(parts, check, zlib.MAX_WBITS | 16)


def _deflate(parts: Iterator[bytes], check: Check) -> Iterator[bytes]:
    """Yield what a body with or without the head of zlib has; many servers leave it out."""
    first = b""
    while len(first) < 2 and (part := next(parts, b"")):  # noqa: PLR2004 - the bytes of the head
        first += part
    is_zlib = first[:1] and first[0] & 15 == zlib.DEFLATED and int.from_bytes(first[:2], "big") % 31 == 0
    yield from _inflated(_before(first, parts), check, zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)


def _inflated(parts: Iterator[bytes], check: Check, bits: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(bits)
    try:
        for part in parts:
            rest = part
            while rest and not inflater.eof:
                check()
                yield inflater.decompress(rest, PART)
                rest = inflater.unconsumed_tail
        yield inflater.flush()
    except zlib.error as error:
        raise DecodingError(str(error)) from None


def _brotli(parts: Iterator[bytes], check: Check) -> Iterator[bytes]:
    decompressor = brotli.Decompressor()
    try:
        for part in parts:
            plain, rest = b"", part
            while rest or plain or not decompressor.can_accept_more_data():
                check()
                plain, rest = decompressor.process(rest, output_buffer_limit=PART), b""
                yield plain
    except brotli.error as error:
        raise DecodingError(str(error)) from None


def _zstd(parts: Iterator[bytes], check: Check) -> Iterator[bytes]:
    frame = None
    try:
        for part in parts:
            for start in range(0, len(part), SLICE):
                check()
                rest = part[start : start + SLICE]
                while rest:
                    frame = frame or zstandard.ZstdDecompressor(max_window_size=WINDOW).decompressobj()
                    yield frame.decompress(rest)
                    rest, frame = (frame.unused_data, None) if frame.eof else (b"", frame)
    except zstandard.ZstdError as error:
        raise DecodingError(str(error)) from None
    if frame is not None:
        raise DecodingError("the zstd body is incomplete")


def _before(first: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from parts


DECODERS: dict[str, Decoder] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
"""By the name of their coding; a body in another coding stays as it is."""
