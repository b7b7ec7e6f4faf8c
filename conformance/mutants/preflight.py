"""Mutants of chapter cors: the answers to a preflight."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from conformance.mutants.cors import CREDENTIALS, ORIGIN, saying, without
from conformance.mutants.declaring import mutant
from conformance.reference import Rules
from conformance.reference.cors import Lines
from conformance.reference.stores import Store
from conformance.requirements import cors as clause

BEACON = (
    clause.BEACON_PREFLIGHT_ORIGIN,
    clause.BEACON_PREFLIGHT_CREDENTIALS,
    clause.BEACON_PREFLIGHT_CONTENT_TYPE,
)
FETCH = (
    clause.HEADER_PREFLIGHT_ORIGIN,
    clause.HEADER_PREFLIGHT_TOKEN_HEADER,
    clause.HEADER_PREFLIGHT_CONTENT_TYPE,
)
"""Who has no answer to a preflight has none of its lines."""


@mutant(
    clause.BEACON_PREFLIGHT_STATUS,
    *BEACON,
    clause.HEADER_PREFLIGHT_STATUS,
    *FETCH,
    clause.UNKNOWN_TOKEN_PREFLIGHT,
)
class PreflightIsNotAllowed(Rules):
    """Only POST has a route."""

    def preflight(self, request: Request) -> Response:
        return self.not_allowed(request)


@mutant(
    clause.BEACON_PREFLIGHT_STATUS,
    *BEACON,
    clause.HEADER_PREFLIGHT_STATUS,
    *FETCH,
    clause.UNKNOWN_TOKEN_PREFLIGHT,
)
class PreflightIsRedirected(Rules):
    """A path without a slash at its end is redirected, whatever the method."""

    def preflight(self, request: Request) -> Response:
        return RedirectResponse(f"/beacon/?{request.url.query}", 308)


class PreflightRefused(Rules):
    """Some preflights get a 401, with the lines of a good answer."""

    def preflight(self, request: Request) -> Response:
        response = super().preflight(request)
        if self.refuses(request):
            response.status_code = 401
        return response

    def refuses(self, request: Request) -> bool:
        raise NotImplementedError


@mutant(clause.BEACON_PREFLIGHT_STATUS, clause.HEADER_PREFLIGHT_STATUS, clause.UNKNOWN_TOKEN_PREFLIGHT)
class PreflightNeedsTheHeader(PreflightRefused):
    """A preflight is authenticated by the header, which it never carries."""

    def refuses(self, request: Request) -> bool:
        return self.header_token(request) is None


# Who wants a token that a store has wants one that is there.
@mutant(clause.HEADER_PREFLIGHT_STATUS, clause.UNKNOWN_TOKEN_PREFLIGHT)
class PreflightNeedsAToken(PreflightRefused):
    """A preflight is authenticated as a POST is."""

    def refuses(self, request: Request) -> bool:
        return self.authenticate(request, b"") is None


@mutant(clause.UNKNOWN_TOKEN_PREFLIGHT)
class PreflightOfAnUnknownToken(PreflightRefused):
    """A preflight with an unknown token gets 401."""

    def refuses(self, request: Request) -> bool:
        token = self.query_token(request)
        return token is not None and self.store_for(token) is None


class PreflightSays(Rules):
    """Preflights of one kind, or of both, have other lines."""

    kinds: tuple[str, ...] = ("beacon", "fetch")

    def preflight_lines(self, request: Request) -> Lines:
        lines = super().preflight_lines(request)
        kind = "fetch" if self.query_token(request) is None else "beacon"
        return self.other(lines, request) if kind in self.kinds else lines

    def other(self, lines: Lines, request: Request) -> Lines:
        raise NotImplementedError


@mutant(clause.PREFLIGHT_REFLECTS_EACH_ORIGIN)
class PreflightNamesTheFirstOrigin(PreflightSays):
    """The store's first origin is the store's origin."""

    def other(self, lines: Lines, request: Request) -> Lines:
        store = self.preflight_store(request)
        return saying(lines, ORIGIN, store.allowed_origins[0]) if store else lines


@mutant(clause.PREFLIGHT_REFLECTS_EACH_ORIGIN)
class PreflightLosesThePort(PreflightSays):
    """The origin is put together again from scheme and host."""

    def other(self, lines: Lines, request: Request) -> Lines:
        return saying(lines, ORIGIN, ":".join((self.origin(request) or "").split(":")[:2]))


# Preflights of others at the same time would change what it remembers.
@mutant(
    clause.PREFLIGHT_REFLECTS_EACH_ORIGIN,
    clause.BEACON_PREFLIGHT_ORIGIN,
    clause.HEADER_PREFLIGHT_ORIGIN,
    options=("--connections=1",),
)
class PreflightsNewestOriginSticks(PreflightSays):
    """An origin that is new is remembered, and preflights name the newest one."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.known: list[str] = []

    def other(self, lines: Lines, request: Request) -> Lines:
        origin = self.origin(request) or ""
        if origin not in self.known:
            self.known.append(origin)
        return saying(lines, ORIGIN, self.known[-1])


@mutant(clause.BEACON_PREFLIGHT_ORIGIN, clause.PREFLIGHT_REFLECTS_EACH_ORIGIN)
class BeaconPreflightForEverybody(PreflightSays):
    """The preflight allows *."""

    kinds = ("beacon",)

    def other(self, lines: Lines, _request: Request) -> Lines:
        return saying(lines, ORIGIN, "*")


@mutant(clause.BEACON_PREFLIGHT_ORIGIN, clause.HEADER_PREFLIGHT_ORIGIN)
class PreflightWithoutOrigin(PreflightSays):
    """Only the answer to the POST reflects."""

    def other(self, lines: Lines, _request: Request) -> Lines:
        return without(lines, ORIGIN)


@mutant(clause.BEACON_PREFLIGHT_CREDENTIALS)
class PreflightWithoutCredentials(PreflightSays):
    """The preflight does not allow credentials."""

    def other(self, lines: Lines, _request: Request) -> Lines:
        return without(lines, CREDENTIALS)


@mutant(clause.BEACON_PREFLIGHT_CREDENTIALS)
class PreflightCredentialsAreTrue(PreflightSays):
    """A boolean is written as the language writes it."""

    def other(self, lines: Lines, _request: Request) -> Lines:
        return saying(lines, CREDENTIALS, "True")


@mutant(clause.BEACON_PREFLIGHT_CONTENT_TYPE)
class PreflightAllowsAnyHeader(Rules):
    """The preflight allows *, which is no wildcard with credentials."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "*"


@mutant(clause.BEACON_PREFLIGHT_CONTENT_TYPE, clause.HEADER_PREFLIGHT_CONTENT_TYPE)
class PreflightForgetsTheContentType(Rules):
    """Content types are safelisted, or so it seemed."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "x-storefront-access-token"


# What is no list names nothing.
@mutant(
    clause.BEACON_PREFLIGHT_LISTS,
    clause.BEACON_PREFLIGHT_CONTENT_TYPE,
    clause.HEADER_PREFLIGHT_CONTENT_TYPE,
    clause.HEADER_PREFLIGHT_TOKEN_HEADER,
)
class PreflightHeadersBySpaces(Rules):
    """Allowed headers stand between spaces."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "content-type x-storefront-access-token"


@mutant(clause.BEACON_PREFLIGHT_LISTS, clause.PREFLIGHT_METHODS)
class PreflightMethodsBySpaces(Rules):
    """Allowed methods stand between spaces."""

    def allow_methods(self, _request: Request, /) -> str | None:
        return "POST OPTIONS"


@mutant(clause.BEACON_PREFLIGHT_LISTS, clause.PREFLIGHT_METHODS)
class PreflightMethodsAreQuoted(Rules):
    """Allowed methods are written as the language writes a list."""

    def allow_methods(self, _request: Request, /) -> str | None:
        return '["POST", "OPTIONS"]'


@mutant(clause.HEADER_PREFLIGHT_STATUS)
class PreflightWithoutATokenIsRefused(PreflightRefused):
    """A preflight without a token in its URL gets 401."""

    def refuses(self, request: Request) -> bool:
        return self.query_token(request) is None


@mutant(
    clause.HEADER_PREFLIGHT_ORIGIN,
    clause.UNAUTHENTICATED_ORIGIN,
    clause.UNAUTHENTICATED_CREDENTIALS,
    clause.HEADER_PREFLIGHT_TOKEN_HEADER,
    clause.HEADER_PREFLIGHT_CONTENT_TYPE,
)
class PreflightWithoutAStoreAllowsNobody(Rules):
    """Origins are looked up in the store of the query's token; without one there are none."""

    def allows(self, origin: str, store: Store | None) -> bool:
        return store is not None and origin in store.allowed_origins


@mutant(clause.HEADER_PREFLIGHT_ORIGIN)
class PreflightDoublesTheOrigin(PreflightSays):
    """The application and its gateway both answer."""

    kinds = ("fetch",)

    def other(self, lines: Lines, _request: Request) -> Lines:
        return [*lines, *(line for line in lines if line[0] == ORIGIN)]


@mutant(clause.HEADER_PREFLIGHT_TOKEN_HEADER)
class PreflightForgetsTheTokenHeader(Rules):
    """Only content-type is allowed."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "content-type"


@mutant(clause.HEADER_PREFLIGHT_TOKEN_HEADER)
class PreflightNamesTheShopifyHeader(Rules):
    """The other header of that name is allowed."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "content-type, x-shopify-storefront-access-token"


@mutant(clause.HEADER_PREFLIGHT_CONTENT_TYPE)
class FetchPreflightForgetsTheContentType(Rules):
    """The preflight of fetch allows the token header alone."""

    def allow_headers(self, request: Request, /) -> str | None:
        asked = request.headers.get("Access-Control-Request-Headers", "")
        token = "x-storefront-access-token"  # noqa: S105 - a header's name
        return token if token in asked else super().allow_headers(request)


@mutant(clause.PREFLIGHT_METHODS)
class PreflightForgetsPost(Rules):
    """Allowed methods are those that need a preflight, or so it seemed."""

    def allow_methods(self, _request: Request, /) -> str | None:
        return "GET, OPTIONS"


@mutant(clause.PREFLIGHT_VARY)
class PreflightDoesNotVary(PreflightSays):
    """Preflights have no Vary."""

    def other(self, lines: Lines, _request: Request) -> Lines:
        return without(lines, "Vary")
