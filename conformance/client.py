"""One request to the target and what came of it: the only module that speaks HTTP."""

import ssl
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlsplit

import httpcore
import httpx

LONGEST_REPLY = 1 << 20
"""Bytes of a target's reply that are read; the rest is left unread and said to be cut."""
GIVES_UP_AFTER = 5
"""Requests in a row without a reply after which a target counts as gone, and nothing more is sent."""

IDLE = 4.0
"""Seconds after which an idle connection is not used again; many servers close one after 5."""

Header = tuple[str, str]


@dataclass(frozen=True)
class Request:
    """What is sent. Headers go out as they stand here; ``Host`` and the body's framing are added on the wire."""

    method: str
    url: str
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    chunked: bool = False
    """Whether the body goes out in chunks, without a Content-Length."""

    def by(self, method: str) -> "Request":
        """Return the same request by another method."""
        return replace(self, method=method)

    def in_chunks(self) -> "Request":
        """Return the same request with a chunked body."""
        return replace(self, chunked=True)


@dataclass(frozen=True)
class Reply:
    """What the target answered."""

    status: int
    reason: str
    headers: tuple[Header, ...]
    """The raw header lines, in the order of arrival."""
    body: bytes
    """At most LONGEST_REPLY bytes, decoded where the target compressed them."""
    cut: bool = False
    """Whether the body went on."""

    def lines(self, name: str) -> list[str]:
        """Return the values of every line of a header, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def listed(self, name: str) -> list[str]:
        """Return the elements of a comma-separated header, over all its lines."""
        return [part.strip() for line in self.lines(name) for part in line.split(",") if part.strip()]


@dataclass(frozen=True)
class NoReply:
    """Why there was no answer."""

    kind: str
    """``unreachable``, ``timeout``, ``closed`` or ``garbled``."""
    detail: str


GONE = NoReply("unreachable", "not sent: the target had stopped answering")


@dataclass(frozen=True)
class Exchange:
    """One request and its reply, or why there was none."""

    request: Request
    outcome: Reply | NoReply
    elapsed: float
    """Seconds."""
    at: float
    """When it began, in seconds since the epoch."""

    @property
    def reply(self) -> Reply | None:
        """The reply, if there was one."""
        return self.outcome if isinstance(self.outcome, Reply) else None


@dataclass
class _Deadline:
    """When the exchange under way is over, whatever has come by then."""

    at: float = 0.0

    def left(self) -> float:
        """Return the seconds that are left. Raises ReadTimeout where none are."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout("no complete answer in time")
        return seconds


@dataclass
class Wire:
    """Sends requests, one connection kept alive until an answer is no success.

    A target that refuses without reading the body can break the next request on the same connection,
    so what follows a refusal, or no reply, gets a connection of its own. A server may close an idle connection at
    the moment when a request leaves on it, so what finds a used one closed is sent again on a new one, as browsers do.
    """

    timeout: float
    """Seconds for one whole exchange."""
    longest: int = LONGEST_REPLY
    """Bytes of a reply's body that are read."""
    gives_up_after: float = GIVES_UP_AFTER
    """Requests in a row without a reply."""
    requests: int = 0
    """How many were sent."""
    _silences: int = 0
    _context: ssl.SSLContext | None = field(default=None, repr=False)
    """Made for the first https URL: reading the authorities' certificates costs as much as a hundred requests."""
    _client: httpx.Client | None = field(default=None, repr=False)
    _deadline: _Deadline = field(default_factory=_Deadline, repr=False)

    def send(self, request: Request, *, fresh: bool = False) -> Exchange:
        """Send one request, on a new connection if ``fresh``, and return what came; never raises for the wire's sake."""
        if self._silences >= self.gives_up_after:
            return Exchange(request, GONE, 0.0, time.time())
        if fresh:
            self.close()
        used = self._client is not None
        exchange = self._send(request)
        if used and isinstance(exchange.outcome, NoReply) and exchange.outcome.kind == "closed":
            self.close()
            exchange = self._send(request)
        self._silences = 0 if exchange.reply else self._silences + 1
        if exchange.reply is None or exchange.reply.status >= httpx.codes.BAD_REQUEST or exchange.reply.cut:
            self.close()
        return exchange

    def _send(self, request: Request) -> Exchange:
        if self._context is None and request.url.startswith("https:"):
            self._context = httpx.create_ssl_context()
            self.close()
        if self._client is None:
            self._client = httpx.Client(
                transport=_Transport(self._context, self._deadline), trust_env=False, timeout=self.timeout
            )
        self.requests += 1
        at, started = time.time(), time.monotonic()
        self._deadline.at = started + self.timeout
        outcome = _exchange(self._client, request, self.longest)
        return Exchange(request, outcome, time.monotonic() - started, at)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._client is not None:
            self._client.close()
            self._client = None


class _Stream(httpcore.NetworkStream):
    """A connection that holds the deadline over all its reads: a timeout of each would never end a steady drip."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        del timeout
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _Stream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    """Opens connections that hold the deadline."""

    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(self, *where: Any, **how: Any) -> httpcore.NetworkStream:
        return _Stream(super().connect_tcp(*where, **how), self._deadline)


class _Transport(httpx.HTTPTransport):
    """One connection at a time, with the deadline on it, and no proxy."""

    def __init__(self, context: ssl.SSLContext | None, deadline: _Deadline) -> None:
        self._pool = httpcore.ConnectionPool(
            context, max_connections=1, keepalive_expiry=IDLE, network_backend=_Backend(deadline)
        )


def _exchange(client: httpx.Client, request: Request, longest: int) -> Reply | NoReply:
    try:
        outgoing = _outgoing(request)
    except httpx.InvalidURL as error:
        raise ValueError(f"the suite built a URL that cannot be sent: {error}") from error
    try:
        response = client.send(outgoing, stream=True)
        try:
            body, cut = _read(response, longest)
        finally:
            response.close()
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        return NoReply("unreachable", _told(error))
    except httpx.TimeoutException as error:
        return NoReply("timeout", _told(error))
    except httpx.LocalProtocolError as error:
        raise ValueError(f"the suite built a request that cannot be sent: {error}") from error
    except (httpx.DecodingError, httpx.RemoteProtocolError) as error:
        kind = "closed" if "disconnected" in str(error) or "closed" in str(error) else "garbled"
        return NoReply(kind, _told(error))
    except httpx.TransportError as error:
        return NoReply("closed", _told(error))
    headers = tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in response.headers.raw)
    return Reply(response.status_code, response.reason_phrase, headers, body, cut)


def _outgoing(request: Request) -> httpx.Request:
    parts = urlsplit(request.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    url = httpx.URL(f"{parts.scheme}://{parts.netloc}/").copy_with(raw_path=path.encode("ascii"))
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers]
    content: bytes | Iterable[bytes] | None = request.body
    if request.chunked:
        content = iter([request.body[: len(request.body) // 2], request.body[len(request.body) // 2 :]])
    elif not request.body and request.method == "OPTIONS":
        content = None
    return httpx.Request(request.method, url, headers=headers, content=content)


def _read(response: httpx.Response, longest: int) -> tuple[bytes, bool]:
    """Read a body up to ``longest`` bytes."""
    body = bytearray()
    for part in response.iter_bytes():
        body += part
        if len(body) > longest:
            return bytes(body[:longest]), True
    return bytes(body), False


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")


JSON_TYPE: Header = ("Content-Type", "application/json")
TOKEN_HEADER = "X-Storefront-Access-Token"  # noqa: S105 - a header's name
UNRESERVED = "!'()*-._~"
"""What encodeURIComponent leaves as it is, beside letters and digits."""
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
"""The User-Agent of a desktop browser; every request carries it unless it says otherwise."""


@dataclass
class Target:
    """The URL under test, with what the run was told of it."""

    base: str
    token: str = field(repr=False)
    origin: str
    wire: Wire = field(repr=False)
    form: str = "header"
    """How a token travels where that is not the question: ``header``, or ``query`` where only that is read."""

    def url(self, **query: str) -> str:
        """Return the URL of ``/beacon``, values percent-encoded as by encodeURIComponent."""
        pairs = "&".join(f"{name}={quote(value, safe=UNRESERVED)}" for name, value in query.items())
        return f"{self.base}/beacon" + (f"?{pairs}" if pairs else "")

    def request(
        self,
        body: bytes,
        *,
        header: str | None = None,
        query: str | None = None,
        raw_query: str | None = None,
        origin: str | None = None,
        headers: Sequence[Header] = (),
        content_type: str | None = "application/json",
    ) -> Request:
        """Build a POST; without ``header`` and ``query`` it carries no token.

        ``raw_query`` is the whole query string as it goes out, in place of ``query``.
        """
        lines: list[Header] = [("User-Agent", BROWSER), ("Accept", "application/json")]
        if content_type is not None:
            lines.append(("Content-Type", content_type))
        if header is not None:
            lines.append((TOKEN_HEADER, header))
        if origin is not None:
            lines.append(("Origin", origin))
        replaced = {name.lower() for name, _ in headers}
        lines = [line for line in lines if line[0].lower() not in replaced]
        url = self.url(token=query) if query is not None else self.url()
        if raw_query is not None:
            url = f"{self.url()}?{raw_query}"
        return Request("POST", url, (*lines, *headers), body)

    def send(self, request: Request, *, fresh: bool = False) -> Exchange:
        """Send a request, on a connection of its own if ``fresh``."""
        return self.wire.send(request, fresh=fresh)

    def post(self, body: bytes, **how: Any) -> Exchange:
        """Send a POST as ``request`` builds it."""
        return self.send(self.request(body, **how))

    def accepted(self, body: bytes, **how: Any) -> Exchange:
        """Send a POST with the token in the form that the target was found to read."""
        return self.post(body, **{self.form: self.token}, **how)

    def preflight(self, asks_for: str, *, origin: str | None = None, query: str | None = None) -> Exchange:
        """Send the OPTIONS request that a browser sends before a POST with ``asks_for`` among its headers.

        Lines and their order are Chromium's: no cookie, no token header, no body.
        """
        origin = origin or self.origin
        lines: tuple[Header, ...] = (
            ("Connection", "keep-alive"),
            ("Accept", "*/*"),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", asks_for),
            ("Origin", origin),
            ("User-Agent", BROWSER),
            ("Sec-Fetch-Mode", "cors"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Dest", "empty"),
            ("Referer", f"{origin}/"),
            ("Accept-Encoding", "gzip, deflate"),
            ("Accept-Language", "en-US,en;q=0.9"),
        )
        url = self.url(token=query) if query is not None else self.url()
        return self.send(Request("OPTIONS", url, lines))
