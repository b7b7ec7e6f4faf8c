"""Mutants of chapter token: other places where a target reads a token."""

import base64
import json
import re
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

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


@mutant(clause.ARRAY_PARAMETER_IS_NO_SOURCE)
class ArrayParameterIsRead(AnotherSource):
    """The query parameter token[] is an array under the name token, and its first element is accepted."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        return next((value for name, value in self.query(request) if name == "token[]"), None)


@mutant(clause.ARRAY_PARAMETER_IS_NO_SOURCE)
class IndexedParameterIsRead(AnotherSource):
    """The query parameter token[0] is an element of an array under the name token, and it is accepted."""

    def elsewhere(self, request: Request, _body: bytes) -> str | None:
        return next(
            (value for name, value in self.query(request) if re.fullmatch(r"token\[\d+]", name)), None
        )


class FormIsRead(AnotherSource):
    """A token in a field of a form is accepted too."""

    media_type = "application/x-www-form-urlencoded"

    def elsewhere(self, request: Request, body: bytes) -> str | None:
        is_form = request.headers.get("Content-Type", "").startswith(self.media_type)
        return self.field(body.decode("utf-8", "replace")) if is_form else None

    def field(self, form: str) -> str | None:
        return dict(parse_qsl(form)).get("token")


@mutant(clause.FORM_BODY_IS_NO_SOURCE, clause.FORM_BODY_UNAUTHENTICATED)
class FieldsAndParametersAreMixed(FormIsRead):
    """The fields of a form count as parameters of the query, as in $_REQUEST."""


@mutant(clause.FORM_BODY_IS_NO_SOURCE, clause.FORM_BODY_UNAUTHENTICATED)
class FormsAreBatches(FormIsRead):
    """A form with a token and with events is accepted as a batch."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        fields = dict(parse_qsl((body or b"").decode("utf-8", "replace")))
        return {"events": [fields]} if "events[0][event_id]" in fields else super().decode(request, body)


@mutant(clause.FORM_BODY_IS_NO_SOURCE, clause.FORM_BODY_UNAUTHENTICATED)
class MultipartIsRead(FormIsRead):
    """A token in a field of a multipart form is accepted too."""

    media_type = "multipart/form-data"

    def field(self, form: str) -> str | None:
        found = re.search(r'name="token"\r\n\r\n(.*?)\r\n', form)
        return found[1] if found else None


@mutant(clause.FORM_BODY_UNAUTHENTICATED)
class FormsAreUnsupported(Rules):
    """A form is answered with 415 before the token is looked up."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        if "form" in request.headers.get("Content-Type", ""):
            return Response(status_code=415)
        return super().post(request, body, store)
