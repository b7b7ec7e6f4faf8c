"""Checks of chapter robustness."""

import json

import pytest

from conformance import expect
from conformance.client import Exchange, Target
from conformance.ingestion import ReadBack, expect_stored
from conformance.ingestion.submissions import Submissions
from conformance.inputs.events import EventSpec
from conformance.inputs.factory import EventFactory, SentEvent, body
from conformance.inputs.unusual_events import LONE_SURROGATES
from conformance.plugin.markers import covers, parameters
from conformance.requirements import robustness as clause


def _with_data(factory: EventFactory, data: bytes) -> bytes:
    """Return a batch of one event, with raw bytes as a member of its ``contextual_data``."""
    return body([factory.valid()]).replace(
        b'"contextual_data": {', b'"contextual_data": {"probe": ' + data + b", "
    )


@covers(clause.TRUNCATED_BODY)
@pytest.mark.parametrize("fraction", parameters({"end": 0.99, "start": 0.1, "middle": 0.5}, quick=1))
def test_a_truncated_body_is_refused(target: Target, factory: EventFactory, fraction: float) -> None:
    whole = body(factory.reusable(2))
    exchange = target.post_with_token(whole[: int(len(whole) * fraction)])

    expect.refusal(exchange)


@covers(clause.DEEP_NESTING)
@pytest.mark.parametrize("depth", parameters([100_000, 200, 5_000], quick=1))
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")], ids=["arrays", "objects"])
def test_deep_nesting_does_not_cause_a_server_error(
    target: Target, factory: EventFactory, depth: int, opening: bytes, closing: bytes
) -> None:
    exchange = target.post_with_token(_with_data(factory, opening * depth + b"1" + closing * depth))

    expect.no_server_error(exchange)


@covers(clause.NUL_CHARACTER)
def test_a_raw_nul_does_not_cause_a_server_error(target: Target, factory: EventFactory) -> None:
    expect.no_server_error(target.post_with_token(_with_data(factory, b'"a\x00b"')))


@covers(clause.LONE_SURROGATE)
@pytest.mark.parametrize("specs", [pytest.param(specs, id=name) for name, specs in LONE_SURROGATES.items()])
def test_a_lone_surrogate_does_not_cause_a_server_error(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    for one in specs:
        expect.no_server_error(submissions.event(one).exchange)


HUGE = {
    "1e400": b"1e400",
    "minus-1e400": b"-1e400",
    "1e-400": b"1e-400",
    "5001-digits": b"1" + b"0" * 5000,
    "5000-decimals": b"0." + b"1" * 5000,
}


@covers(clause.HUGE_NUMBERS)
@pytest.mark.parametrize("number", parameters(HUGE, quick=1))
@pytest.mark.parametrize("place", ["product_id", "contextual_data"])
def test_huge_numbers_do_not_cause_a_server_error(
    target: Target, factory: EventFactory, number: bytes, place: str
) -> None:
    if place == "contextual_data":
        content = _with_data(factory, number)
    else:
        content = body([factory.valid(product_id=424242)]).replace(b"424242", number)

    expect.no_server_error(target.post_with_token(content))


@covers(clause.DUPLICATE_KEYS)
@pytest.mark.parametrize("level", ["body", "event"])
def test_duplicate_keys_do_not_cause_a_server_error(
    target: Target, factory: EventFactory, level: str
) -> None:
    valid = body([factory.valid()])
    content = {
        "body": b'{"events": [], ' + valid[1:],
        "event": valid.replace(b'"event_type":', b'"event_type": 7, "event_type":'),
    }

    expect.no_server_error(target.post_with_token(content[level]))


@covers(clause.INVALID_UTF8)
@pytest.mark.parametrize(
    "text",
    parameters({"no-lead": b'"\xff\xfe"', "no-tail": b'"\xc3\x28"', "surrogate": b'"\xed\xa0\x80"'}, quick=1),
)
def test_invalid_utf8_does_not_cause_a_server_error(
    target: Target, factory: EventFactory, text: bytes
) -> None:
    expect.no_server_error(target.post_with_token(_with_data(factory, text)))


@covers(clause.CHARSET_PARAMETER)
@pytest.mark.parametrize(
    "charset",
    parameters(
        {"none": "no-such-charset", "utf-8": "utf-8", "quoted": '"UTF-8"', "latin-1": "iso-8859-1"}, quick=1
    ),
)
def test_a_charset_parameter_does_not_cause_a_server_error(
    target: Target, factory: EventFactory, charset: str
) -> None:
    exchange = target.post_with_token(
        body(factory.reusable()), content_type=f"application/json; charset={charset}"
    )

    expect.no_server_error(exchange)


@covers(clause.CHUNKED_BODY)
@pytest.mark.parametrize("size", parameters([100, 1], quick=1))
def test_a_chunked_body_is_served(target: Target, factory: EventFactory, size: int) -> None:
    content = body(factory.reusable(size))
    request = target.request(content, **target.token_in_place(target.token)).in_chunks()
    exchange = target.send(request)
    status = expect.answer(exchange).status

    expect.condition(
        exchange,
        met=200 <= status < 300 or status == 411,
        expected="a success (201), or 411",
        got=expect.format_reply(expect.reply(exchange)),
    )


@covers(clause.LARGE_BATCH)
def test_a_legal_batch_of_1_mb_is_accepted(target: Target, factory: EventFactory) -> None:
    data = {"conformance": f"conformance-{factory.run}-large", "filling": "x" * 10_200}
    content = body([factory.valid(contextual_data=data) for _ in range(100)])

    expect.success(
        target.post_with_token(content), because=f"a legal batch of 100 entries and {len(content)} bytes"
    )


# A connection that is closed while a body of more than 64 KB is sent may be a refusal of its size.
RUBBISH = {
    "empty": b"",
    "prose": b"these are no events",
    "zeros": b"\x00" * 1000,
    "brackets": b"[" * 60_000,
    "deep": b'{"events": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "digits": b'{"events": [' + b"9" * 60_000 + b"]}",
    "quotes": b'"' * 10_001,
    "utf-16": '{"events": []}'.encode("utf-16"),
    "nulls": json.dumps({"events": [None] * 100}).encode(),
}


@covers(clause.ALWAYS_ANSWERS)
@pytest.mark.parametrize("content", parameters(RUBBISH, quick=2))
def test_every_body_gets_an_answer(target: Target, content: bytes) -> None:
    exchange = target.post_with_token(content)

    expect.an_answer(exchange)


CALLERS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "no-user-agent": (("User-Agent",), {}),
    "curl": ((), {"User-Agent": "curl/8.5.0", "Accept": "*/*"}),
    "no-accept": (("Accept",), {}),
    "python-requests": ((), {"User-Agent": "python-requests/2.32.5", "Accept": "*/*"}),
    "go": (("Accept",), {"User-Agent": "Go-http-client/1.1"}),
}
"""What servers send: the usual lines that they leave out, and the lines that they send instead."""


def _call(target: Target, factory: EventFactory, caller: str) -> tuple[Exchange, SentEvent]:
    """Send an event as a server does; two checks share the exchange."""

    def send() -> tuple[Exchange, SentEvent]:
        without, lines = CALLERS[caller]
        sent = factory.valid()
        return target.post_with_token(body([sent]), without=without, headers=list(lines.items())), sent

    return target.memo.get(("call", caller), send)


def _is_null_or_empty(exchange: Exchange) -> bool:
    return not expect.reply(exchange).body.strip() or expect.json_body(exchange) is None


@covers(clause.ANY_CALLER_ANSWERED)
@pytest.mark.parametrize("caller", parameters(list(CALLERS), quick=1))
def test_a_call_of_a_server_gets_the_usual_answer(target: Target, factory: EventFactory, caller: str) -> None:
    usual = target.post_with_token(body(factory.reusable()))
    expect.assume(usual, 201)
    exchange, _ = _call(target, factory, caller)
    got = expect.answer(exchange)

    expect.condition(
        exchange,
        met=got.status == expect.reply(usual).status
        and _is_null_or_empty(exchange) is _is_null_or_empty(usual),
        expected=f"the answer that the same call with the usual User-Agent and Accept gets: {expect.format_reply(expect.reply(usual))}",
        got=expect.format_reply(expect.reply(exchange)),
    )


@covers(clause.ANY_CALLER_INGESTED)
@pytest.mark.parametrize("caller", parameters(list(CALLERS), quick=1))
def test_an_event_of_a_server_s_call_is_ingested(
    target: Target, factory: EventFactory, read_back: ReadBack, caller: str
) -> None:
    exchange, sent = _call(target, factory, caller)
    expect.assume(exchange, 201)
    snapshot = read_back.wait_for([sent], session=sent.entry["session_id"])

    expect_stored(snapshot, exchange, sent)
