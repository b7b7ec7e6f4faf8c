"""What a browser needs before it sends a beacon, and before a page may read the answer."""

from starlette.requests import Request
from starlette.responses import Response

from conformance.reference.database import Database
from conformance.reference.stores import Store
from conformance.reference.tokens import Tokens

Lines = list[tuple[str, str]]


class Cors(Tokens):
    """The CORS clauses, one method or one value each.

    Silent points, as settled here: an origin that the store does not allow gets its POST served and no
    ``Access-Control`` line, and so does ``null``. Where no store is known (a 401, a preflight without a token or
    with an unknown one) an origin counts as allowed when any store allows it.
    """

    database: Database
    preflight_status = 204

    def origin(self, request: Request) -> str | None:
        """Read the request's origin, byte for byte."""
        return request.headers.get("Origin")

    def allows(self, origin: str, store: Store | None) -> bool:
        """Decide whether an origin is authorised, by the store or, without one, by any store."""
        return any(
            origin in each.allowed_origins for each in (self.database.stores if store is None else (store,))
        )

    def allow_origin(self, request: Request, store: Store | None) -> str | None:
        """Reflect an authorised origin as it came; ``None`` sends no line."""
        origin = self.origin(request)
        return origin if origin is not None and self.allows(origin, store) else None

    def allow_credentials(self, _request: Request, /) -> str | None:
        """Allow credentials; ``None`` sends no line."""
        return "true"

    def vary(self, _request: Request, /) -> str | None:
        """Tell caches what the lines depend on, whether or not there is an origin; ``None`` sends no line."""
        return "Origin"

    def origin_lines(self, request: Request, store: Store | None) -> Lines:
        """Write the lines that preflights and answers share."""
        origin = self.allow_origin(request, store)
        return present(
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Allow-Credentials", None if origin is None else self.allow_credentials(request)),
            ("Vary", self.vary(request)),
        )

    def cors_lines(self, request: Request, _status: int, store: Store | None, /) -> Lines:
        """Write the lines of an answer to a POST: the same on every status."""
        return self.origin_lines(request, store)

    def preflight(self, request: Request) -> Response:
        """Answer ``OPTIONS``: without a token, with an unknown one and with a known one alike."""
        response = Response(status_code=self.preflight_status)
        add(response, self.preflight_lines(request))
        return response

    def preflight_lines(self, request: Request) -> Lines:
        """Write the lines of a preflight; permissions go to allowed origins only."""
        lines = self.origin_lines(request, self.preflight_store(request))
        if not any(name == "Access-Control-Allow-Origin" for name, _ in lines):
            return lines
        return lines + present(
            ("Access-Control-Allow-Headers", self.allow_headers(request)),
            ("Access-Control-Allow-Methods", self.allow_methods(request)),
            ("Access-Control-Max-Age", self.max_age(request)),
        )

    def preflight_store(self, request: Request) -> Store | None:
        """Name the store of a preflight: only the query can tell, for a preflight never carries the header."""
        token = self.query_token(request)
        return None if token is None else self.store_for(token)

    def allow_headers(self, _request: Request, /) -> str | None:
        """Name the request headers of the documented calls; a ``*`` would not do with credentials."""
        return "content-type, x-storefront-access-token"

    def allow_methods(self, _request: Request, /) -> str | None:
        """Name the methods."""
        return "POST, OPTIONS"

    def max_age(self, _request: Request, /) -> str | None:
        """Let browsers remember a preflight for ten minutes (silent)."""
        return "600"


def present(*lines: tuple[str, str | None]) -> Lines:
    """Keep the lines that have a value."""
    return [(name, value) for name, value in lines if value is not None]


def add(response: Response, lines: Lines) -> None:
    """Append header lines to a response, repeated names included."""
    for name, value in lines:
        response.headers.append(name, value)
