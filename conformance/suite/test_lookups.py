"""Checks of chapter token: a text that is almost a token, or that a look-up could find, is not one."""

import pytest

from conformance import expect
from conformance.client import Target
from conformance.inputs.factory import EventFactory, body
from conformance.inputs.tokens import (
    MATCHING,
    MEMBERS,
    half,
    longer,
    one_changed,
    other_case,
    percent_encoded,
)
from conformance.plugin.markers import covers, parameters
from conformance.requirements import token as clause

ALTERED = {"half": half, "with-a-tail": longer, "one-changed": one_changed}


@covers(clause.COMPARED_WHOLE)
@pytest.mark.parametrize("form", parameters(["header", "query"], quick=1))
@pytest.mark.parametrize("how", parameters(list(ALTERED), quick=1))
def test_an_altered_token_is_refused(target: Target, factory: EventFactory, form: str, how: str) -> None:
    exchange = target.post(body(factory.reusable()), **{form: ALTERED[how](target.token)})

    expect.status(exchange, 401)


@covers(clause.COMPARED_BY_CASE)
@pytest.mark.parametrize("form", parameters(["header", "query"], quick=1))
def test_a_token_in_another_case_is_refused(target: Target, factory: EventFactory, form: str) -> None:
    altered = other_case(target.token)
    if altered == target.token:
        raise expect.NotJudged("needs a token with a letter in it: pass another --token")
    exchange = target.post(body(factory.reusable()), **{form: altered})

    expect.status(exchange, 401)


@covers(clause.LOOKED_UP)
@pytest.mark.parametrize("matching", parameters(list(MATCHING), quick=0))
def test_a_pattern_that_matches_a_token_is_refused(
    target: Target, factory: EventFactory, matching: str
) -> None:
    form, pattern = MATCHING[matching]
    exchange = target.post(body(factory.reusable()), **{form: pattern(target.token)})

    expect.status(exchange, 401, because="no store has this text as its token")


@covers(clause.LOOKED_UP)
@pytest.mark.parametrize("name", parameters(MEMBERS["header"], quick=1))
def test_a_header_token_with_the_name_of_a_member_is_refused(
    target: Target, factory: EventFactory, name: str
) -> None:
    exchange = target.post(body(factory.reusable()), header=name)

    expect.status(exchange, 401, because="no store has this text as its token")


@covers(clause.LOOKED_UP)
@pytest.mark.parametrize("name", parameters(MEMBERS["query"], quick=0))
def test_a_query_token_with_the_name_of_a_member_is_refused(
    target: Target, factory: EventFactory, name: str
) -> None:
    exchange = target.post(body(factory.reusable()), query=name)

    expect.status(exchange, 401, because="no store has this text as its token")


@covers(clause.LOOKED_UP)
@pytest.mark.parametrize("form", parameters(["query", "header"], quick=0))
def test_a_token_that_would_have_to_be_decoded_once_more_is_refused(
    target: Target, factory: EventFactory, form: str
) -> None:
    exchange = target.post(body(factory.reusable()), **{form: percent_encoded(target.token)})

    expect.status(
        exchange, 401, because="it becomes the token only if it is decoded once more than it should be"
    )
