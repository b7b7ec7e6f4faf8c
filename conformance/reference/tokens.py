"""Authentication: where a token is read, which one counts, and which store has it."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from conformance.reference.database import Database
from conformance.reference.stores import Store

HEADER = "X-Storefront-Access-Token"
PARAMETER = "token"


class Tokens:
    """The clauses about tokens, one method for each."""

    database: Database

    def header_token(self, request: Request) -> str | None:
        """Return the header's token, whose name is not case-sensitive, or None if there is no such header.

        The names as they were sent are in ``request.state.header_names``, for mutants.
        """
        return request.headers.get(HEADER)

    def query(self, request: Request) -> list[tuple[str, str]]:
        """Decode the query string by the URL standard's rules for forms: ``+`` is a space, ``%2B`` is a plus."""
        raw: bytes = request.scope["query_string"]
        return parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)

    def query_token(self, request: Request) -> str | None:
        """Return the query's token; of a repeated parameter the first counts (silent, so our choice)."""
        return next((value for name, value in self.query(request) if name == PARAMETER), None)

    def token(self, request: Request) -> str | None:
        """Return the token of a request: the header's if there is one, else the query's.

        An empty header counts as a header, and no store has an empty token, so it gets 401 (silent, so our choice).
        """
        header = self.header_token(request)
        return self.query_token(request) if header is None else header

    def store_for(self, token: str) -> Store | None:
        """Return the store that has exactly this token; no store has a revoked token."""
        return self.database.store(token)

    def authenticate(self, request: Request, _body: bytes | None, /) -> Store | None:
        """Return the store of a request's token, or None; the body is not used."""
        token = self.token(request)
        return None if token is None else self.store_for(token)
