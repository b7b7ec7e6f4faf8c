"""The requests of Schemathesis, and which requirement each is about."""

import json
from typing import Any

import pytest

from conformance import reference
from conformance.client import HttpClient, Request, Target
from conformance.expect import NotJudged
from conformance.requirements import Requirement, batch
from conformance.runner.schemathesis import SecondOpinion, requirement_of
from tests.support.raw_servers import RawServer, hangs_up

JSON = (("content-type", "application/json"),)


def _second_opinion(url: str) -> SecondOpinion:
    target = Target(url, reference.TOKEN, reference.ORIGIN, HttpClient(30, gives_up_after=float("inf")))
    return SecondOpinion(target, "conformance-run-generated", with_coverage=False, with_event_forms=False)


@pytest.mark.parametrize(
    ("body", "requirement"),
    [
        ([], batch.BODY_NOT_AN_OBJECT_REFUSED),
        ({}, batch.MISSING_EVENTS_REFUSED),
        ({"events": None}, batch.EVENTS_NOT_AN_ARRAY_REFUSED),
        ({"events": []}, batch.EMPTY_REFUSED),
        ({"events": [{}] * 101}, batch.OVER_100_REFUSED),
        ({"events": [{}]}, batch.ACCEPTS_1_TO_100),
        ({"events": [7]}, None),
        ({"events": [{}], "version": 2}, None),
        ({"events": [float("nan")]}, None),
        ({"events": ["\ud800"]}, None),
    ],
)
def test_the_body_of_a_generated_request_decides_its_requirement(
    body: Any, requirement: Requirement | None
) -> None:
    content = json.dumps(body).encode()

    assert requirement is requirement_of(Request("POST", "http://t.example", JSON, content))


def test_a_request_that_is_not_json_has_no_requirement() -> None:
    assert requirement_of(Request("POST", "http://t.example", JSON, b"{")) is None
    assert (
        requirement_of(Request("POST", "http://t.example", (("content-type", "text/plain"),), b"{}")) is None
    )


def test_requests_are_generated_once_and_a_fresh_attempt_sends_its_own_again() -> None:
    with reference.Server() as server:
        second_opinion = _second_opinion(server.url)
        http_client = second_opinion.target.http_client
        first = list(second_opinion.exchanges())
        sent = http_client.requests
        again = list(second_opinion.exchanges())
        assert sent == http_client.requests
        with second_opinion.target.fresh_attempt():
            fresh = next(second_opinion.exchanges())
        http_client.close()

    assert [id(one) for one in first] == [id(one) for one in again]
    assert sent + 1 == http_client.requests
    assert fresh.request == first[0].request
    assert fresh is not first[0]


def test_a_target_that_answers_no_generated_request_is_not_judged() -> None:
    with RawServer(hangs_up) as server:
        second_opinion = _second_opinion(server.url)
        with pytest.raises(NotJudged, match="no reply to any generated request"):
            second_opinion.opinion()
        second_opinion.target.http_client.close()
