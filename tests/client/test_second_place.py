"""Requests of one kind take turns between the two places of a token, if the target accepts both."""

import pytest
from starlette.requests import Request

from conformance import reference
from conformance.client import HttpClient, Target
from conformance.inputs.factory import EventFactory, body
from conformance.reference import Rules


class QueryIsNoSource(Rules):
    def query_token(self, request: Request, /) -> str | None:
        del request
        return None


def _target(server: reference.Server) -> Target:
    target = Target(server.url, reference.TOKEN, "", HttpClient(10))
    exchange = target.post_with_token(body(EventFactory("turns").reusable()))
    target.silence.valid = exchange.request
    return target


PLACES: dict[str, tuple[type[Rules], str, list[list[str]]]] = {
    "both": (Rules, "header", [["header"], ["query"]]),
    "header-alone": (QueryIsNoSource, "header", [["header"], ["header"]]),
    "query-was-found-first": (Rules, "query", [["query"], ["query"]]),
    "both-at-once": (Rules, "both", [["header", "query"], ["header", "query"]]),
}


@pytest.mark.parametrize(("rules", "usual", "expected"), PLACES.values(), ids=PLACES.keys())
def test_the_second_place_is_the_query_only_where_the_target_accepts_it(
    rules: type[Rules], usual: str, expected: list[list[str]]
) -> None:
    with reference.Server(rules) as server:
        target = _target(server)
        target.token_source = usual
        places = [list(target.token_in_place("T", turn)) for turn in (0, 1)]
        target.http_client.close()

    assert places == expected


def test_a_fresh_attempt_uses_the_same_place_and_asks_for_it_only_once() -> None:
    with reference.Server() as server:
        target = _target(server)
        target.token_in_place("T", 1)
        sent = target.http_client.requests
        with target.fresh_attempt():
            place = list(target.token_in_place("T", 3))
        again = target.http_client.requests
        target.http_client.close()

    assert place == ["query"]
    assert again == sent
