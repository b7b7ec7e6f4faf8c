"""The steps of the doctor and their order."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from conformance.client import TOKEN_SOURCES, Exchange, NoReply, Reply, is_page, journal
from conformance.doctor.clock import clock
from conformance.doctor.endpoint import (
    CHECK_OTHER_TOKEN,
    SUCCESS,
    UNAUTHENTICATED,
    Answer,
    From,
    classify,
    not_from_beacon,
)
from conformance.doctor.network import network
from conformance.doctor.origins import Asked, origin_steps
from conformance.doctor.starting import wait_for
from conformance.doctor.step import Step, StepResult
from conformance.expect import NotJudged
from conformance.ingestion import ReadBack
from conformance.ingestion.read_back import NO_SENTINEL_VISIBLE
from conformance.inputs.factory import EventFactory, SentEvent, body
from conformance.inputs.tokens import one_changed
from conformance.settings import Settings

MOST_REQUESTS = 9
"""Requests to a healthy target; up to 6 more if it takes the token in one place only, needs an Origin, or accepts no event."""
SECOND_CONNECTION = 2.0
"""Seconds to wait for an answer on a second connection."""
OK = 200
PERMANENT = frozenset({"unreachable", "timeout", "not sent"})
"""Reasons for a missing reply that a second try would only repeat."""


@dataclass(frozen=True)
class _Try:
    """An ordinary event in one form, and what answered it."""

    form: str
    needs_origin: bool
    exchange: Exchange
    sent: SentEvent
    answer: Answer

    @property
    def is_success(self) -> bool:
        """Whether the target accepted the event."""
        return self.exchange.reply is not None and self.exchange.reply.status in SUCCESS

    @property
    def is_hopeless(self) -> bool:
        """Whether another form of the request would get no reply either."""
        outcome = self.exchange.outcome
        return isinstance(outcome, NoReply) and outcome.kind in PERMANENT


@dataclass
class Examination:
    """Runs the steps; sets ``token_source``, ``needs_origin`` and ``single_connection`` of the target to what it accepts.

    The target's client learns whether connections are kept after refusals.
    """

    settings: Settings
    read_back: ReadBack

    def steps(self) -> Iterator[Step]:
        """Yield the steps, and end with the first problem."""
        waited = wait_for(self.read_back.target, self.settings.wait) if self.settings.wait else None
        if waited is not None:
            yield waited
        for step in self._network():
            yield step
            if step.result is StepResult.PROBLEM:
                return
        step, exchange, sent = self._endpoint()
        yield step
        if step.result is StepResult.PROBLEM:
            return
        yield from self._altered_token()
        other, others = self._other_token()
        yield other
        yield from self._origins()
        yield from self._read_back(exchange, sent, others)
        yield clock(exchange, self.settings.observer)

    def _network(self) -> Iterator[Step]:
        """Try the way to the target; a run that is judged again has no way to try."""
        http_client, settings = self.read_back.target.http_client, self.settings
        steps = network(
            settings.target,
            http_client.authorities,
            http_client.timeout,
            settings.proxy,
            http_client.route.address,
        )
        if journal.current() is None:
            yield from steps
            return
        for name, result, tried, observed, advice in journal.taken(
            "network",
            lambda: [[one.name, str(one.result), one.tried, one.observed, one.advice] for one in steps],
        ):
            yield Step(name, StepResult(result), tried, observed, advice)

    @property
    def _factory(self) -> EventFactory:
        return self.read_back.factory

    def _post(self, token: str, **how: Any) -> tuple[Exchange, SentEvent]:
        """Send one ordinary event. The checks use the same events of store A, and so the same replies."""
        target = self.read_back.target
        sent = self._factory.valid() if token == self.settings.other_token else self._factory.reusable()[0]
        return target.post(body([sent]), **target.token_in_place(token), **how), sent

    def _endpoint(self) -> tuple[Step, Exchange, SentEvent]:
        """Look for a form in which the target accepts an event: the token in header, query or both, without or with an Origin."""
        target = self.read_back.target
        tries = list(self._tries())
        judged = (one for one in tries if one.answer.source is not From.ELSEWHERE)
        best = tries[-1] if tries[-1].is_success else next(judged, tries[0])
        target.token_source, target.needs_origin = best.form, best.needs_origin
        answer, exchange = best.answer, best.exchange
        if best.is_success:
            target.silence.valid = exchange.request
        if exchange.reply is not None and self._answers_everybody(best):
            answer = not_from_beacon(exchange.reply, "check the host and path in --target")
        place = "header and query" if best.form == "both" else best.form
        tried = f"POST /beacon with the token in the {place}{', with Origin' if best.needs_origin else ''}"
        if answer.source is From.ENDPOINT:
            return Step("/beacon", StepResult.OK, tried, _status(exchange.outcome)), exchange, best.sent
        result = StepResult.WARNING if answer.source is From.APPLICATION else StepResult.PROBLEM
        return Step("/beacon", result, tried, answer.observed, answer.advice), exchange, best.sent

    def _tries(self) -> Iterator[_Try]:
        """Send an ordinary event in one form after the other, up to the first success."""
        target = self.read_back.target
        for form, needs_origin in product(TOKEN_SOURCES, (False, True) if target.origin else (False,)):
            target.token_source, target.needs_origin = form, needs_origin
            exchange, sent = self._post(target.token)
            answer = classify(exchange.outcome, target.url(), rate=self.settings.rate)
            one = _Try(form, needs_origin, exchange, sent, answer)
            yield one
            if one.is_success or one.is_hopeless:
                return

    def _answers_everybody(self, one: _Try) -> bool:
        """Whether a page is sent with status 200 to a request without a token, too: then it is not the application's."""
        reply = one.exchange.reply
        if reply is None or reply.status != OK or not is_page(reply):
            return False
        without = self.read_back.target.post(body([one.sent])).reply
        return without is not None and without.status == OK and is_page(without)

    def _altered_token(self) -> Iterator[Step]:
        """Send a wrong token, on a second connection while the first stays open, because checks use several connections at the same time.

        A valid request follows it there, so that the run learns whether it may keep connections after refusals.
        """
        tried = "POST /beacon with one character of the token changed"
        target = self.read_back.target
        content = body(self._factory.reusable())
        how = target.token_in_place(one_changed(target.token))
        refused = target.request(content, **how)
        valid = target.request(content, **target.token_in_place(target.token))
        exchange = target.on_second_connection(refused, valid, SECOND_CONNECTION)
        if exchange.reply is None:
            target.single_connection = True
            yield Step(
                "connections",
                StepResult.WARNING,
                "POST /beacon on a second connection while the first stays open",
                f"{_status(exchange.outcome)}; the run uses one connection and takes longer",
                "let the target serve several connections at the same time, or close each after one request",
            )
            exchange = target.send(refused)
        outcome = exchange.outcome
        if isinstance(outcome, Reply) and outcome.status in SUCCESS:
            yield Step(
                "token",
                StepResult.WARNING,
                tried,
                f"{_status(outcome)}: it seems to accept any token",
                "check that this is the application itself; a run judges it anyway",
            )
        else:
            yield Step("token", _result(outcome, UNAUTHENTICATED), tried, _status(outcome))

    def _other_token(self) -> tuple[Step, SentEvent | None]:
        """Send an event to the second store; return it too if the target accepted it."""
        tried = "POST /beacon with the second store's token"
        if not self.settings.other_token:
            return _not_given("other token", "a second store's token", "--other-token T"), None
        exchange, sent = self._post(self.settings.other_token)
        url = self.read_back.target.url()
        answer = classify(
            exchange.outcome, url, "the second store's token", CHECK_OTHER_TOKEN, self.settings.rate
        )
        if answer.observed:
            keeps_from = ("stores",) if answer.source is From.ELSEWHERE else ()
            return Step(
                "other token", StepResult.WARNING, tried, answer.observed, answer.advice, keeps_from
            ), None
        return Step("other token", StepResult.OK, tried, _status(exchange.outcome)), sent

    def _origins(self) -> Iterator[Step]:
        if not self.settings.origin:
            yield _not_given("origin", "an origin that the token's store allows", "--origin https://…")
        token = self.read_back.target.token
        named = (
            ("--origin", self.settings.origin, token),
            ("--other-origin", self.settings.other_origin, token),
            ("--other-store-origin", self.settings.other_store_origin, self.settings.other_token),
        )
        yield from origin_steps([self._from(*one) for one in named if one[1]])

    def _from(self, flag: str, origin: str, token: str) -> Asked:
        """Send an ordinary event from an origin."""
        target = self.read_back.target
        how = {**target.token_in_place(token), "origin": origin}
        outcome = target.post(body(self._factory.reusable()), **how).outcome
        return Asked(flag, origin, token == self.settings.other_token, outcome)

    def _read_back(self, exchange: Exchange, sent: SentEvent, others: SentEvent | None) -> Iterator[Step]:
        """Look for the events of the first steps, each in its store."""
        step, tried = "read-back", "look for the event that the first request sent"
        if self.read_back.observer is None:
            yield _not_given(step, "a way to see which events were stored", "--observer SPEC")
            return
        try:
            snapshot = self.read_back.wait_for([sent])
        except NotJudged as reason:
            slow = f"check --observer; if the pipeline is slow, set --patience above {self.settings.patience:g} s; "
            advice = f"{slow if NO_SENTINEL_VISIBLE in str(reason) else ''}until read-back works, the class ingestion is not judged"
            yield Step(step, StepResult.WARNING, tried, str(reason), advice, ("ingestion", "stores"))
            return
        if snapshot.of(sent):
            yield Step(step, StepResult.OK, tried, f"visible within {snapshot.taken - exchange.at:.1f} s")
        else:
            observed = f"a later event is visible, but this one ({sent.entry['event_type']}) is not"
            advice = "check that the pipeline stores events of this type; a run judges it anyway"
            yield Step(step, StepResult.WARNING, tried, observed, advice)
        if others is not None:
            yield self._stores(sent, others)

    def _stores(self, sent: SentEvent, others: SentEvent) -> Step:
        """Look whether the second store's event is in the second store only."""
        step, tried = "stores", "look for the second store's event in both stores"
        try:
            second = self.read_back.wait_for([others], token=self.settings.other_token)
            first = self.read_back.wait_for([sent])
        except NotJudged as reason:
            return Step(
                step,
                StepResult.WARNING,
                tried,
                str(reason),
                "check --other-token and --observer",
                ("stores",),
            )
        if first.of(others):
            advice = (
                "check that --other-token belongs to another store than --token, and that --observer separates the stores;"
                " a run judges it anyway"
            )
            return Step(step, StepResult.WARNING, tried, "it is in the first store", advice)
        observed = "it is in the second store only" if second.of(others) else "it is in neither store"
        return Step(step, StepResult.OK if second.of(others) else StepResult.UNKNOWN, tried, observed)


def _not_given(step: str, what: str, option: str) -> Step:
    return Step(
        step,
        StepResult.UNKNOWN,
        what,
        "not given",
        f"pass {option} if a run should judge this",
    )


def _result(outcome: Reply | NoReply, status: int) -> StepResult:
    return StepResult.OK if isinstance(outcome, Reply) and outcome.status == status else StepResult.UNKNOWN


def _status(outcome: Reply | NoReply) -> str:
    if isinstance(outcome, NoReply):
        return f"no reply ({outcome.kind}: {outcome.detail})"
    return f"status {outcome.status}"
