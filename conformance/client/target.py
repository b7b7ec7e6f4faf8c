"""The URL under test, and the requests that are sent to it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx

from conformance.client.http_client import HttpClient
from conformance.client.memo import Memo
from conformance.client.messages import Exchange, Header, Request
from conformance.client.parallel import send_in_waves
from conformance.client.retry_after import MOST_WAITS, RetryAfter
from conformance.client.silence import Silence

TOKEN_HEADER = "X-Storefront-Access-Token"  # noqa: S105 - a header's name
TOKEN_SOURCES = ("header", "query", "both")
"""The places of a token that a run tries; the first one is the usual place."""
UNRESERVED = "!'()*-._~"
"""What encodeURIComponent leaves unchanged, besides letters and digits."""
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
"""The User-Agent of a desktop browser, in every request that does not name another."""
PATIENCE_BETWEEN = 3.0
"""Seconds to wait for a request that is sent between the halves of another one."""
TIMES_AGAIN = 5
"""How often requests on one connection are sent again because of a rate limit."""


def browser_lines(origin: str) -> tuple[Header, ...]:
    """Return the lines that Chromium adds to a POST of a page, besides those of its ``fetch`` or ``sendBeacon``."""
    return (
        ("Accept", "*/*"),
        ("Sec-CH-UA", '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"'),
        ("Sec-CH-UA-Mobile", "?0"),
        ("Sec-CH-UA-Platform", '"Windows"'),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Dest", "empty"),
        ("Referer", f"{origin}/"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Accept-Language", "en-US,en;q=0.9"),
    )


@dataclass(frozen=True)
class Attempt:
    """A repetition of a check, because its first call found a violation."""

    under_first_conditions: bool
    """Whether it sends what the first call sent, as large and as many at the same time; otherwise as little as possible."""
    subject: object = None
    """What the first call was about when it found the violation: only this needs to be sent again. None if it is not known."""
    memo: Memo = field(default_factory=Memo, repr=False)


_ATTEMPT: ContextVar[Attempt | None] = ContextVar("attempt", default=None)
"""The current repetition; None outside of one."""
_SUBJECT: ContextVar[object] = ContextVar("subject", default=None)
"""What the check on this thread is about at present, such as one of many events."""


@dataclass
class Target:
    """The URL under test, with the settings of the run that concern it."""

    base: str
    token: str = field(repr=False)
    origin: str
    http_client: HttpClient = field(repr=False)
    token_source: str = "header"  # noqa: S105 - names a place
    """Where a token is sent if a check allows both: ``header``; ``query`` or ``both`` if the target accepts only that."""
    needs_origin: bool = False
    """Whether it accepts no POST without an Origin, so that a POST carries one unless a check sends none on purpose."""
    single_connection: bool = False
    """Whether it answers only while no second connection is open."""
    _second: tuple[str, str] | None = field(default=None, init=False, repr=False)
    """What ``_second_form`` returns; None while it is not known."""
    retry_after: RetryAfter = field(default_factory=RetryAfter, repr=False)
    silence: Silence = field(init=False, repr=False)
    _memo: Memo = field(default_factory=Memo, init=False, repr=False)
    """The memo of the run."""

    def __post_init__(self) -> None:
        self.silence = Silence(self.http_client)

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
        without: Sequence[str] = (),
        content_type: str | None = "application/json",
    ) -> Request:
        """Build a POST; without ``header`` and ``query`` it carries no token.

        ``raw_query`` is the whole query string as it goes out, in place of ``query``. Without ``origin`` the request carries
        an Origin only if the target needs one; with an empty one it never does.
        ``headers`` replace usual lines of the same name, and ``without`` names usual lines that are not sent.
        """
        lines: list[Header] = [("User-Agent", BROWSER), ("Accept", "application/json")]
        if content_type is not None:
            lines.append(("Content-Type", content_type))
        if header is not None:
            lines.append((TOKEN_HEADER, header))
        if origin is None and self.needs_origin:
            origin = self.origin
        if origin:
            lines.append(("Origin", origin))
        replaced = {name.lower() for name in (*without, *dict(headers))}
        lines = [line for line in lines if line[0].lower() not in replaced]
        url = self.url(token=query) if query is not None else self.url()
        if raw_query is not None:
            url = f"{self.url()}?{raw_query}"
        return Request("POST", url, (*lines, *headers), body)

    @property
    def memo(self) -> Memo:
        """The values that checks share, such as answers. A fresh attempt begins with an empty memo."""
        attempt = _ATTEMPT.get()
        return attempt.memo if attempt is not None else self._memo

    @property
    def is_fresh_attempt(self) -> bool:
        """Whether a check is judged for the second time, because the first time it found a violation."""
        return _ATTEMPT.get() is not None

    @property
    def is_under_first_conditions(self) -> bool:
        """Whether a fresh attempt sends what the first attempt sent, as large and as many at the same time."""
        attempt = _ATTEMPT.get()
        return attempt is not None and attempt.under_first_conditions

    @property
    def subject(self) -> object:
        """What the check on this thread is about at present; in a fresh attempt, what the first attempt was about when it failed."""
        attempt = _ATTEMPT.get()
        return attempt.subject if attempt is not None else _SUBJECT.get()

    def note_subject(self, subject: object) -> None:
        """Note what the check on this thread is about from now on. A fresh attempt keeps that of the first one."""
        _SUBJECT.set(subject)

    @contextmanager
    def fresh_attempt(
        self, *, under_first_conditions: bool = False, subject: object = None
    ) -> Iterator[None]:
        """In this context, send every request again, and use no earlier answer.

        The connection is new. Under the conditions of the first attempt, a valid request has been answered on it.
        """
        self.http_client.close()
        if under_first_conditions and self.silence.valid is not None:
            self.http_client.send(self.silence.valid)
        token = _ATTEMPT.set(Attempt(under_first_conditions, subject))
        try:
            yield
        finally:
            _ATTEMPT.reset(token)

    def send(self, request: Request) -> Exchange:
        """Return the exchange of a request. A request that was answered before is not sent again."""
        return self.memo.get(request, lambda: self._sent(request), keep=_is_answered)

    def resend(self, request: Request) -> Exchange:
        """Send a request, even if it was answered before."""
        return self._stored(self._sent(request))

    def on_second_connection(self, refused: Request, valid: Request, patience: float) -> Exchange:
        """Send a request that should be refused on a second connection while this thread's stays open, and a valid one after it.

        Return the exchange of the first one; it is waited for at most ``patience`` seconds. If both get their answers, the
        run keeps connections after refusals.
        """
        with closing(self.http_client.on_one_connection([refused, valid], patience)) as sent:
            first, _ = next(sent)
            if first.reply is not None:
                second, is_same = next(sent)
                self.http_client.keeping.learn(first, second, is_same=is_same)
        return self._stored(first)

    def send_in_waves(self, waves: Sequence[Sequence[Request]]) -> list[list[Exchange]]:
        """Send waves of requests, those of a wave at the same time; one after the other to a target that serves one connection.

        A request that is throttled is not sent again, because it would not be sent at the same time as the others.
        """
        if self.single_connection:
            return [[self.http_client.send(request) for request in wave] for wave in waves]
        self.http_client.close()
        return send_in_waves(self.http_client, waves)

    def send_around(self, outer: Request, inner: Request) -> tuple[Exchange, Exchange | None]:
        """Send a request in two halves, and a whole one between them.

        A server that handles one request at a time answers the inner one too late: it is not waited for.
        """
        return self.http_client.around(outer, inner, min(PATIENCE_BETWEEN, self.http_client.timeout / 2))

    def on_one_connection(self, requests: Sequence[Request]) -> list[tuple[Exchange, bool]]:
        """Send requests one after another on a new connection, and say of each whether it used the connection of the one before.

        If a rate limit refuses one, all are sent again after the wait that it asks for.
        """
        sent = list(self.http_client.on_one_connection(requests))
        for _ in range(TIMES_AGAIN):
            if not any(self.retry_after.wait(exchange) for exchange, _ in sent):
                break
            sent = list(self.http_client.on_one_connection(requests))
        return sent

    def on_own_connections(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send requests one after another, each on a new connection. One that a rate limit refuses is sent again."""
        return [self._on_own_connection(request) for request in requests]

    def _on_own_connection(self, request: Request) -> Exchange:
        seconds = self.http_client.timeout
        return self._after_waits(lambda: self.http_client.on_own_connection(request, seconds))

    def _sent(self, request: Request) -> Exchange:
        return self.silence.examine(self._after_waits(lambda: self.http_client.send(request)))

    def _after_waits(self, send: Callable[[], Exchange]) -> Exchange:
        """Send a request, and send it again after each wait that the target asks for."""
        exchange, waits = send(), 0
        while waits < MOST_WAITS and self.retry_after.wait(exchange):
            exchange, waits = send(), waits + 1
        return exchange

    def _stored(self, exchange: Exchange) -> Exchange:
        """Store an answer, so that checks with the same request get it."""
        if _is_answered(exchange):
            self.memo.put(exchange.request, exchange)
        return exchange

    def post(self, body: bytes, **how: Any) -> Exchange:
        """Send a POST as ``request`` builds it."""
        return self.send(self.request(body, **how))

    def post_with_token(self, body: bytes, *, turn: int = 0, **how: Any) -> Exchange:
        """Send a POST with the token at a place where the target reads it; ``turn`` is that of ``token_in_place``.

        In the second form it also has the Origin of a page, as that form usually has.
        """
        if turn % 2 and self._second_form[1]:
            how.setdefault("origin", self._second_form[1])
        return self.post(body, **self.token_in_place(self.token, turn), **how)

    def token_in_place(self, token: str, turn: int = 0) -> dict[str, Any]:
        """Return the arguments of a POST that carries a token at a place where the target reads it.

        All rules hold for both forms, and a target may have a handler for each. So requests of the same kind take turns: those
        with an even ``turn`` use the usual place, those with an odd one the second place: the query, if the target accepts it.
        """
        source = self._second_form[0] if turn % 2 else self.token_source
        places = ("header", "query") if source == "both" else (source,)
        return dict.fromkeys(places, token)

    @property
    def _second_form(self) -> tuple[str, str]:
        """The second place of a token, and the Origin of requests that use it; empty for none."""
        if self._second is None:
            self._second = self._find_second_form()
        return self._second

    def _find_second_form(self) -> tuple[str, str]:
        valid = self.silence.valid
        if self.token_source != "header" or valid is None:  # noqa: S105 - a place
            return self.token_source, ""
        # The same requests as those of token.query-accepted.
        for origin in dict.fromkeys((self.origin, "")):
            request = self.request(valid.body, query=self.token, origin=origin)
            exchange = self._memo.get(request, partial(self._sent, request), keep=_is_answered)
            if exchange.reply is not None and httpx.codes.is_success(exchange.reply.status):
                return "query", origin
        return self.token_source, ""

    def preflight(self, asks_for: str, *, origin: str | None = None, query: str | None = None) -> Exchange:
        """Send the preflight (OPTIONS) for a POST; ``asks_for`` is its Access-Control-Request-Headers.

        It has the header lines of Chromium in their order: no cookie, no token header, no body.
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


def _is_answered(exchange: Exchange) -> bool:
    return exchange.reply is not None or exchange.is_confirmed
