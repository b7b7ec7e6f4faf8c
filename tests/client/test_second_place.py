"""Requests of one kind take turns between the two places of a token, if the target accepts both."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import reference
from conformance.client import HttpClient, Target
from conformance.inputs.factory import EventFactory, body
from conformance.reference import Rules
from conformance.reference.stores import Store


class QueryIsNoSource(Rules):
    def query_token(self, request: Request, /) -> str | None:
        del request
        return None


class PagesAreForbidden(Rules):
    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        return (
            Response(status_code=403) if "Origin" in request.headers else super().post(request, body, store)
        )


def _target(server: reference.Server, origin: str = "") -> Target:
    target = Target(server.url, reference.TOKEN, origin, HttpClient(10))
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


ORIGINS: dict[str, tuple[type[Rules], str, list[str]]] = {
    "given": (Rules, reference.ORIGIN, [reference.ORIGIN]),
    "none": (Rules, "", []),
    "refused": (PagesAreForbidden, reference.ORIGIN, []),
}


@pytest.mark.parametrize(("rules", "origin", "expected"), ORIGINS.values(), ids=ORIGINS.keys())
def test_the_second_form_has_an_origin_if_the_target_accepts_an_event_with_it(
    rules: type[Rules], origin: str, expected: list[str]
) -> None:
    with reference.Server(rules) as server:
        target = _target(server, origin)
        request = target.post_with_token(b"{}", turn=1).request
        target.http_client.close()

    assert [value for name, value in request.headers if name == "Origin"] == expected
    assert "?token=" in request.url
