"""Sends requests and reads replies, and says why where there is none."""

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from conformance.client.messages import Exchange, NoReply, Reply, Request
from conformance.client.pace import Pace
from conformance.client.timeline import Timeline
from conformance.client.transport import Deadline, Transport

LONGEST_REPLY = 1 << 20
"""Bytes of a target's reply that are read; the rest is left unread and said to be cut."""
GIVES_UP_AFTER = 5
"""Requests in a row without a reply after which a target counts as gone, and nothing more is sent."""
GONE = NoReply("unreachable", "not sent: the target had stopped answering")
SPENT = NoReply("not sent", "the run may send no more requests (--max-requests)")


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
    pace: Pace = field(default_factory=Pace, repr=False)
    timeline: Timeline = field(default_factory=Timeline, repr=False)
    """When they were sent."""
    _silences: int = 0
    _context: ssl.SSLContext | None = field(default=None, repr=False)
    """Made for the first https URL: reading the authorities' certificates costs as much as a hundred requests."""
    _client: httpx.Client | None = field(default=None, repr=False)
    _deadline: Deadline = field(default_factory=Deadline, repr=False)

    def send(self, request: Request, *, fresh: bool = False) -> Exchange:
        """Send one request, on a new connection if ``fresh``, and return what came; never raises for the wire's sake."""
        if self._silences >= self.gives_up_after:
            return Exchange(request, GONE, 0.0, time.time())
        if not self.pace.take():
            return Exchange(request, SPENT, 0.0, time.time())
        if fresh:
            self.close()
        used = self._client is not None
        exchange = self._send(request)
        if (
            used
            and isinstance(exchange.outcome, NoReply)
            and exchange.outcome.kind == "closed"
            and self.pace.take()
        ):
            self.close()
            exchange = self._send(request)
        self._silences = 0 if exchange.reply else self._silences + 1
        if exchange.reply is None or exchange.reply.status >= httpx.codes.BAD_REQUEST or exchange.reply.cut:
            self.close()
        return exchange

    @property
    def requests(self) -> int:
        """How many were sent."""
        return self.pace.sent

    def _send(self, request: Request) -> Exchange:
        if request.url.startswith("https:"):
            self.authorities()
        if self._client is None:
            self._client = httpx.Client(
                transport=Transport(self._context, self._deadline), trust_env=False, timeout=self.timeout
            )
        at, started = time.time(), time.monotonic()
        self._deadline.at = started + self.timeout
        outcome = _exchange(self._client, request, self.longest)
        self.timeline.add(at, outcome.status if isinstance(outcome, Reply) else None)
        return Exchange(request, outcome, time.monotonic() - started, at)

    def authorities(self) -> ssl.SSLContext:
        """Return what the certificates of https URLs are checked by; ``SSL_CERT_FILE`` names more."""
        if self._context is None:
            self._context = httpx.create_ssl_context()
            self.close()
        return self._context

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._client is not None:
            self._client.close()
            self._client = None


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
