"""A conforming `POST /beacon` with Flask: Flask-CORS for browsers, a queue and a thread for ingestion."""

import argparse
import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from queue import SimpleQueue
from typing import Any

from flask import Flask, Response, abort, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_cors import CORS


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

app = Flask(__name__)
CORS(
    app,
    resources="/beacon",
    origins=[origin for store in STORES for origin in store.origins],
    methods=["POST"],
    allow_headers=["Content-Type", "X-Storefront-Access-Token"],
    supports_credentials=True,
)


@app.before_request
def authenticate() -> None:
    """Find the store; a header wins over the query. A preflight never carries a token header."""
    if request.method == "OPTIONS":
        return
    token = request.headers.get("X-Storefront-Access-Token", request.args.get("token"))
    g.store = next((store for store in STORES if store.token == token), None)
    if g.store is None:
        abort(401)


@app.errorhandler(401)
def unauthenticated(_error: Exception) -> ResponseReturnValue:
    """Answer in the form of the contract, not in HTML."""
    return jsonify(error="Unauthenticated"), 401


@app.post("/beacon")
def beacon() -> ResponseReturnValue:
    """Accept a batch."""
    try:
        body = json.loads(request.get_data(), parse_constant=refuse)
    except (ValueError, RecursionError):
        return jsonify(errors=["The body must be valid JSON."]), 422
    events = body.get("events") if isinstance(body, dict) else None
    if not isinstance(events, list):
        return jsonify(errors=["The body must be an object with an array of events."]), 422
    if not 1 <= len(events) <= 100:
        return jsonify(errors=["There must be 1 to 100 events."]), 422
    QUEUE.put((g.store, events, {name.lower(): value for name, value in request.headers.items()}))
    return jsonify(None), 201


@app.get("/events")
def ingested() -> ResponseReturnValue:
    """Return the stored events."""
    since = datetime.fromisoformat(request.args.get("since") or "1970-01-01T00:00:00Z")
    session = request.args.get("session_id")
    shown = [event for at, of, event in g.store.ingested if at >= since and session in (None, "", of)]
    return Response(f"[{','.join(shown)}]", mimetype="application/json")


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
    app.run(port=parser.parse_args().port)
