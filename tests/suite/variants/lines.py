"""Freedoms of CORS lines and preflights."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from conformance.reference import Rules
from conformance.reference.cors import Lines, add
from conformance.reference.stores import Store


class WithheldOn401(Rules):
    """Without a valid token no origin is authorised, so a 401 has no CORS lines."""

    def cors_lines(self, request: Request, status: int, store: Store | None, /) -> Lines:
        return [] if status == 401 else super().cors_lines(request, status, store)


class PreflightsDoNotVary(Rules):
    """Preflights have no Vary, because no cache keeps them."""

    def preflight_lines(self, request: Request) -> Lines:
        return [line for line in super().preflight_lines(request) if line[0] != "Vary"]


class EverybodyIsReflected(Rules):
    """Every origin is reflected."""

    def allows(self, _origin: str, _store: Store | None) -> bool:
        return True


class StrangersAreForbidden(Rules):
    """Preflights and POSTs from an origin that is not authorised get 403, and the store allows other origins."""

    ORIGINS = ("https://boutique.test", "http://localhost:3000")

    def allows(self, origin: str, store: Store | None) -> bool:
        is_of_b = store is not None and store.name == "b" and origin in store.allowed_origins
        return is_of_b or origin in self.ORIGINS

    def is_strange(self, request: Request, store: Store | None) -> bool:
        origin = self.origin(request)
        return origin is not None and not self.allows(origin, store)

    def preflight(self, request: Request) -> Response:
        if self.is_strange(request, self.preflight_store(request)):
            return Response(status_code=403)
        return super().preflight(request)

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        if store is not None and self.is_strange(request, store):
            return Response(status_code=403)
        return super().post(request, body, store)


class HtmlPreflight(Rules):
    """A preflight is answered with 200 and a page."""

    def preflight(self, request: Request) -> Response:
        reply = HTMLResponse("<p>You may.</p>")
        add(reply, self.preflight_lines(request))
        return reply


class EchoesTheNames(Rules):
    """Allow-Headers repeats what was asked for; there is no Allow-Methods and no Max-Age."""

    def allow_headers(self, request: Request, /) -> str | None:
        return request.headers.get("Access-Control-Request-Headers")

    def allow_methods(self, _request: Request, /) -> str | None:
        return None

    def max_age(self, _request: Request, /) -> str | None:
        return None


class NamesInMixedCase(Rules):
    """Allow-Headers in mixed case, Allow-Methods in lower case, Origin among others in Vary."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "Accept,Content-Type ,,  X-STOREFRONT-Access-Token,"

    def allow_methods(self, _request: Request, /) -> str | None:
        return "post"

    def vary(self, _request: Request, /) -> str | None:
        return "Accept-Encoding, ORIGIN"


class NamesOnTwoLines(Rules):
    """Allow-Headers and Vary are on two lines each."""

    def preflight_lines(self, request: Request) -> Lines:
        return [
            *super().preflight_lines(request),
            ("Vary", "Access-Control-Request-Headers"),
            ("Access-Control-Allow-Headers", "X-Storefront-Access-Token"),
        ]

    def allow_headers(self, _request: Request, /) -> str | None:
        return "content-type"


class StarBesideNames(Rules):
    """Allow-Headers has a star besides the names, Allow-Methods and Vary are a star, and Max-Age is 0."""

    def allow_headers(self, _request: Request, /) -> str | None:
        return "*, content-type, x-storefront-access-token"

    def allow_methods(self, _request: Request, /) -> str | None:
        return "*"

    def vary(self, _request: Request, /) -> str | None:
        return "*"

    def max_age(self, _request: Request, /) -> str | None:
        return "0"
