"""The contract as one object: every clause is a small method that a subclass can get wrong on its own."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.reference.answers import Answers
from conformance.reference.batch import Batches, Refused
from conformance.reference.cors import Cors, add
from conformance.reference.database import Delivery, Store
from conformance.reference.enrichment import Enrichment
from conformance.reference.events import Events
from conformance.reference.stores import Shop


class Rules(Cors, Batches, Events, Enrichment, Answers):
    """Everything that ``/beacon`` does with a request, from the token to the last header.

    A subclass with one override is a mutant of one clause. ``Tokens`` (through ``Cors``), ``Batches``, ``Events``,
    ``Enrichment`` and ``Answers`` hold the clauses; this class holds the order in which they apply.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def receive(self, request: Request, body: bytes | None) -> Response:
        """Answer one request to ``/beacon``; a body that is too large to read is ``None``."""
        if request.method == "OPTIONS":
            response = self.preflight(request)
        elif request.method == "POST":
            shop = self.authenticate(request, body)
            response = self.post(request, body, shop)
            add(response, self.cors_lines(request, response.status_code, shop))
        else:
            response = self.not_allowed(request)
        return self.finish(request, response)

    def post(self, request: Request, body: bytes | None, shop: Shop | None) -> Response:
        """Judge a POST: first the caller, then the batch; a refused batch ingests nothing."""
        if shop is None:
            return self.unauthenticated(request)
        try:
            entries = self.entries(request, body)
        except Refused as refused:
            return self.unprocessable(request, refused)
        self.ingest(shop, entries, request)
        return self.created(request, entries)

    def ingest(self, shop: Shop, entries: list[Any], request: Request) -> None:
        """Hand the valid entries over to the store, which works them off after the answer."""
        self.store.put(
            [
                Delivery(
                    self.destination(shop, event, request).name,
                    self.dedup_key(event),
                    self.enrich(event, request),
                )
                for event in self.accepted(entries)
            ]
        )

    def destination(self, shop: Shop, _event: dict[str, Any], _request: Request, /) -> Shop:
        """Route an event to the shop that the token names."""
        return shop

    def dedup_key(self, event: dict[str, Any]) -> str | None:
        """Name what makes an event unique within its shop; ``None`` is never a duplicate."""
        event_id = event.get("event_id")
        return event_id if isinstance(event_id, str) else None

    def finish(self, _request: Request, response: Response, /) -> Response:
        """See every response last."""
        return response
