"""The URL under test, and the requests that it gets."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from conformance.client.http_client import HttpClient
from conformance.client.messages import Exchange, Header, Request
from conformance.client.retry_after import RetryAfter

TOKEN_HEADER = "X-Storefront-Access-Token"  # noqa: S105 - a header's name
UNRESERVED = "!'()*-._~"
"""What encodeURIComponent leaves as it is, beside letters and digits."""
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
"""The User-Agent of a desktop browser; every request carries it unless it says otherwise."""

_ANEW: ContextVar[dict[Request, Exchange] | None] = ContextVar("anew", default=None)
"""What has been answered since everything is asked anew, where it is."""


@dataclass
class Target:
    """The URL under test, with what the run was told of it."""

    base: str
    token: str = field(repr=False)
    origin: str
    wire: HttpClient = field(repr=False)
    token_source: str = "header"  # noqa: S105 - names a place
    """How a token travels where that is not the question: ``header``, or ``query`` where only that is read."""
    single_connection: bool = False
    """Whether it answers on no second connection while a first is kept open."""
    retry_after: RetryAfter = field(default_factory=RetryAfter, repr=False)
    _answered: dict[Request, Exchange] = field(default_factory=dict, init=False, repr=False)
    """What was asked once need not be asked again: several checks look at one answer."""
    _turns: dict[Request, threading.Lock] = field(default_factory=dict, init=False, repr=False)

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

    def send(self, request: Request) -> Exchange:
        """Return the exchange of a request; one that was answered before is not sent again."""
        # Who asks the same meanwhile waits for its answer.
        with self._turns.setdefault(request, threading.Lock()):
            return self._known().get(request) or self.resend(request)

    def resend(self, request: Request) -> Exchange:
        """Send a request, whether it was answered before or not."""
        exchange = self.wire.send(request)
        while self.retry_after.wait(exchange):
            exchange = self.wire.send(request)
        return self._remember(exchange)

    def refetched(self, exchange: Exchange) -> Exchange:
        """Return an exchange of before; where everything is asked anew, what its request comes to now."""
        return exchange if _ANEW.get() is None else self.send(exchange.request)

    def on_second_connection(self, request: Request, patience: float) -> Exchange:
        """Send a request on a second connection while this thread's stays open; wait at most ``patience`` seconds."""
        return self._remember(self.wire.on_second_connection(request, patience))

    def _remember(self, exchange: Exchange) -> Exchange:
        if exchange.reply is not None:
            self._known()[exchange.request] = exchange
        return exchange

    def _known(self) -> dict[Request, Exchange]:
        fresh_attempt = _ANEW.get()
        return self._answered if fresh_attempt is None else fresh_attempt

    @contextmanager
    def fresh_attempt(self) -> Iterator[None]:
        """Ask everything anew, on a new connection, in this context."""
        self.wire.close()
        token = _ANEW.set({})
        try:
            yield
        finally:
            _ANEW.reset(token)

    def post(self, body: bytes, **how: Any) -> Exchange:
        """Send a POST as ``request`` builds it."""
        return self.send(self.request(body, **how))

    def post_with_token(self, body: bytes, **how: Any) -> Exchange:
        """Send a POST with the token in the form that the target was found to read."""
        return self.post(body, **{self.token_source: self.token}, **how)

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
