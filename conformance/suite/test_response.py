"""Checks of chapter response."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import pytest

from conformance import expect
from conformance.client import Exchange, Target
from conformance.inputs.factory import EventFactory, body
from conformance.inputs.tokens import UNKNOWN
from conformance.plugin.markers import covers, parameters
from conformance.plugin.run import Run
from conformance.requirements import response as clause

FORMS = ["header", "query"]
REFUSED = {
    "no-entry": b'{"events": []}',
    "101-entries": b'{"events": [' + b",".join([b"{}"] * 101) + b"]}",
    "no-events": b"{}",
    "no-array": b'{"events": "none"}',
    "no-object": b"[]",
}


def _accepted(target: Target, factory: EventFactory, batch: str) -> Exchange:
    entries: dict[str, Sequence[Any]] = {
        "valid": factory.reusable(),
        "full": factory.reusable(100),
        "mixed": [{}, *factory.reusable()],
        "invalid": [{}],
    }
    return target.post_with_token(body(entries[batch]))


@covers(clause.CREATED)
@pytest.mark.parametrize("form", FORMS)
def test_a_success_is_answered_with_201(target: Target, factory: EventFactory, form: str) -> None:
    exchange = target.post(body(factory.reusable()), **{form: target.token})
    _assume_not_refused(exchange)

    expect.status(exchange, 201)


@covers(clause.CREATED)
@pytest.mark.parametrize("batch", parameters(["mixed", "invalid", "full"], quick=2))
def test_a_success_of_any_batch_is_answered_with_201(
    target: Target, factory: EventFactory, batch: str
) -> None:
    exchange = _accepted(target, factory, batch)
    _assume_not_refused(exchange)

    expect.status(exchange, 201)


def _assume_not_refused(exchange: Exchange) -> None:
    """Raise NotJudged if a batch is refused, because other requirements judge that."""
    if expect.reply(exchange).status >= 400:
        raise expect.NotJudged(f"needs a success, but got {expect.format_reply(expect.reply(exchange))}")


@covers(clause.NULL_OR_EMPTY)
@pytest.mark.parametrize("batch", parameters(["valid", "mixed", "invalid", "full"], quick=2))
def test_the_body_of_a_success_is_null_or_empty(target: Target, factory: EventFactory, batch: str) -> None:
    exchange = _accepted(target, factory, batch)
    empty = not expect.assume(exchange, 201).body.strip()

    expect.body(
        exchange, met=empty or expect.json_body(exchange) is None, expected="a body that is null or empty"
    )


MORE = 4
"""Additional answers that a fresh attempt uses, because several back ends may answer in turn."""


def _more_answers(target: Target, factory: EventFactory, usual: Exchange) -> Iterator[Exchange]:
    """Yield answers to one valid event that other checks use, too; in a fresh attempt also a few new ones."""
    yield from (target.post(body(factory.reusable()), **{form: target.token}) for form in FORMS)
    yield from (target.resend(usual.request) for _ in range(MORE if target.is_fresh_attempt else 0))


def _is_success_other_than_null(exchange: Exchange) -> bool:
    reply = exchange.reply
    return reply is not None and 200 <= reply.status < 300 and expect.json_body(exchange) is not None


@covers(clause.NULL_JSON)
def test_the_body_of_a_success_is_exactly_null(target: Target, factory: EventFactory) -> None:
    exchange = _accepted(target, factory, "valid")
    expect.assume(exchange, 201)
    if expect.json_body(exchange) is None:
        others = filter(_is_success_other_than_null, _more_answers(target, factory, exchange))
        exchange = next(others, exchange)

    expect.body(exchange, met=expect.json_body(exchange) is None, expected="the body null")
    expect.content_type(exchange, "application/json")


@covers(clause.UNAUTHENTICATED_BODY)
@pytest.mark.parametrize(
    "how", [{}, {"header": UNKNOWN}, {"query": UNKNOWN}], ids=["none", "header", "query"]
)
def test_a_401_says_unauthenticated(target: Target, factory: EventFactory, how: dict[str, str]) -> None:
    exchange = target.post(body(factory.reusable()), **how)
    expect.assume(exchange, 401)
    met = expect.json_body(exchange) == {"error": "Unauthenticated"}

    expect.body(exchange, met=met, expected='the body {"error": "Unauthenticated"}')


@covers(clause.UNAUTHENTICATED_JSON)
@pytest.mark.parametrize("how", [{}, {"header": UNKNOWN}], ids=["none", "unknown"])
def test_a_401_is_json(target: Target, factory: EventFactory, how: dict[str, str]) -> None:
    exchange = target.post(body(factory.reusable()), **how)
    expect.assume(exchange, 401)

    expect.content_type(exchange, "application/json")


@covers(clause.ERRORS_BODY)
@pytest.mark.parametrize("content", parameters(REFUSED, quick=1))
def test_a_422_lists_errors(target: Target, content: bytes) -> None:
    exchange = target.post_with_token(content)
    expect.assume(exchange, 422)
    found = expect.json_body(exchange)
    errors = found.get("errors") if isinstance(found, dict) else None
    met = isinstance(errors, list) and bool(errors) and all(isinstance(error, str) for error in errors)

    expect.body(exchange, met=met, expected='the body {"errors": ["…", …]}, with at least one string')


@covers(clause.ERRORS_BODY)
@pytest.mark.parametrize(
    "content", parameters({"prose": b"no json", "empty": b"", "truncated": b'{"events": ['}, quick=1)
)
def test_a_422_to_a_body_that_is_not_json_lists_errors(target: Target, content: bytes) -> None:
    exchange = target.post_with_token(content)
    found = expect.json_body(exchange)
    listed = isinstance(found, dict) and isinstance(found.get("errors"), list) and bool(found["errors"])

    met = listed or expect.reply(exchange).status != 422
    expect.body(exchange, met=met, expected='the body {"errors": ["…", …]}, or another status than 422')


@covers(clause.ERRORS_JSON)
@pytest.mark.parametrize("content", parameters(REFUSED, quick=1))
def test_a_422_is_json(target: Target, content: bytes) -> None:
    exchange = target.post_with_token(content)
    expect.assume(exchange, 422)

    expect.content_type(exchange, "application/json")


@covers(clause.TOKEN_NOT_REPEATED)
@pytest.mark.parametrize("form", FORMS)
def test_a_422_does_not_repeat_its_token(target: Target, form: str, run: Run) -> None:
    if not run.redactor.own_words.can_hide(target.token):
        raise expect.NotJudged("needs a token that no answer has by chance: a long random one")
    exchange = target.post(REFUSED["no-entry"], **{form: target.token})

    expect.assume(exchange, 422)
    _expect_unrepeated(exchange, target.token)


@covers(clause.TOKEN_NOT_REPEATED)
@pytest.mark.parametrize("form", FORMS)
def test_a_401_does_not_repeat_its_token(target: Target, factory: EventFactory, form: str) -> None:
    exchange = target.post(body(factory.reusable()), **{form: UNKNOWN})

    expect.assume(exchange, 401)
    _expect_unrepeated(exchange, UNKNOWN)


def _expect_unrepeated(exchange: Exchange, token: str) -> None:
    reply = expect.reply(exchange)
    places = {name: value for name, value in reply.headers if name.lower() != "location"}
    places["body"] = reply.body.decode("utf-8", "replace")
    found = [place for place, text in places.items() if token in text or quote(token, safe="") in text]
    got = f"the token in {', '.join(found)}" if found else "an answer without the token"
    expect.condition(
        exchange, met=not found, expected="an answer without the token in its headers and body", got=got
    )


@covers(clause.OTHER_METHODS)
@pytest.mark.parametrize("method", parameters(["GET", "HEAD", "PUT", "PATCH", "DELETE"], quick=1))
def test_another_method(target: Target, method: str) -> None:
    request = target.request(b"", header=target.token, content_type=None)

    expect.observed(target.send(request.by(method)))
