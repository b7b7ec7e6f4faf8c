"""Runs Schemathesis as a second opinion: it makes requests from the OpenAPI description, and our checks judge the replies."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.client import Exchange, Memo, Request, Target
from conformance.expect import NotJudged
from conformance.inputs import openapi
from conformance.requirements import Requirement, batch
from conformance.runner.schemathesis_sender import Sender


@dataclass
class Opinion:
    """What Schemathesis sent, and what it found in the replies."""

    exchanges: list[Exchange] = field(default_factory=list)
    findings: list[tuple[Exchange, str]] = field(default_factory=list)


@dataclass
class SecondOpinion:
    """Runs Schemathesis once for all checks of a run.

    It sends the same requests in every run. Their replies are stored like all other replies, so a fresh attempt sends the
    requests of its check again.
    """

    target: Target
    mark: str
    """The ``session_id`` of generated events, and the mark in their data."""
    with_coverage: bool
    """Whether the coverage phase is run, in addition to the examples."""
    with_event_forms: bool
    """Whether it tries every form of an event, with 200 requests. Chapter events judges the same with about a dozen."""
    _once: Memo = field(default_factory=Memo, init=False, repr=False)

    def opinion(self) -> Opinion:
        """Return what Schemathesis sent and found. Raises NotJudged if no request was answered."""
        opinion = self._once.get("opinion", self._ask)
        if not any(exchange.reply for exchange in opinion.exchanges):
            raise NotJudged("no reply to any generated request")
        return opinion

    def exchanges(self, requirement: Requirement | None = None) -> Iterator[Exchange]:
        """Yield the exchanges that a requirement is about, or all of them.

        Raises NotJudged if no request was answered, and if no request is about the requirement.
        """
        requests = [exchange.request for exchange in self.opinion().exchanges]
        if requirement is not None:
            requests = [request for request in requests if requirement_of(request) is requirement]
        if not requests:
            raise NotJudged("no generated request is about this requirement")
        yield from map(self.target.send, requests)

    def _ask(self) -> Opinion:
        sender = Sender(self.target)
        opinion = Opinion(sender.exchanges)
        for recorder in self._recorded(sender):
            for case, interaction in recorder.interactions.items():
                for check in recorder.checks.get(case, ()):
                    if check.failure_info is not None and interaction.response is not None:
                        failure = check.failure_info.failure
                        text = f"{check.name}: {failure.title}. {failure.message}"
                        opinion.findings.append((sender.exchange_of(interaction.response.request), text))
        return opinion

    def _recorded(self, sender: Sender) -> Iterator[Any]:
        # Imported here: loading it costs a second and changes what Hypothesis prints.
        import schemathesis  # noqa: PLC0415
        from schemathesis import hooks  # noqa: PLC0415
        from schemathesis.config import SchemathesisConfig  # noqa: PLC0415
        from schemathesis.engine import context, events, from_schema  # noqa: PLC0415

        def before_call(context: Any, case: Any, kwargs: Any) -> None:  # noqa: ARG001 - Schemathesis looks at the names
            self._prepare(case, kwargs)

        config = SchemathesisConfig.from_dict(self._configuration())
        schema = schemathesis.openapi.from_dict(
            _post_only(with_event_forms=self.with_event_forms), config=config
        )
        schemathesis.hook("before_call")(before_call)
        try:
            with sender.in_place_of_sessions(context):
                for event in from_schema(schema).execute():
                    if isinstance(event, events.ScenarioFinished):
                        yield event.recorder
        finally:
            hooks.unregister(before_call)

    def _configuration(self) -> dict[str, Any]:
        return {
            "base-url": self.target.base,
            "seed": 1,
            "request-timeout": self.target.http_client.timeout,
            # Otherwise Schemathesis stops after its first finding, even if the finding is wrong.
            "continue-on-failure": True,
            "phases": {
                "fuzzing": {"enabled": False},
                "stateful": {"enabled": False},
                "coverage": {"enabled": self.with_coverage, "unexpected-methods": []},
            },
            # The contract does not say how other methods are answered. Our own checks judge requests without a token;
            # Schemathesis would not record those that it sends.
            "checks": {
                "ignored_auth": {"enabled": False},
                "unsupported_method": {"enabled": False},
                "allow_header_conformance": {"enabled": False},
            },
        }

    def _prepare(self, case: Any, kwargs: Any) -> None:
        """Put the run's mark on generated events."""
        kwargs["auth"] = _unchanged  # otherwise a login from the environment is added
        kwargs["allow_redirects"] = False
        entries = case.body.get("events") if isinstance(case.body, dict) else None
        for event in entries if isinstance(entries, list) else ():
            if isinstance(event, dict) and isinstance(event.get("session_id"), str):
                event["session_id"] = self.mark
                event["contextual_data"] = {"conformance": self.mark}


def _unchanged(request: Any) -> Any:
    return request


def _post_only(*, with_event_forms: bool) -> dict[str, Any]:
    """Return the description without the preflight, and without the Origin of a POST.

    Only a browser sends a correct preflight. The contract does not say how a POST from an unauthorised origin is answered.
    Without ``with_event_forms``, the description allows any object as an event.
    """
    document = openapi.document()
    if not with_event_forms:
        document["components"]["schemas"]["Batch"]["properties"]["events"]["items"] = {"type": "object"}
    document["paths"] = {
        path: {"post": {**item["post"], "parameters": []}} for path, item in document["paths"].items()
    }
    return document


def requirement_of(request: Request) -> Requirement | None:
    """Return the requirement that a generated request is about, if there is one."""
    headers = {name.lower(): value for name, value in request.headers}
    is_json = headers.get("content-type", "").lower() == "application/json"
    return _requirement_of_body(request.body) if is_json else None


def _refuse_constant(constant: str) -> None:
    raise ValueError(constant)


def _requirement_of_body(content: bytes) -> Requirement | None:
    try:
        body = json.loads(content, parse_constant=_refuse_constant)
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        # Not JSON, or JSON that parsers may refuse: a lone surrogate, or a number beyond the range of a double.
        return None
    if not isinstance(body, dict):
        return batch.BODY_NOT_AN_OBJECT_REFUSED
    if "events" not in body:
        return batch.MISSING_EVENTS_REFUSED
    entries = body["events"]
    if not isinstance(entries, list):
        return batch.EVENTS_NOT_AN_ARRAY_REFUSED
    return _requirement_of_length(body, entries) if entries else batch.EMPTY_REFUSED


def _requirement_of_length(body: dict[str, Any], entries: list[Any]) -> Requirement | None:
    if len(entries) > 100:  # noqa: PLR2004 - the limit of the contract
        return batch.OVER_100_REFUSED
    # The contract does not say how a second member is answered, or an entry that is not an object.
    is_stated = body.keys() == {"events"} and all(isinstance(entry, dict) for entry in entries)
    return batch.ACCEPTS_1_TO_100 if is_stated else None
