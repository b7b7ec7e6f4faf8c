"""Schemathesis as a second opinion: its requests over the OpenAPI description, judged by our own requirements."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from conformance import expect, openapi
from conformance.client import TOKEN_HEADER, Exchange, NoReply, Reply, Request, Target
from conformance.events import Mint
from conformance.plugin import covers
from conformance.requirements import Requirement, batch, robustness, token

ASKED = {
    401: (token.MISSING_REFUSED, token.UNKNOWN_HEADER_REFUSED, token.UNKNOWN_QUERY_REFUSED),
    422: (
        batch.EMPTY_REFUSED,
        batch.MISSING_EVENTS_REFUSED,
        batch.EVENTS_NOT_AN_ARRAY_REFUSED,
        batch.BODY_NOT_AN_OBJECT_REFUSED,
        batch.OVER_100_REFUSED,
    ),
    None: (batch.ACCEPTS_1_TO_100,),
}
"""The statuses that our requirements expect of a generated request; None for a success."""


@dataclass
class Opinion:
    """What Schemathesis sent, and what it made of the replies."""

    exchanges: list[Exchange] = field(default_factory=list)
    findings: list[tuple[Exchange, str]] = field(default_factory=list)


@pytest.fixture(scope="session")
def opinion(target: Target, mint: Mint) -> Opinion:
    """Send the examples and coverage phases of Schemathesis, which are the same in every run."""
    found = Opinion()
    for recorder in _recorded(target, mint):
        for case, interaction in recorder.interactions.items():
            exchange = _exchange(interaction)
            found.exchanges.append(exchange)
            for check in recorder.checks.get(case, ()):
                if check.failure_info is not None:
                    failure = check.failure_info.failure
                    found.findings.append((exchange, f"{check.name}: {failure.title}. {failure.message}"))
    target.wire.requests += len(found.exchanges)
    if not any(exchange.reply for exchange in found.exchanges):
        pytest.skip("no reply to any generated request")
    return found


def _recorded(target: Target, mint: Mint) -> Iterator[Any]:
    # Imported here: loading it costs a second and changes what Hypothesis prints.
    import schemathesis  # noqa: PLC0415
    from schemathesis import hooks  # noqa: PLC0415
    from schemathesis.config import SchemathesisConfig  # noqa: PLC0415
    from schemathesis.engine import events, from_schema  # noqa: PLC0415

    config = SchemathesisConfig.from_dict(
        {
            "base-url": target.base,
            "headers": {TOKEN_HEADER: target.token},
            "seed": 1,
            "request-timeout": target.wire.timeout,
            # Otherwise the first finding, right or wrong, ends the requests.
            "continue-on-failure": True,
            "phases": {
                "fuzzing": {"enabled": False},
                "stateful": {"enabled": False},
                "coverage": {"unexpected-methods": []},
            },
            # The contract does not say what other methods come to.
            "checks": {
                "unsupported_method": {"enabled": False},
                "allow_header_conformance": {"enabled": False},
            },
        }
    )
    schema = schemathesis.openapi.from_dict(_post_only(), config=config)

    def mark(context: Any, case: Any, kwargs: Any) -> None:  # noqa: ARG001 - Schemathesis looks at the names
        """Mark generated events as every event of a run is."""
        entries = case.body.get("events") if isinstance(case.body, dict) else None
        for event in entries if isinstance(entries, list) else ():
            if isinstance(event, dict) and isinstance(event.get("session_id"), str):
                event["session_id"] = f"conformance-{mint.run}-generated"
                event["contextual_data"] = {"conformance": f"conformance-{mint.run}-generated"}

    schemathesis.hook("before_call")(mark)
    try:
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                yield event.recorder
    finally:
        hooks.unregister(mark)


def _post_only() -> dict[str, Any]:
    """Return the description without the preflight, which no tool but a browser sends right.

    And without the Origin of a POST: what an origin gets that nobody authorised is not said.
    """
    document = openapi.document()
    document["paths"] = {
        path: {"post": {**item["post"], "parameters": []}} for path, item in document["paths"].items()
    }
    return document


def _exchange(interaction: Any) -> Exchange:
    sent, got = interaction.request, interaction.response
    headers = tuple((name, value) for name, values in sent.headers.items() for value in values)
    outcome: Reply | NoReply = NoReply("closed", "no reply to a generated request")
    elapsed = 0.0
    if got is not None:
        lines = tuple((name, value) for name, values in got.headers.items() for value in values)
        outcome, elapsed = Reply(got.status_code, got.message or "", lines, got.content or b""), got.elapsed
    return Exchange(
        Request(sent.method, sent.uri, headers, sent.body or b""), outcome, elapsed, interaction.timestamp
    )


def _asks(request: Request, target: Target) -> Requirement | None:
    """Return the requirement that a generated request asks after, by our own reading of it."""
    headers = {name.lower(): value for name, value in request.headers}
    query = parse_qs(urlsplit(request.url).query, keep_blank_values=True).get("token", [])
    header = headers.get(TOKEN_HEADER.lower())
    if header is None and not query:
        return token.MISSING_REFUSED
    if header is None and target.token not in query:
        return token.UNKNOWN_QUERY_REFUSED if all(query) else None
    if header is not None and header != target.token:
        return token.UNKNOWN_HEADER_REFUSED if header.strip() else None
    if headers.get("content-type", "").lower() != "application/json":
        return None
    return _asks_by_body(request.body)


def _no_json(constant: str) -> None:
    raise ValueError(constant)


def _asks_by_body(content: bytes) -> Requirement | None:
    try:
        body = json.loads(content, parse_constant=_no_json)
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        # No JSON, or one that parsers may refuse: a lone surrogate, or a number beyond every double.
        return None
    if not isinstance(body, dict):
        return batch.BODY_NOT_AN_OBJECT_REFUSED
    if "events" not in body:
        return batch.MISSING_EVENTS_REFUSED
    entries = body["events"]
    if not isinstance(entries, list):
        return batch.EVENTS_NOT_AN_ARRAY_REFUSED
    return _asks_by_length(body, entries) if entries else batch.EMPTY_REFUSED


def _asks_by_length(body: dict[str, Any], entries: list[Any]) -> Requirement | None:
    if len(entries) > 100:
        return batch.OVER_100_REFUSED
    # Nothing stated says what a member beside events comes to, or an entry that is no object.
    said = body.keys() == {"events"} and all(isinstance(entry, dict) for entry in entries)
    return batch.ACCEPTS_1_TO_100 if said else None


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        pytest.param(requirement, expected, marks=covers(requirement), id=requirement.id)
        for expected, requirements in ASKED.items()
        for requirement in requirements
    ],
)
def test_generated_requests_agree(
    opinion: Opinion, target: Target, requirement: Requirement, expected: int | None
) -> None:
    asking = [exchange for exchange in opinion.exchanges if _asks(exchange.request, target) is requirement]
    if not asking:
        raise expect.NotJudged("no generated request asked after it")
    for exchange in asking:
        if expected is None:
            expect.success(exchange)
        else:
            expect.status(exchange, expected)


@covers(robustness.NO_SERVER_ERROR)
def test_no_generated_request_ends_in_a_server_error(opinion: Opinion) -> None:
    for exchange in opinion.exchanges:
        expect.no_server_error(exchange)


@covers(robustness.SECOND_OPINION)
def test_what_schemathesis_finds(opinion: Opinion) -> None:
    for exchange, finding in opinion.findings:
        expect.observed(exchange, finding)
    expect.observed(
        opinion.exchanges[-1], f"{len(opinion.findings)} findings in {len(opinion.exchanges)} requests"
    )
