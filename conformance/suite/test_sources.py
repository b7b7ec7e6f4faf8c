"""Checks of chapter token: a token in a place that is not documented is not accepted."""

from urllib.parse import quote

import pytest

from conformance import expect
from conformance.client import Exchange, Target
from conformance.inputs.factory import EventFactory, body
from conformance.inputs.forms import FORMS
from conformance.inputs.tokens import percent_encoded
from conformance.plugin.markers import covers, parameters
from conformance.requirements import token as clause


@covers(clause.AUTHORIZATION_IS_NO_SOURCE)
@pytest.mark.parametrize(
    "scheme", parameters({"bearer": "Bearer ", "token": "Token ", "basic": "Basic ", "bare": ""}, quick=1)
)
def test_authorization_is_not_a_token_source(target: Target, factory: EventFactory, scheme: str) -> None:
    exchange = target.post(body(factory.reusable()), headers=[("Authorization", f"{scheme}{target.token}")])

    expect.status(exchange, 401)


@covers(clause.COOKIE_IS_NO_SOURCE)
@pytest.mark.parametrize("name", parameters(["token", "X-Storefront-Access-Token"], quick=1))
def test_a_cookie_is_not_a_token_source(target: Target, factory: EventFactory, name: str) -> None:
    exchange = target.post(body(factory.reusable()), headers=[("Cookie", f"{name}={target.token}")])

    expect.status(exchange, 401)


@covers(clause.BODY_IS_NO_SOURCE)
@pytest.mark.parametrize("name", parameters(["token", "access_token", "X-Storefront-Access-Token"], quick=1))
def test_the_body_is_not_a_token_source(target: Target, factory: EventFactory, name: str) -> None:
    exchange = target.post(body(factory.reusable(), **{name: target.token}))

    expect.status(exchange, 401)


@covers(clause.OTHER_HEADER_IS_NO_SOURCE)
@pytest.mark.parametrize(
    "name", parameters(["X-Shopify-Storefront-Access-Token", "X-Access-Token", "Token"], quick=1)
)
def test_another_header_is_not_a_token_source(target: Target, factory: EventFactory, name: str) -> None:
    exchange = target.post(body(factory.reusable()), headers=[(name, target.token)])

    expect.status(exchange, 401)


@covers(clause.OTHER_PARAMETER_IS_NO_SOURCE)
@pytest.mark.parametrize(
    "name",
    parameters(["access_token", "storefront_access_token", "X-Storefront-Access-Token", "key"], quick=1),
)
def test_another_parameter_is_not_a_token_source(target: Target, factory: EventFactory, name: str) -> None:
    exchange = target.post(body(factory.reusable()), raw_query=f"{name}={percent_encoded(target.token)}")

    expect.status(exchange, 401)


@covers(clause.ARRAY_PARAMETER_IS_NO_SOURCE)
@pytest.mark.parametrize("name", parameters(["token[]", "token[0]"], quick=1))
def test_an_array_parameter_is_not_a_token_source(target: Target, factory: EventFactory, name: str) -> None:
    # The brackets are percent-encoded, because some servers refuse a URL with bare ones.
    exchange = target.post(
        body(factory.reusable()), raw_query=f"{quote(name)}={percent_encoded(target.token)}"
    )

    expect.status(exchange, 401)


def _with_form(target: Target, factory: EventFactory, form: str) -> Exchange:
    make, content_type = FORMS[form]
    return target.post(make(target.token, factory.reusable()[0]), content_type=content_type)


@covers(clause.FORM_BODY_IS_NO_SOURCE)
@pytest.mark.parametrize("form", parameters(list(FORMS), quick=1))
def test_a_form_is_not_a_token_source(target: Target, factory: EventFactory, form: str) -> None:
    exchange = _with_form(target, factory, form)
    reply = expect.reply(exchange)

    expect.condition(
        exchange,
        met=not 200 <= reply.status < 300 and reply.status != 422,
        expected="neither a success nor status 422",
        got=expect.format_reply(reply),
        because="the request has no token, only its form has one",
        commission=True,
    )


@covers(clause.FORM_BODY_UNAUTHENTICATED)
@pytest.mark.parametrize("form", parameters(list(FORMS), quick=1))
def test_a_form_with_a_token_is_answered_with_401(target: Target, factory: EventFactory, form: str) -> None:
    exchange = _with_form(target, factory, form)

    expect.status(exchange, 401)
