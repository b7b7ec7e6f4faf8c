"""Sends requests and reads replies; a request without a reply gets a reason."""

import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from conformance.client.clock import now
from conformance.client.deadline import Deadline, Transport
from conformance.client.messages import Exchange, NoReply, Reply, Request
from conformance.client.rate_limit import RequestBudget
from conformance.client.timeline import Timeline

LONGEST_REPLY = 1 << 20
"""Bytes of a reply's body that are read; the rest is left unread, and the reply is marked as cut."""
GIVES_UP_AFTER = 5
"""Requests in a row without a reply; after them nothing more is sent."""
THROTTLING = (429, 503)
"""Statuses with which a target refuses requests that come too fast."""
STOPPED_ANSWERING = NoReply("unreachable", "not sent: the target had stopped answering")
RUN_ENDED = NoReply("not sent", "the run was ended")


class _Connection(threading.local):
    """The state of one thread."""

    def __init__(self) -> None:
        self.client: httpx.Client | None = None
        self.deadline = Deadline()
        self.unanswered = 0
        """Requests in a row without a reply, while no other thread got one."""
        self.replies_before = 0
        """Replies in all threads when the last request of this row failed."""
        self.sent = 0


@dataclass
class HttpClient:
    """Sends requests from any thread. Each thread keeps one connection alive until a request on it fails.

    A target that refuses a request without reading its body can break the next request on that connection. So the request
    after a refusal, or after a missing reply, gets a new connection. A server may close an idle connection just when a
    request is sent; such a request is sent again on a new connection, as browsers do.
    """

    timeout: float
    """Seconds for one whole exchange."""
    longest: int = LONGEST_REPLY
    """Bytes of a reply's body that are read."""
    gives_up_after: float = GIVES_UP_AFTER
    """Requests in a row without a reply; after them nothing more is sent."""
    proxy: str = ""
    """URL of the proxy for all requests; empty for no proxy, even if the environment names one."""
    budget: RequestBudget = field(default_factory=RequestBudget, repr=False)
    timeline: Timeline = field(default_factory=Timeline, repr=False)
    """Counts the requests by time."""
    throttled: set[Request] = field(default_factory=set, init=False, repr=False)
    """The requests that were answered with 429 or 503."""
    _own: _Connection = field(default_factory=_Connection, repr=False)
    _open: dict[httpx.Client, Transport] = field(default_factory=dict, init=False, repr=False)
    """The connections of all threads."""
    _replies: int = 0
    _refuses: NoReply | None = None
    """The reason why nothing is sent any more."""
    _context: ssl.SSLContext | None = field(default=None, repr=False)
    """Made for the first https URL, because reading the certificates takes as long as a hundred requests."""
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def send(self, request: Request, *, is_counted: bool = False) -> Exchange:
        """Send one request and return the exchange; network errors become a NoReply.

        ``is_counted`` means that the budget has counted the request and waited for it.
        """
        if self._refuses is not None:
            return Exchange(request, self._refuses, 0.0, now())
        size = len(request.body)
        if not is_counted and not self.budget.take(size):
            return self.not_sent(request)
        used = self._own.client is not None
        exchange = self._send(request)
        if (
            used
            and isinstance(exchange.outcome, NoReply)
            and exchange.outcome.kind == "closed"
            and not self.is_stopped
            and self.budget.take(size)
        ):
            self.close()
            exchange = self._send(request)
        self._count(answered=exchange.reply is not None)
        reply = exchange.reply
        if reply is None or reply.status >= httpx.codes.BAD_REQUEST or reply.cut or self._is_unusable:
            self.close()
        return exchange

    def not_sent(self, request: Request) -> Exchange:
        """Return the exchange of a request for which the budget has no room."""
        return Exchange(request, NoReply("not sent", self.budget.refusal(len(request.body))), 0.0, now())

    @property
    def _is_unusable(self) -> bool:
        """Whether this thread's connection must not be used again."""
        client = self._own.client
        transport = self._open.get(client) if client is not None else None
        return self.is_stopped or (transport is not None and transport.has_unread_bytes())

    def on_own_connection(self, request: Request, seconds: float) -> Exchange:
        """Send one request on a connection of its own while this thread's stays open; wait at most ``seconds``."""
        deadline = Deadline()
        client = self._connect(request, deadline)
        try:
            exchange = self._counted(client, deadline, request, min(seconds, self.timeout))
        finally:
            self._close(client)
        if exchange.reply is not None:
            self._count(answered=True)
        return exchange

    def around(self, outer: Request, inner: Request, seconds: float) -> tuple[Exchange, Exchange | None]:
        """Send a request in two halves, and between them a whole one on a connection of its own.

        Return both exchanges. The inner one is waited for at most ``seconds``; it is None if the outer one could not be sent.
        """
        between: list[Exchange] = []
        middle = len(outer.body) // 2

        def content() -> Iterator[bytes]:
            yield outer.body[:middle]
            between.append(self.on_own_connection(inner, seconds))
            yield outer.body[middle:]

        deadline = Deadline()
        client = self._connect(outer, deadline)
        try:
            exchange = self._counted(client, deadline, outer, self.timeout, content())
        finally:
            self._close(client)
        return exchange, between[0] if between else None

    def on_one_connection(self, requests: Sequence[Request]) -> list[tuple[Exchange, bool]]:
        """Send requests one after another on a new connection, and keep it after a refusal too.

        Return each exchange, and whether it used the connection of the one before. A server may close a connection after
        any answer: the next request then opens another one.
        """
        deadline = Deadline()
        client = self._connect(requests[0], deadline)
        transport, sent = self._open[client], []
        try:
            for request in requests:
                before = transport.opened
                exchange = self._counted(client, deadline, request, self.timeout)
                is_same = 0 < before == transport.opened
                if is_same and isinstance(exchange.outcome, NoReply) and exchange.outcome.kind == "closed":
                    again = self._counted(client, deadline, request, self.timeout)
                    exchange, is_same = again, False
                sent.append((exchange, is_same))
                if transport.has_unread_bytes():
                    self._close(client)
                    client = self._connect(request, deadline)
                    transport = self._open[client]
        finally:
            self._close(client)
        return sent

    def _counted(
        self,
        client: httpx.Client,
        deadline: Deadline,
        request: Request,
        seconds: float,
        content: Iterable[bytes] | None = None,
    ) -> Exchange:
        """Send a request with a given client, if it may still be sent."""
        size = len(request.body)
        if self._refuses is not None:
            return Exchange(request, self._refuses, 0.0, now())
        if not self.budget.take(size):
            return self.not_sent(request)
        return self._exchange(client, deadline, request, seconds, content)

    def _count(self, *, answered: bool) -> None:
        """Count a request, and stop sending if too many in a row got no reply while no thread got one."""
        own = self._own
        with self._lock:
            if answered:
                self._replies += 1
                own.unanswered = 0
                return
            own.unanswered = own.unanswered + 1 if own.replies_before == self._replies else 1
            own.replies_before = self._replies
            if own.unanswered >= self.gives_up_after:
                self._refuses = STOPPED_ANSWERING

    @property
    def requests(self) -> int:
        """The number of requests that were sent."""
        return self.budget.sent

    @property
    def requests_of_thread(self) -> int:
        """The number of requests that this thread sent."""
        return self._own.sent

    def _send(self, request: Request) -> Exchange:
        own = self._own
        if own.client is None:
            own.client = self._connect(request, own.deadline)
        own.sent += 1
        return self._exchange(own.client, own.deadline, request, self.timeout)

    def _exchange(
        self,
        client: httpx.Client,
        deadline: Deadline,
        request: Request,
        seconds: float,
        content: Iterable[bytes] | None = None,
    ) -> Exchange:
        at, started = now(), time.monotonic()
        deadline.at = started + seconds
        outcome = _outcome(client, _outgoing(request, content), self.longest)
        self.timeline.add(at, outcome.status if isinstance(outcome, Reply) else None)
        if isinstance(outcome, Reply) and outcome.status in THROTTLING:
            self.throttled.add(request)
        return Exchange(request, outcome, time.monotonic() - started, at)

    def _connect(self, request: Request, deadline: Deadline) -> httpx.Client:
        context = self.authorities() if request.url.startswith("https:") else None
        transport = Transport(context, deadline, self.proxy)
        client = httpx.Client(transport=transport, trust_env=False, timeout=self.timeout)
        self._open[client] = transport
        return client

    def _close(self, client: httpx.Client) -> None:
        transport = self._open.pop(client, None)
        client.close()
        if transport is not None:
            transport.close()  # a connection may have been opened while another thread closed the client

    def authorities(self) -> ssl.SSLContext:
        """Return the trusted certificate authorities; ``SSL_CERT_FILE`` adds some."""
        with self._lock:
            if self._context is None:
                self._context = httpx.create_ssl_context()
            return self._context

    def close(self) -> None:
        """Close this thread's connection, if there is one."""
        client, self._own.client = self._own.client, None
        if client is not None:
            self._close(client)

    def give_up(self) -> None:
        """Send nothing more, because the target does not answer any more."""
        self._refuses = self._refuses or STOPPED_ANSWERING

    def stop(self) -> None:
        """Send nothing more, and end the exchanges that threads are waiting for."""
        self._refuses = self._refuses or RUN_ENDED
        self.close()
        for client, transport in list(self._open.items()):
            transport.shut_down()
            client.close()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is sent: the run was ended, or the target stopped answering."""
        return self._refuses is not None

    @property
    def is_stopped(self) -> bool:
        """Whether the run was ended, so that nothing more is sent."""
        return self._refuses is RUN_ENDED


def _outcome(client: httpx.Client, outgoing: httpx.Request, longest: int) -> Reply | NoReply:
    try:
        response = client.send(outgoing, stream=True)
        try:
            body, cut, undecodable = _read(response, longest)
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
    headers = tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in response.headers.raw)
    return Reply(response.status_code, response.reason_phrase, headers, body, cut, undecodable)


def _outgoing(request: Request, parts: Iterable[bytes] | None) -> httpx.Request:
    """Return what httpx sends. With ``parts``, these are its body, one after another."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers]
    content: bytes | Iterable[bytes] | None = request.body
    if parts is not None:
        headers.append((b"Content-Length", str(len(request.body)).encode()))
        content = parts
    elif request.chunked:
        content = iter([request.body[: len(request.body) // 2], request.body[len(request.body) // 2 :]])
    elif not request.body and request.method == "OPTIONS":
        content = None
    return httpx.Request(request.method, _url(request), headers=headers, content=content)


def _url(request: Request) -> httpx.URL:
    parts = urlsplit(request.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        return httpx.URL(f"{parts.scheme}://{parts.netloc}/").copy_with(raw_path=path.encode("ascii"))
    except httpx.InvalidURL as error:
        raise ValueError(f"the suite built a URL that cannot be sent: {error}") from error


class _Undecoded(httpx.SyncByteStream):
    """The stream of a reply. It keeps the bytes as they arrive, for a body that cannot be decompressed."""

    def __init__(self, stream: httpx.SyncByteStream, longest: int) -> None:
        self._stream, self._longest = stream, longest
        self.kept = bytearray()

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            self.kept += part[: self._longest - len(self.kept)]
            yield part

    def close(self) -> None:
        self._stream.close()


def _read(response: httpx.Response, longest: int) -> tuple[bytes, bool, str]:
    """Read a body up to ``longest`` bytes; return also whether it is longer, and why it cannot be decompressed."""
    assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 - a reply of a client without asyncio
    response.stream = undecoded = _Undecoded(response.stream, longest)
    body = bytearray()
    try:
        for part in response.iter_bytes():
            body += part
            if len(body) > longest:
                return bytes(body[:longest]), True, ""
    except httpx.DecodingError as error:
        return bytes(undecoded.kept), False, _describe(error)
    return bytes(body), False, ""


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
