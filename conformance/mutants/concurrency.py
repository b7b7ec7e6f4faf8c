"""Mutants of chapter concurrency: what belongs to one request is shared by requests that are handled at the same time."""

import asyncio
import contextlib
import json
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.mutants.declaring import crash, mutant
from conformance.mutants.groups import BURST_STORED
from conformance.mutants.robustness import Silence
from conformance.reference import Rules
from conformance.reference.stores import Store
from conformance.requirements import concurrency as clause
from conformance.requirements import token

PAUSE = 0.03
"""Seconds without another request after which a request goes on. Until then, all requests of a burst come between."""
ONE_AT_A_TIME = ("--max-requests=5000",)
"""With a limit, only the burst sends several requests at the same time, so that no other check meets the mistake."""


class Overlapping(Rules):
    """A request is handled in two parts; between them, the first parts of other requests are handled."""

    arrived = 0.0
    in_flight = 0
    MOST = 2
    """Requests that are handled at the same time without a mistake."""

    async def respond(self, request: Request, body: bytes | None) -> Response:
        self.in_flight += 1
        self.begin(request, body)
        await self.wait()
        try:
            return self.end(request, body)
        finally:
            self.in_flight -= 1

    def begin(self, request: Request, body: bytes | None) -> None:
        """Handle the first part of a request."""

    def end(self, request: Request, body: bytes | None) -> Response:
        """Handle the second part of a request."""
        return self.receive(request, body)

    async def wait(self) -> None:
        """Wait until no more requests arrive."""
        self.arrived = time.monotonic()
        while (left := self.arrived + PAUSE - time.monotonic()) > 0:  # noqa: ASYNC110 - each arrival moves the end
            await asyncio.sleep(left)


@mutant(clause.OWN_STATUS, options=ONE_AT_A_TIME, perhaps=(token.EVERY_REQUEST, *BURST_STORED))
class StatusIsShared(Overlapping):
    """The status of an answer is in a variable that all requests share."""

    status = 0

    def begin(self, request: Request, body: bytes | None) -> None:
        request.state.response = self.receive(request, body)
        self.status = request.state.response.status_code

    def end(self, request: Request, _body: bytes | None) -> Response:
        response: Response = request.state.response
        response.status_code = self.status
        return response


@mutant(
    clause.OWN_STATUS, options=ONE_AT_A_TIME, perhaps=(token.EVERY_REQUEST, clause.OWN_ORIGIN, *BURST_STORED)
)
class TokenIsShared(Overlapping):
    """The token of a request is in a variable that all requests share."""

    current: str | None = None

    def begin(self, request: Request, _body: bytes | None) -> None:
        self.current = super().token(request)

    def token(self, _request: Request) -> str | None:
        return self.current


@mutant(
    clause.OWN_STATUS, options=ONE_AT_A_TIME, perhaps=(token.EVERY_REQUEST, clause.OWN_ORIGIN, *BURST_STORED)
)
class TokenOfTheLatestHead(Rules):
    """The token is in a variable that all requests share, from the head of a request until its body has come."""

    current: str | None = None

    def arrive(self, request: Request, /) -> None:
        self.current = super().token(request)

    def token(self, _request: Request) -> str | None:
        return self.current


@mutant(clause.OWN_ORIGIN, options=ONE_AT_A_TIME)
class OriginOfTheLatestHead(Rules):
    """The origin is in a variable that all requests share, from the head of a request until its body has come."""

    current: str | None = None

    def arrive(self, request: Request, /) -> None:
        self.current = super().origin(request)

    def origin(self, _request: Request) -> str | None:
        return self.current


@mutant(clause.OWN_STATUS, options=ONE_AT_A_TIME, perhaps=(clause.OWN_ORIGIN, *BURST_STORED))
class BusyMeansAnError(Overlapping):
    """A request that arrives while others are handled causes a server error, as a locked database does."""

    def begin(self, request: Request, _body: bytes | None) -> None:
        request.state.is_busy = self.in_flight > self.MOST

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        return crash("database is locked") if request.state.is_busy else super().post(request, body, store)


@mutant(clause.OWN_STATUS, options=(*ONE_AT_A_TIME, "--timeout=1"), perhaps=BURST_STORED)
class BusyMeansSilence(BusyMeansAnError):
    """A request that arrives while others are handled gets no answer."""

    def end(self, request: Request, body: bytes | None) -> Response:
        return Silence() if request.state.is_busy else self.receive(request, body)


@mutant(clause.OWN_ORIGIN, options=ONE_AT_A_TIME)
class OriginIsShared(Overlapping):
    """The origin that is reflected is in a variable that all requests share."""

    current: str | None = None

    def begin(self, request: Request, _body: bytes | None) -> None:
        self.current = super().origin(request)

    def origin(self, _request: Request) -> str | None:
        return self.current


@mutant(clause.OWN_STORE, options=ONE_AT_A_TIME, perhaps=BURST_STORED)
class StoreIsShared(Overlapping):
    """The store that events go to is in a variable that all requests share."""

    current: Store | None = None

    def begin(self, request: Request, body: bytes | None) -> None:
        self.current = self.authenticate(request, body) or self.current

    def destination(self, store: Store, _event: dict[str, Any], _request: Request, /) -> Store:
        return self.current or store


class Ingesting(Overlapping):
    """Events are stored in the second part of a request."""

    def begin(self, request: Request, body: bytes | None) -> None:
        request.state.taken = None
        request.state.response = self.receive(request, body)
        self.take(request)

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        request.state.taken = (store, entries, request)

    def take(self, request: Request) -> None:
        """Note which events a request has brought, if it has brought any."""

    def end(self, request: Request, _body: bytes | None) -> Response:
        self.store_taken(request)
        response: Response = request.state.response
        return response

    def store_taken(self, request: Request) -> None:
        """Store the events of a request."""
        if request.state.taken is not None:
            super().ingest(*request.state.taken)


@mutant(clause.ALL_INGESTED, options=ONE_AT_A_TIME, perhaps=BURST_STORED)
class EntriesAreShared(Ingesting):
    """The events of the latest request are in a buffer that all requests share, and each of them stores what is in it."""

    latest: Request

    def take(self, request: Request) -> None:
        if request.state.taken is not None:
            self.latest = request

    def store_taken(self, request: Request) -> None:
        if request.state.taken is not None:
            super().store_taken(self.latest)


@mutant(clause.ALL_INGESTED, options=ONE_AT_A_TIME, perhaps=BURST_STORED)
class LostUpdate(Ingesting):
    """Each request reads a list, adds its events and writes the list back, so that what others have added meanwhile is lost."""

    pending: tuple[Request, ...] = ()

    def take(self, request: Request) -> None:
        request.state.seen = self.pending

    async def respond(self, request: Request, body: bytes | None) -> Response:
        response = await super().respond(request, body)
        await asyncio.sleep(0.005)  # all requests write their lists before the first of them stores it
        for each in self.pending:
            super().store_taken(each)
        self.pending = ()
        return response

    def store_taken(self, request: Request) -> None:
        self.pending = (*request.state.seen, request)


@mutant(clause.ALL_INGESTED, options=ONE_AT_A_TIME, perhaps=BURST_STORED)
class TasksAreDropped(Ingesting):
    """While some requests are handled, the task that stores the events of one more is dropped."""

    def store_taken(self, request: Request) -> None:
        if not request.state.is_dropped:
            super().store_taken(request)

    def take(self, request: Request) -> None:
        request.state.is_dropped = self.in_flight > self.MOST


@mutant(clause.ALL_INGESTED, options=ONE_AT_A_TIME, perhaps=BURST_STORED)
class DateParserIsShared(Overlapping):
    """A parser of dates keeps its state in one object, so that dates which are read at the same time are not recognised."""

    def valid_timestamp(self, value: Any) -> bool:
        return self.in_flight <= self.MOST and super().valid_timestamp(value)


class ValuesAreShared(Overlapping):
    """A value of each event is in a list that all requests share."""

    field = ""
    values: tuple[Any, ...] = ()

    def begin(self, _request: Request, body: bytes | None) -> None:
        with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError):
            entries = json.loads(body or b"")["events"]
            values = tuple(one.get(self.field) if isinstance(one, dict) else None for one in entries)
            self.values = values or self.values  # an empty batch has no values to share

    def accepted(self, entries: list[Any]) -> list[dict[str, Any]]:
        shared = dict(zip(map(id, entries), self.values, strict=False))
        return [
            {**event, self.field: shared.get(id(event), event.get(self.field))}
            if self.field in event
            else event
            for event in super().accepted(entries)
        ]


@mutant(clause.OWN_VALUES, options=ONE_AT_A_TIME)
class CustomersAreShared(ValuesAreShared):
    """The customers of events that are handled at the same time are mixed up."""

    field = "customer_id"


@mutant(clause.OWN_VALUES, options=ONE_AT_A_TIME)
class ProductsAreShared(ValuesAreShared):
    """The products of events that are handled at the same time are mixed up."""

    field = "product_id"


@mutant(clause.SESSION_RETURNS, options=ONE_AT_A_TIME, perhaps=BURST_STORED)
class ThirdBatchOfASessionIsLost(Rules):
    """The third batch of a session within a second is answered with a success, and lost."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.batches: dict[str, list[float]] = {}

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        now = time.monotonic()
        session = str(entries[0].get("session_id") if isinstance(entries[0], dict) else None)
        recent = [at for at in self.batches.get(session, []) if now - at < 1]
        self.batches[session] = [*recent, now]
        super().ingest(store, entries if len(recent) < 2 else [], request)


@mutant(clause.SESSION_RETURNS, options=ONE_AT_A_TIME, perhaps=BURST_STORED)
class SessionsAreCutShort(Rules):
    """Only the first five events of a session are stored if they come in several batches."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.counts: dict[str, int] = {}

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        session = str(entries[0].get("session_id") if isinstance(entries[0], dict) else None)
        before = self.counts.get(session, 0)
        self.counts[session] = before + len(entries)
        super().ingest(store, entries if before <= 5 else [], request)


class Buffering(Rules):
    """Some events wait in a buffer for more."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.kept: list[tuple[Store, list[Any], Request]] = []

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        self.kept.append((store, entries, request))
        if self.is_full():
            for each in self.kept:
                super().ingest(*each)
            self.kept.clear()

    def is_full(self) -> bool:
        """Whether the buffer is emptied."""
        raise NotImplementedError


@mutant(clause.LAST_BATCH, options=ONE_AT_A_TIME)
class SmallBatchesWait(Buffering):
    """A batch of fewer than three events waits for the next batch that is larger."""

    def is_full(self) -> bool:
        return len(self.kept[-1][1]) > 2


@mutant(clause.LAST_BATCH, options=ONE_AT_A_TIME)
class EveryOtherSmallBatchWaits(Buffering):
    """A batch of one event waits for another batch."""

    def is_full(self) -> bool:
        return len(self.kept) > 1 or len(self.kept[-1][1]) > 1
