"""Mutants of chapter token."""

import json
from typing import Any
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import Response

from conformance.mutants.declaring import mutant
from conformance.mutants.groups import WITH_AN_UNKNOWN_TOKEN, WITHOUT_A_TOKEN
from conformance.reference import Rules
from conformance.reference.answers import answer
from conformance.reference.batch import Refused
from conformance.reference.stores import Store
from conformance.reference.tokens import HEADER
from conformance.requirements import batch, cors
from conformance.requirements import token as clause


@mutant(
    clause.HEADER_ACCEPTED,
    clause.HEADER_WINS,
    clause.HEADER_NAMES_THE_STORE,
    clause.REFUSED_INGESTS_NOTHING,
    clause.HEADER_NAME_IN_ANY_CASE,
)
class HeaderNeverRead(Rules):
    """Only the query is read, never the header."""

    def token(self, request: Request) -> str | None:
        return self.query_token(request)


@mutant(clause.HEADER_ACCEPTED)
class HeaderForServersOnly(Rules):
    """A request with an Origin is treated as a browser's, and only its query is read."""

    def token(self, request: Request) -> str | None:
        return self.query_token(request) if self.origin(request) else super().token(request)


@mutant(clause.QUERY_ACCEPTED, clause.QUERY_DECODED)
class QueryNeverRead(Rules):
    """Only the header is read, never the query."""

    def token(self, request: Request) -> str | None:
        return self.header_token(request)


@mutant(clause.QUERY_ACCEPTED, clause.QUERY_DECODED, cors.NO_ORIGIN_SERVED)
class QueryForBrowsersOnly(Rules):
    """The query is read only if the request has an Origin, as a browser's request has."""

    def token(self, request: Request) -> str | None:
        return super().token(request) if self.origin(request) else self.header_token(request)


@mutant(clause.SAME_ID_IN_BOTH_STORES)
class StoresShareTheirIds(Rules):
    """An event whose event_id is stored in one store is dropped as a duplicate in another."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.stores: dict[Any, str] = {}

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        valid = self.accepted(entries)
        own = [
            event for event in valid if self.stores.setdefault(event["event_id"], store.name) == store.name
        ]
        super().ingest(store, own, request)


@mutant(clause.HEADER_WINS, clause.REFUSED_INGESTS_NOTHING)
class FallsBackToTheQuery(Rules):
    """If no store has the header's token, the query's token is used."""

    def authenticate(self, request: Request, _body: bytes | None, /) -> Store | None:
        tokens = (self.header_token(request), self.query_token(request))
        return next((store for token in tokens if token and (store := self.store_for(token))), None)


@mutant(clause.HEADER_WINS, clause.HEADER_NAMES_THE_STORE, clause.REFUSED_INGESTS_NOTHING)
class QueryWins(Rules):
    """A token in the query overrides the header."""

    def token(self, request: Request) -> str | None:
        query = self.query_token(request)
        return self.header_token(request) if query is None else query


@mutant(clause.HEADER_WINS)
class SourcesMustAgree(Rules):
    """A request whose header and query carry different tokens is refused."""

    def token(self, request: Request) -> str | None:
        header, query = self.header_token(request), self.query_token(request)
        return None if header and query and header != query else super().token(request)


@mutant(clause.HEADER_NAMES_THE_STORE)
class EventsGoWhereTheQuerySays(Rules):
    """The header authenticates the request, but the events go to the store of the query's token."""

    def destination(self, store: Store, _event: dict[str, Any], request: Request, /) -> Store:
        token = self.query_token(request)
        return (self.store_for(token) if token else None) or store


@mutant(clause.HEADER_NAMES_THE_STORE)
class EventsGoToBothStores(Rules):
    """The events of a request with two tokens go to both stores."""

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        super().ingest(store, entries, request)
        other = self.store_for(self.query_token(request) or "")
        if other is not None and other != store:
            super().ingest(other, entries, request)


# The store is wrong, whether the header or the query names it.
@mutant(clause.NAMES_THE_STORE, clause.HEADER_NAMES_THE_STORE)
class EverythingGoesToTheFirstStore(Rules):
    """The events of every store are stored in the first store."""

    def destination(self, _store: Store, _event: dict[str, Any], _request: Request, /) -> Store:
        return self.database.stores[0]


@mutant(clause.NAMES_THE_STORE, clause.HEADER_NAMES_THE_STORE)
class EveryStoreGetsEverything(Rules):
    """Every event is stored in all stores."""

    def ingest(self, _store: Store, entries: list[Any], request: Request) -> None:
        for store in self.database.stores:
            super().ingest(store, entries, request)


@mutant(clause.NAMES_THE_STORE)
class QueryTokensGoToTheFirstStore(Rules):
    """Events sent with a query token are stored in the first store."""

    def destination(self, store: Store, _event: dict[str, Any], request: Request, /) -> Store:
        return store if self.header_token(request) else self.database.stores[0]


# A token in an undocumented place is a missing token too.
@mutant(
    clause.MISSING_REFUSED,
    *WITHOUT_A_TOKEN,
    clause.FORM_BODY_IS_NO_SOURCE,
    clause.UNKNOWN_HEADER_REFUSED,
    clause.UNKNOWN_QUERY_REFUSED,
)
class NobodyIsTheFirstStore(Rules):
    """A request without a token is treated as the first store's."""

    def authenticate(self, request: Request, body: bytes | None, /) -> Store | None:
        return super().authenticate(request, body) if self.token(request) else self.database.stores[0]


@mutant(clause.MISSING_REFUSED, *WITHOUT_A_TOKEN, clause.FORM_BODY_IS_NO_SOURCE)
class MissingTokenIsAValidationError(Rules):
    """A request without a token is answered like a missing field, with 422."""

    def unauthenticated(self, request: Request, /) -> Response:
        if self.token(request) is None:
            return answer(422, {"errors": ["The token field is required."]})
        return super().unauthenticated(request)


@mutant(clause.MISSING_REFUSED, *WITHOUT_A_TOKEN)
class MissingTokenIsForbidden(Rules):
    """A request without a token is answered with 403."""

    def unauthenticated(self, request: Request, /) -> Response:
        return answer(403 if self.token(request) is None else 401, {"error": "Unauthenticated"})


# Every requirement that expects 401 is broken by another status.
@mutant(clause.UNKNOWN_HEADER_REFUSED, *WITH_AN_UNKNOWN_TOKEN)
class UnknownHeaderIsForbidden(Rules):
    """An unknown token in the header is answered with 403."""

    def unauthenticated(self, request: Request, /) -> Response:
        return answer(403 if self.header_token(request) else 401, {"error": "Unauthenticated"})


@mutant(clause.UNKNOWN_HEADER_REFUSED, *WITH_AN_UNKNOWN_TOKEN, clause.REFUSED_INGESTS_NOTHING)
class AnyHeaderWillDo(Rules):
    """Any token in the header is accepted without looking it up."""

    def authenticate(self, request: Request, body: bytes | None, /) -> Store | None:
        store = super().authenticate(request, body)
        return store or (self.database.stores[0] if self.header_token(request) else None)


@mutant(clause.UNKNOWN_QUERY_REFUSED, *WITH_AN_UNKNOWN_TOKEN)
class UnknownQueryIsNotFound(Rules):
    """An unknown token in the query is answered with 404."""

    def unauthenticated(self, request: Request, /) -> Response:
        return answer(404 if self.query_token(request) else 401, {"error": "Unauthenticated"})


@mutant(
    clause.UNKNOWN_QUERY_REFUSED,
    clause.COMPARED_WHOLE,
    clause.COMPARED_BY_CASE,
    clause.LOOKED_UP,
    clause.EVERY_REQUEST,
    clause.REFUSED_WHATEVER_THE_BODY,
)
class UnknownQueryGoesUnnoticed(Rules):
    """An unknown token in the query is answered with success, and its events are dropped."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        if store is None and self.header_token(request) is None and self.query_token(request):
            return self.created(request, [])
        return super().post(request, body, store)


@mutant(clause.UNKNOWN_QUERY_REFUSED, clause.UNKNOWN_HEADER_REFUSED)
class EmptyQueryTokenIsTheFirstStore(Rules):
    """An empty token counts as the first store's, because every token starts with an empty text."""

    def store_for(self, token: str) -> Store | None:
        return super().store_for(token) if token else self.database.stores[0]


@mutant(clause.COMPARED_WHOLE)
class HalfATokenIsEnough(Rules):
    """The beginning of a store's token is accepted as that token."""

    def store_for(self, token: str) -> Store | None:
        return next(
            (store for store in self.database.stores if token and store.token.startswith(token)), None
        )


@mutant(clause.COMPARED_WHOLE)
class TokensAreCutToTheirColumn(Rules):
    """A text longer than a token is cut to the token's length before it is compared."""

    def store_for(self, token: str) -> Store | None:
        return next((store for store in self.database.stores if token.startswith(store.token)), None)


@mutant(clause.COMPARED_WHOLE, clause.LOOKED_UP)
class TokensAreKnownByTheirForm(Rules):
    """A token is accepted if its prefix and length are those of a known token."""

    def store_for(self, token: str) -> Store | None:
        form = token[:10], len(token)
        return next(
            (store for store in self.database.stores if (store.token[:10], len(store.token)) == form), None
        )


@mutant(clause.COMPARED_BY_CASE)
class TokensHaveNoCase(Rules):
    """Tokens are compared without regard to letter case."""

    def store_for(self, token: str) -> Store | None:
        return next((store for store in self.database.stores if store.token.lower() == token.lower()), None)


@mutant(clause.REFUSED_WHATEVER_THE_BODY)
class ValidatesBeforeItAuthenticates(Rules):
    """The body is validated before the token is checked."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        try:
            self.entries(request, body)
        except Refused as refused:
            return self.unprocessable(request, refused)
        return super().post(request, body, store)


# It answers 400 to a request with a valid token as well.
@mutant(clause.REFUSED_WHATEVER_THE_BODY, batch.NOT_JSON_UNPROCESSABLE)
class ParsesBeforeItAuthenticates(Rules):
    """Every body is parsed first, and one that is not JSON is answered with 400 before the token is checked."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        try:
            self.decode(request, body)
        except Refused as refused:
            return self.unprocessable(request, Refused(refused.errors, 400))
        return super().post(request, body, store)


@mutant(clause.REFUSED_INGESTS_NOTHING)
class RefusedHeaderStillIngests(Rules):
    """A request with an unknown header token is answered with 401, but its events are stored for the query's token."""

    def unauthenticated(self, request: Request, /) -> Response:
        store = self.store_for(self.query_token(request) or "")
        if store is not None:
            self.ingest(store, json.loads(self._body)["events"], request)
        return super().unauthenticated(request)

    def authenticate(self, request: Request, body: bytes | None, /) -> Store | None:
        self._body = body or b""
        return super().authenticate(request, body)


@mutant(clause.REFUSED_INGESTS_NOTHING)
class MissingTokenStillIngests(Rules):
    """The events of a request without a token are stored in the first store, although the answer is 401."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        if self.token(request) is None:
            super().post(request, body, self.database.stores[0])
        return super().post(request, body, store)


@mutant(clause.HEADER_NAME_IN_ANY_CASE)
class HeaderNameAsDocumented(Rules):
    """The header is recognised only in the documented letter case."""

    def header_token(self, request: Request) -> str | None:
        written = HEADER.encode() in request.state.header_names
        return super().header_token(request) if written else None


@mutant(clause.HEADER_NAME_IN_ANY_CASE)
class HeaderNameInOneOfTwoCases(Rules):
    """The header is recognised only in the documented letter case or in lower case."""

    def header_token(self, request: Request) -> str | None:
        known = {HEADER.encode(), HEADER.lower().encode()}
        return super().header_token(request) if known & set(request.state.header_names) else None


@mutant(clause.QUERY_DECODED)
class QueryNotDecoded(Rules):
    """The query's token is not percent-decoded."""

    def query(self, request: Request) -> list[tuple[str, str]]:
        pairs = request.url.query.split("&")
        return [(name, value) for name, _, value in (pair.partition("=") for pair in pairs)]


@mutant(clause.QUERY_DECODED, clause.LOOKED_UP)
class QueryDecodedTwice(Rules):
    """The query's token is decoded twice, so a plus sign becomes a space."""

    def query(self, request: Request) -> list[tuple[str, str]]:
        return [(name, unquote_plus(value)) for name, value in super().query(request)]
