"""The doctor's steps: what is tried before anything is judged, and in which order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from conformance.client import Exchange, NoReply, Reply
from conformance.doctor.clock import clock
from conformance.doctor.endpoint import UNAUTHENTICATED, refusal
from conformance.doctor.network import network
from conformance.doctor.step import Step, StepResult
from conformance.expect import NotJudged
from conformance.ingestion import ReadBack
from conformance.inputs.factory import EventFactory, SentEvent, body
from conformance.inputs.tokens import one_changed
from conformance.settings import Settings

MOST_REQUESTS = 8
"""Requests to a healthy target; one that takes the token in one form alone, or only with an Origin, gets 3 more."""
SECOND_CONNECTION = 2.0
"""Seconds to wait for an answer on a second connection."""
CREATED = 201
GIVES_UP = frozenset({"unreachable", "timeout", "not sent"})
"""Why there was no reply, where another try would end as this one."""


@dataclass
class Examination:
    """What the steps share.

    Leaves ``ingestion.target.token_source`` as the form in which the token was taken, and ``alone`` where one connection is all.
    """

    told: Settings
    read_back: ReadBack
    _how: dict[str, Any] = field(default_factory=dict, init=False)
    """How a POST is sent that the target takes, beside its token."""

    def steps(self) -> Iterator[Step]:
        """Yield a line a step; a problem is the last."""
        wire = self.read_back.target.wire
        for line in network(self.told.target, wire.authorities, wire.timeout, self.told.proxy):
            yield line
            if line.result is StepResult.PROBLEM:
                return
        line, exchange, sent = self._endpoint()
        yield line
        if line.result is StepResult.PROBLEM:
            return
        yield from self._altered_token()
        other, others = self._other_token()
        yield other
        yield from self._origins()
        yield from self._read_back(exchange, sent, others)
        yield clock(exchange, self.told.observer)

    @property
    def _mint(self) -> EventFactory:
        return self.read_back.factory

    def _post(self, token: str, **how: Any) -> tuple[Exchange, SentEvent]:
        """Send one ordinary event, as the checks do: they look at the same answers. Another store's is one of its own."""
        target = self.read_back.target
        sent = self._mint.valid() if token == self.told.other_token else self._mint.reusable()[0]
        return target.post(body([sent]), **{target.token_source: token}, **{**self._how, **how}), sent

    def _endpoint(self) -> tuple[Step, Exchange, SentEvent]:
        """See whether an endpoint that knows the token is there, in the forms and with the Origin it may ask for."""
        target = self.read_back.target
        first: tuple[Step, Exchange, SentEvent] | None = None
        # A target that refuses a POST without Origin, or with one, is there all the same.
        for form, origin in product(("header", "query"), (None, target.origin)):
            if origin == "":
                continue
            target.token_source, self._how = form, {"origin": origin}
            exchange, sent = self._post(target.token)
            observed, advice = refusal(exchange.outcome)
            tried = f"POST /beacon with the token in the {form}{', with Origin' if origin else ''}"
            if not observed:
                return Step("/beacon", StepResult.OK, tried, _status(exchange.outcome)), exchange, sent
            first = first or (Step("/beacon", StepResult.PROBLEM, tried, observed, advice), exchange, sent)
            if isinstance(exchange.outcome, NoReply) and exchange.outcome.kind in GIVES_UP:
                break
        assert first is not None  # noqa: S101 - the form without an Origin is always tried
        return first

    def _altered_token(self) -> Iterator[Step]:
        """Send a wrong token, on a second connection while the first is kept: several checks will do so at a time."""
        tried = "the same with one character of the token changed"
        target = self.read_back.target
        sent = self._mint.reusable()[0]
        told = {**self._how, target.token_source: one_changed(target.token)}
        exchange = target.on_second_connection(target.request(body([sent]), **told), SECOND_CONNECTION)
        if exchange.reply is None:
            target.single_connection = True
            yield Step(
                "connections",
                StepResult.WARNING,
                "send that on a second connection while the first is kept open",
                f"{_status(exchange.outcome)}, so one is used, and the run takes longer",
                "serve several connections at a time, or none longer than a request",
            )
            exchange = target.post(body([sent]), **told)
        outcome = exchange.outcome
        if isinstance(outcome, Reply) and 200 <= outcome.status < 300:  # noqa: PLR2004 - any success
            yield Step(
                "token",
                StepResult.WARNING,
                tried,
                f"{_status(outcome)}: it seems to take any token",
                "see whether this is the application itself; the checks judge it all the same",
            )
        else:
            yield Step("token", _sign(outcome, UNAUTHENTICATED), tried, _status(outcome))

    def _other_token(self) -> tuple[Step, SentEvent | None]:
        """Send an event to the second store; return it too, where it was taken."""
        tried = "the same with the second store's token"
        if not self.told.other_token:
            return _untold("other token", "a second store", "--other-token T"), None
        exchange, sent = self._post(self.told.other_token)
        observed, advice = refusal(exchange.outcome)
        if observed:
            advice = advice.replace("--token: it is store A's", "--other-token: it is a second store's")
            observed = observed.replace("its own token", "the second store's token")
            return Step("other token", StepResult.WARNING, tried, observed, advice), None
        return Step("other token", StepResult.OK, tried, _status(exchange.outcome)), sent

    def _origins(self) -> Iterator[Step]:
        if not self.told.origin:
            yield _untold("origin", "an origin that the token's store allows", "--origin https://…")
        for flag, origin in (("--origin", self.told.origin), ("--other-origin", self.told.other_origin)):
            if origin:
                yield self._origin(flag, origin)

    def _origin(self, flag: str, origin: str) -> Step:
        tried = f"the same from {origin}"
        outcome = self._post(self.read_back.target.token, origin=origin)[0].outcome
        if isinstance(outcome, NoReply):
            return Step("origin", StepResult.UNKNOWN, tried, _status(outcome))
        allowed = outcome.lines("access-control-allow-origin")
        if allowed == [origin]:
            return Step("origin", StepResult.OK, tried, f"Access-Control-Allow-Origin {origin}")
        return Step(
            "origin",
            StepResult.WARNING,
            tried,
            f"Access-Control-Allow-Origin {', '.join(allowed)}"
            if allowed
            else "no Access-Control-Allow-Origin",
            f"check that the store's allowed domains include what {flag} says; the checks judge it all the same",
        )

    def _read_back(self, exchange: Exchange, sent: SentEvent, others: SentEvent | None) -> Iterator[Step]:
        """Look for what the first steps have sent, and whether the second store's event is in the first one's."""
        step, tried = "read-back", "look for the event that was sent"
        if self.read_back.observer is None:
            yield _untold(step, "a way to see what was ingested", "--observer SPEC")
            return
        try:
            snapshot = self.read_back.wait_for([sent])
        except NotJudged as reason:
            advice = (
                f"check --observer, or give a slower pipeline more --patience than {self.told.patience:g} s;"
                " until it works, nothing of the class ingestion is judged"
            )
            yield Step(step, StepResult.WARNING, tried, str(reason), advice)
            return
        if snapshot.of(sent):
            yield Step(step, StepResult.OK, tried, f"it shows within {snapshot.taken - exchange.at:.1f} s")
        else:
            observed = f"a later event shows, this one ({sent.entry['event_type']}) not"
            advice = "look whether the pipeline takes this type of event; the checks judge it all the same"
            yield Step(step, StepResult.WARNING, tried, observed, advice)
        if others is not None:
            yield self._stores(sent, others)

    def _stores(self, sent: SentEvent, others: SentEvent) -> Step:
        """See whether the second store's event shows in its own store, and in no other."""
        step, tried = "stores", "look for the second store's event in both stores"
        try:
            second = self.read_back.wait_for([others], token=self.told.other_token)
            first = self.read_back.wait_for([sent])
        except NotJudged as reason:
            return Step(step, StepResult.WARNING, tried, str(reason), "check --other-token and --observer")
        if first.of(others):
            advice = (
                "check that --other-token names another store than --token, and that --observer tells them apart;"
                " the checks judge it all the same"
            )
            return Step(step, StepResult.WARNING, tried, "it is in the first store", advice)
        observed = "it is in the second" if second.of(others) else "it is in none"
        return Step(step, StepResult.OK if second.of(others) else StepResult.UNKNOWN, tried, observed)


def _untold(step: str, what: str, option: str) -> Step:
    return Step(
        step,
        StepResult.UNKNOWN,
        what,
        "the run was not told of one",
        f"pass {option}, where it is to be judged",
    )


def _sign(outcome: Reply | NoReply, status: int) -> StepResult:
    return StepResult.OK if isinstance(outcome, Reply) and outcome.status == status else StepResult.UNKNOWN


def _status(outcome: Reply | NoReply) -> str:
    if isinstance(outcome, NoReply):
        return f"no reply ({outcome.kind}: {outcome.detail})"
    return f"status {outcome.status}"
