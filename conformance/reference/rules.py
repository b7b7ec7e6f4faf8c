"""The whole contract as one class: every clause is a small method, which a mutant can override."""

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
    """Everything that ``/beacon`` does with a request.

    A mutant is a subclass that overrides one clause. ``Tokens`` (through ``Cors``), ``Batches``, ``Events``,
    ``Enrichment`` and ``Answers`` have the clauses; this class calls them in their order.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def arrive(self, request: Request, /) -> None:
        """Note that the head of a request has come, before its body; a mutant can keep something of it."""

    async def respond(self, request: Request, body: bytes | None) -> Response:
        """Answer one request; a mutant can wait here, so that other requests come between."""
        return self.receive(request, body)

    def receive(self, request: Request, body: bytes | None) -> Response:
        """Answer one request to ``/beacon``; the body is None if it was too large to read."""
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
        """Answer a POST: check the token, then the batch, and ingest the events of an accepted batch."""
        if store is None:
            return self.unauthenticated(request)
        try:
            entries = self.entries(request, body)
        except Refused as refused:
            return self.unprocessable(request, refused)
        self.ingest(store, entries, request)
        return self.created(request, entries)

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        """Pass the valid entries to the database, which stores them after the answer."""
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
        """Return the store of an event: the one that the token names."""
        return store

    def dedup_key(self, event: dict[str, Any]) -> str | None:
        """Return the key that makes an event unique within its store; an event without a key is never a duplicate."""
        event_id = event.get("event_id")
        return event_id if isinstance(event_id, str) else None

    def finish(self, _request: Request, response: Response, /) -> Response:
        """Return the response to send; a mutant can change it here."""
        return response
