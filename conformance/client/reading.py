"""Sends one request through a transport, and reads its reply up to limits of size and time."""

import base64
import hashlib
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import httpx

from conformance.client.deadline import Deadline, Transport
from conformance.client.decoding import DecodingError, codings, decoded
from conformance.client.messages import CUT, Header, NoReply, Reply, Request

LONGEST_REPLY = 256 << 10
"""Bytes of a reply's body that are read; the rest is left unread, and the reply is marked as cut."""
LONGEST_HEAD = 64 << 10
MOST_LINES = 1000
LONGEST_TEXT = 1000
"""Characters of a reason phrase, or of an error that quotes the other side."""


class Limits(NamedTuple):
    """How much of a reply is kept."""

    body: int = LONGEST_REPLY
    """Bytes."""
    head: int = LONGEST_HEAD
    """Characters of its header lines."""
    lines: int = MOST_LINES
    """Its header lines."""


def exchange(
    transport: Transport,
    request: Request,
    limits: Limits,
    deadline: Deadline,
    content: Iterable[bytes] | None = None,
    *,
    more: Sequence[Header] = (),
) -> Reply | NoReply:
    """Send a request and return its reply, or the reason why it got no reply.

    With ``content``, its body is sent in these parts; ``more`` are header lines besides its own. Raises ValueError for a request that cannot be sent.
    """
    try:
        outgoing = _outgoing(request, content, more)
    except httpx.InvalidURL as error:
        raise ValueError(f"the suite built a URL that cannot be sent: {error}") from error
    try:
        response = transport.handle_request(outgoing)
        try:
            return _reply(response, transport, limits, deadline)
        finally:
            response.close()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
        return NoReply("unreachable", _describe(error))
    except httpx.TimeoutException as error:
        return NoReply("timeout", _describe(error))
    except httpx.LocalProtocolError as error:
        raise ValueError(f"the suite built a request that cannot be sent: {error}") from error
    except httpx.RemoteProtocolError as error:
        kind = "closed" if "disconnected" in str(error) or "closed" in str(error) else "garbled"
        return NoReply(kind, _describe(error))
    except httpx.TransportError as error:
        return NoReply("closed", _describe(error))


def _outgoing(request: Request, parts: Iterable[bytes] | None, more: Sequence[Header]) -> httpx.Request:
    split = urlsplit(request.url)
    path = (split.path or "/") + (f"?{split.query}" if split.query else "")
    url = httpx.URL(f"{split.scheme}://{split.netloc}/").copy_with(raw_path=path.encode("ascii"))
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (*request.headers, *more)]
    if url.userinfo:
        user = f"{unquote(split.username or '')}:{unquote(split.password or '')}".encode()
        headers.append((b"Authorization", b"Basic " + base64.b64encode(user)))
    content: bytes | Iterable[bytes] | None = request.body
    if parts is not None:
        headers.append((b"Content-Length", str(len(request.body)).encode()))
        content = parts
    elif request.chunked:
        content = iter([request.body[: len(request.body) // 2], request.body[len(request.body) // 2 :]])
    elif not request.body and request.method == "OPTIONS":
        content = None
    return httpx.Request(request.method, url, headers=headers, content=content)


def _reply(response: httpx.Response, transport: Transport, limits: Limits, deadline: Deadline) -> Reply:
    lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw]
    kept = _kept(lines, limits)
    is_whole = len(kept) == len(lines)
    reply = Reply(
        response.status_code,
        response.reason_phrase[:LONGEST_TEXT],
        kept,
        b"",
        lines_in_all=0 if is_whole else len(lines),
        lines_sha256="" if is_whole else digest_of(lines),
    )
    assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 - a reply without asyncio
    body, cut, undecodable = _body(response.stream, codings(reply), limits.body, deadline)
    return replace(
        reply,
        body=body,
        cut=cut,
        undecodable=undecodable,
        bytes_behind=0 if cut or undecodable else transport.unread_bytes(),
    )


def _kept(lines: Sequence[Header], limits: Limits) -> tuple[Header, ...]:
    """Return the first header lines, as many as the limits allow."""
    sizes = itertools.accumulate(len(name) + len(value) for name, value in lines[: limits.lines])
    return tuple(line for line, size in zip(lines, sizes, strict=False) if size <= limits.head)


def digest_of(lines: Iterable[Header]) -> str:
    """Return the SHA-256 of header lines, each with its line end."""
    whole = hashlib.sha256()
    for name, value in lines:
        whole.update(f"{name}: {value}\r\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


class _Arriving:
    """The bytes of a body as they arrive. It keeps the first ones, for a body that cannot be decoded."""

    def __init__(self, stream: Iterable[bytes], longest: int) -> None:
        self._stream, self._longest = iter(stream), longest
        self.kept = bytearray()
        self.is_longer = False

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            self.is_longer = len(self.kept) + len(part) > self._longest
            self.kept += part[: self._longest - len(self.kept)]
            yield part

    def read_on(self) -> None:
        """Read to the end or to the limit."""
        while not self.is_longer and next(iter(self), None) is not None:
            pass


def _body(
    stream: Iterable[bytes], names: Sequence[str], longest: int, deadline: Deadline
) -> tuple[bytes, bool, str]:
    """Read a body up to ``longest`` bytes; return also whether it is longer, and why it cannot be decoded."""
    arriving = _Arriving(stream, longest) if names else None
    body = io.BytesIO()
    try:
        parts = decoded(iter(arriving), names, deadline.check) if arriving is not None else stream
        for part in parts:
            body.write(part)
            if body.tell() > longest:
                body.truncate(longest)
                return body.getvalue(), True, ""
    except DecodingError as error:
        assert arriving is not None  # noqa: S101 - a body without a coding is not decoded
        arriving.read_on()
        return bytes(arriving.kept), arriving.is_longer, f"DecodingError: {error}"
    return body.getvalue(), False, ""


def _describe(error: Exception) -> str:
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(CUT)] + CUT
