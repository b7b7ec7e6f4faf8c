"""Checks of chapter browser. A real browser opens a page at the store's origin, and the page makes the documented calls."""

import pytest

from conformance import expect
from conformance.browser import Call, Visit, calls
from conformance.browser.expectations import (
    describe,
    expect_delivered,
    expect_member,
    expect_read,
    expect_stored_after_unload,
    expect_whole_body,
    has_member,
)
from conformance.client import Target
from conformance.inputs.factory import EventFactory, body
from conformance.inputs.tokens import UNKNOWN
from conformance.plugin.markers import covers
from conformance.requirements import browser as clause

EMPTY = b'{"events": []}'


def page_makes(*of: Call) -> pytest.MarkDecorator:
    """Name the calls of a check; one alone is not part of the check's name."""
    return pytest.mark.parametrize(
        "call", [pytest.param(call, id=call.name if len(of) > 1 else pytest.HIDDEN_PARAM) for call in of]
    )


def _accepted(target: Target, factory: EventFactory, origin: str, form: str) -> None:
    """Need that the suite's own client gets a success. Other requirements judge that."""
    expect.assume(target.post(body(factory.reusable()), **{form: target.token}, origin=origin), 201)


@covers(clause.BEACON_DELIVERED)
@page_makes(calls.BEACON)
def test_a_beacon_of_a_page_is_delivered(
    visit: Visit, target: Target, factory: EventFactory, origin: str, call: Call
) -> None:
    _accepted(target, factory, origin, "query")

    expect_delivered(visit, call)


@covers(clause.FALLBACK_READ)
@page_makes(calls.FALLBACK)
def test_a_page_reads_the_answer_to_the_fallback(
    visit: Visit, target: Target, factory: EventFactory, origin: str, call: Call
) -> None:
    _accepted(target, factory, origin, "query")

    expect_read(visit, call)


@covers(clause.HEADER_FETCH_READ)
@page_makes(calls.HEADER_FETCH)
def test_a_page_reads_the_answer_to_the_header_form(
    visit: Visit, target: Target, factory: EventFactory, origin: str, call: Call
) -> None:
    _accepted(target, factory, origin, "header")

    expect_read(visit, call)


@covers(clause.CREDENTIALS_READ)
@page_makes(calls.CREDENTIALS_QUERY, calls.CREDENTIALS_HEADER)
def test_a_page_reads_the_answer_to_a_call_with_credentials(
    visit: Visit, target: Target, factory: EventFactory, origin: str, call: Call
) -> None:
    _accepted(target, factory, origin, call.token_in)

    expect_read(visit, call)


@covers(clause.REFUSAL_READ)
@page_makes(calls.REFUSED)
def test_a_page_reads_a_422_and_its_errors(visit: Visit, target: Target, origin: str, call: Call) -> None:
    ours = target.post(EMPTY, header=target.token, origin=origin)
    expect.assume(ours, 422)

    made = expect_read(visit, call, 422)

    if has_member(ours, "errors"):
        expect_member(visit, made, "errors")


@covers(clause.EACH_ORIGIN)
@pytest.mark.parametrize(
    ("first", "call"),
    [
        pytest.param(calls.BEACON, calls.OTHER_BEACON, id="beacon"),
        pytest.param(calls.FALLBACK, calls.OTHER_FALLBACK, id="fetch"),
        pytest.param(calls.OTHER_FALLBACK, calls.FALLBACK_AGAIN, id="first-again"),
    ],
)
def test_pages_of_two_origins_take_turns(
    visit: Visit, target: Target, factory: EventFactory, first: Call, call: Call
) -> None:
    for one in (first, call):
        ours = target.post(body([factory.valid()]), query=visit.token_of(one), origin=visit.origin_of(one))
        expect.assume(ours, 201)
        visit.made(one)

    if call.beacon:
        expect_delivered(visit, call)
    else:
        expect_read(visit, call)


@covers(clause.BODY_READ)
@page_makes(calls.FALLBACK, calls.HEADER_FETCH)
def test_a_page_reads_the_body_of_a_success_to_its_end(visit: Visit, call: Call) -> None:
    made = visit.made(call)
    if made.status is None:
        raise expect.NotJudged("needs an answer that the page can read: see browser.fallback-read")

    expect_whole_body(visit, made)


@covers(clause.UNAUTHENTICATED_READ)
@page_makes(calls.UNKNOWN_HEADER, calls.UNKNOWN_QUERY)
def test_a_page_reads_a_401_and_its_error(visit: Visit, target: Target, origin: str, call: Call) -> None:
    ours = target.post(EMPTY, **{call.token_in: UNKNOWN}, origin=origin)
    expect.assume(ours, 401)

    made = expect_read(visit, call, 401)

    if has_member(ours, "error"):
        expect_member(visit, made, "error")


@covers(clause.UNLOAD_DELIVERED)
@page_makes(calls.UNLOAD)
def test_a_beacon_of_a_page_that_is_left_is_stored(
    visit: Visit, target: Target, factory: EventFactory, origin: str, call: Call
) -> None:
    _accepted(target, factory, origin, "query")

    expect_stored_after_unload(visit, call)


@covers(clause.PREFLIGHT_SECONDS)
@page_makes(calls.BEACON)
def test_how_long_a_preflight_takes(visit: Visit, call: Call) -> None:
    made = visit.made(call)

    took = made.preflight_seconds
    expect.observed(made.exchange, "no preflight was seen" if took is None else f"{took:.2f} s")


@covers(clause.NULL_ORIGIN)
@page_makes(calls.FROM_A_SANDBOX)
def test_what_a_page_with_the_origin_null_gets(visit: Visit, call: Call) -> None:
    made = visit.made(call)

    expect.observed(made.exchange, describe(made))


@covers(clause.UNAUTHORISED_ORIGIN)
@page_makes(calls.FROM_A_STRANGER)
def test_what_a_page_at_an_unauthorised_origin_gets(visit: Visit, call: Call) -> None:
    made = visit.made(call)

    expect.observed(made.exchange, describe(made))


@covers(clause.TEXT_BEACON)
@page_makes(calls.TEXT_BEACON)
def test_what_a_text_beacon_gets(visit: Visit, call: Call) -> None:
    made = visit.made(call)

    expect.observed(made.exchange, describe(made))
