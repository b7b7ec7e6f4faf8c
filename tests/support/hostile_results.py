"""Results with every verdict, of a target that sends harmful text; made without a run."""

from dataclasses import replace
from typing import Any

from conformance.results import Results, RunFacts, compose
from conformance.results.verdicts import Finding, Outcome

HOSTILE = """"><script>alert(1)</script></pre></code><img src="http://evil.example/x" onerror='alert(2)'>`|*@all*|`"""
MANY = 12
"""Checks of one requirement, more than a page shows in full."""
FACTS = RunFacts(
    id="1a2b3c4d",
    started="2026-01-02T03:04:05.000Z",
    finished="2026-01-02T03:05:06.000Z",
    seed=7,
    requests=812,
    events=2345,
    target="https://staging.shop.example",
    kind="url",
    required=("http",),
    openapi="0123456789abcdef",
    options={"origin": "https://shop.example", "other-token": "given", "require": "http"},
    doctor=[
        {
            "step": "name",
            "result": "ok",
            "tried": "look up the host",
            "observed": "203.0.113.7",
            "advice": "",
        },
        {
            "step": "origin",
            "result": "warning",
            "tried": "POST /beacon from https://shop.example",
            "observed": f"Access-Control-Allow-Origin {HOSTILE}",
            "advice": "compare --origin with the store's allowed domains",
        },
    ],
)


def evidence(got: str = "status 201, body null", **more: Any) -> dict[str, Any]:
    return {
        "sent": {
            "line": "POST /beacon?token=‹token A›",
            "headers": [["Content-Type", "application/json"], ["X-Probe", HOSTILE]],
            "body": '{"events": []}',
            "bytes": 14,
        },
        "expected": "status 401",
        "got": got,
        "reply": {
            "line": "201 Created",
            "headers": [["Content-Type", "text/html"], ["X-Evil", HOSTILE]],
            "body": f"{HOSTILE}\nsecond line",
            "bytes": 180,
        },
        "seconds": 0.0123,
        "repeat": """curl -X POST -H 'A: 1' --data-raw '{"events": []}' 'https://x.example/?token='"$BEACON_TOKEN\"""",
        **more,
    }


def finding(identifier: str, outcome: Outcome, check: str = "", **more: Any) -> Finding:
    module = f"suite/test_{identifier.partition('.')[0]}.py"
    return Finding(
        identifier, check or f"test_{identifier.replace('.', '_')}", outcome, module=module, **more
    )


def held(identifier: str, check: str = "") -> Finding:
    return finding(identifier, Outcome.HELD, check, met=2, evidence=[evidence()])


FINDINGS = [
    held("token.header-accepted"),
    *[held("token.query-accepted", f"test_query[case-{number}]") for number in range(MANY)],
    *[
        finding(
            "token.header-wins",
            Outcome.BROKE,
            f"test_header_wins[failing-{number}]",
            evidence=[evidence(f"{HOSTILE} number {number}", because="the header decides", example="7")],
        )
        for number in range(MANY)
    ],
    finding("token.header-wins", Outcome.UNSTABLE, "test_header_wins[flaky]", reason="once no, once yes"),
    finding("token.compared-by-case", Outcome.BROKE, evidence=[evidence("status 204, empty body")]),
    finding("token.missing-refused", Outcome.UNSTABLE, reason=f"once 201; then it held {HOSTILE}"),
    finding("token.empty-header", Outcome.HELD, "test_empty[spaces]", evidence=[evidence(f"{HOSTILE} seen")]),
    finding("token.repeated-parameter", Outcome.BROKE, evidence=[evidence("status 418, empty body")]),
    finding(
        "token.header-names-the-store",
        Outcome.NOT_JUDGED,
        reason="needs a second store's token: pass --other-token T",
    ),
    finding("batch.ingests-all", Outcome.NOT_JUDGED, reason=f"no answer to look at: {HOSTILE}"),
    finding(
        "batch.empty-refused",
        Outcome.BROKE,
        evidence=[evidence(reply={"none": "timeout", "detail": "nothing within 10 s"})],
    ),
]


def everything() -> Results:
    """Return the results of FINDINGS."""
    return compose(FACTS, FINDINGS)


def dead() -> Results:
    """Return the results of a run whose target is unreachable."""
    return compose(replace(FACTS, unreachable="no reply (connection refused); check --target"), [])
