"""Checks of chapter token, apart from the places where a token does not belong (test_sources) and texts that are no token of a store (test_lookups)."""

import pytest

from conformance import expect
from conformance.client import Exchange, Request, Target
from conformance.ingestion import ReadBack, expect_not_stored, expect_stored
from conformance.ingestion.burst import Burst
from conformance.ingestion.submissions import Submissions
from conformance.inputs.batches import BatchSpec
from conformance.inputs.factory import EventFactory, SentEvent, body
from conformance.inputs.strategies import unknown_tokens
from conformance.inputs.tokens import UNKNOWN, percent_encoded
from conformance.plugin.markers import covers, generated, parameters
from conformance.requirements import token as clause


@covers(clause.HEADER_ACCEPTED)
@pytest.mark.parametrize("page", [False, True], ids=["server", "page"])
def test_a_token_in_the_header_is_accepted(target: Target, factory: EventFactory, page: bool) -> None:
    exchange = target.post(
        body(factory.reusable()), header=target.token, origin=target.origin if page else ""
    )

    expect.success(exchange)


@covers(clause.QUERY_ACCEPTED)
@pytest.mark.parametrize("page", [False, True], ids=["server", "page"])
def test_a_token_in_the_query_is_accepted(target: Target, factory: EventFactory, page: bool) -> None:
    exchange = target.post(body(factory.reusable()), query=target.token, origin=target.origin if page else "")

    expect.success(exchange)


@covers(clause.HEADER_WINS)
def test_a_valid_query_token_does_not_replace_an_unknown_header_token(
    target: Target, factory: EventFactory
) -> None:
    exchange = target.post(body(factory.reusable()), header=UNKNOWN, query=target.token)

    expect.status(exchange, 401, because="the header names an unknown token, and the header alone decides")


@covers(clause.HEADER_WINS)
def test_an_unknown_query_token_does_not_affect_a_valid_header_token(
    target: Target, factory: EventFactory
) -> None:
    exchange = target.post(body(factory.reusable()), header=target.token, query=UNKNOWN)

    expect.success(exchange, because="the header names a known token, and the header alone decides")


@covers(clause.HEADER_NAMES_THE_STORE)
@pytest.mark.parametrize("swapped", [False, True], ids=["A-over-B", "B-over-A"])
def test_the_header_names_the_store(
    target: Target,
    factory: EventFactory,
    other_token: str,
    read_back: ReadBack,
    swapped: bool,
) -> None:
    winner, loser = (other_token, target.token) if swapped else (target.token, other_token)
    sent = factory.every_type()
    exchange = target.post(body(sent), header=winner, query=loser)
    expect.assume(exchange, 201)

    _expect_store(read_back, exchange, sent, own=winner, other=loser)


def _expect_store(
    read_back: ReadBack, exchange: Exchange, sent: list[SentEvent], *, own: str, other: str
) -> None:
    """Expect that no event is in the other store, and at least one event, of any type, in the token's store."""
    session = sent[0].entry["session_id"]
    # Read the other store first: if every event goes there, a sentinel in the token's store never becomes visible.
    elsewhere = read_back.snapshot_after(exchange, token=other)
    for event in sent:
        expect_not_stored(elsewhere, exchange, event, store="the other store")
    snapshot = read_back.wait_for(sent, token=own, session=session)
    arrived = [event for event in sent if snapshot.of(event)]
    expect_stored(snapshot, exchange, (arrived or sent)[0], "an event", store="the token's store")


@covers(clause.NAMES_THE_STORE)
@pytest.mark.parametrize("form", parameters(["header", "query"], quick=1))
@pytest.mark.parametrize("swapped", [False, True], ids=["A", "B"])
def test_events_belong_to_the_token_s_store(
    target: Target,
    factory: EventFactory,
    other_token: str,
    read_back: ReadBack,
    form: str,
    swapped: bool,
) -> None:
    own, other = (other_token, target.token) if swapped else (target.token, other_token)
    sent = factory.every_type()
    exchange = target.post(body(sent), **{form: own})
    expect.assume(exchange, 201)

    _expect_store(read_back, exchange, sent, own=own, other=other)


@covers(clause.NAMES_THE_STORE)
@pytest.mark.parametrize(
    "batch", [pytest.param(BatchSpec.with_invalid_at(100, (30, 31, 60)), id="3-invalid-of-100")]
)
def test_no_event_of_a_mixed_batch_is_in_another_store(
    submissions: Submissions, read_back: ReadBack, other_token: str, batch: BatchSpec
) -> None:
    submission = submissions.batch(batch)
    expect.assume(submission.exchange, 201)
    snapshot = read_back.snapshot_after(submission.exchange, token=other_token)

    for event in (*submission.surrounding, *submission.examined):
        expect_not_stored(snapshot, submission.exchange, event, store="the other store")


@covers(clause.SAME_ID_IN_BOTH_STORES)
def test_events_with_the_same_id_are_stored_in_both_stores(
    target: Target, factory: EventFactory, other_token: str, read_back: ReadBack
) -> None:
    session = factory.session()
    sent = factory.valid(session=session)
    tokens = {"the first store": target.token, "the other store": other_token}
    exchanges = {
        store: target.post(body([sent]), **target.token_in_place(token)) for store, token in tokens.items()
    }

    for store, exchange in exchanges.items():
        expect.assume(exchange, 201)
        snapshot = read_back.wait_for([sent], token=tokens[store], session=session)
        expect_stored(snapshot, exchange, sent, store=store)


@covers(clause.MISSING_REFUSED)
def test_a_request_without_a_token_is_refused(target: Target, factory: EventFactory) -> None:
    exchange = target.post(body(factory.reusable()))

    expect.status(exchange, 401)


@covers(clause.UNKNOWN_HEADER_REFUSED)
@generated(share=0.2, token=unknown_tokens())
def test_an_unknown_header_token_is_refused(target: Target, factory: EventFactory, token: str) -> None:
    exchange = target.post(body(factory.reusable()), header=token)

    expect.status(exchange, 401)


@covers(clause.UNKNOWN_QUERY_REFUSED)
@generated(share=0.2, token=unknown_tokens())
def test_an_unknown_query_token_is_refused(target: Target, factory: EventFactory, token: str) -> None:
    exchange = target.post(body(factory.reusable()), query=token)

    expect.status(exchange, 401)


@covers(clause.UNKNOWN_HEADER_REFUSED)
def test_an_empty_header_token_is_refused(target: Target, factory: EventFactory) -> None:
    expect.status(target.post(body(factory.reusable()), header=""), 401)


@covers(clause.UNKNOWN_QUERY_REFUSED)
@pytest.mark.beyond_quick
def test_an_empty_query_token_is_refused(target: Target, factory: EventFactory) -> None:
    expect.status(target.post(body(factory.reusable()), query=""), 401)


def _by_turns(target: Target, factory: EventFactory) -> list[Request]:
    """Return a request with a valid token, one with none, and two with an unknown token."""
    tokens = [target.token_in_place(target.token), {}, {"header": UNKNOWN}, {"query": UNKNOWN}]
    return [target.request(body(factory.reusable()), **how) for how in tokens]


ANOTHER = "another request had a valid token, but this one has none"
READ_OR_CLOSE = (
    "a server reads the body of a refused request to its end, or closes the connection (RFC 9112, 9.3)"
)


@covers(clause.EVERY_REQUEST)
def test_each_request_on_one_connection_is_authenticated_by_itself(
    target: Target, factory: EventFactory
) -> None:
    valid, *refused = _by_turns(target, factory)[:3]
    (first, _), *others, (last, _) = target.on_one_connection([valid, *refused, valid])
    expect.assume(first, 201)

    for exchange, _ in others:
        expect.status(exchange, 401, because=f"{ANOTHER}; {READ_OR_CLOSE}")
    expect.success(last, because=f"it has a valid token, whatever came before it; {READ_OR_CLOSE}")


@covers(clause.EVERY_REQUEST)
@pytest.mark.beyond_quick
def test_each_request_on_a_new_connection_is_authenticated_by_itself(
    target: Target, factory: EventFactory
) -> None:
    first, *others = target.on_own_connections(_by_turns(target, factory))
    expect.assume(first, 201)

    for exchange in others:
        expect.status(exchange, 401, because=ANOTHER)


@covers(clause.EVERY_REQUEST)
def test_requests_at_the_same_time_are_authenticated_by_themselves(burst: Burst) -> None:
    for one in burst.judged(burst.without_token(), lambda one: not _is_authenticated(one.status)):
        expect.condition(
            one.exchange,
            met=not _is_authenticated(one.status),
            expected="status 401",
            got=expect.format_reply(expect.reply(one.exchange)),
            because=ANOTHER,
            commission=True,
        )


def _is_authenticated(status: int | None) -> bool:
    return status is not None and (200 <= status < 300 or status == 422)


BODIES_FOR_422 = {
    "no-entry": b'{"events": []}',
    "101-entries": b'{"events": [' + b",".join([b"{}"] * 101) + b"]}",
    "no-events": b"{}",
    "events-null": b'{"events": null}',
    "no-object": b"[]",
    "not-json": b"no json",
    "empty": b"",
}


WITH_AN_UNKNOWN_TOKEN = {
    "header": ("no-entry", "not-json", "empty"),
    "query": ("no-entry", "no-events", "not-json"),
}
BODIES_WITHOUT_A_TOKEN = {
    "no-entry-none": (BODIES_FOR_422["no-entry"], ""),
    **{
        f"{name}-{form}": (BODIES_FOR_422[name], form)
        for form, names in WITH_AN_UNKNOWN_TOKEN.items()
        for name in names
    },
    **{f"{name}-none": (content, "") for name, content in BODIES_FOR_422.items() if name != "no-entry"},
}
"""Every body without a token, and those that are read in different ways with an unknown token in each place."""


@covers(clause.REFUSED_WHATEVER_THE_BODY)
@pytest.mark.beyond_quick
@pytest.mark.parametrize("body_name", ["no-entry", "not-json"])
def test_a_valid_query_token_does_not_let_a_body_be_read(target: Target, body_name: str) -> None:
    exchange = target.post(BODIES_FOR_422[body_name], header=UNKNOWN, query=target.token)

    expect.status(exchange, 401, because="the header names an unknown token, and the header alone decides")


@covers(clause.REFUSED_WHATEVER_THE_BODY)
@pytest.mark.parametrize("case", parameters(BODIES_WITHOUT_A_TOKEN, quick=2))
def test_without_a_valid_token_every_body_gets_401(target: Target, case: tuple[bytes, str]) -> None:
    content, form = case
    exchange = target.post(content, **({form: UNKNOWN} if form else {}))

    expect.status(exchange, 401, because="the token is checked before the body")


@covers(clause.REFUSED_INGESTS_NOTHING)
@pytest.mark.parametrize("how", parameters({"unknown": {"header": UNKNOWN}, "none": {}}, quick=1))
def test_events_without_a_valid_token_are_not_ingested(
    target: Target, factory: EventFactory, read_back: ReadBack, how: dict[str, str]
) -> None:
    session = factory.session()
    sent = factory.valid(session=session)
    exchange = target.post(body([sent]), **how)
    snapshot = read_back.snapshot_after(exchange)

    expect_not_stored(snapshot, exchange, sent, store="the store of the run's token")


@covers(clause.REFUSED_INGESTS_NOTHING)
def test_events_with_an_unknown_header_token_are_not_ingested(
    target: Target, factory: EventFactory, read_back: ReadBack
) -> None:
    session = factory.session()
    sent = factory.valid(session=session)
    exchange = target.post(body([sent]), header=UNKNOWN, query=target.token)
    snapshot = read_back.snapshot_after(exchange)

    expect_not_stored(snapshot, exchange, sent, store="the store of the token in the query")


@covers(clause.HEADER_NAME_IN_ANY_CASE)
@pytest.mark.parametrize(
    "name",
    parameters(
        ["x-storefront-access-token", "X-STOREFRONT-ACCESS-TOKEN", "x-StoreFront-access-Token"], quick=1
    ),
)
def test_the_header_s_name_is_recognised_in_any_case(
    target: Target, factory: EventFactory, name: str
) -> None:
    exchange = target.post(body(factory.reusable()), headers=[(name, target.token)])

    expect.success(exchange)


@covers(clause.QUERY_DECODED)
@pytest.mark.parametrize("store", ["A", "B"])
def test_a_percent_encoded_query_token_is_decoded(
    target: Target, factory: EventFactory, known_tokens: list[str], store: str
) -> None:
    token = known_tokens[0 if store == "A" else -1]
    exchange = target.post(body(factory.reusable()), raw_query=f"token={percent_encoded(token)}")

    expect.success(exchange, because="every byte of the token is percent-encoded, which is the same value")


@covers(clause.EMPTY_HEADER)
def test_an_empty_header_token_with_a_valid_query_token(target: Target, factory: EventFactory) -> None:
    expect.observed(target.post(body(factory.reusable()), header="", query=target.token))


@covers(clause.REPEATED_PARAMETER)
@pytest.mark.parametrize("order", ["valid-first", "unknown-first"])
def test_a_repeated_parameter(target: Target, factory: EventFactory, order: str) -> None:
    tokens = [percent_encoded(target.token), UNKNOWN]
    if order == "unknown-first":
        tokens.reverse()

    expect.observed(
        target.post(body(factory.reusable()), raw_query="&".join(f"token={token}" for token in tokens))
    )


@covers(clause.SURROUNDING_SPACE)
def test_white_space_around_a_query_token(target: Target, factory: EventFactory) -> None:
    expect.observed(target.post(body(factory.reusable()), query=f" {target.token} "))


@covers(clause.PARAMETER_CASE)
def test_a_parameter_named_in_another_case(target: Target, factory: EventFactory) -> None:
    expect.observed(target.post(body(factory.reusable()), raw_query=f"Token={percent_encoded(target.token)}"))


@covers(clause.REVOKED)
def test_a_revoked_token(target: Target, factory: EventFactory, revoked_token: str) -> None:
    expect.observed(target.post(body(factory.reusable()), header=revoked_token))
