"""Checks of chapter concurrency. They share one burst of requests, which is sent while no other check runs."""

from conformance import expect
from conformance.ingestion import expect_not_stored, expect_stored
from conformance.ingestion.burst import OTHER, Asked, Burst
from conformance.ingestion.burst_values import stored_values
from conformance.ingestion.last_batch import LastBatch
from conformance.inputs.lanes import EXPECTED, Kind
from conformance.plugin.markers import covers
from conformance.requirements import concurrency as clause

ORIGIN = "Access-Control-Allow-Origin"
AT_ONCE = "other requests are sent at the same time, and alone it is answered so"
UNAUTHENTICATED, FORBIDDEN = 401, 403
LOST_BY_THE_NETWORK = 3
"""Requests of a burst that may get no answer."""


@covers(clause.OWN_STATUS)
def test_each_request_gets_the_status_that_it_gets_alone(burst: Burst) -> None:
    for one in burst.judged(burst.answered(), _has_own_status):
        if one.status == FORBIDDEN and EXPECTED[one.kind] != UNAUTHENTICATED:
            raise expect.NotJudged("a request of the burst got 403: something in front may have refused it")
        if one.kind is Kind.VALID:
            expect.success(one.exchange, because=AT_ONCE)
        elif one.status != FORBIDDEN:
            expect.status(one.exchange, EXPECTED[one.kind], because=AT_ONCE)


def _has_own_status(one: Asked) -> bool:
    """Whether a request has the status of its kind. Without a token, 403 cannot come from another request."""
    if EXPECTED[one.kind] == UNAUTHENTICATED:
        return one.status in {UNAUTHENTICATED, FORBIDDEN}
    return one.is_accepted if one.kind is Kind.VALID else one.status == EXPECTED[one.kind]


@covers(clause.OWN_STATUS)
def test_each_request_gets_an_answer(burst: Burst) -> None:
    silent = [one.exchange for one in burst.sent() if one.is_silent]

    if len(silent) > LOST_BY_THE_NETWORK:
        expect.answers_at_once(burst.answered_alone(), silent, LOST_BY_THE_NETWORK)
    expect.answers_at_once(burst.answered()[-1].exchange, silent, LOST_BY_THE_NETWORK)


@covers(clause.OWN_ORIGIN)
def test_each_request_is_answered_with_its_own_origin(burst: Burst) -> None:
    burst.require_origin()
    origins = {one.origin for one in burst.asked()} - {""}
    known = {*burst.origins["a"], *burst.origins["b"]}

    answered = [one for one in burst.answered() if one.origin in known]
    for one in burst.judged(answered, lambda one: _has_own_origin(one, origins)):
        lines = expect.reply(one.exchange).lines(ORIGIN)
        expect.condition(
            one.exchange,
            met=_has_own_origin(one, origins),
            expected=f"{ORIGIN}: {one.origin}",
            got=f"{ORIGIN}: {', '.join(lines)}" if lines else f"no {ORIGIN} header",
            because=AT_ONCE,
            commission=not (origins - {one.origin}).isdisjoint(lines),
        )


def _has_own_origin(one: Asked, origins: set[str]) -> bool:
    """Whether a success has its own origin. Another answer may have no origin, but not that of another request."""
    lines = one.exchange.reply.lines(ORIGIN) if one.exchange.reply is not None else []
    return lines == [one.origin] if one.is_accepted else (origins - {one.origin}).isdisjoint(lines)


@covers(clause.ALL_INGESTED)
def test_every_valid_event_is_ingested(stored_burst: Burst) -> None:
    for one in stored_burst.judged(stored_burst.accepted("a"), stored_burst.is_stored):
        for sent in one.sent:
            expect_stored(stored_burst.stored("a"), one.exchange, sent, "an event of a request among many")


@covers(clause.ALL_INGESTED)
def test_no_event_without_a_valid_token_is_ingested(stored_burst: Burst) -> None:
    for one in stored_burst.judged(stored_burst.without_token(), lambda one: not stored_burst.holds(one)):
        for sent in one.sent:
            expect_not_stored(stored_burst.stored("a"), one.exchange, sent, f"an event of {one.kind}")


@covers(clause.OWN_VALUES)
def test_every_event_is_stored_with_its_own_values(stored_burst: Burst) -> None:
    for one in stored_burst.judged(
        stored_burst.accepted("a"), lambda one: _has_own_values(stored_burst, one)
    ):
        for value in stored_values(stored_burst.stored("a"), stored_burst.accepted("a"), of=one):
            expected, got = (f"{value.field}: {text}" for text in (value.own, value.got))
            expect.condition(
                one.exchange,
                met=value.is_own,
                expected=expected,
                got=got,
                example=value.sent.entry,
                commission=value.is_of_another,
            )


def _has_own_values(burst: Burst, one: Asked) -> bool:
    values = stored_values(burst.stored_of(one, "a"), [one, *burst.accepted("a")], of=one)
    return all(value.is_own for value in values)


@covers(clause.OWN_STORE)
def test_every_event_is_stored_in_the_store_of_its_token(stored_burst: Burst) -> None:
    stored_burst.require_other_store()
    accepted = [*stored_burst.accepted("a"), *stored_burst.accepted("b")]

    for one in stored_burst.judged(
        accepted, lambda one: stored_burst.is_stored(one) and not stored_burst.is_stored_elsewhere(one)
    ):
        for sent in one.sent:
            own, other = one.store, OTHER[one.store]
            expect_stored(stored_burst.stored(own), one.exchange, sent, store=f"store {own.upper()}")
            expect_not_stored(stored_burst.stored(other), one.exchange, sent, store=f"store {other.upper()}")


@covers(clause.SESSION_RETURNS)
def test_the_later_batches_of_a_session_are_ingested(stored_burst: Burst) -> None:
    for one in stored_burst.judged(stored_burst.returning(), stored_burst.is_stored):
        for sent in one.sent:
            expect_stored(
                stored_burst.stored("a"), one.exchange, sent, "an event of a later batch of its session"
            )


@covers(clause.LAST_BATCH)
def test_a_small_batch_that_nothing_follows_is_ingested(last_batch: LastBatch) -> None:
    last_batch.expect_stored()
    # A buffer that the first one happened to fill keeps the second one.
    last_batch.expect_stored()
