"""Who is calling: where a token may stand, which one counts, and whose it is."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from conformance.reference.database import Database
from conformance.reference.stores import Store

HEADER = "X-Storefront-Access-Token"
PARAMETER = "token"


class Tokens:
    """The token clauses, one method each."""

    database: Database

    def header_token(self, request: Request) -> str | None:
        """Read the token from its header, whose name has no case; ``None`` when there is no such header.

        The names as they were written are in ``request.state.header_names``, for whoever gets this wrong.
        """
        return request.headers.get(HEADER)

    def query(self, request: Request) -> list[tuple[str, str]]:
        """Decode the query string as the URL standard does for forms: ``+`` is a space, ``%2B`` is a plus."""
        raw: bytes = request.scope["query_string"]
        return parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)

    def query_token(self, request: Request) -> str | None:
        """Read the token from the query; of a repeated parameter the first counts (silent, so ours to say)."""
        return next((value for name, value in self.query(request) if name == PARAMETER), None)

    def token(self, request: Request) -> str | None:
        """Choose the token: the header wins whenever it is there, else the query decides.

        A header that is there but empty wins as well and names no store (silent, so ours to say): 401.
        """
        header = self.header_token(request)
        return self.query_token(request) if header is None else header

    def store_for(self, token: str) -> Store | None:
        """Find the store that a token belongs to, compared exactly; a revoked token belongs to none."""
        return self.database.store(token)

    def authenticate(self, request: Request, _body: bytes | None, /) -> Store | None:
        """Name the caller, or nobody; the body has no say in it."""
        token = self.token(request)
        return None if token is None else self.store_for(token)
