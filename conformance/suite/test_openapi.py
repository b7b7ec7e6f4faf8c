"""Schemathesis as a second opinion: its requests over the OpenAPI description, judged by our own requirements."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from conformance import expect
from conformance.client import TOKEN_HEADER, Exchange, NoReply, Reply, Request, Target
from conformance.inputs import openapi
from conformance.inputs.factory import EventFactory
from conformance.plugin.markers import covers
from conformance.requirements import Requirement, batch, robustness
from conformance.runner.memo import Memo
from conformance.settings import Effort

REFUSED = (
    batch.EMPTY_REFUSED,
    batch.MISSING_EVENTS_REFUSED,
    batch.EVENTS_NOT_AN_ARRAY_REFUSED,
    batch.BODY_NOT_AN_OBJECT_REFUSED,
    batch.OVER_100_REFUSED,
)
"""The requirements of a 422 that generated requests ask after."""


@dataclass
class Opinion:
    """What Schemathesis sent, and what it made of the replies."""

    exchanges: list[Exchange] = field(default_factory=list)
    findings: list[tuple[Exchange, str]] = field(default_factory=list)


class Spent(Exception):
    """No request is left; Schemathesis takes it for an error of the case, and goes on to the next."""


def _ask(target: Target, factory: EventFactory, effort: str) -> Opinion:
    """Send the examples and coverage phases of Schemathesis, which are the same in every run."""
    found = Opinion()
    for recorder in _recorded(target, factory, effort):
        for case, interaction in recorder.interactions.items():
            exchange = _exchange(interaction)
            found.exchanges.append(exchange)
            target.wire.pace.bytes += len(exchange.request.body)
            target.wire.timeline.add(exchange.at, exchange.reply.status if exchange.reply else None)
            for check in recorder.checks.get(case, ()):
                if check.failure_info is not None:
                    failure = check.failure_info.failure
                    found.findings.append((exchange, f"{check.name}: {failure.title}. {failure.message}"))
    return found


def _recorded(target: Target, factory: EventFactory, effort: str) -> Iterator[Any]:
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
                "coverage": {"enabled": effort != Effort.QUICK, "unexpected-methods": []},
            },
            # The contract does not say what other methods come to; requests without a token are judged by ours, and
            # Schemathesis would send them without telling.
            "checks": {
                "ignored_auth": {"enabled": False},
                "unsupported_method": {"enabled": False},
                "allow_header_conformance": {"enabled": False},
            },
        }
    )
    schema = schemathesis.openapi.from_dict(_post_only(whole=effort == Effort.THOROUGH), config=config)

    def mark(context: Any, case: Any, kwargs: Any) -> None:  # noqa: ARG001 - Schemathesis looks at the names
        """Mark generated events as every event of a run is, and count the request. Raises Spent where none is left."""
        if not target.wire.pace.take():
            raise Spent
        # As our own requests: no proxy and no login that the run was not told of, and the same authorities.
        kwargs["proxies"] = dict.fromkeys(("http", "https"), target.wire.proxy)
        kwargs["auth"] = _as_it_is
        kwargs["verify"] = os.environ.get("SSL_CERT_FILE") or True
        entries = case.body.get("events") if isinstance(case.body, dict) else None
        for event in entries if isinstance(entries, list) else ():
            if isinstance(event, dict) and isinstance(event.get("session_id"), str):
                event["session_id"] = f"conformance-{factory.run}-generated"
                event["contextual_data"] = {"conformance": f"conformance-{factory.run}-generated"}

    schemathesis.hook("before_call")(mark)
    try:
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                yield event.recorder
    finally:
        hooks.unregister(mark)


def _as_it_is(request: Any) -> Any:
    return request


def _post_only(*, whole: bool) -> dict[str, Any]:
    """Return the description without the preflight, which no tool but a browser sends right.

    And without the Origin of a POST: what an origin gets that nobody authorised is not said. Every form of an event
    costs 200 requests, so they are only in the ``whole`` description: chapter events judges them in a dozen.
    """
    document = openapi.document()
    if not whole:
        document["components"]["schemas"]["Batch"]["properties"]["events"]["items"] = {"type": "object"}
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


def _asks(request: Request) -> Requirement | None:
    """Return the requirement that a generated request asks after, by our own reading of it."""
    headers = {name.lower(): value for name, value in request.headers}
    return (
        _asks_by_body(request.body) if headers.get("content-type", "").lower() == "application/json" else None
    )


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


def _opinion(memo: Memo, target: Target, factory: EventFactory, effort: str) -> Opinion:
    """Return what Schemathesis made of a target. Raises NotJudged where nothing was answered."""
    opinion = memo.make(_ask, target, factory, effort)
    if not any(exchange.reply for exchange in opinion.exchanges):
        raise expect.NotJudged("no reply to any generated request")
    return opinion


def _expect_each(target: Target, opinion: Opinion, requirement: Requirement, status: int | None) -> None:
    """Expect a status of every reply that a requirement is about; None for a success."""
    asking = [exchange for exchange in opinion.exchanges if _asks(exchange.request) is requirement]
    if not asking:
        raise expect.NotJudged("no generated request asked after it")
    for exchange in map(target.refetched, asking):
        if status is None:
            expect.success(exchange)
        else:
            expect.status(exchange, status)


@covers(batch.ACCEPTS_1_TO_100)
def test_generated_batches_are_accepted(
    memo: Memo, target: Target, factory: EventFactory, effort: str
) -> None:
    opinion = _opinion(memo, target, factory, effort)

    _expect_each(target, opinion, batch.ACCEPTS_1_TO_100, None)


@pytest.mark.parametrize(
    "requirement",
    [pytest.param(one, marks=[covers(one), pytest.mark.beyond_quick], id=one.id) for one in REFUSED],
)
def test_generated_batches_are_refused(
    memo: Memo, target: Target, factory: EventFactory, effort: str, requirement: Requirement
) -> None:
    opinion = _opinion(memo, target, factory, effort)

    _expect_each(target, opinion, requirement, 422)


@covers(robustness.NO_SERVER_ERROR)
def test_no_generated_request_ends_in_a_server_error(
    memo: Memo, target: Target, factory: EventFactory, effort: str
) -> None:
    for exchange in map(target.refetched, _opinion(memo, target, factory, effort).exchanges):
        expect.no_server_error(exchange)


@covers(robustness.SECOND_OPINION)
def test_what_schemathesis_finds(memo: Memo, target: Target, factory: EventFactory, effort: str) -> None:
    opinion = _opinion(memo, target, factory, effort)
    for exchange, finding in opinion.findings:
        expect.observed(exchange, finding)
    expect.observed(
        opinion.exchanges[-1], f"{len(opinion.findings)} findings in {len(opinion.exchanges)} requests"
    )
