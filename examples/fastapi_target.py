"""A conforming `POST /beacon` with FastAPI: pydantic for events, CORSMiddleware for browsers, background ingestion."""

import argparse
import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, Literal

import uvicorn
from fastapi import BackgroundTasks, Depends, FastAPI, Header, Query, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


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


def as_utc(text: str) -> str:
    """Convert ISO 8601 or an HTTP date to UTC. A ValueError skips the event."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = parsedate_to_datetime(text)
    if not 1 < moment.year < 9999:
        raise ValueError("too far away for UTC")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Text = Annotated[str, Field(min_length=1)]


class Event(BaseModel):
    """The fields of every event."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False)

    event_id: Text
    timestamp: Annotated[str, AfterValidator(as_utc)]
    session_id: Text
    customer_id: str | None = None
    attribution_token: str | None = None
    shopping_channel: Literal["web", "app"] | None = None
    marketing_source: str | None = None
    marketing_medium: str | None = None
    marketing_campaign: str | None = None
    contextual_data: dict[str, Any] = Field(default_factory=dict)


class AboutProduct(Event):
    """The fields of every event about a product."""

    product_id: float | int
    variant_id: float | int | None = None


class ProductEvent(AboutProduct):
    """An event about a product, without a position."""

    event_type: Literal["product_view", "add_to_cart"]


class PlacedEvent(AboutProduct):
    """An event about a product in a list."""

    event_type: Literal["product_click", "product_impression", "product_hover", "product_touch"]
    position: Annotated[int, Field(ge=1)]


class CollectionView(Event):
    """A collection was opened."""

    event_type: Literal["collection_view"]
    collection_handle: Text


class OtherEvent(Event):
    """A search, or a visible block."""

    event_type: Literal["search", "block_view"]
    query: str | None = None


EVENT: TypeAdapter[Event] = TypeAdapter(
    Annotated[
        ProductEvent | PlacedEvent | CollectionView | OtherEvent,
        Field(discriminator="event_type"),
    ]
)


class Batch(BaseModel):
    """The body; its entries are validated one by one, later."""

    model_config = ConfigDict(strict=True)

    events: Annotated[list[Any], Field(min_length=1, max_length=100)]


class Unauthenticated(Exception):
    """The request has no token that a store knows."""


def authenticate(
    header: Annotated[str | None, Header(alias="X-Storefront-Access-Token")] = None,
    token: Annotated[str | None, Query()] = None,
) -> Store:
    """Find the store; a header wins over the query."""
    given = token if header is None else header
    for store in STORES:
        if store.token == given:
            return store
    raise Unauthenticated


Caller = Annotated[Store, Depends(authenticate)]
app = FastAPI(title="POST /beacon", redirect_slashes=False)
app.add_middleware(
    CORSMiddleware,
    allow_origins=[origin for store in STORES for origin in store.origins],
    allow_methods=["POST"],
    allow_headers=["Content-Type", "X-Storefront-Access-Token"],
    allow_credentials=True,
)


@app.exception_handler(Unauthenticated)
async def unauthenticated(_request: Request, _error: Unauthenticated) -> JSONResponse:
    """Answer in the form of the contract, not of FastAPI."""
    return JSONResponse({"error": "Unauthenticated"}, 401)


@app.post("/beacon", status_code=201)
async def beacon(request: Request, store: Caller, background: BackgroundTasks) -> Response:
    """Accept a batch.

    The body is not a parameter, because FastAPI would read it before it checks the token. Pydantic does not parse it, because it
    refuses a whole body for a lone surrogate in one string.
    """
    try:
        batch = Batch.model_validate(json.loads(await request.body(), parse_constant=refuse))
    except ValidationError as error:
        return JSONResponse({"errors": [found["msg"] for found in error.errors()]}, 422)
    except (ValueError, RecursionError):
        return JSONResponse({"errors": ["The body must be valid JSON."]}, 422)
    background.add_task(ingest, store, batch.events, dict(request.headers))
    return JSONResponse(None, 201)


def refuse(constant: str) -> None:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError(constant)


def ingest(store: Store, entries: list[Any], headers: dict[str, str]) -> None:
    """Store the valid events of a batch after the answer, and skip the others silently."""
    agent = headers.get("user-agent", "")
    requested_with = headers.get("x-requested-with", "").lower()
    app_names = ("tapcart", "fuego")
    for entry in entries:
        try:
            event = EVENT.validate_python(entry).model_dump(exclude_unset=True)
        except ValidationError:
            continue
        event.setdefault("contextual_data", {})
        event["shopping_channel"] = event.get("shopping_channel") or (
            "app" if any(name in requested_with for name in app_names) else "web"
        )
        event |= dict.fromkeys(("geo_country", "geo_state", "geo_city"))
        event["device_type"] = "mobile" if "Mobi" in agent else "desktop"
        event["browser"] = next((name for name in ("Firefox", "Chrome", "Safari") if name in agent), "Other")
        event["os"] = next(
            (name for name in ("Android", "iPhone", "Windows", "Mac") if name in agent), "Other"
        )
        # 1e999 is read as infinity, which JSON cannot carry: such an event is skipped, too.
        with suppress(ValueError, RecursionError):
            stored = json.dumps(event, allow_nan=False)
            store.ingested.append((datetime.now(UTC), event["session_id"], stored))


@app.get("/events")
def events(store: Caller, since: datetime | None = None, session_id: str = "") -> Response:
    """Return the stored events."""
    shown = [
        event for at, of, event in store.ingested if (since is None or at >= since) and session_id in ("", of)
    ]
    return Response(f"[{','.join(shown)}]", media_type="application/json")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8080)
    uvicorn.run(app, port=parser.parse_args().port, log_level="warning")
