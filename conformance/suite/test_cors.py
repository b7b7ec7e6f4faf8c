"""Checks of chapter cors. They compare whole header lines, and send the preflights of Chromium."""

import re

import pytest

from conformance import expect
from conformance.client import Exchange, Target
from conformance.inputs.factory import EventFactory, body
from conformance.inputs.tokens import UNKNOWN
from conformance.plugin.markers import covers, parameters
from conformance.requirements import cors as clause

ORIGIN = "Access-Control-Allow-Origin"
CREDENTIALS = "Access-Control-Allow-Credentials"
HEADERS = "Access-Control-Allow-Headers"
METHODS = "Access-Control-Allow-Methods"
FORMS = ["header", "query"]
ASKED_BY_BEACON = "content-type"
ASKED_BY_FETCH = "content-type,x-storefront-access-token"
EMPTY = b'{"events": []}'
MADE_UP = "https://second.conformance.example:8443"
TOKENS = {"none": {}, "header": {"header": UNKNOWN}, "query": {"query": UNKNOWN}}
PREFLIGHTS = {"beacon": ASKED_BY_BEACON, "fetch": ASKED_BY_FETCH}


def _accepted(target: Target, factory: EventFactory, form: str, token: str = "", **how: object) -> Exchange:
    exchange = target.post(body(factory.reusable()), **{form: token or target.token}, **how)
    expect.assume(exchange, 201)
    return exchange


def _refused(target: Target, form: str, origin: str) -> Exchange:
    exchange = target.post(EMPTY, **{form: target.token}, origin=origin)
    expect.assume(exchange, 422)
    return exchange


def _unauthenticated(target: Target, factory: EventFactory, how: dict[str, str], origin: str) -> Exchange:
    exchange = target.post(body(factory.reusable()), **how, origin=origin)
    expect.assume(exchange, 401)
    return exchange


def _beacon_preflight(target: Target, origin: str, token: str = "") -> Exchange:
    return target.preflight(ASKED_BY_BEACON, origin=origin, query=token or target.token)


@covers(clause.ACCEPTED_ORIGIN)
@pytest.mark.parametrize("form", FORMS)
def test_a_201_reflects_the_origin(target: Target, factory: EventFactory, origin: str, form: str) -> None:
    exchange = _accepted(target, factory, form, origin=origin)

    expect.line(exchange, ORIGIN, origin)


@covers(clause.ACCEPTED_CREDENTIALS)
@pytest.mark.parametrize("form", FORMS)
def test_a_201_allows_credentials(target: Target, factory: EventFactory, origin: str, form: str) -> None:
    exchange = _accepted(target, factory, form, origin=origin)

    expect.line(exchange, CREDENTIALS, "true")


@covers(clause.REFUSED_ORIGIN)
@pytest.mark.parametrize("form", FORMS)
def test_a_422_reflects_the_origin(target: Target, origin: str, form: str) -> None:
    exchange = _refused(target, form, origin)

    expect.line(exchange, ORIGIN, origin)


@covers(clause.REFUSED_CREDENTIALS)
@pytest.mark.parametrize("form", FORMS)
def test_a_422_allows_credentials(target: Target, origin: str, form: str) -> None:
    exchange = _refused(target, form, origin)

    expect.line(exchange, CREDENTIALS, "true")


@covers(clause.UNAUTHENTICATED_ORIGIN)
@pytest.mark.parametrize("how", parameters(TOKENS, quick=2))
def test_a_401_reflects_the_origin(
    target: Target, factory: EventFactory, origin: str, how: dict[str, str]
) -> None:
    exchange = _unauthenticated(target, factory, how, origin)

    expect.line(exchange, ORIGIN, origin)


@covers(clause.UNAUTHENTICATED_CREDENTIALS)
@pytest.mark.parametrize("how", parameters(TOKENS, quick=2))
def test_a_401_allows_credentials(
    target: Target, factory: EventFactory, origin: str, how: dict[str, str]
) -> None:
    exchange = _unauthenticated(target, factory, how, origin)

    expect.line(exchange, CREDENTIALS, "true")


def _expect_each_origin(exchange: Exchange, sent: str, *, known: bool = True, first: bool = False) -> None:
    """Expect that an origin is reflected. Raises NotJudged if a made-up origin is not: the store may not allow it."""
    if first and not expect.reply(exchange).lines(ORIGIN):
        raise expect.NotJudged("needs an answer that reflects the origin")
    if not known and expect.reply(exchange).lines(ORIGIN) != [sent]:
        raise expect.NotJudged(
            "needs a second origin that the token's store allows: pass --other-origin https://…, or the token and an"
            " origin of another store"
        )
    expect.line(exchange, ORIGIN, sent, because="with a fixed value, only one origin could use the answer")


@covers(clause.REFLECTS_EACH_ORIGIN)
@pytest.mark.parametrize("form", FORMS)
def test_another_origin_is_reflected_as_itself(
    target: Target, factory: EventFactory, origin: str, other_origins: list[tuple[str, str]], form: str
) -> None:
    first = _accepted(target, factory, form, origin=origin)
    _expect_each_origin(first, origin, first=True)
    # One more origin shows a fixed value; a second one, of another store, is asked in one of the forms.
    for token, sent in other_origins[: 2 if form == "header" else 1] or [(target.token, MADE_UP)]:
        exchange = _accepted(target, factory, form, token, origin=sent)

        _expect_each_origin(exchange, sent, known=bool(other_origins))
    # The first origin is sent again, to find a target that goes on to reflect the second one.
    _expect_each_origin(target.resend(first.request), origin, first=True)


@covers(clause.PREFLIGHT_REFLECTS_EACH_ORIGIN)
def test_a_preflight_reflects_another_origin_as_itself(
    target: Target, origin: str, other_origins: list[tuple[str, str]]
) -> None:
    first = _beacon_preflight(target, origin)
    _expect_each_origin(first, origin, first=True)
    for token, sent in other_origins[:1] or [(target.token, MADE_UP)]:
        exchange = _beacon_preflight(target, sent, token)

        _expect_each_origin(exchange, sent, known=bool(other_origins))
    _expect_each_origin(target.resend(first.request), origin, first=True)


@covers(clause.BEACON_PREFLIGHT_STATUS)
def test_the_beacon_s_preflight_is_a_success(target: Target, origin: str) -> None:
    exchange = _beacon_preflight(target, origin)

    _expect_ok(exchange)


def _expect_ok(exchange: Exchange) -> None:
    reply = expect.answer(exchange)
    expect.condition(
        exchange,
        met=200 <= reply.status < 300,
        expected="a status from 200 to 299",
        got=expect.format_reply(reply),
    )


@covers(clause.BEACON_PREFLIGHT_ORIGIN)
def test_the_beacon_s_preflight_reflects_the_origin(target: Target, origin: str) -> None:
    exchange = _beacon_preflight(target, origin)

    expect.line(exchange, ORIGIN, origin)


@covers(clause.BEACON_PREFLIGHT_CREDENTIALS)
def test_the_beacon_s_preflight_allows_credentials(target: Target, origin: str) -> None:
    exchange = _beacon_preflight(target, origin)

    expect.line(exchange, CREDENTIALS, "true")


@covers(clause.BEACON_PREFLIGHT_CONTENT_TYPE)
def test_the_beacon_s_preflight_names_content_type(target: Target, origin: str) -> None:
    exchange = _beacon_preflight(target, origin)

    expect.listed(exchange, HEADERS, "content-type")


NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@covers(clause.BEACON_PREFLIGHT_LISTS)
@pytest.mark.parametrize("name", [METHODS, HEADERS])
@pytest.mark.parametrize("asked", PREFLIGHTS.values(), ids=PREFLIGHTS.keys())
def test_the_lists_of_a_preflight_are_names_separated_by_commas(
    target: Target, origin: str, asked: str, name: str
) -> None:
    exchange = target.preflight(
        asked, origin=origin, query=target.token if asked == ASKED_BY_BEACON else None
    )
    reply = expect.reply(exchange)
    unnamed = [element for element in reply.listed(name) if not NAME.fullmatch(element)]

    got = f"{name}: {', '.join(reply.lines(name))}" if reply.lines(name) else f"no {name} header"
    expect.condition(
        exchange, met=not unnamed, expected=f"no {name} header, or names separated by commas", got=got
    )


@covers(clause.HEADER_PREFLIGHT_STATUS)
def test_fetch_s_preflight_is_a_success(target: Target, origin: str) -> None:
    exchange = target.preflight(ASKED_BY_FETCH, origin=origin)

    _expect_ok(exchange)


@covers(clause.HEADER_PREFLIGHT_ORIGIN)
def test_fetch_s_preflight_reflects_the_origin(target: Target, origin: str) -> None:
    exchange = target.preflight(ASKED_BY_FETCH, origin=origin)

    expect.line(exchange, ORIGIN, origin)


@covers(clause.HEADER_PREFLIGHT_TOKEN_HEADER)
def test_fetch_s_preflight_allows_the_token_header(target: Target, origin: str) -> None:
    exchange = target.preflight(ASKED_BY_FETCH, origin=origin)

    expect.listed(
        exchange,
        HEADERS,
        "x-storefront-access-token",
        "*",
        because="fetch sends no credentials, so * is enough",
    )


@covers(clause.HEADER_PREFLIGHT_CONTENT_TYPE)
def test_fetch_s_preflight_allows_content_type(target: Target, origin: str) -> None:
    exchange = target.preflight(ASKED_BY_FETCH, origin=origin)

    expect.listed(
        exchange, HEADERS, "content-type", "*", because="fetch sends no credentials, so * is enough"
    )


@covers(clause.PREFLIGHT_METHODS)
@pytest.mark.parametrize("asked", PREFLIGHTS.values(), ids=PREFLIGHTS.keys())
def test_a_preflight_s_methods_cover_post(target: Target, origin: str, asked: str) -> None:
    exchange = target.preflight(
        asked, origin=origin, query=target.token if asked == ASKED_BY_BEACON else None
    )
    reply = expect.reply(exchange)
    covered = not reply.lines(METHODS) or bool(
        {"POST", "*"} & {name.upper() for name in reply.listed(METHODS)}
    )

    got = f"{METHODS}: {', '.join(reply.lines(METHODS))}" if reply.lines(METHODS) else f"no {METHODS} header"
    expect.condition(exchange, met=covered, expected=f"no {METHODS} header, or one that lists POST", got=got)


@covers(clause.UNKNOWN_TOKEN_PREFLIGHT)
def test_the_preflight_of_an_unknown_token_is_a_success(target: Target, origin: str) -> None:
    exchange = target.preflight(ASKED_BY_BEACON, origin=origin, query=UNKNOWN)

    _expect_ok(exchange)


@covers(clause.NO_ORIGIN_SERVED)
@pytest.mark.parametrize("form", FORMS)
def test_a_post_without_origin_is_served(
    target: Target, factory: EventFactory, origin: str, form: str
) -> None:
    _accepted(target, factory, form, origin=origin)
    exchange = target.post(body(factory.reusable()), **{form: target.token}, origin="")

    expect.success(exchange)


@covers(clause.VARY)
@pytest.mark.parametrize("answer", ["201", "422"])
def test_an_answer_varies_by_origin(target: Target, factory: EventFactory, origin: str, answer: str) -> None:
    exchange = (
        _accepted(target, factory, "header", origin=origin)
        if answer == "201"
        else _refused(target, "header", origin)
    )
    _assume_reflected(exchange, origin)

    expect.listed(
        exchange, "Vary", "origin", "*", because="otherwise caches may give the answer to another origin"
    )


def _assume_reflected(exchange: Exchange, origin: str) -> None:
    if expect.reply(exchange).lines(ORIGIN) != [origin]:
        raise expect.NotJudged("needs an answer that reflects the origin")


@covers(clause.PREFLIGHT_VARY)
@pytest.mark.parametrize("asked", PREFLIGHTS.values(), ids=PREFLIGHTS.keys())
def test_the_vary_header_of_a_preflight(target: Target, origin: str, asked: str) -> None:
    exchange = target.preflight(
        asked, origin=origin, query=target.token if asked == ASKED_BY_BEACON else None
    )

    expect.observed(exchange, ", ".join(expect.reply(exchange).lines("vary")) or "no Vary header")


@covers(clause.NO_COOKIE_SET)
@pytest.mark.parametrize("answer", ["201", "401", "422", "preflight"])
def test_no_answer_sets_a_cookie(target: Target, factory: EventFactory, origin: str, answer: str) -> None:
    exchange = {
        "201": lambda: target.post_with_token(body(factory.reusable()), origin=origin),
        "401": lambda: target.post(body(factory.reusable()), header=UNKNOWN, origin=origin),
        "422": lambda: target.post_with_token(EMPTY, origin=origin),
        "preflight": lambda: _beacon_preflight(target, origin),
    }[answer]()
    cookies = expect.reply(exchange).lines("set-cookie")

    got = f"{len(cookies)} Set-Cookie headers" if cookies else "no Set-Cookie header"
    expect.condition(exchange, met=not cookies, expected="no Set-Cookie header", got=got)


@covers(clause.COOKIE_INDEPENDENT)
@pytest.mark.parametrize("form", FORMS)
def test_a_cookie_changes_nothing(target: Target, factory: EventFactory, origin: str, form: str) -> None:
    without = _accepted(target, factory, form, origin=origin)
    with_cookie = target.post(
        body(factory.reusable()),
        **{form: target.token},
        origin=origin,
        headers=[("Cookie", "session=conformance")],
    )

    expected, got = _status_and_lines(without), _status_and_lines(with_cookie)
    expect.condition(
        with_cookie, met=got == expected, expected=f"the same answer as without a Cookie: {expected}", got=got
    )


def _status_and_lines(exchange: Exchange) -> str:
    reply = expect.reply(exchange)
    lines = [f"{name}: {value}" for name in (ORIGIN, CREDENTIALS) for value in reply.lines(name)]
    return ", ".join([f"status {reply.status}", *(lines or ["no CORS headers"])])


@covers(clause.UNAUTHORISED_ORIGIN)
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_an_unauthorised_origin(target: Target, factory: EventFactory, method: str) -> None:
    stranger = "https://stranger.conformance.example"
    exchange = (
        target.post_with_token(body(factory.reusable()), origin=stranger)
        if method == "POST"
        else target.preflight(ASKED_BY_BEACON, origin=stranger, query=target.token)
    )

    expect.observed(exchange, _status_and_lines(exchange))


@covers(clause.NULL_ORIGIN)
def test_a_null_origin(target: Target, factory: EventFactory) -> None:
    exchange = target.post_with_token(body(factory.reusable()), origin="null")

    expect.observed(exchange, _status_and_lines(exchange))


@covers(clause.MAX_AGE)
def test_the_preflight_s_max_age(target: Target, origin: str) -> None:
    exchange = _beacon_preflight(target, origin)

    ages = expect.reply(exchange).lines("access-control-max-age")
    expect.observed(
        exchange,
        f"Access-Control-Max-Age: {', '.join(ages)}"
        if ages
        else "no header: browsers keep the answer for 5 s",
    )


@covers(clause.EXPOSED_HEADERS)
def test_the_exposed_headers(target: Target, factory: EventFactory, origin: str) -> None:
    exchange = _accepted(target, factory, "header", origin=origin)

    names = expect.reply(exchange).listed("access-control-expose-headers")
    expect.observed(exchange, ", ".join(names) or "none")


@covers(clause.TEXT_PLAIN)
def test_a_text_plain_beacon_of_a_page(target: Target, factory: EventFactory, origin: str) -> None:
    exchange = target.post(
        body(factory.reusable()), query=target.token, origin=origin, content_type="text/plain;charset=UTF-8"
    )

    expect.observed(exchange, _status_and_lines(exchange))


@covers(clause.OTHER_STATUSES)
def test_the_cors_headers_of_another_status(target: Target, origin: str) -> None:
    request = target.request(b"", header=target.token, origin=origin, content_type=None)
    exchange = target.send(request.by("GET"))

    expect.observed(exchange, _status_and_lines(exchange))
