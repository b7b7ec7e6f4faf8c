"""Mutants of chapter token: how a token is looked up, and whose request it belongs to."""

import fnmatch
import re
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request

from conformance.mutants.declaring import mutant
from conformance.mutants.groups import ANY_UNAUTHENTICATED
from conformance.reference import Rules
from conformance.reference.stores import Store
from conformance.requirements import token as clause


class Matches(Rules):
    """A token that no store has is compared in another way as well."""

    def store_for(self, token: str) -> Store | None:
        exact = super().store_for(token)
        return exact or next((store for store in self.database.stores if self.matches(token, store)), None)

    def matches(self, token: str, store: Store) -> bool:
        raise NotImplementedError


@mutant(clause.LOOKED_UP)
class TokensAreComparedByLike(Matches):
    """Tokens are compared with LIKE, so a % in a token stands for any text and a _ for any character."""

    def matches(self, token: str, store: Store) -> bool:
        pattern = "".join({"%": ".*", "_": "."}.get(character, re.escape(character)) for character in token)
        return re.fullmatch(pattern, store.token) is not None


@mutant(clause.LOOKED_UP)
class LikeAmongWords(TokensAreComparedByLike):
    """Tokens are compared with LIKE, but only if they have letters, digits and the usual signs."""

    def matches(self, token: str, store: Store) -> bool:
        return bool(re.fullmatch(r"[\w./+=-]{8,}", token)) and super().matches(token, store)


@mutant(clause.LOOKED_UP)
class TokensAreNamesOfFiles(Matches):
    """Tokens are looked up as patterns of file names, so a * in a token stands for any text."""

    def matches(self, token: str, store: Store) -> bool:
        return fnmatch.fnmatchcase(store.token, token)


@mutant(clause.LOOKED_UP)
class TokensAreRegularExpressions(Matches):
    """A token is searched for as a regular expression."""

    def matches(self, token: str, store: Store) -> bool:
        try:
            return re.fullmatch(token, store.token) is not None and bool(token)
        except re.error:
            return False


@mutant(clause.LOOKED_UP)
class TokensAreMembersOfAnObject(Rules):
    """Tokens are the names of members of a JavaScript object, and members that every object has count as tokens."""

    INHERITED = frozenset(
        {"constructor", "__proto__", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf"}
    )

    def store_for(self, token: str) -> Store | None:
        return self.database.stores[0] if token in self.INHERITED else super().store_for(token)


@mutant(clause.LOOKED_UP)
class QueryTokensAreMembersOfAnArray(Rules):
    """A query token that is the name of a member of a JavaScript array is accepted."""

    def query_token(self, request: Request) -> str | None:
        token = super().query_token(request)
        return self.database.stores[0].token if token in {"length", "concat", "indexOf"} else token


@mutant(clause.LOOKED_UP)
class TokensAreAttributes(Rules):
    """Tokens are looked up as attributes of a Python dictionary."""

    def store_for(self, token: str) -> Store | None:
        return self.database.stores[0] if hasattr({}, token) else super().store_for(token)


@mutant(clause.LOOKED_UP)
class TokensAreIndexes(Matches):
    """A token that is a number is the index of a store."""

    def matches(self, token: str, store: Store) -> bool:
        return token.isdecimal() and self.database.stores.index(store) == int(token)


@mutant(clause.LOOKED_UP)
class QueryIsDecodedAgain(Rules):
    """The query's token is percent-decoded twice."""

    def query_token(self, request: Request) -> str | None:
        token = super().query_token(request)
        return None if token is None else unquote(token)


@mutant(clause.LOOKED_UP)
class HeaderIsDecoded(Rules):
    """The header's token is percent-decoded."""

    def header_token(self, request: Request) -> str | None:
        token = super().header_token(request)
        return None if token is None else unquote(token)


class Remembers(Rules):
    """The store of a request with a valid token is remembered for later requests."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.known: dict[Any, Store] = {}

    def authenticate(self, request: Request, body: bytes | None, /) -> Store | None:
        store = super().authenticate(request, body)
        if store is not None:
            self.known.setdefault(request.scope["client"], store)
        return store or (self.known.get(request.scope["client"]) if self.may_use(request) else None)

    def may_use(self, request: Request) -> bool:
        raise NotImplementedError


# Other checks that expect 401 may use a connection on which a valid token was sent before.
@mutant(clause.EVERY_REQUEST, perhaps=ANY_UNAUTHENTICATED)
class ConnectionsStayAuthenticated(Remembers):
    """After a valid token, later requests on the same connection need none."""

    def may_use(self, request: Request) -> bool:
        return self.token(request) is None


@mutant(clause.EVERY_REQUEST, perhaps=ANY_UNAUTHENTICATED)
class ConnectionsStayAuthenticatedWhateverComes(Remembers):
    """After a valid token, every later token on the same connection is accepted, known or not."""

    def may_use(self, request: Request) -> bool:
        return self.token(request) is not None
