"""Freedoms of the answers."""

import gzip
import itertools
import json
import random
import re
import secrets
import time
import zlib
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

import brotli  # type: ignore[import-untyped]
import zstandard
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from conformance.reference import Rules
from conformance.reference.batch import Refused
from conformance.reference.stores import Store
from conformance.requirements import response, robustness
from tests.suite.variants.declaring import variant


class EmptyCreated(Rules):
    """A 201 has no body and no content type."""

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        return Response(status_code=201)


class BadRequestForNoJson(Rules):
    """A body that is not JSON is answered with 400, as many frameworks do."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        try:
            return super().decode(request, body)
        except Refused as refused:
            raise Refused(refused.errors, 400 if refused.status == 422 else refused.status) from None


class ProlixErrors(Rules):
    """A 422 has more members than necessary, its JSON is indented, and its content type has a charset."""

    def unprocessable(self, _request: Request, refused: Refused, /) -> Response:
        return self.prolix(
            refused.status, {"message": "Unprocessable", "errors": [*refused.errors, "See the manual."]}
        )

    def unauthenticated(self, _request: Request, /) -> Response:
        reply = self.prolix(401, {"error": "Unauthenticated"})
        reply.headers["WWW-Authenticate"] = 'Storefront realm="beacon"'
        return reply

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        return self.prolix(201, None)

    def prolix(self, status: int, content: Any) -> Response:
        return Response(
            json.dumps(content, indent=4) + "\r\n", status, media_type="Application/JSON; charset=UTF-8"
        )


class NotFound(Rules):
    """Other methods are answered with 404."""

    def not_allowed(self, _request: Request, /) -> Response:
        return Response(status_code=404)


class NotImplementedByAnybody(Rules):
    """Other methods are answered with 501."""

    def not_allowed(self, _request: Request, /) -> Response:
        return Response(status_code=501)


class ClosesEveryConnection(Rules):
    """Each connection serves one request, as with HTTP/1.0."""

    def finish(self, request: Request, response: Response, /) -> Response:
        response.headers["Connection"] = "close"
        return super().finish(request, response)


class Compresses(Rules):
    """Every answer with a body is compressed, because a request without Accept-Encoding accepts any encoding."""

    def finish(self, request: Request, response: Response, /) -> Response:
        if response.body:
            response.body = gzip.compress(bytes(response.body))
            response.headers["Content-Length"] = str(len(response.body))
            response.headers["Content-Encoding"] = "gzip"
        return super().finish(request, response)


class NegotiatesEncodings(Rules):
    """Answers are compressed in the ways that the client accepts, in turn, and not without Accept-Encoding."""

    WAYS: ClassVar[dict[str, Callable[[bytes], bytes]]] = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": brotli.compress,
        "zstd": zstandard.compress,
    }

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.turns = itertools.count()

    def finish(self, request: Request, response: Response, /) -> Response:
        accepted = [one for one in self.WAYS if one in request.headers.get("Accept-Encoding", "")]
        if response.body and accepted:
            encoding = accepted[next(self.turns) % len(accepted)]
            response.body = self.WAYS[encoding](bytes(response.body))
            response.headers["Content-Length"] = str(len(response.body))
            response.headers["Content-Encoding"] = encoding
            response.headers.append("Vary", "Accept-Encoding")
        return super().finish(request, response)


class EmptyForBrowsers(Rules):
    """A 201 is null for a client that asks for JSON, and empty for others."""

    def created(self, request: Request, entries: list[Any], /) -> Response:
        asks = "json" in request.headers.get("Accept", "json")
        return super().created(request, entries) if asks else Response(status_code=201)


class NumbersItsErrors(Rules):
    """A 422 has the id of its request, which is another one each time."""

    def unprocessable(self, _request: Request, refused: Refused, /) -> Response:
        content = {"errors": refused.errors, "request_id": secrets.token_hex(8)}
        return Response(json.dumps(content), refused.status, media_type="application/json")


@variant(
    warned=(robustness.ANY_CALLER_ANSWERED,),
    not_judged=(robustness.ANY_CALLER_INGESTED,),
)
class Firewalled(NegotiatesEncodings, NumbersItsErrors, EmptyForBrowsers):
    """A firewall in front refuses requests without User-Agent, and those of libraries; answers are compressed."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        if re.match(r"$|curl/|python-requests/|Go-http-client/", request.headers.get("User-Agent", "")):
            return Response("<h1>Forbidden</h1>", 403, media_type="text/html")
        return super().post(request, body, store)


class Chatty(Rules):
    """Answers carry request ids, counters, timings and the name of one of two back ends."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.count = itertools.count(1)

    def finish(self, request: Request, response: Response, /) -> Response:
        turn = next(self.count)
        length = int(request.headers.get("Content-Length") or 0)
        for name, value in {
            "X-Request-Id": secrets.token_hex(8),
            f"X-Trace-{secrets.token_hex(2)}": "on",
            "Server-Timing": f"app;dur={(0.5, 1e-3, 12, 3.25e-05)[secrets.randbelow(4)]!r}",
            "X-Response-Time": f"{time.monotonic() % 0.1:.3g}ms",
            "ETag": f'W/"{secrets.token_urlsafe(9)}"',
            "Keep-Alive": f"timeout=5, max={100 - turn % 100}",
            "RateLimit": f"limit=10000, remaining={10_000 - turn}, reset={60 - int(time.time()) % 60}",
            "X-Elapsed-Ms": str(1 + length // 1000),
            "X-Bytes-Read": str(length),
            "X-RateLimit-Limit": "10000",
            "X-RateLimit-Remaining": str(10_000 - turn),
            "X-Served-By": f"backend-{turn % 2}",
            "X-Rack": f"rack-{turn % 4 // 2}",
            "Via": "1.1 edge",
            "Strict-Transport-Security": "max-age=31536000",
        }.items():
            response.headers.append(name, value)
        if secrets.randbelow(3) == 0:
            response.headers.append("Alt-Svc", 'h3=":443"; ma=86400')
        return super().finish(request, response)


@variant()
class EmptyForLargeBatches(Rules):
    """A small batch is answered with null, and a large one with an empty body."""

    def created(self, request: Request, entries: list[Any], /) -> Response:
        return Response(status_code=201) if len(entries) > 5 else super().created(request, entries)


@variant(warned=(response.NULL_JSON,))
class NullByTurns(Rules):
    """A request is answered with an empty body and, when it is repeated, with null: two back ends take turns."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.counts: Counter[str] = Counter()

    def created(self, request: Request, entries: list[Any], /) -> Response:
        key = json.dumps([str(request.url), sorted(request.headers.items()), entries])
        self.counts[key] += 1
        return Response(status_code=201) if self.counts[key] % 2 else super().created(request, entries)


def in_odd_order_and_case(app: ASGIApp) -> ASGIApp:
    """Shuffle header lines, and write their names as nobody would."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                lines = [(_odd(name), value) for name, value in message["headers"]]
                message = {**message, "headers": random.sample(lines, len(lines))}
            await send(message)

        await app(scope, receive, dressed)

    return wrapped


def _odd(name: bytes) -> bytes:
    return b"".join(bytes([byte]).upper() if place % 3 else bytes([byte]) for place, byte in enumerate(name))
