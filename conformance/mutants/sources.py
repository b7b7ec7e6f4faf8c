"""Mutants of chapter token: other places where a target reads a token."""

import base64
import json

from starlette.requests import Request

from conformance.mutants.declaring import mutant
from conformance.reference import Rules
from conformance.reference.stores import Store
from conformance.reference.tokens import HEADER
from conformance.requirements import token as clause


class AnotherSource(Rules):
    """A token is also read from a place that is not documented, if both documented ones have none."""

    def authenticate(self, request: Request, body: bytes | None, /) -> Store | None:
        if self.token(request) is not None:
            return super().authenticate(request, body)
        return self.store_for(self.elsewhere(request, body or b"") or "")

    def elsewhere(self, request: Request, body: bytes) -> str | None:
        raise NotImplementedError


@mutant(clause.AUTHORIZATION_IS_NO_SOURCE)
class BearerIsRead(AnotherSource):
    """A token in Authorization: Bearer is accepted too."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        return request.headers.get("Authorization", "").removeprefix("Bearer ")


@mutant(clause.AUTHORIZATION_IS_NO_SOURCE)
class BasicIsRead(AnotherSource):
    """A token as the user name in Authorization: Basic is accepted too."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        return base64.b64decode(value).decode().partition(":")[0] if scheme == "Basic" else None


@mutant(clause.COOKIE_IS_NO_SOURCE)
class CookieIsRead(AnotherSource):
    """A token in a cookie is accepted too."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        return request.cookies.get("token")


@mutant(clause.BODY_IS_NO_SOURCE)
class BodyIsRead(AnotherSource):
    """A member named token in the body is accepted too."""

    def elsewhere(self, _request: Request, body: bytes) -> str | None:
        try:
            return str(json.loads(body).get("token"))
        except (ValueError, AttributeError):
            return None


@mutant(clause.BODY_IS_NO_SOURCE)
class AccessTokenInTheBodyIsRead(AnotherSource):
    """A member named access_token in the body is accepted too."""

    def elsewhere(self, _request: Request, body: bytes) -> str | None:
        try:
            return str(json.loads(body).get("access_token"))
        except (ValueError, AttributeError):
            return None


@mutant(clause.OTHER_HEADER_IS_NO_SOURCE)
class ShopifyHeaderIsRead(AnotherSource):
    """A token in X-Shopify-Storefront-Access-Token is accepted too."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        return request.headers.get("X-Shopify-Storefront-Access-Token")


@mutant(clause.OTHER_HEADER_IS_NO_SOURCE)
class AnyHeaderNamedTokenIsRead(AnotherSource):
    """A token in any header whose name ends in token is accepted too."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        return next((value for name, value in request.headers.items() if name.endswith("token")), None)


@mutant(clause.OTHER_PARAMETER_IS_NO_SOURCE)
class AccessTokenParameterIsRead(AnotherSource):
    """A query parameter named access_token is accepted too."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        return request.query_params.get("access_token")


@mutant(clause.OTHER_PARAMETER_IS_NO_SOURCE)
class HeaderNameAsParameterIsRead(AnotherSource):
    """A query parameter with the header's name is accepted too, in any letter case."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        return next((value for name, value in self.query(request) if name.lower() == HEADER.lower()), None)
