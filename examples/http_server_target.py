"""A conforming `POST /beacon` with nothing but the standard library: http.server, and a thread for ingestion."""

import argparse
import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Store:
    """A tenant with its stored events."""

    token: str
    origins: list[str]
    ingested: list[tuple[datetime, str, str]] = field(default_factory=list)
    """When events were stored, their sessions, and the events as JSON."""


STORES = [
    Store("example-token-of-store-a", ["https://shop.example", "https://checkout.shop.example:8443"]),
    Store("example-token-of-store-b", ["https://second-shop.example"]),
]
QUEUE: SimpleQueue[tuple[Store, list[Any], dict[str, str]]] = SimpleQueue()


class Handler(BaseHTTPRequestHandler):
    """Answers requests. It reads every body to its end, so that the connection can serve the next request."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: the second would wait for the first one's acknowledgement

    def do_OPTIONS(self) -> None:
        """Answer a preflight, which never carries the token header."""
        self.body()
        self.answer(200)

    def do_POST(self) -> None:
        """Accept a batch."""
        content = self.body()
        if urlsplit(self.path).path != "/beacon":
            self.answer(404, json.dumps({"error": "Not Found"}))
        elif (store := self.caller()) is None:
            self.answer(401, json.dumps({"error": "Unauthenticated"}))
        elif isinstance(found := batch(content), str):
            self.answer(422, json.dumps({"errors": [found]}))
        else:
            QUEUE.put((store, found, {name.lower(): value for name, value in self.headers.items()}))
            self.answer(201)

    def do_GET(self) -> None:
        """Return the stored events."""
        store = self.caller()
        if store is None or urlsplit(self.path).path != "/events":
            self.answer(404, json.dumps({"error": "Not Found"}))
        else:
            since = datetime.fromisoformat(self.parameter("since") or "1970-01-01T00:00:00Z")
            session = self.parameter("session_id")
            shown = [event for at, of, event in store.ingested if at >= since and session in (None, "", of)]
            self.answer(200, f"[{','.join(shown)}]")

    def parameter(self, name: str) -> str | None:
        """Decode a parameter of the query."""
        return parse_qs(urlsplit(self.path).query).get(name, [None])[0]

    def caller(self) -> Store | None:
        """Find the store; a header wins over the query."""
        token = self.headers.get("X-Storefront-Access-Token", self.parameter("token"))
        return next((store for store in STORES if store.token == token), None)

    def body(self) -> bytes:
        """Read a body, in chunks or of a known length."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(chunks)

    def answer(self, status: int, content: str = "null") -> None:
        """Write an answer that reflects an origin which a store allows."""
        body = content.encode()
        self.send_response(status)
        self.send_header("Vary", "Origin")
        origin = self.headers.get("Origin")
        if any(origin in store.origins for store in STORES):
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Allow-Credentials", "true")
            self.send_header("Access-Control-Allow-Headers", "content-type, x-storefront-access-token")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Log nothing: a query may carry a token."""


def batch(content: bytes) -> list[Any] | str:
    """Return the events of a body, or the reason why it is refused."""
    try:
        body = json.loads(content, parse_constant=refuse)
    except (ValueError, RecursionError):
        return "The body must be valid JSON."
    events = body.get("events") if isinstance(body, dict) else None
    if not isinstance(events, list):
        return "The body must be an object with an array of events."
    return events if 1 <= len(events) <= 100 else "There must be 1 to 100 events."


def refuse(constant: str) -> None:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError(constant)


def is_number(value: Any) -> bool:
    """Return whether a value is a number; in Python a boolean is one, too."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_utc(text: str) -> str:
    """Convert ISO 8601 or an HTTP date to UTC. Raises ValueError for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = parsedate_to_datetime(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


TEXTS = ("attribution_token", "query", "marketing_source", "marketing_medium", "marketing_campaign")
NAMES = ("event_id", "session_id", "collection_handle")
CHECKS = {
    **dict.fromkeys(TEXTS, lambda value: isinstance(value, str)),
    **dict.fromkeys(NAMES, lambda value: isinstance(value, str) and value != ""),
    **dict.fromkeys(("product_id", "variant_id"), is_number),
    "timestamp": as_utc,
    "customer_id": lambda value: value is None or isinstance(value, str),
    "shopping_channel": lambda value: value in ("web", "app"),
    "position": lambda value: is_number(value) and value >= 1,
    "contextual_data": lambda value: isinstance(value, dict),
}
ON_A_LIST = ("product_click", "product_impression", "product_hover", "product_touch")
NEEDED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("product_view", "add_to_cart"), ("product_id",)),
    **dict.fromkeys(ON_A_LIST, ("product_id", "position")),
    "collection_view": ("collection_handle",),
    **dict.fromkeys(("search", "block_view"), ()),
}


def is_valid(event: Any) -> bool:
    """Return whether one event is valid."""
    if not isinstance(event, dict) or not isinstance(event.get("event_type"), str):
        return False
    needed = NEEDED.get(event["event_type"])
    if needed is None or not {"event_id", "timestamp", "session_id", *needed} <= event.keys():
        return False
    try:
        return all(CHECKS[name](value) for name, value in event.items() if name in CHECKS)
    except (TypeError, ValueError, OverflowError):
        return False


def enriched(event: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    """Add the fields that the server knows; they replace the client's values, except for the channel."""
    agent = headers.get("user-agent", "")
    from_app = any(name in headers.get("x-requested-with", "").lower() for name in ("tapcart", "fuego"))
    return {
        "shopping_channel": "app" if from_app else "web",
        "contextual_data": {},
        **event,
        "timestamp": as_utc(event["timestamp"]),
        **dict.fromkeys(("geo_country", "geo_state", "geo_city")),
        "device_type": "mobile" if "Mobi" in agent else "desktop",
        "browser": next((name for name in ("Firefox", "Chrome", "Safari") if name in agent), "Other"),
        "os": next((name for name in ("Android", "iPhone", "Windows", "Mac") if name in agent), "Other"),
    }


def ingest() -> None:
    """Process the queue: store valid events, and skip the others silently."""
    while True:
        store, events, headers = QUEUE.get()
        for event in filter(is_valid, events):
            # 1e999 is read as infinity, which JSON cannot carry: such an event is skipped, too.
            with suppress(ValueError, RecursionError):
                stored = json.dumps(enriched(event, headers), allow_nan=False)
                store.ingested.append((datetime.now(UTC), event["session_id"], stored))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8080)
    threading.Thread(target=ingest, daemon=True).start()
    ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Handler).serve_forever()
