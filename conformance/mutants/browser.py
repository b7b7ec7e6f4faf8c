"""Mutants of chapter browser: mistakes that only show in what a real browser sends, and those of chapter cors that it shows as well."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from conformance.mutants import cors, preflight
from conformance.mutants.cors import CREDENTIALS, ORIGIN, saying, without
from conformance.mutants.declaring import mutant
from conformance.mutants.groups import CALLS_WITH_AN_EVENT, EVERY_CALL
from conformance.reference import Rules
from conformance.reference.answers import answer
from conformance.reference.batch import Refused
from conformance.reference.cors import Lines
from conformance.reference.stores import Store
from conformance.requirements import Requirement
from conformance.requirements import browser as clause


def accepts_brotli(request: Request) -> bool:
    """Whether a request comes from a client that reads Brotli, as browsers are."""
    return "br" in request.headers.get("Accept-Encoding", "").split(", ")


def is_for_json(request: Request) -> bool:
    """Whether a request asks for JSON by name."""
    return "json" in request.headers.get("Accept", "")


@mutant(clause.BEACON_DELIVERED, *EVERY_CALL)
class OtherSitesAreRefused(Rules):
    """A POST that a browser marks as cross-site is answered with 403, as some recipes for isolating resources say."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            return answer(403, {"error": "Forbidden"})
        return super().post(request, body, store)


@mutant(clause.FALLBACK_READ, *EVERY_CALL)
class PreflightNeedsAReferer(Rules):
    """A preflight without a Referer is answered with 403."""

    def preflight(self, request: Request) -> Response:
        if "Referer" not in request.headers:
            return Response(status_code=403)
        return super().preflight(request)


@mutant(clause.HEADER_FETCH_READ, clause.CREDENTIALS_READ, clause.REFUSAL_READ, clause.UNAUTHENTICATED_READ)
class HeaderFormIsForServers(Rules):
    """A POST of a page with the token in the header is answered with 403."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        if "Sec-Fetch-Mode" in request.headers and self.header_token(request):
            return answer(403, {"error": "Forbidden"})
        return super().post(request, body, store)


@mutant(clause.CREDENTIALS_READ, clause.REFUSAL_READ, clause.UNAUTHENTICATED_READ)
class EdgeForgetsCredentials(Rules):
    """An answer that may be compressed with Brotli has no Access-Control-Allow-Credentials."""

    def cors_lines(self, request: Request, status: int, store: Store | None, /) -> Lines:
        lines = super().cors_lines(request, status, store)
        return without(lines, CREDENTIALS) if accepts_brotli(request) else lines


@mutant(clause.EACH_ORIGIN)
class EdgeKeepsTheFirstOrigin(Rules):
    """An answer that may be compressed with Brotli names the first origin that asked for one."""

    first = ""

    def cors_lines(self, request: Request, status: int, store: Store | None, /) -> Lines:
        lines = super().cors_lines(request, status, store)
        origin = self.origin(request) or ""
        if not accepts_brotli(request) or not self.allows(origin, None):
            return lines
        self.first = self.first or origin
        return saying(lines, ORIGIN, self.first)


@mutant(clause.REFUSAL_READ)
class RefusalIsAPageForBrowsers(Rules):
    """A 422 becomes a redirect to a page unless Accept names JSON."""

    def unprocessable(self, request: Request, refused: Refused, /) -> Response:
        if is_for_json(request):
            return super().unprocessable(request, refused)
        return RedirectResponse("/", 302)


@mutant(clause.UNAUTHENTICATED_READ)
class LoginIsAPageForBrowsers(Rules):
    """A 401 becomes a redirect to a login page unless Accept names JSON."""

    def unauthenticated(self, request: Request, /) -> Response:
        return super().unauthenticated(request) if is_for_json(request) else RedirectResponse("/login", 302)


@mutant(clause.BODY_READ)
class CodingIsOnlyNamed(Rules):
    """A success says Content-Encoding: br to clients that read it, but its body is not compressed."""

    def finish(self, request: Request, response: Response, /) -> Response:
        if response.status_code == 201 and accepts_brotli(request):
            response.headers["Content-Encoding"] = "br"
        return response


@mutant(clause.UNLOAD_DELIVERED, *CALLS_WITH_AN_EVENT)
class EventsOfPagesAreDropped(Rules):
    """An event of a page is answered with 201 but not stored, because a filter takes the page for a robot."""

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        if "Sec-Fetch-Mode" not in request.headers:
            super().ingest(store, entries, request)


WITNESSES: dict[Requirement, tuple[type[Rules], ...]] = {
    clause.BEACON_DELIVERED: (preflight.PreflightWithoutCredentials, preflight.PreflightAllowsAnyHeader),
    clause.FALLBACK_READ: (cors.AcceptedTwice, preflight.AllowedHeadersWithANoBreakSpace),
    clause.HEADER_FETCH_READ: (
        preflight.PreflightWithoutATokenIsRefused,
        preflight.PreflightNamesTheShopifyHeader,
    ),
    clause.CREDENTIALS_READ: (cors.AcceptedWithoutCredentials, preflight.BeaconPreflightForEverybody),
    clause.REFUSAL_READ: (cors.ErrorsOutsideCors, cors.RefusedForEverybody, cors.RefusedWithoutCredentials),
    clause.EACH_ORIGIN: (cors.FirstOriginAlways, cors.PortIsLost, cors.NewestOriginSticks),
    clause.UNAUTHENTICATED_READ: (
        cors.AuthenticationOutsideCors,
        cors.UnauthenticatedForEverybody,
        cors.UnauthenticatedWithoutCredentials,
        preflight.PreflightOfAnUnknownToken,
    ),
}
"""Mutants of chapter cors, which the header checks catch too, by the requirement that a real browser shows to be broken."""
