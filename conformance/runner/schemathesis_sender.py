"""Sends the requests of Schemathesis through the client of the run, so that they are counted, paced and repeated as all others."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from conformance.client import TOKEN_HEADER, Exchange, Reply, Request, Target, bearable

PROBE = "X-Schemathesis-Probe"
"""A header of requests that ask what an HTTP server can do, for example with a NUL in a header. They are not sent."""
CASE = "x-schemathesis-testcaseid"
REFUSED = Reply(400, "Bad Request", (), b"")
ALREADY_DONE = ("content-encoding", "transfer-encoding", "content-length")
"""Headers that the client adds to a request, and that describe the undecoded body of an answer."""


class NoAnswer(Exception):
    """There is no answer. Schemathesis counts this as an error of one case and continues with the next."""


class Sender(HTTPAdapter):
    """The adapter of every session of Schemathesis."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        self._target = target
        self.exchanges: list[Exchange] = []
        """Every exchange, in the order of sending."""
        self._by_request: dict[int, Exchange] = {}

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Send a request through the client. Raises NoAnswer."""
        if PROBE in request.headers:
            return self._response(request, REFUSED)
        exchange = self._target.send(self._request(request))
        self.exchanges.append(exchange)
        self._by_request[id(request)] = exchange
        if exchange.reply is None:
            raise NoAnswer(str(exchange.outcome))
        return self._response(request, exchange.reply)

    def exchange_of(self, request: requests.PreparedRequest) -> Exchange:
        """Return the exchange of a request that was sent."""
        return self._by_request[id(request)]

    @contextmanager
    def in_place_of_sessions(self, context: Any) -> Iterator[None]:
        """Make every session of Schemathesis send through this adapter; ``context`` is its module that makes sessions.

        Schemathesis has no option for it. A release that makes its sessions in another way would send by itself; a test notices
        that, because such requests are not counted.
        """

        def make_session(*arguments: Any, **named: Any) -> requests.Session:
            session: requests.Session = original(*arguments, **named)
            session.trust_env = False
            for scheme in ("http://", "https://"):
                session.mount(scheme, self)
            return session

        original = context.make_session
        context.make_session = make_session
        try:
            yield
        finally:
            context.make_session = original

    @property
    def _case(self) -> str:
        """The number of the next case. Schemathesis' own name of it is another one in each run."""
        return f"{len(self.exchanges) + 1:06}"

    def _request(self, prepared: requests.PreparedRequest) -> Request:
        """Return a request with a generated body, and with the token in the place where the target reads it."""
        headers = [
            (_text(name), self._case if name.lower() == CASE else _text(value))
            for name, value in prepared.headers.items()
            if name.lower() not in (*ALREADY_DONE, TOKEN_HEADER.lower())
        ]
        content: Any = prepared.body or b""
        body: bytes = content.encode() if isinstance(content, str) else content
        place = self._target.token_in_place(self._target.token)
        request = self._target.request(body, headers=headers, content_type=None, **place)
        return request.by(prepared.method or "POST")

    def _response(self, request: requests.PreparedRequest, reply: Reply) -> requests.Response:
        headers = HTTPHeaderDict(pair for pair in reply.headers if pair[0].lower() not in ALREADY_DONE)
        raw = HTTPResponse(
            io.BytesIO(bearable(reply.body)),
            headers=headers,
            status=reply.status,
            reason=reply.reason,
            version=11,
            preload_content=False,
        )
        return self.build_response(request, raw)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
