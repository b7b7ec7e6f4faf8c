"""Conforming targets, however unusual: the reference with freedoms that the contract leaves.

A freedom is a small class with one override. Freedoms that do not interact share a variant, for a variant costs a run.
"""

import contextlib
import gzip
import itertools
import json
import random
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from conformance import reference
from conformance.reference import REVOKED_TOKEN, Rules
from conformance.reference.batch import Refused
from conformance.reference.cors import Lines, add
from conformance.reference.events import FIELDS, Schema
from conformance.reference.shops import Shop
from conformance.requirements import (
    ALL,
    Level,
    Needs,
    Requirement,
    batch,
    cors,
    enrichment,
    events,
    response,
    robustness,
)

Event = dict[str, Any]
R = TypeVar("R", bound=Rules)
BEHIND = (Needs.INGESTION, Needs.STORES)
"""Of a variant whose answers are the reference's own."""
LATE = "--patience=20"
"""The default, which a test's run cuts short."""
FRESH = ("-n", "1")
"""Of a variant that minds when the suite's modules were loaded: in a process of its own."""


@dataclass(frozen=True)
class Variant:
    """A conforming target, and what the contract has a run say of it."""

    rules: type[Rules]
    """Its docstring says what is unusual about it."""
    warned: tuple[Requirement, ...] = ()
    not_judged: tuple[Requirement, ...] = ()
    around: Callable[[ASGIApp], ASGIApp] | None = None
    """What stands in front of the application."""
    options: tuple[str, ...] = ()
    """What a run has to be told of it."""
    classes: tuple[Needs, ...] = (Needs.HTTP, Needs.INGESTION, Needs.STORES)
    """Whose requirements it is judged by: all, where its answers are unusual."""

    @property
    def name(self) -> str:
        return re.sub(r"(?<=.)(?=[A-Z])", "-", self.rules.__name__).lower()

    @property
    def status(self) -> int:
        """What a run ends with that requires every class: 6 where a MUST could not be judged."""
        return 6 if any(one.level is Level.MUST for one in self.not_judged) else 0


VARIANTS: list[Variant] = []


def variant(**what: Any) -> Callable[[type[R]], type[R]]:
    """Declare rules to be a variant, named by their class."""

    def declare(rules: type[R]) -> type[R]:
        VARIANTS.append(Variant(rules, **what))
        return rules

    return declare


class Server(reference.Server):
    """Serves a variant."""

    def __init__(self, variant: Variant) -> None:
        super().__init__(variant.rules, delay=0.005)
        config = self._listener.config
        if variant.around is not None:
            config.app = variant.around(config.app)  # type: ignore[arg-type]  # an application, of uvicorn's many


# Answers


class EmptyCreated(Rules):
    """A 201 has no body and no content type."""

    def created(self, _request: Request, _entries: list[Any], /) -> Response:
        return Response(status_code=201)


class BadRequestForNoJson(Rules):
    """A body that is not JSON gets 400, as from many a framework's parser."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        try:
            return super().decode(request, body)
        except Refused as refused:
            raise Refused(refused.errors, 400 if refused.status == 422 else refused.status) from None


class ProlixErrors(Rules):
    """A 422 says more than it must, JSON is indented, and its type has a charset."""

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
    """Another method is a route that does not exist."""

    def not_allowed(self, _request: Request, /) -> Response:
        return Response(status_code=404)


class NotImplementedByAnybody(Rules):
    """Another method is one that nobody has implemented."""

    def not_allowed(self, _request: Request, /) -> Response:
        return Response(status_code=501)


class ClosesEveryConnection(Rules):
    """A connection serves one request, as with HTTP/1.0."""

    def finish(self, request: Request, response: Response, /) -> Response:
        response.headers["Connection"] = "close"
        return super().finish(request, response)


class Compresses(Rules):
    """Every answer with a body is compressed: who names no encoding takes any."""

    def finish(self, request: Request, response: Response, /) -> Response:
        if response.body:
            response.body = gzip.compress(bytes(response.body))
            response.headers["Content-Length"] = str(len(response.body))
            response.headers["Content-Encoding"] = "gzip"
        return super().finish(request, response)


class Chatty(Rules):
    """Answers carry request ids, counters, timings, and which of two back ends took its turn."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.count = itertools.count(1)

    def finish(self, request: Request, response: Response, /) -> Response:
        turn = next(self.count)
        length = int(request.headers.get("Content-Length") or 0)
        for name, value in {
            "X-Request-Id": secrets.token_hex(8),
            f"X-Trace-{secrets.token_hex(2)}": "on",
            "Server-Timing": f"app;dur={time.monotonic() % 1:.3f}",
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
        return super().finish(request, response)


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


# CORS


class WithheldOn401(Rules):
    """Without a valid token no origin is authorised, so a 401 has no CORS lines."""

    def cors_lines(self, request: Request, status: int, shop: Shop | None, /) -> Lines:
        return [] if status == 401 else super().cors_lines(request, status, shop)


class EverybodyIsReflected(Rules):
    """Every origin is reflected."""

    def allows(self, _origin: str, _shop: Shop | None) -> bool:
        return True


class StrangersAreForbidden(Rules):
    """An origin that is not authorised gets 403, to preflights and POSTs alike; and the shop's origins are others."""

    ORIGINS = ("https://boutique.test", "http://localhost:3000")

    def allows(self, origin: str, _shop: Shop | None) -> bool:
        return origin in self.ORIGINS

    def is_strange(self, request: Request, shop: Shop | None) -> bool:
        origin = self.origin(request)
        return origin is not None and not self.allows(origin, shop)

    def preflight(self, request: Request) -> Response:
        if self.is_strange(request, self.preflight_shop(request)):
            return Response(status_code=403)
        return super().preflight(request)

    def post(self, request: Request, body: bytes | None, shop: Shop | None) -> Response:
        if shop is not None and self.is_strange(request, shop):
            return Response(status_code=403)
        return super().post(request, body, shop)


class HtmlPreflight(Rules):
    """A preflight is answered with 200 and a page."""

    def preflight(self, request: Request) -> Response:
        reply = HTMLResponse("<p>You may.</p>")
        add(reply, self.preflight_lines(request))
        return reply


class EchoesTheNames(Rules):
    """Allow-Headers are what was asked for; there is no Allow-Methods and no Max-Age."""

    def allow_headers(self, request: Request, /) -> str | None:
        return request.headers.get("Access-Control-Request-Headers")

    def allow_methods(self, _request: Request, /) -> str | None:
        return None

    def max_age(self, _request: Request, /) -> str | None:
        return None


class NamesInMixedCase(Rules):
    """Allow-Headers in mixed case, Allow-Methods in lower case, Origin among others in Vary."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "Accept,Content-Type ,,  X-STOREFRONT-Access-Token,"

    def allow_methods(self, _request: Request, /) -> str | None:
        return "post"

    def vary(self, _request: Request, /) -> str | None:
        return "Accept-Encoding, ORIGIN"


class NamesOnTwoLines(Rules):
    """Allow-Headers and Vary are on two lines each."""

    def preflight_lines(self, request: Request) -> Lines:
        return [
            *super().preflight_lines(request),
            ("Vary", "Access-Control-Request-Headers"),
            ("Access-Control-Allow-Headers", "X-Storefront-Access-Token"),
        ]

    def allow_headers(self, _request: Request, /) -> str | None:
        return "content-type"


class StarBesideNames(Rules):
    """Allow-Headers have a star beside the names, Allow-Methods and Vary are one; Max-Age is 0."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "*, content-type, x-storefront-access-token"

    def allow_methods(self, _request: Request, /) -> str | None:
        return "*"

    def vary(self, _request: Request, /) -> str | None:
        return "*"

    def max_age(self, _request: Request, /) -> str | None:
        return "0"


# What is silent, taken strictly


class OnlyPlainJsonIsTaken(Rules):
    """Another content type, a charset, an encoding: 415. Chunks: 411. More than 2 MB: 413."""

    def entries(self, request: Request, body: bytes | None, /) -> list[Any]:
        if "chunked" in request.headers.get("Transfer-Encoding", ""):
            raise Refused(["Length Required"], 411)
        encoded = "Content-Encoding" in request.headers
        if encoded or request.headers.get("Content-Type") != "application/json":
            raise Refused(["Unsupported Media Type"], 415)
        if len(body or b"") > 2 << 20:
            raise Refused(["Content Too Large"], 413)
        return super().entries(request, body)


class UnknownMembersAreRefused(Rules):
    """A batch is an object of events and nothing else."""

    def body_errors(self, payload: Any) -> list[str]:
        return super().body_errors(payload) or [f"{name}?" for name in payload if name != "events"]


class ExactEvents(Rules):
    """Fields are what the table says and nothing else: whole positions, ids by the book, dates in one form."""

    ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26}")

    def field_schema(self, field: str) -> Schema:
        if field == "event_id":
            return {"type": "string", "pattern": f"^({self.ID.pattern})$"}
        return {"type": "integer", "minimum": 1} if field == "position" else super().field_schema(field)

    def required_fields(self, event_type: str) -> frozenset[str]:
        needs = {"search": {"query"}, "block_view": {"attribution_token"}}
        return super().required_fields(event_type) | needs.get(event_type, set())

    def valid(self, entry: Any) -> bool:
        return super().valid(entry) and entry.keys() <= {"event_type", *FIELDS}


# What is silent, taken leniently


class GenerousTokens(Rules):
    """Tokens are trimmed; the last parameter counts, in any case; an empty header is none; the revoked are known."""

    def header_token(self, request: Request) -> str | None:
        return (super().header_token(request) or "").strip() or None

    def query_token(self, request: Request) -> str | None:
        named = [value for name, value in self.query(request) if name.lower() == "token"]
        return named[-1].strip() if named else None

    def shop_for(self, token: str) -> Shop | None:
        return self.store.shops[0] if token == REVOKED_TOKEN else super().shop_for(token)


class GenerousBodies(Rules):
    """Compressed bodies, byte order marks, NaN and trailing commas are read."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        if request.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body or b"")
        body = (body or b"").removeprefix(b"\xef\xbb\xbf").replace(b": NaN", b": null")
        if body.endswith(b",}"):
            body = body[:-2] + b"}"
        return super().decode(request, body)


class GenerousEvents(Rules):
    """Numeric strings, nulls, numeric timestamps and loose dates are read; duplicates are kept."""

    NUMBERS = ("product_id", "variant_id", "position")

    def accepted(self, entries: list[Any]) -> list[Event]:
        return super().accepted([self.read(entry) for entry in entries])

    def read(self, entry: Any) -> Any:
        if not isinstance(entry, dict):
            return entry
        event = {name: self.read_field(name, value) for name, value in entry.items() if value is not None}
        if entry.get("session_id", "") is None:
            event["session_id"] = "anonymous"
        return event

    def read_field(self, name: str, value: Any) -> Any:
        if name in self.NUMBERS and isinstance(value, str) and value.isdigit():
            return int(value)
        return self.read_date(value) if name == "timestamp" else value

    def read_date(self, value: Any) -> Any:
        if isinstance(value, str) and value.isdigit():
            value = int(value) * 1000
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000, UTC).isoformat()
        if isinstance(value, str) and re.fullmatch(r"[-\d]{10}(T[:\d]{8})?", value):
            return value.ljust(19, "T")[:10] + "T00:00:00Z" if len(value) == 10 else f"{value}Z"
        return value.replace("-02-30T", "-03-02T") if isinstance(value, str) else value

    def dedup_key(self, _event: Event) -> str | None:
        return None


# Ingestion


class Stalls(Rules):
    """Now and then ingestion stands still for 3 seconds, with everything behind it."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.count = itertools.count(1)

    def ingest(self, shop: Shop, entries: list[Any], request: Request) -> None:
        self.store.delay = 3.0 if next(self.count) % 60 == 0 else 0.005
        super().ingest(shop, entries, request)


class Overtakes(Rules):
    """Now and then an event takes a second longer, so that later ones overtake it."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.count = itertools.count(1)

    def ingest(self, shop: Shop, entries: list[Any], request: Request) -> None:
        late = [entry for entry in entries if next(self.count) % 300 == 0]
        if late:
            timer = threading.Timer(1, super().ingest, (shop, late, request))
            timer.daemon = True
            timer.start()
        super().ingest(shop, [entry for entry in entries if not any(entry is one for one in late)], request)


# Read-back


class ReadBack:
    """Shows the stored events otherwise."""

    ignores: tuple[str, ...] = ()
    """Parameters of the query."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != "/events":
            await self.app(scope, receive, send)
            return
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        asked = {name: value for name, value in query.items() if name not in self.ignores}
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app({**scope, "query_string": urlencode(asked).encode()}, receive, keep)
        stored = json.loads(b"".join(message.get("body", b"") for message in messages))
        reply = Response(json.dumps(self.shown(stored, query)), media_type="application/json")
        await reply(scope, receive, send)

    def shown(self, stored: list[Event], _query: dict[str, str], /) -> Any:
        return [self.show(event) for event in stored]

    def show(self, event: Event) -> Event:
        return event


FILLED = ("geo_country", "geo_state", "geo_city", "device_type", "browser", "os")
NOT_SHOWN = (
    enrichment.GEO_FILLED,
    enrichment.DEVICE_FILLED,
    enrichment.GEO_NOT_TRUSTED,
    enrichment.DEVICE_NOT_TRUSTED,
)
"""What cannot be judged where server-filled fields are not shown under their names."""
ENRICHMENT = tuple(one for one in ALL if one.chapter == "enrichment")


def _epoch(text: str, scale: float) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = parsedate_to_datetime(text)
    return int(moment.timestamp() * scale)


class Everything(ReadBack):
    """All there is, newest first, under events; timestamps in milliseconds, free-form data as JSON text."""

    ignores = ("since", "session_id")

    def shown(self, stored: list[Event], query: dict[str, str], /) -> Any:
        return {"total": len(stored), "events": super().shown(stored, query)[::-1]}

    def show(self, event: Event) -> Event:
        data = json.dumps(event["contextual_data"])
        return {**event, "timestamp": _epoch(event["timestamp"], 1e3), "contextual_data": data}


class Nested(ReadBack):
    """Server-filled fields are nested, timestamps in microseconds; since is about the client's own timestamp."""

    ignores = ("since",)

    def shown(self, stored: list[Event], query: dict[str, str], /) -> Any:
        return super().shown([one for one in stored if one["timestamp"] >= query["since"]], query)

    def show(self, event: Event) -> Event:
        plain = {name: value for name, value in event.items() if name not in FILLED}
        place = {name.removeprefix("geo_"): event[name] for name in FILLED[:3]}
        device = {"type": event["device_type"], "browser": event["browser"], "os": event["os"]}
        return {
            **plain,
            "timestamp": _epoch(event["timestamp"], 1e6),
            "server": {"geo": place, "device": device},
        }


class DeviceNested(ReadBack):
    """Only the device is nested; the place is flat."""

    def show(self, event: Event) -> Event:
        flat = {name: value for name, value in event.items() if name not in FILLED[3:]}
        return {**flat, "device": {name.removeprefix("device_"): event[name] for name in FILLED[3:]}}


class Renamed(ReadBack):
    """Server-filled fields are named as in another language, and moments written as in a database."""

    def show(self, event: Event) -> Event:
        def renamed(name: str) -> str:
            first, *rest = name.split("_")
            return first + "".join(word.title() for word in rest)

        shown = {renamed(name) if name in FILLED else name: value for name, value in event.items()}
        moment = datetime.fromtimestamp(_epoch(event["timestamp"], 1), UTC)
        return {**shown, "timestamp": f"{moment:%Y-%m-%d %H:%M:%S}+00"}


class IdsAndData(ReadBack):
    """An event is its id and its free-form data."""

    def show(self, event: Event) -> Event:
        return {name: event[name] for name in ("event_id", "contextual_data") if name in event}


class IdsAlone(ReadBack):
    """An event is its id."""

    def show(self, event: Event) -> Event:
        return {"event_id": event["event_id"]}


# The variants


@variant(
    warned=(
        response.NULL_JSON,
        batch.NOT_JSON_UNPROCESSABLE,
        cors.UNAUTHENTICATED_ORIGIN,
        cors.UNAUTHENTICATED_CREDENTIALS,
    )
)
class Terse(
    EmptyCreated, BadRequestForNoJson, WithheldOn401, EchoesTheNames, NotFound, ClosesEveryConnection
):
    """Says and does as little as it may."""


class ShirksWithTokens(Rules):
    """Letters of a token have no case; a refusal repeats the token; a preflight of an unknown one gets 401."""

    def shop_for(self, token: str) -> Shop | None:
        return next((shop for shop in self.store.shops if shop.token.lower() == token.lower()), None)

    def preflight(self, request: Request) -> Response:
        token = self.query_token(request)
        if token is not None and self.shop_for(token) is None:
            return Response(status_code=401)
        return super().preflight(request)

    def finish(self, request: Request, response: Response, /) -> Response:
        if response.status_code in {401, 422}:
            response.headers["X-Token"] = (self.token(request) or "none").encode().decode("latin-1")
            response.headers["Content-Type"] = "text/plain"
        response.headers["Set-Cookie"] = "seen=1"
        return super().finish(request, response)


class ShirksWithCors(WithheldOn401):
    """No Vary, no POST among the methods, and who sends a cookie gets no line."""

    def vary(self, _request: Request, /) -> str | None:
        return None

    def allow_methods(self, _request: Request, /) -> str | None:
        return "GET, HEAD"

    def allow_origin(self, request: Request, shop: Shop | None) -> str | None:
        return None if "Cookie" in request.headers else super().allow_origin(request, shop)


class ShirksWithBodies(Rules):
    """Whatever is odd about a body is a server error, and an entry that is no object refuses a batch."""

    ODD = re.compile(rb"[^ -~\s]|\\u0000|\\ud[89a-f]|\d{300}|: -?1e-?400|\[{200}|(\{\"a\":){200}")

    def entries(self, request: Request, body: bytes | None, /) -> list[Any]:
        body = body or b""
        plain = request.headers.get("Content-Type") == "application/json"
        framed = "Content-Length" in request.headers
        if not plain or not framed or self.ODD.search(body) or len(body) > 1_000_000 or self.repeats(body):
            raise Refused(["Internal Server Error"], 500)
        return super().entries(request, body)

    def repeats(self, body: bytes) -> bool:
        """Tell whether an object has one name twice."""
        found: list[bool] = []

        def look(pairs: list[tuple[str, Any]]) -> None:
            found.append(len(dict(pairs)) < len(pairs))

        with contextlib.suppress(ValueError, RecursionError):
            json.loads(body, object_pairs_hook=look)
        return any(found)

    def size_errors(self, events: list[Any]) -> list[str]:
        if not all(isinstance(entry, dict) for entry in events):
            return ["Every entry must be an object."]
        return super().size_errors(events)


class ShirksWithEvents(Rules):
    """Only a Z is a zone; what is inferred to be invalid is taken; and some of a refused batch is."""

    LENIENT: ClassVar = ("product_view", "product_click")
    """The types that this is about: two show it as well as nine."""
    caller: tuple[Shop | None, Request]

    def schema(self, event_type: str) -> Schema:
        whole = super().schema(event_type)
        if event_type not in self.LENIENT:
            return whole
        needed = {
            name: {"type": FIELDS[name]["type"]} if "type" in FIELDS[name] else {}
            for name in whole["required"]
        }
        return {"type": "object", "required": whole["required"], "properties": needed}

    def valid_timestamp(self, value: Any) -> bool:
        utc = not isinstance(value, str) or value.endswith("Z")
        return value == "" or (utc and super().valid_timestamp(value))

    def entries(self, request: Request, body: bytes | None, /) -> list[Any]:
        self.caller = (self.authenticate(request, body), request)
        return super().entries(request, body)

    def size_errors(self, events: list[Any]) -> list[str]:
        shop, request = self.caller
        if shop is not None and len(events) > self.max_entries:
            self.ingest(shop, events[: self.max_entries], request)
        return super().size_errors(events)


class ShirksWithEnrichment(Rules):
    """There is no place, a client's word on its place and device is taken, and a campaign is cut."""

    def geo(self, _event: Event, _request: Request, /) -> Event:
        return {}

    def device(self, event: Event, request: Request, /) -> Event:
        return {name: event.get(name, value) for name, value in super().device(event, request).items()}

    def enrich(self, event: Event, request: Request, /) -> Event:
        stored = super().enrich(event, request)
        if isinstance(campaign := stored.get("marketing_campaign"), str):
            stored["marketing_campaign"] = campaign[:4]
        return stored


@variant(
    warned=tuple(one for one in ALL if one.level is Level.SHOULD and one is not robustness.ALWAYS_ANSWERS),
    options=("--patience=2",),
)
class ShirksEveryShould(
    ShirksWithTokens,
    ShirksWithCors,
    EmptyCreated,
    BadRequestForNoJson,
    ShirksWithEvents,
    ShirksWithBodies,
    ShirksWithEnrichment,
):
    """Does what it must, and nothing that it only should."""


@variant(around=in_odd_order_and_case)
class Talkative(Chatty, Compresses, ProlixErrors, HtmlPreflight, NamesInMixedCase, NotImplementedByAnybody):
    """Says a lot more than it has to."""


@variant(
    not_judged=(enrichment.GEO_NOT_TRUSTED, enrichment.DEVICE_NOT_TRUSTED),
    options=tuple(
        f"--{name}={origin}"
        for name, origin in zip(("origin", "other-origin"), StrangersAreForbidden.ORIGINS, strict=True)
    ),
)
class Strict(
    OnlyPlainJsonIsTaken, UnknownMembersAreRefused, ExactEvents, StrangersAreForbidden, NamesOnTwoLines
):
    """Refuses and skips whatever nobody says has to be taken."""


@variant()
class Lenient(GenerousTokens, GenerousBodies, GenerousEvents, EverybodyIsReflected, StarBesideNames):
    """Takes whatever nobody says has to be refused or skipped."""


@variant(options=(LATE,), classes=BEHIND)
class Late(Stalls):
    """Ingests up to 3 seconds late."""


@variant(options=(LATE,), classes=BEHIND)
class OutOfOrder(Overtakes):
    """Ingests out of order, by up to a second."""


@variant(around=Everything, classes=BEHIND, options=(LATE,))
class ShowsEverything(Rules):
    """Its read-back heeds no filter."""


@variant(around=Nested, classes=BEHIND, not_judged=NOT_SHOWN, options=FRESH)
class ShowsNestedFields(Rules):
    """Its read-back nests what the server fills in."""


@variant(
    around=DeviceNested, classes=BEHIND, not_judged=(enrichment.DEVICE_FILLED, enrichment.DEVICE_NOT_TRUSTED)
)
class ShowsANestedDevice(Rules):
    """Its read-back nests some of what the server fills in."""


@variant(around=Renamed, classes=BEHIND, not_judged=NOT_SHOWN)
class ShowsRenamedFields(Rules):
    """Its read-back renames what the server fills in."""


@variant(around=IdsAndData, classes=BEHIND, not_judged=ENRICHMENT)
class ShowsIdsAndData(Rules):
    """Its read-back shows of an event what a run needs to know it again."""


@variant(
    around=IdsAlone,
    classes=BEHIND,
    not_judged=(*ENRICHMENT, events.EVENT_ID_REQUIRED, events.EVENT_ID_TYPED, events.EMPTY_STRINGS_SKIPPED),
)
class ShowsIdsAlone(Rules):
    """Its read-back shows of an event the least that it must."""
