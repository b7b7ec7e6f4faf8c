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
"""The requirements that also break if a preflight is not answered, because its lines are missing."""


@mutant(
    clause.BEACON_PREFLIGHT_STATUS,
    *BEACON,
    clause.HEADER_PREFLIGHT_STATUS,
    *FETCH,
    clause.UNKNOWN_TOKEN_PREFLIGHT,
)
class PreflightIsNotAllowed(Rules):
    """A preflight is answered with 405."""

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
    """A preflight is redirected to the path with a slash."""

    def preflight(self, request: Request) -> Response:
        return RedirectResponse(f"/beacon/?{request.url.query}", 308)


class PreflightRefused(Rules):
    """Some preflights are answered with 401, but with the CORS lines of a successful answer."""

    def preflight(self, request: Request) -> Response:
        response = super().preflight(request)
        if self.refuses(request):
            response.status_code = 401
        return response

    def refuses(self, request: Request) -> bool:
        raise NotImplementedError


@mutant(clause.BEACON_PREFLIGHT_STATUS, clause.HEADER_PREFLIGHT_STATUS, clause.UNKNOWN_TOKEN_PREFLIGHT)
class PreflightNeedsTheHeader(PreflightRefused):
    """A preflight is answered with 401 because it has no token header."""

    def refuses(self, request: Request) -> bool:
        return self.header_token(request) is None


# A preflight without a token is refused as well as one with an unknown token.
@mutant(clause.HEADER_PREFLIGHT_STATUS, clause.UNKNOWN_TOKEN_PREFLIGHT)
class PreflightNeedsAToken(PreflightRefused):
    """A preflight without a valid token in its URL is answered with 401."""

    def refuses(self, request: Request) -> bool:
        return self.authenticate(request, b"") is None


@mutant(clause.UNKNOWN_TOKEN_PREFLIGHT)
class PreflightOfAnUnknownToken(PreflightRefused):
    """A preflight with an unknown token in its URL is answered with 401."""

    def refuses(self, request: Request) -> bool:
        token = self.query_token(request)
        return token is not None and self.store_for(token) is None


class PreflightSays(Rules):
    """Preflights of one kind, or of both, have different lines."""

    kinds: tuple[str, ...] = ("beacon", "fetch")

    def preflight_lines(self, request: Request) -> Lines:
        lines = super().preflight_lines(request)
        kind = "fetch" if self.query_token(request) is None else "beacon"
        return self.other(lines, request) if kind in self.kinds else lines

    def other(self, lines: Lines, request: Request) -> Lines:
        raise NotImplementedError


@mutant(clause.PREFLIGHT_REFLECTS_EACH_ORIGIN)
class PreflightNamesTheFirstOrigin(PreflightSays):
    """The answer to a preflight always names the first origin of the store."""

    def other(self, lines: Lines, request: Request) -> Lines:
        store = self.preflight_store(request)
        return saying(lines, ORIGIN, store.allowed_origins[0]) if store else lines


@mutant(clause.PREFLIGHT_REFLECTS_EACH_ORIGIN)
class PreflightLosesThePort(PreflightSays):
    """The origin that the answer to a preflight reflects has no port."""

    def other(self, lines: Lines, request: Request) -> Lines:
        return saying(lines, ORIGIN, ":".join((self.origin(request) or "").split(":")[:2]))


# With several connections, other preflights would change what it remembers.
@mutant(
    clause.PREFLIGHT_REFLECTS_EACH_ORIGIN,
    clause.BEACON_PREFLIGHT_ORIGIN,
    clause.HEADER_PREFLIGHT_ORIGIN,
    options=("--connections=1",),
)
class PreflightsNewestOriginSticks(PreflightSays):
    """The answer to a preflight names the origin that was seen for the first time most recently."""

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
    """The answer to the preflight of sendBeacon allows the origin *."""

    kinds = ("beacon",)

    def other(self, lines: Lines, _request: Request) -> Lines:
        return saying(lines, ORIGIN, "*")


@mutant(clause.BEACON_PREFLIGHT_ORIGIN, clause.HEADER_PREFLIGHT_ORIGIN)
class PreflightWithoutOrigin(PreflightSays):
    """The answer to a preflight has no Access-Control-Allow-Origin."""

    def other(self, lines: Lines, _request: Request) -> Lines:
        return without(lines, ORIGIN)


@mutant(clause.BEACON_PREFLIGHT_CREDENTIALS)
class PreflightWithoutCredentials(PreflightSays):
    """The answer to a preflight has no Access-Control-Allow-Credentials."""

    def other(self, lines: Lines, _request: Request) -> Lines:
        return without(lines, CREDENTIALS)


@mutant(clause.BEACON_PREFLIGHT_CREDENTIALS)
class PreflightCredentialsAreTrue(PreflightSays):
    """The answer to a preflight has Access-Control-Allow-Credentials: True with a capital T."""

    def other(self, lines: Lines, _request: Request) -> Lines:
        return saying(lines, CREDENTIALS, "True")


@mutant(clause.BEACON_PREFLIGHT_CONTENT_TYPE)
class PreflightAllowsAnyHeader(Rules):
    """The answer to a preflight allows the header *, which is not a wildcard with credentials."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "*"


@mutant(clause.BEACON_PREFLIGHT_CONTENT_TYPE, clause.HEADER_PREFLIGHT_CONTENT_TYPE)
class PreflightForgetsTheContentType(Rules):
    """The answer to a preflight does not allow content-type."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "x-storefront-access-token"


# A value that is not a list names no header.
@mutant(
    clause.BEACON_PREFLIGHT_LISTS,
    clause.BEACON_PREFLIGHT_CONTENT_TYPE,
    clause.HEADER_PREFLIGHT_CONTENT_TYPE,
    clause.HEADER_PREFLIGHT_TOKEN_HEADER,
)
class PreflightHeadersBySpaces(Rules):
    """The allowed headers of a preflight are separated by spaces."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "content-type x-storefront-access-token"


@mutant(clause.BEACON_PREFLIGHT_LISTS, clause.PREFLIGHT_METHODS)
class PreflightMethodsBySpaces(Rules):
    """The allowed methods of a preflight are separated by spaces."""

    def allow_methods(self, _request: Request, /) -> str | None:
        return "POST OPTIONS"


@mutant(clause.BEACON_PREFLIGHT_LISTS, clause.HEADER_PREFLIGHT_TOKEN_HEADER)
class AllowedHeadersWithANoBreakSpace(Rules):
    """The list of allowed headers has a no-break space in it, as if it was copied from a page."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "content-type,\xa0x-storefront-access-token"


@mutant(clause.BEACON_PREFLIGHT_LISTS, clause.PREFLIGHT_METHODS)
class PreflightMethodsAreQuoted(Rules):
    """The allowed methods of a preflight are written as a JSON array."""

    def allow_methods(self, _request: Request, /) -> str | None:
        return '["POST", "OPTIONS"]'


# Only space and tab may stand around a name; browsers refuse the whole list.
@mutant(clause.BEACON_PREFLIGHT_LISTS, clause.HEADER_PREFLIGHT_TOKEN_HEADER)
class PreflightHeadersHaveANoBreakSpace(Rules):
    """The token header comes after a no-break space in the allowed headers of a preflight."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "content-type,\N{NO-BREAK SPACE}x-storefront-access-token"


@mutant(
    clause.BEACON_PREFLIGHT_LISTS, clause.BEACON_PREFLIGHT_CONTENT_TYPE, clause.HEADER_PREFLIGHT_CONTENT_TYPE
)
class PreflightHeadersHaveAControlCharacter(Rules):
    """A control character comes after content-type in the allowed headers of a preflight."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "x-storefront-access-token, content-type\x1f"


@mutant(clause.BEACON_PREFLIGHT_LISTS, clause.PREFLIGHT_METHODS)
class PreflightMethodsEndInANextLine(Rules):
    """The character U+0085 comes after POST in the allowed methods of a preflight."""

    def allow_methods(self, _request: Request, /) -> str | None:
        return "OPTIONS, POST\x85"


@mutant(clause.HEADER_PREFLIGHT_STATUS)
class PreflightWithoutATokenIsRefused(PreflightRefused):
    """A preflight without a token in its URL is answered with 401."""

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
    """Without a known store, no origin is allowed."""

    def allows(self, origin: str, store: Store | None) -> bool:
        return store is not None and origin in store.allowed_origins


@mutant(clause.HEADER_PREFLIGHT_ORIGIN)
class PreflightDoublesTheOrigin(PreflightSays):
    """The answer to the preflight of fetch has two Access-Control-Allow-Origin lines."""

    kinds = ("fetch",)

    def other(self, lines: Lines, _request: Request) -> Lines:
        return [*lines, *(line for line in lines if line[0] == ORIGIN)]


@mutant(clause.HEADER_PREFLIGHT_TOKEN_HEADER)
class PreflightForgetsTheTokenHeader(Rules):
    """The answer to a preflight does not allow the token header."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "content-type"


@mutant(clause.HEADER_PREFLIGHT_TOKEN_HEADER)
class PreflightNamesTheShopifyHeader(Rules):
    """The answer to a preflight allows X-Shopify-Storefront-Access-Token instead of the token header."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "content-type, x-shopify-storefront-access-token"


@mutant(clause.HEADER_PREFLIGHT_CONTENT_TYPE)
class FetchPreflightForgetsTheContentType(Rules):
    """The answer to the preflight of fetch allows only the token header."""

    def allow_headers(self, request: Request, /) -> str | None:
        asked = request.headers.get("Access-Control-Request-Headers", "")
        token = "x-storefront-access-token"  # noqa: S105 - a header's name
        return token if token in asked else super().allow_headers(request)


@mutant(clause.PREFLIGHT_METHODS)
class PreflightForgetsPost(Rules):
    """The allowed methods of a preflight do not include POST."""

    def allow_methods(self, _request: Request, /) -> str | None:
        return "GET, OPTIONS"
