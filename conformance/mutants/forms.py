"""Mutants that serve the two forms, pages and servers, or a refused request and the next one in different ways."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from conformance.mutants.declaring import mutant
from conformance.mutants.groups import AMONG_OTHERS, MIXED, SIMPLEST, TAKEN
from conformance.reference import Rules
from conformance.reference.batch import Refused
from conformance.reference.database import Delivery
from conformance.reference.stores import Store
from conformance.requirements import batch, enrichment, events, response, token


def is_query_form(rules: Rules, request: Request) -> bool:
    """Whether a request has its token in the query alone."""
    return rules.header_token(request) is None and rules.query_token(request) is not None


@mutant(
    batch.EMPTY_REFUSED,
    batch.OVER_100_REFUSED,
    batch.MISSING_EVENTS_REFUSED,
    batch.EVENTS_NOT_AN_ARRAY_REFUSED,
    batch.BODY_NOT_AN_OBJECT_REFUSED,
    perhaps=(batch.NOT_JSON_REFUSED, batch.NOT_JSON_UNPROCESSABLE),
)
class QueryFormTakesAnything(Rules):
    """A handler of its own for the query form answers every body with a success."""

    def unprocessable(self, request: Request, refused: Refused, /) -> Response:
        if is_query_form(self, request):
            return self.created(request, [])
        return super().unprocessable(request, refused)


@mutant(batch.OVER_100_REFUSED)
class QueryFormHasNoLimit(Rules):
    """In the query form, a batch of more than 100 entries is accepted."""

    def unprocessable(self, request: Request, refused: Refused, /) -> Response:
        if is_query_form(self, request) and "100" in str(refused.errors):
            return self.created(request, [])
        return super().unprocessable(request, refused)


@mutant(batch.OVER_100_REFUSED)
class PagesHaveNoLimit(Rules):
    """In a request with an Origin, a batch of more than 100 entries is accepted."""

    def unprocessable(self, request: Request, refused: Refused, /) -> Response:
        if "Origin" in request.headers and "100" in str(refused.errors):
            return self.created(request, [])
        return super().unprocessable(request, refused)


@mutant(events.SKIPPING_IS_SILENT)
class PagesSeeSkippedEvents(Rules):
    """In the answer to a request with an Origin, a header says how many events were skipped."""

    def created(self, request: Request, entries: list[Any], /) -> Response:
        created = super().created(request, entries)
        if "Origin" in request.headers:
            created.headers["X-Skipped"] = str(len(entries) - len(self.accepted(entries)))
        return created


@mutant(events.ALL_INVALID_INGEST_NOTHING)
class QueryFormStoresInvalidBatches(Rules):
    """In the query form, the events of a batch without any valid event are stored."""

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        super().ingest(store, entries, request)
        if is_query_form(self, request) and not self.accepted(entries):
            invalid = [entry for entry in entries if isinstance(entry, dict)]
            self.database.put([Delivery(store.name, None, entry) for entry in invalid])


@mutant(batch.INGESTS_ALL, perhaps=(*AMONG_OTHERS, *TAKEN, *SIMPLEST, *MIXED))
class QueryFormStores99(Rules):
    """In the query form, the hundredth event of a batch is lost."""

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        super().ingest(store, entries[:99] if is_query_form(self, request) else entries, request)


@mutant(events.SKIPPING_IS_SILENT)
class QueryFormNamesSkippedEvents(Rules):
    """In the query form, a header says how many events were skipped."""

    def created(self, request: Request, entries: list[Any], /) -> Response:
        created = super().created(request, entries)
        if is_query_form(self, request):
            created.headers["X-Skipped"] = str(len(entries) - len(self.accepted(entries)))
        return created


@mutant(enrichment.CHANNEL_APP)
class QueryFormKnowsNoApp(Rules):
    """In the query form, X-Requested-With is not read."""

    def enrich(self, event: dict[str, Any], request: Request) -> dict[str, Any]:
        enriched = super().enrich(event, request)
        if is_query_form(self, request) and "shopping_channel" not in event:
            enriched["shopping_channel"] = "web"
        return enriched


@mutant(response.CREATED, perhaps=MIXED)
class NothingStoredIsNoContent(Rules):
    """A batch without any valid event is answered with 204."""

    def created(self, request: Request, entries: list[Any], /) -> Response:
        return super().created(request, entries) if self.accepted(entries) else Response(status_code=204)


@mutant(token.REFUSED_WHATEVER_THE_BODY)
class AnyTokenGetsAnAnswerToItsBody(Rules):
    """A body is validated if one of the two places has a valid token; only then does the header decide."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        named = self.query_token(request)
        if store is None and named and self.store_for(named):
            try:
                self.entries(request, body)
            except Refused as refused:
                return self.unprocessable(request, refused)
        return super().post(request, body, store)


@mutant(token.EVERY_REQUEST)
class RefusedBodyIsNotRead(Rules):
    """The body of a request without a valid token is not read: it is taken for the beginning of the next request on the connection."""

    def __init__(self, *how: Any) -> None:
        super().__init__(*how)
        self.spoiled: set[Any] = set()

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        if request.client in self.spoiled:
            self.spoiled.discard(request.client)
            return HTMLResponse("<h1>Bad request syntax</h1>", 400)
        if store is None and body:
            self.spoiled.add(request.client)
        return super().post(request, body, store)
