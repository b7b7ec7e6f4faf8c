"""The contract as one object: every clause is a small method that a subclass can get wrong on its own."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.reference.answers import Answers
from conformance.reference.batch import Batches, Refused
from conformance.reference.cors import Cors, add
from conformance.reference.database import Database, Delivery
from conformance.reference.enrichment import Enrichment
from conformance.reference.events import Events
from conformance.reference.stores import Store


class Rules(Cors, Batches, Events, Enrichment, Answers):
    """Everything that ``/beacon`` does with a request, from the token to the last header.

    A subclass with one override is a mutant of one clause. ``Tokens`` (through ``Cors``), ``Batches``, ``Events``,
    ``Enrichment`` and ``Answers`` hold the clauses; this class holds the order in which they apply.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def receive(self, request: Request, body: bytes | None) -> Response:
        """Answer one request to ``/beacon``; a body that is too large to read is ``None``."""
        if request.method == "OPTIONS":
            response = self.preflight(request)
        elif request.method == "POST":
            store = self.authenticate(request, body)
            response = self.post(request, body, store)
            add(response, self.cors_lines(request, response.status_code, store))
        else:
            response = self.not_allowed(request)
        return self.finish(request, response)

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        """Judge a POST: first the caller, then the batch; a refused batch ingests nothing."""
        if store is None:
            return self.unauthenticated(request)
        try:
            entries = self.entries(request, body)
        except Refused as refused:
            return self.unprocessable(request, refused)
        self.ingest(store, entries, request)
        return self.created(request, entries)

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        """Hand the valid entries over to the store, which works them off after the answer."""
        self.database.put(
            [
                Delivery(
                    self.destination(store, event, request).name,
                    self.dedup_key(event),
                    self.enrich(event, request),
                )
                for event in self.accepted(entries)
            ]
        )

    def destination(self, store: Store, _event: dict[str, Any], _request: Request, /) -> Store:
        """Route an event to the store that the token names."""
        return store

    def dedup_key(self, event: dict[str, Any]) -> str | None:
        """Name what makes an event unique within its store; ``None`` is never a duplicate."""
        event_id = event.get("event_id")
        return event_id if isinstance(event_id, str) else None

    def finish(self, _request: Request, response: Response, /) -> Response:
        """See every response last."""
        return response
