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
from conformance.requirements import batch, cors, robustness
from conformance.requirements import token as clause


@mutant(
    clause.HEADER_ACCEPTED,
    clause.HEADER_WINS,
    clause.HEADER_NAMES_THE_STORE,
    clause.REFUSED_INGESTS_NOTHING,
    clause.HEADER_NAME_IN_ANY_CASE,
    robustness.CHUNKED_BODY,
)
class HeaderNeverRead(Rules):
    """Only the query is read."""

    def token(self, request: Request) -> str | None:
        return self.query_token(request)


@mutant(clause.HEADER_ACCEPTED)
class HeaderForServersOnly(Rules):
    """A request with an Origin is a browser's, so only its query is read."""

    def token(self, request: Request) -> str | None:
        return self.query_token(request) if self.origin(request) else super().token(request)


@mutant(clause.QUERY_ACCEPTED, clause.QUERY_DECODED)
class QueryNeverRead(Rules):
    """Only the header is read."""

    def token(self, request: Request) -> str | None:
        return self.header_token(request)


@mutant(clause.QUERY_ACCEPTED, clause.QUERY_DECODED, cors.NO_ORIGIN_SERVED)
class QueryForBrowsersOnly(Rules):
    """The query is read only where an Origin says that a browser is calling."""

    def token(self, request: Request) -> str | None:
        return super().token(request) if self.origin(request) else self.header_token(request)


@mutant(clause.HEADER_WINS, clause.REFUSED_INGESTS_NOTHING)
class FallsBackToTheQuery(Rules):
    """A header that names no store gives way to the query."""

    def authenticate(self, request: Request, _body: bytes | None, /) -> Store | None:
        tokens = (self.header_token(request), self.query_token(request))
        return next((store for token in tokens if token and (store := self.store_for(token))), None)


@mutant(clause.HEADER_WINS, clause.HEADER_NAMES_THE_STORE, clause.REFUSED_INGESTS_NOTHING)
class QueryWins(Rules):
    """The query decides wherever it is there."""

    def token(self, request: Request) -> str | None:
        query = self.query_token(request)
        return self.header_token(request) if query is None else query


@mutant(clause.HEADER_WINS)
class SourcesMustAgree(Rules):
    """A header and a query that differ are refused."""

    def token(self, request: Request) -> str | None:
        header, query = self.header_token(request), self.query_token(request)
        return None if header and query and header != query else super().token(request)


@mutant(clause.HEADER_NAMES_THE_STORE)
class EventsGoWhereTheQuerySays(Rules):
    """The header authenticates, and the query names the store."""

    def destination(self, store: Store, _event: dict[str, Any], request: Request, /) -> Store:
        token = self.query_token(request)
        return (self.store_for(token) if token else None) or store


@mutant(clause.HEADER_NAMES_THE_STORE)
class EventsGoToBothStores(Rules):
    """The events of a request with two tokens go to two stores."""

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        super().ingest(store, entries, request)
        other = self.store_for(self.query_token(request) or "")
        if other is not None and other != store:
            super().ingest(other, entries, request)


# Whatever names the store, it is the wrong one.
@mutant(clause.NAMES_THE_STORE, clause.HEADER_NAMES_THE_STORE)
class EverythingGoesToTheFirstStore(Rules):
    """Any store's token opens the door, and behind it there is one store."""

    def destination(self, _store: Store, _event: dict[str, Any], _request: Request, /) -> Store:
        return self.database.stores[0]


@mutant(clause.NAMES_THE_STORE, clause.HEADER_NAMES_THE_STORE)
class EveryStoreGetsEverything(Rules):
    """Events are stored for every store."""

    def ingest(self, _store: Store, entries: list[Any], request: Request) -> None:
        for store in self.database.stores:
            super().ingest(store, entries, request)


@mutant(clause.NAMES_THE_STORE)
class QueryTokensGoToTheFirstStore(Rules):
    """The store of a query token is lost on the way."""

    def destination(self, store: Store, _event: dict[str, Any], request: Request, /) -> Store:
        return store if self.header_token(request) else self.database.stores[0]


# Whoever lets anybody in who says nothing lets in also whoever says it in the wrong place.
@mutant(clause.MISSING_REFUSED, *WITHOUT_A_TOKEN, clause.UNKNOWN_HEADER_REFUSED, clause.UNKNOWN_QUERY_REFUSED)
class NobodyIsTheFirstStore(Rules):
    """A request without a token counts as the first store's."""

    def authenticate(self, request: Request, body: bytes | None, /) -> Store | None:
        return super().authenticate(request, body) if self.token(request) else self.database.stores[0]


@mutant(clause.MISSING_REFUSED, *WITHOUT_A_TOKEN)
class MissingTokenIsAValidationError(Rules):
    """A request without a token is answered as one with a missing field: 422."""

    def unauthenticated(self, request: Request, /) -> Response:
        if self.token(request) is None:
            return answer(422, {"errors": ["The token field is required."]})
        return super().unauthenticated(request)


@mutant(clause.MISSING_REFUSED, *WITHOUT_A_TOKEN)
class MissingTokenIsForbidden(Rules):
    """A request without a token gets 403."""

    def unauthenticated(self, request: Request, /) -> Response:
        return answer(403 if self.token(request) is None else 401, {"error": "Unauthenticated"})


# Every clause that ends in 401 is broken by another status.
@mutant(clause.UNKNOWN_HEADER_REFUSED, *WITH_AN_UNKNOWN_TOKEN)
class UnknownHeaderIsForbidden(Rules):
    """A header that names no store gets 403."""

    def unauthenticated(self, request: Request, /) -> Response:
        return answer(403 if self.header_token(request) else 401, {"error": "Unauthenticated"})


@mutant(clause.UNKNOWN_HEADER_REFUSED, *WITH_AN_UNKNOWN_TOKEN, clause.REFUSED_INGESTS_NOTHING)
class AnyHeaderWillDo(Rules):
    """A header that is there is not looked up."""

    def authenticate(self, request: Request, body: bytes | None, /) -> Store | None:
        store = super().authenticate(request, body)
        return store or (self.database.stores[0] if self.header_token(request) else None)


@mutant(clause.UNKNOWN_QUERY_REFUSED, *WITH_AN_UNKNOWN_TOKEN)
class UnknownQueryIsNotFound(Rules):
    """A query that names no store gets 404."""

    def unauthenticated(self, request: Request, /) -> Response:
        return answer(404 if self.query_token(request) else 401, {"error": "Unauthenticated"})


@mutant(
    clause.UNKNOWN_QUERY_REFUSED,
    clause.COMPARED_WHOLE,
    clause.COMPARED_BY_CASE,
    clause.REFUSED_WHATEVER_THE_BODY,
)
class UnknownQueryGoesUnnoticed(Rules):
    """A query that names no store is accepted, and what it brings is dropped."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        if store is None and self.header_token(request) is None and self.query_token(request):
            return self.created(request, [])
        return super().post(request, body, store)


@mutant(clause.UNKNOWN_QUERY_REFUSED, clause.UNKNOWN_HEADER_REFUSED)
class EmptyQueryTokenIsTheFirstStore(Rules):
    """An empty query token begins every store's token."""

    def store_for(self, token: str) -> Store | None:
        return super().store_for(token) if token else self.database.stores[0]


@mutant(clause.COMPARED_WHOLE)
class HalfATokenIsEnough(Rules):
    """The first store whose token begins with what was sent."""

    def store_for(self, token: str) -> Store | None:
        return next(
            (store for store in self.database.stores if token and store.token.startswith(token)), None
        )


@mutant(clause.COMPARED_WHOLE)
class TokensAreCutToTheirColumn(Rules):
    """What is longer than the token's column in the database is cut before it is compared."""

    def store_for(self, token: str) -> Store | None:
        return next((store for store in self.database.stores if token.startswith(store.token)), None)


@mutant(clause.COMPARED_WHOLE)
class TokensAreKnownByTheirForm(Rules):
    """A token of a known store's prefix and length is not looked up."""

    def store_for(self, token: str) -> Store | None:
        form = token[:10], len(token)
        return next(
            (store for store in self.database.stores if (store.token[:10], len(store.token)) == form), None
        )


@mutant(clause.COMPARED_BY_CASE)
class TokensHaveNoCase(Rules):
    """The database compares without case."""

    def store_for(self, token: str) -> Store | None:
        return next((store for store in self.database.stores if store.token.lower() == token.lower()), None)


@mutant(clause.REFUSED_WHATEVER_THE_BODY)
class ValidatesBeforeItAuthenticates(Rules):
    """The body's validation runs as middleware, ahead of authentication."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        try:
            self.entries(request, body)
        except Refused as refused:
            return self.unprocessable(request, refused)
        return super().post(request, body, store)


# Its 400 comes with a valid token, too.
@mutant(clause.REFUSED_WHATEVER_THE_BODY, batch.NOT_JSON_UNPROCESSABLE)
class ParsesBeforeItAuthenticates(Rules):
    """The framework parses every body, and answers 400 to what is no JSON before anybody asks for a token."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        try:
            self.decode(request, body)
        except Refused as refused:
            return self.unprocessable(request, Refused(refused.errors, 400))
        return super().post(request, body, store)


@mutant(clause.REFUSED_INGESTS_NOTHING)
class RefusedHeaderStillIngests(Rules):
    """The answer is 401, and the events go where the query says."""

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
    """Events are handed on before the token is looked up; without one they are the first store's."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        if self.token(request) is None:
            super().post(request, body, self.database.stores[0])
        return super().post(request, body, store)


@mutant(clause.HEADER_NAME_IN_ANY_CASE)
class HeaderNameAsDocumented(Rules):
    """The header's name is compared exactly."""

    def header_token(self, request: Request) -> str | None:
        written = HEADER.encode() in request.state.header_names
        return super().header_token(request) if written else None


@mutant(clause.HEADER_NAME_IN_ANY_CASE)
class HeaderNameInOneOfTwoCases(Rules):
    """The header is looked up by its documented name, and by that in lower case."""

    def header_token(self, request: Request) -> str | None:
        known = {HEADER.encode(), HEADER.lower().encode()}
        return super().header_token(request) if known & set(request.state.header_names) else None


@mutant(clause.QUERY_DECODED)
class QueryNotDecoded(Rules):
    """The query is split, and not decoded."""

    def query(self, request: Request) -> list[tuple[str, str]]:
        pairs = request.url.query.split("&")
        return [(name, value) for name, _, value in (pair.partition("=") for pair in pairs)]


@mutant(clause.QUERY_DECODED)
class QueryDecodedTwice(Rules):
    """The framework decodes the query, and the endpoint does it once more: a plus becomes a space."""

    def query(self, request: Request) -> list[tuple[str, str]]:
        return [(name, unquote_plus(value)) for name, value in super().query(request)]
