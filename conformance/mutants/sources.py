"""Mutants of chapter token: places where a token is not to be looked for."""

import base64
import json

from starlette.requests import Request

from conformance.mutants.declaring import mutant
from conformance.reference import Rules
from conformance.reference.stores import Store
from conformance.reference.tokens import HEADER
from conformance.requirements import token as clause


class AnotherSource(Rules):
    """One more place where a token is looked for when both documented ones have none."""

    def authenticate(self, request: Request, body: bytes | None, /) -> Store | None:
        if self.token(request) is not None:
            return super().authenticate(request, body)
        return self.store_for(self.elsewhere(request, body or b"") or "")

    def elsewhere(self, request: Request, body: bytes) -> str | None:
        raise NotImplementedError


@mutant(clause.AUTHORIZATION_IS_NO_SOURCE)
class BearerIsRead(AnotherSource):
    """Authorization: Bearer is a source, too."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        return request.headers.get("Authorization", "").removeprefix("Bearer ")


@mutant(clause.AUTHORIZATION_IS_NO_SOURCE)
class BasicIsRead(AnotherSource):
    """Authorization: Basic is a source, too, with the token for a user name."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        return base64.b64decode(value).decode().partition(":")[0] if scheme == "Basic" else None


@mutant(clause.COOKIE_IS_NO_SOURCE)
class CookieIsRead(AnotherSource):
    """A cookie is a source, too."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        return request.cookies.get("token")


@mutant(clause.BODY_IS_NO_SOURCE)
class BodyIsRead(AnotherSource):
    """Parameters of query and body are one to the framework."""

    def elsewhere(self, _request: Request, body: bytes) -> str | None:
        try:
            return str(json.loads(body).get("token"))
        except (ValueError, AttributeError):
            return None


@mutant(clause.BODY_IS_NO_SOURCE)
class AccessTokenInTheBodyIsRead(AnotherSource):
    """An access_token in the body is a source, too."""

    def elsewhere(self, _request: Request, body: bytes) -> str | None:
        try:
            return str(json.loads(body).get("access_token"))
        except (ValueError, AttributeError):
            return None


@mutant(clause.OTHER_HEADER_IS_NO_SOURCE)
class ShopifyHeaderIsRead(AnotherSource):
    """The storefront's own header is a source, too."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        return request.headers.get("X-Shopify-Storefront-Access-Token")


@mutant(clause.OTHER_HEADER_IS_NO_SOURCE)
class AnyHeaderNamedTokenIsRead(AnotherSource):
    """Any header whose name ends in token is a source."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        return next((value for name, value in request.headers.items() if name.endswith("token")), None)


@mutant(clause.OTHER_PARAMETER_IS_NO_SOURCE)
class AccessTokenParameterIsRead(AnotherSource):
    """The query's access_token is a source, too."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        return request.query_params.get("access_token")


@mutant(clause.OTHER_PARAMETER_IS_NO_SOURCE)
class HeaderNameAsParameterIsRead(AnotherSource):
    """The query may carry the header's name, in any case."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        return next((value for name, value in self.query(request) if name.lower() == HEADER.lower()), None)
