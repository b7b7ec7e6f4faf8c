"""The calls as JavaScript, and what one visit sends in total."""

import json
import re

import pytest

from conformance.browser import calls

MOST_REQUESTS, MOST_EVENTS = 30, 10
URL = "https://target.example/beacon?token=a"
HARMFUL = '"</script>\u2028\\'


def test_a_visit_sends_few_requests_and_events() -> None:
    assert sum(call.requests for call in calls.IN_ORDER) <= MOST_REQUESTS
    assert sum(call.with_event for call in calls.IN_ORDER) <= MOST_EVENTS


def test_every_call_has_its_place_in_the_order() -> None:
    declared = {value for value in vars(calls).values() if isinstance(value, calls.Call)}

    assert declared == set(calls.IN_ORDER)


def test_the_beacon_is_the_documented_call() -> None:
    assert calls.BEACON.javascript(URL, "a", "{}") == (
        f'navigator.sendBeacon("{URL}", new Blob(["{{}}"], {{type: "application/json"}}))'
    )


def test_the_fallback_is_the_documented_call() -> None:
    assert calls.FALLBACK.javascript(URL, "a", "{}") == (
        f'fetch("{URL}", {{method: "POST", headers: {{"Content-Type": "application/json"}}, body: "{{}}", keepalive: true}})'
    )


@pytest.mark.parametrize("call", calls.IN_ORDER, ids=str)
def test_a_body_is_one_string_of_javascript(call: calls.Call) -> None:
    line = call.javascript(URL, "a", HARMFUL)
    strings = re.findall(r'"(?:[^"\\]|\\.)*"', line)

    assert HARMFUL in [json.loads(one) for one in strings]
    assert "\u2028" not in line
