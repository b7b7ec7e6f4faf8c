"""CORS: what a browser needs before it sends a beacon and before a page may read the answer."""

from starlette.requests import Request
from starlette.responses import Response

from conformance.reference.database import Database
from conformance.reference.stores import Store
from conformance.reference.tokens import Tokens

Lines = list[tuple[str, str]]


class Cors(Tokens):
    """The clauses about CORS, one method or one value for each.

    Where the contract is silent, the reference does this: a POST from an origin that the store does not allow, or from
    ``null``, is served without ``Access-Control`` lines. Without a known store (a 401, a preflight without a token or with
    an unknown one), an origin is allowed if any store allows it.
    """

    database: Database
    preflight_status = 204

    def origin(self, request: Request) -> str | None:
        """Return the request's origin as it was sent."""
        return request.headers.get("Origin")

    def allows(self, origin: str, store: Store | None) -> bool:
        """Whether the store allows an origin or, without a store, whether any store does."""
        return any(
            origin in each.allowed_origins for each in (self.database.stores if store is None else (store,))
        )

    def allow_origin(self, request: Request, store: Store | None) -> str | None:
        """Return the origin to reflect, or None for no line."""
        origin = self.origin(request)
        return origin if origin is not None and self.allows(origin, store) else None

    def allow_credentials(self, _request: Request, /) -> str | None:
        """Return the value that allows credentials, or None for no line."""
        return "true"

    def vary(self, _request: Request, /) -> str | None:
        """Return the value of ``Vary``, with or without an origin, or None for no line."""
        return "Origin"

    def origin_lines(self, request: Request, store: Store | None) -> Lines:
        """Return the lines that preflights and answers share."""
        origin = self.allow_origin(request, store)
        return present(
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Allow-Credentials", None if origin is None else self.allow_credentials(request)),
            ("Vary", self.vary(request)),
        )

    def cors_lines(self, request: Request, _status: int, store: Store | None, /) -> Lines:
        """Return the lines of an answer to a POST, which are the same for every status."""
        return self.origin_lines(request, store)

    def preflight(self, request: Request) -> Response:
        """Answer ``OPTIONS`` in the same way without a token, with an unknown one and with a known one."""
        response = Response(status_code=self.preflight_status)
        add(response, self.preflight_lines(request))
        return response

    def preflight_lines(self, request: Request) -> Lines:
        """Return the lines of the answer to a preflight; only allowed origins get permissions."""
        lines = self.origin_lines(request, self.preflight_store(request))
        if not any(name == "Access-Control-Allow-Origin" for name, _ in lines):
            return lines
        return lines + present(
            ("Access-Control-Allow-Headers", self.allow_headers(request)),
            ("Access-Control-Allow-Methods", self.allow_methods(request)),
            ("Access-Control-Max-Age", self.max_age(request)),
        )

    def preflight_store(self, request: Request) -> Store | None:
        """Return the store of a preflight by its query, because a preflight never carries the token header."""
        token = self.query_token(request)
        return None if token is None else self.store_for(token)

    def allow_headers(self, _request: Request, /) -> str | None:
        """Return the allowed request headers; ``*`` would not work with credentials."""
        return "content-type, x-storefront-access-token"

    def allow_methods(self, _request: Request, /) -> str | None:
        """Return the allowed methods."""
        return "POST, OPTIONS"

    def max_age(self, _request: Request, /) -> str | None:
        """Return the seconds for which browsers may cache a preflight (silent)."""
        return "600"


def present(*lines: tuple[str, str | None]) -> Lines:
    """Return the lines that have a value."""
    return [(name, value) for name, value in lines if value is not None]


def add(response: Response, lines: Lines) -> None:
    """Append header lines to a response; a name may occur twice."""
    for name, value in lines:
        response.headers.append(name, value)
