"""The same visit to the bundled reference: a browser that fails there cannot judge any target."""

from collections.abc import Iterable

from conformance.browser import calls
from conformance.browser.calls import Call
from conformance.browser.expectations import (
    describe,
    expect_delivered,
    expect_member,
    expect_read,
    expect_stored_after_unload,
    expect_whole_body,
)
from conformance.browser.fate import Fate
from conformance.browser.visit import Visit
from conformance.expect import NotJudged, Violation

HELD = "held"


TESTED = tuple(call for call in calls.IN_ORDER if call not in {calls.FROM_A_SANDBOX, calls.TEXT_BEACON})
"""The calls of the test: all whose outcome is judged, and one that a browser must not let through."""


def begin(visit: Visit) -> None:
    """Have the browser begin with the calls of the test."""
    visit.begin(TESTED)


def self_test(visit: Visit) -> str:
    """Return why the browser cannot judge, or an empty text if every call did on the reference what it has to do."""
    for call in TESTED:
        try:
            _expect(visit, call)
        except Violation as violation:
            return _cannot(call, str(violation))
        except NotJudged as reason:
            return _cannot(call, str(reason))
    return ""


def _cannot(call: Call, why: str) -> str:
    return (
        f"the browser does not pass the self-test on the bundled reference (call {call.name}: {why}): use another"
        " version of Chromium, or one without policies and extensions"
    )


def _expect(visit: Visit, call: Call) -> None:
    if call.at_unload:
        expect_stored_after_unload(visit, call)
    elif call is calls.FROM_A_STRANGER:
        # The reference does not allow it. A browser without web security would let every target pass.
        made = visit.made(call)
        if made.outcome.fate is not Fate.LOST:
            raise NotJudged(f"a preflight must not pass here, but {describe(made)}")
    elif call.beacon:
        expect_delivered(visit, call)
    elif not call.known_token:
        expect_member(visit, expect_read(visit, call, 401), "error")
    elif not call.with_event:
        expect_member(visit, expect_read(visit, call, 422), "errors")
    else:
        expect_whole_body(visit, expect_read(visit, call))


def calls_in(parameters: Iterable[object]) -> list[Call]:
    """Return the calls among the parameters of checks."""
    return [value for value in parameters if isinstance(value, Call)]
