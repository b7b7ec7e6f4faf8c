"""A target that holds every MUST and no SHOULD."""

import contextlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response

from conformance.mutants.token import StoresShareTheirIds
from conformance.reference import Rules
from conformance.reference.batch import Refused
from conformance.reference.events import FIELDS, Schema
from conformance.reference.stores import Store
from conformance.requirements import ALL, Level, robustness
from tests.suite.variants.answers import BadRequestForNoJson, EmptyCreated
from tests.suite.variants.declaring import Event, variant
from tests.suite.variants.lines import WithheldOn401


class ShirksWithTokens(StoresShareTheirIds):
    """Tokens are not case-sensitive, stores share the ids of their events, a refusal repeats the token, and a preflight with an unknown token gets 401."""

    def store_for(self, token: str) -> Store | None:
        return next((store for store in self.database.stores if store.token.lower() == token.lower()), None)

    def preflight(self, request: Request) -> Response:
        token = self.query_token(request)
        if token is not None and self.store_for(token) is None:
            return Response(status_code=401)
        return super().preflight(request)

    def finish(self, request: Request, response: Response, /) -> Response:
        if response.status_code in {401, 422}:
            response.headers["X-Token"] = (self.token(request) or "none").encode().decode("latin-1")
            response.headers["Content-Type"] = "text/plain"
        response.headers["Set-Cookie"] = "seen=1"
        return super().finish(request, response)


class ShirksWithCors(WithheldOn401):
    """There is no Vary and no POST among the methods, and a request with a cookie gets no CORS lines."""

    def vary(self, _request: Request, /) -> str | None:
        return None

    def allow_methods(self, _request: Request, /) -> str | None:
        return "GET, HEAD"

    def allow_origin(self, request: Request, store: Store | None) -> str | None:
        return None if "Cookie" in request.headers else super().allow_origin(request, store)


class ShirksWithBodies(Rules):
    """Any body that a parser need not bear causes a server error, and an entry that is not an object refuses the batch."""

    ODD = re.compile(rb"\x00|\\ud[89a-f]|\d{300}|: -?1e-?400|\[{200}|(\{\"a\":){200}")

    def entries(self, request: Request, body: bytes | None, /) -> list[Any]:
        body = body or b""
        plain = request.headers.get("Content-Type") == "application/json"
        framed = "Content-Length" in request.headers
        odd = self.ODD.search(body) or "\ufffd" in body.decode(errors="replace")
        if not plain or not framed or odd or len(body) > 1_000_000 or self.repeats(body):
            raise Refused(["Internal Server Error"], 500)
        return super().entries(request, body)

    def repeats(self, body: bytes) -> bool:
        """Whether an object has a repeated name."""
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
    """Valid events with unusual values are skipped, events that are only inferred to be invalid are stored, and part of a refused batch is."""

    LENIENT: ClassVar = ("product_view", "product_click")
    """The types that it applies to: two of them are enough."""
    caller: tuple[Store | None, Request]

    def schema(self, event_type: str) -> Schema:
        whole = super().schema(event_type)
        if event_type not in self.LENIENT:
            return whole
        needed = {
            name: {"type": FIELDS[name]["type"]} if "type" in FIELDS[name] else {}
            for name in whole["required"]
        }
        return {"type": "object", "required": whole["required"], "properties": needed}

    def supported(self, event_type: Any) -> bool:
        return super().supported(event_type.lower() if isinstance(event_type, str) else event_type)

    def valid(self, entry: Any) -> bool:
        return super().valid(entry) and not self.is_unusual(entry)

    def is_unusual(self, event: Event) -> bool:
        """Whether a valid event has a value that a target should accept."""
        texts = (value for value in event.values() if isinstance(value, str))
        return (
            event.get("product_id") == 0
            or ("-" in event["event_id"] and event["event_id"].isupper())
            or re.search(r"[^\w-]", str(event["session_id"])) is not None
            or any(len(text) > 1000 for text in texts)
            or "2026"
            < str(event["timestamp"])
            < f"{datetime.now(UTC) - timedelta(minutes=30):%Y-%m-%dT%H:%M}"
        )

    def valid_timestamp(self, value: Any) -> bool:
        utc = not isinstance(value, str) or value.endswith("Z")
        return value == "" or (utc and super().valid_timestamp(value))

    def entries(self, request: Request, body: bytes | None, /) -> list[Any]:
        self.caller = (self.authenticate(request, body), request)
        return super().entries(request, body)

    def size_errors(self, events: list[Any]) -> list[str]:
        store, request = self.caller
        if store is not None and len(events) > self.max_entries:
            self.ingest(store, events[: self.max_entries], request)
        return super().size_errors(events)


class ShirksWithEnrichment(Rules):
    """No place is filled in, a client's own place and device are stored, a campaign is cut, and guests share a customer."""

    def geo(self, _event: Event, _request: Request, /) -> Event:
        return {}

    def device(self, event: Event, request: Request, /) -> Event:
        return {name: event.get(name, value) for name, value in super().device(event, request).items()}

    def enrich(self, event: Event, request: Request, /) -> Event:
        stored = super().enrich(event, request)
        if isinstance(campaign := stored.get("marketing_campaign"), str):
            stored["marketing_campaign"] = campaign[:4]
        number = stored.get("variant_id")
        return {
            "customer_id": "guest",
            **stored,
            **({"variant_id": float(number) // 10 * 10} if type(number) is int else {}),
        }


class ShirksWithCallers(Rules):
    """A form is refused before its token is looked up, a caller without a name too, and events of curl are dropped."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        if "form" in request.headers.get("Content-Type", ""):
            return Response(status_code=415)
        return (
            super().post(request, body, store)
            if "User-Agent" in request.headers
            else Response(status_code=403)
        )

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        if not request.headers["User-Agent"].startswith("curl/"):
            super().ingest(store, entries, request)


@variant(
    warned=tuple(
        one
        for one in ALL
        if one.level is Level.SHOULD and one.chapter != "browser" and one is not robustness.ALWAYS_ANSWERS
    ),
    options=("--patience=2",),
)
class ShirksEveryShould(
    ShirksWithCallers,
    ShirksWithTokens,
    ShirksWithCors,
    EmptyCreated,
    BadRequestForNoJson,
    ShirksWithEvents,
    ShirksWithBodies,
    ShirksWithEnrichment,
):
    """It holds every MUST and no SHOULD."""
