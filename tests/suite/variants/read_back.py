"""Freedoms of the read-back: other forms of the stored events."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from conformance.reference import Rules
from conformance.reference.database import Database
from conformance.reference.stores import Store
from conformance.requirements import ALL, concurrency, enrichment, events
from tests.suite.variants.declaring import BEHIND, FRESH, LATE, Event, variant


class ReadBack:
    """A read-back that shows the stored events in another form."""

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
"""What cannot be judged if the server's fields are not shown under their names."""
ENRICHMENT = tuple(one for one in ALL if one.chapter == "enrichment")


def _epoch(text: str, scale: float) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = parsedate_to_datetime(text)
    return int(moment.timestamp() * scale)


class Everything(ReadBack):
    """All events, the newest first, as a member events, with timestamps in milliseconds and free-form data as JSON text."""

    ignores = ("since", "session_id")

    def shown(self, stored: list[Event], query: dict[str, str], /) -> Any:
        return {"total": len(stored), "events": super().shown(stored, query)[::-1]}

    def show(self, event: Event) -> Event:
        data = json.dumps(event["contextual_data"])
        return {**event, "timestamp": _epoch(event["timestamp"], 1e3), "contextual_data": data}


class Nested(ReadBack):
    """The server's fields are nested, timestamps are in microseconds, and since is compared with the client's timestamp."""

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
    """The server's fields have other names, and times are written as in a database."""

    def show(self, event: Event) -> Event:
        def renamed(name: str) -> str:
            first, *rest = name.split("_")
            return first + "".join(word.title() for word in rest)

        shown = {renamed(name) if name in FILLED else name: value for name, value in event.items()}
        moment = datetime.fromtimestamp(_epoch(event["timestamp"], 1), UTC)
        return {**shown, "timestamp": f"{moment:%Y-%m-%d %H:%M:%S}+00"}


class IdsAndData(ReadBack):
    """Of an event, only its id and its free-form data are shown."""

    def show(self, event: Event) -> Event:
        return {name: event[name] for name in ("event_id", "contextual_data") if name in event}


class IdsAlone(ReadBack):
    """Of an event, only its id is shown."""

    def show(self, event: Event) -> Event:
        return {"event_id": event["event_id"]}


@variant(around=Everything, classes=BEHIND, options=(LATE,))
class ShowsEverything(Rules):
    """Its read-back ignores every filter."""


@variant(around=Nested, classes=BEHIND, not_judged=NOT_SHOWN, options=FRESH)
class ShowsNestedFields(Rules):
    """Its read-back nests the server's fields."""


@variant(
    around=DeviceNested, classes=BEHIND, not_judged=(enrichment.DEVICE_FILLED, enrichment.DEVICE_NOT_TRUSTED)
)
class ShowsANestedDevice(Rules):
    """Its read-back nests some of the server's fields."""


@variant(around=Renamed, classes=BEHIND, not_judged=NOT_SHOWN)
class ShowsRenamedFields(Rules):
    """Its read-back renames the server's fields."""


@variant(around=IdsAndData, classes=BEHIND, not_judged=ENRICHMENT)
class ShowsIdsAndData(Rules):
    """Its read-back shows only what a run needs to recognise an event."""


@variant(
    around=IdsAlone,
    classes=BEHIND,
    not_judged=(
        *ENRICHMENT,
        *(events.EVENT_ID_REQUIRED, events.EVENT_ID_TYPED, events.EMPTY_STRINGS_SKIPPED),
        *(events.BOOLEANS_SKIPPED, events.NUMBERS_FOR_STRINGS_SKIPPED, events.NAMES_EXACT),
        concurrency.OWN_VALUES,
    ),
)
class ShowsIdsAlone(Rules):
    """Its read-back shows as little of an event as possible."""


class AbsentUntilStored(ReadBack):
    """A store, or a session, without events is not found."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shown: list[Message] = []

        async def keep(message: Message) -> None:
            shown.append(message)

        await super().__call__(scope, receive, keep if scope["path"] == "/events" else send)
        if shown and b"".join(message.get("body", b"") for message in shown) == b"[]":
            await Response('{"error": "Not Found"}', 404, media_type="application/json")(scope, receive, send)
            return
        for message in shown:
            await send(message)


@variant(around=AbsentUntilStored, classes=BEHIND, options=(LATE,))
class NotFoundUntilStored(Rules):
    """Events are stored 3 seconds late, and until then its read-back answers 404."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.first = True

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        self.database.delay, self.first = (3.0 if self.first else 0.005), False
        super().ingest(store, entries, request)
