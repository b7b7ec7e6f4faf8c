"""Mutants of chapter cors: the answers to a POST."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.mutants.declaring import mutant
from conformance.mutants.groups import (
    SERVER_TO_SERVER,
)
from conformance.reference import Rules
from conformance.reference.answers import answer
from conformance.reference.cors import Lines
from conformance.reference.stores import Store
from conformance.requirements import cors as clause

ORIGIN = "Access-Control-Allow-Origin"
CREDENTIALS = "Access-Control-Allow-Credentials"


def without(lines: Lines, *names: str) -> Lines:
    """Return the lines that do not have one of these names."""
    return [line for line in lines if line[0] not in names]


def saying(lines: Lines, name: str, value: str) -> Lines:
    """Return the lines, with another value in each line of one name."""
    return [(key, value if key == name else old) for key, old in lines]


class OnStatus(Rules):
    """Answers with one status have different CORS lines."""

    status = 201

    def cors_lines(self, request: Request, status: int, store: Store | None, /) -> Lines:
        lines = super().cors_lines(request, status, store)
        return self.other(lines) if status == self.status else lines

    def other(self, lines: Lines) -> Lines:
        raise NotImplementedError


@mutant(clause.ACCEPTED_ORIGIN, clause.REFLECTS_EACH_ORIGIN)
class AcceptedForEverybody(OnStatus):
    """A 201 allows the origin *."""

    def other(self, lines: Lines) -> Lines:
        return saying(lines, ORIGIN, "*")


@mutant(clause.ACCEPTED_ORIGIN)
class AcceptedWithoutOrigin(OnStatus):
    """A 201 has no Access-Control-Allow-Origin."""

    def other(self, lines: Lines) -> Lines:
        return without(lines, ORIGIN)


@mutant(clause.ACCEPTED_ORIGIN, clause.REFLECTS_EACH_ORIGIN)
class AcceptedTwice(OnStatus):
    """A 201 has two Access-Control-Allow-Origin lines, from the application and from its gateway."""

    def other(self, lines: Lines) -> Lines:
        return [*lines, *(line for line in lines if line[0] == ORIGIN)]


@mutant(clause.ACCEPTED_ORIGIN, clause.REFLECTS_EACH_ORIGIN)
class AcceptedWithASlash(OnStatus):
    """The reflected origin ends in a slash."""

    def other(self, lines: Lines) -> Lines:
        return [(name, f"{value}/" if name == ORIGIN else value) for name, value in lines]


@mutant(clause.ACCEPTED_ORIGIN, clause.REFUSED_ORIGIN, clause.REFLECTS_EACH_ORIGIN)
class EveryAllowedOrigin(Rules):
    """One Access-Control-Allow-Origin line lists all origins of the store."""

    def cors_lines(self, request: Request, status: int, store: Store | None, /) -> Lines:
        lines = super().cors_lines(request, status, store)
        return saying(lines, ORIGIN, ", ".join(store.allowed_origins)) if store else lines


@mutant(
    clause.ACCEPTED_ORIGIN,
    clause.ACCEPTED_CREDENTIALS,
    clause.REFUSED_ORIGIN,
    clause.REFUSED_CREDENTIALS,
    clause.UNAUTHENTICATED_ORIGIN,
    clause.UNAUTHENTICATED_CREDENTIALS,
)
class QueryFormWithoutOrigin(Rules):
    """A request with the token in the query gets no CORS lines."""

    def cors_lines(self, request: Request, status: int, store: Store | None, /) -> Lines:
        lines = super().cors_lines(request, status, store)
        return lines if self.header_token(request) else without(lines, ORIGIN, CREDENTIALS)


@mutant(clause.ACCEPTED_CREDENTIALS)
class AcceptedWithoutCredentials(OnStatus):
    """A 201 has no Access-Control-Allow-Credentials."""

    def other(self, lines: Lines) -> Lines:
        return without(lines, CREDENTIALS)


@mutant(clause.ACCEPTED_CREDENTIALS)
class CredentialsAreTrue(OnStatus):
    """A 201 has Access-Control-Allow-Credentials: True with a capital T."""

    def other(self, lines: Lines) -> Lines:
        return saying(lines, CREDENTIALS, "True")


@mutant(clause.ACCEPTED_CREDENTIALS)
class CredentialsTwice(OnStatus):
    """A 201 has two Access-Control-Allow-Credentials lines, from the application and from its gateway."""

    def other(self, lines: Lines) -> Lines:
        return [*lines, (CREDENTIALS, "true")]


@mutant(clause.REFUSED_ORIGIN, clause.REFUSED_CREDENTIALS)
class ErrorsOutsideCors(OnStatus):
    """A 422 has no CORS lines."""

    status = 422

    def other(self, lines: Lines) -> Lines:
        return without(lines, ORIGIN, CREDENTIALS, "Vary")


@mutant(clause.REFUSED_ORIGIN)
class RefusedForEverybody(OnStatus):
    """A 422 allows the origin *."""

    status = 422

    def other(self, lines: Lines) -> Lines:
        return saying(lines, ORIGIN, "*")


@mutant(clause.REFUSED_CREDENTIALS)
class RefusedWithoutCredentials(OnStatus):
    """A 422 has no Access-Control-Allow-Credentials."""

    status = 422

    def other(self, lines: Lines) -> Lines:
        return without(lines, CREDENTIALS)


@mutant(clause.UNAUTHENTICATED_ORIGIN, clause.UNAUTHENTICATED_CREDENTIALS)
class AuthenticationOutsideCors(OnStatus):
    """A 401 has no CORS lines."""

    status = 401

    def other(self, lines: Lines) -> Lines:
        return without(lines, ORIGIN, CREDENTIALS)


@mutant(clause.UNAUTHENTICATED_ORIGIN)
class UnauthenticatedForEverybody(OnStatus):
    """A 401 allows the origin *."""

    status = 401

    def other(self, lines: Lines) -> Lines:
        return saying(lines, ORIGIN, "*")


@mutant(clause.UNAUTHENTICATED_CREDENTIALS)
class UnauthenticatedWithoutCredentials(OnStatus):
    """A 401 has no Access-Control-Allow-Credentials."""

    status = 401

    def other(self, lines: Lines) -> Lines:
        return without(lines, CREDENTIALS)


class Answered(Rules):
    """Answers to a POST name another origin than the request's."""

    def cors_lines(self, request: Request, status: int, store: Store | None, /) -> Lines:
        lines = super().cors_lines(request, status, store)
        return saying(lines, ORIGIN, self.named(self.origin(request) or "", store))

    def named(self, origin: str, store: Store | None) -> str:
        raise NotImplementedError


@mutant(clause.REFLECTS_EACH_ORIGIN)
class FirstOriginAlways(Answered):
    """Answers always name the first origin of the store."""

    def named(self, origin: str, store: Store | None) -> str:
        return store.allowed_origins[0] if store else origin


@mutant(clause.REFLECTS_EACH_ORIGIN, clause.PREFLIGHT_REFLECTS_EACH_ORIGIN)
class OriginWithAPortIsForgotten(Rules):
    """An origin with a port is never recognised."""

    def allows(self, origin: str, store: Store | None) -> bool:
        return ":" not in origin.partition("//")[2] and super().allows(origin, store)


@mutant(clause.REFLECTS_EACH_ORIGIN)
class OneListForAllStores(Rules):
    """The origins of the first store are allowed for every token, and no others."""

    def allows(self, origin: str, _store: Store | None) -> bool:
        return origin in self.database.stores[0].allowed_origins


@mutant(clause.REFLECTS_EACH_ORIGIN)
class PortIsLost(Answered):
    """The reflected origin has no port."""

    def named(self, origin: str, _store: Store | None) -> str:
        return ":".join(origin.split(":")[:2])


@mutant(clause.REFLECTS_EACH_ORIGIN)
class FirstOriginIsCached(Answered):
    """Answers name the first origin that sent a request."""

    seen = ""

    def named(self, origin: str, _store: Store | None) -> str:
        self.seen = self.seen or origin
        return self.seen


# With several connections, other requests would change what it remembers.
@mutant(
    clause.REFLECTS_EACH_ORIGIN,
    clause.ACCEPTED_ORIGIN,
    clause.REFUSED_ORIGIN,
    clause.UNAUTHENTICATED_ORIGIN,
    options=("--connections=1",),
)
class NewestOriginSticks(Answered):
    """Answers name the origin that was seen for the first time most recently."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.known: list[str] = []

    def named(self, origin: str, _store: Store | None) -> str:
        if origin not in self.known:
            self.known.append(origin)
        return self.known[-1]


@mutant(clause.NO_ORIGIN_SERVED, *SERVER_TO_SERVER)
class NoOriginIsForbidden(Rules):
    """A request without Origin is answered with 403."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        known = self.origin(request) is not None
        return super().post(request, body, store) if known else answer(403, {"error": "Forbidden"})


@mutant(clause.NO_ORIGIN_SERVED, *SERVER_TO_SERVER)
class NoOriginIsABadRequest(Rules):
    """A request with a valid token and without Origin is answered with 400."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        known = store is None or self.origin(request) is not None
        return super().post(request, body, store) if known else answer(400, {"errors": ["No Origin."]})


@mutant(clause.NO_ORIGIN_SERVED, *SERVER_TO_SERVER)
class NoOriginCrashes(Rules):
    """A request without Origin causes a server error."""

    def cors_lines(self, request: Request, status: int, store: Store | None, /) -> Lines:
        return super().cors_lines(request, status, store) if request.headers["Origin"] else []


@mutant(clause.VARY)
class AnswersDoNotVary(Rules):
    """Answers have no Vary."""

    def cors_lines(self, request: Request, status: int, store: Store | None, /) -> Lines:
        return without(super().cors_lines(request, status, store), "Vary")


@mutant(clause.VARY)
class VaryIsOverwritten(Rules):
    """Vary is overwritten with Accept-Encoding."""

    def finish(self, _request: Request, response: Response, /) -> Response:
        response.headers["Vary"] = "Accept-Encoding"
        return response


@mutant(clause.VARY)
class VaryHasANoBreakSpace(Rules):
    """Origin in Vary comes after a no-break space, so it is another name."""

    def vary(self, _request: Request, /) -> str | None:
        return "Accept-Encoding,\N{NO-BREAK SPACE}Origin"


@mutant(clause.VARY)
class RefusalsDoNotVary(OnStatus):
    """A 422 has no Vary."""

    status = 422

    def other(self, lines: Lines) -> Lines:
        return without(lines, "Vary")


class Cookies(Rules):
    """Some answers set a cookie."""

    def finish(self, request: Request, response: Response, /) -> Response:
        if self.sets(request, response):
            response.headers.append("Set-Cookie", "__lb=1; Path=/; HttpOnly; SameSite=None; Secure")
        return response

    def sets(self, request: Request, response: Response) -> bool:
        raise NotImplementedError


@mutant(clause.NO_COOKIE_SET)
class EveryAnswerSetsACookie(Cookies):
    """Every answer sets a cookie."""

    def sets(self, _request: Request, _response: Response) -> bool:
        return True


@mutant(clause.NO_COOKIE_SET)
class PreflightSetsACookie(Cookies):
    """The answer to a preflight sets a cookie."""

    def sets(self, request: Request, _response: Response) -> bool:
        return request.method == "OPTIONS"


@mutant(clause.NO_COOKIE_SET)
class UnauthenticatedSetsACookie(Cookies):
    """A 401 sets a cookie."""

    def sets(self, _request: Request, response: Response) -> bool:
        return response.status_code == 401


@mutant(clause.COOKIE_INDEPENDENT)
class CookieNeedsAToken(Rules):
    """A request with a valid token and a cookie is answered with 403."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        forged = store is not None and "Cookie" in request.headers
        return answer(403, {"error": "Forged"}) if forged else super().post(request, body, store)


@mutant(clause.COOKIE_INDEPENDENT)
class CookieCostsTheLines(Rules):
    """The answer to a request with a cookie has no CORS lines."""

    def cors_lines(self, request: Request, status: int, store: Store | None, /) -> Lines:
        lines = super().cors_lines(request, status, store)
        return without(lines, ORIGIN, CREDENTIALS) if "Cookie" in request.headers else lines
