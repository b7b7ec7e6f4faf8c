"""Checks of chapter robustness."""

import json

import pytest

from conformance import expect
from conformance.client import Target
from conformance.events import Mint
from conformance.ingestion import body
from conformance.plugin import covers
from conformance.requirements import robustness as clause


def _with_data(mint: Mint, data: bytes) -> bytes:
    """Return a batch of one event whose ``contextual_data`` has a member of these raw bytes beside its mark."""
    return body([mint.valid()]).replace(
        b'"contextual_data": {', b'"contextual_data": {"probe": ' + data + b", "
    )


@covers(clause.TRUNCATED_BODY)
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99], ids=["start", "middle", "end"])
def test_a_truncated_body_is_no_success(target: Target, mint: Mint, kept: float) -> None:
    whole = body(mint.batch(2))
    exchange = target.accepted(whole[: int(len(whole) * kept)])

    expect.refusal(exchange)


@covers(clause.DEEP_NESTING)
@pytest.mark.parametrize("depth", [200, 5_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")], ids=["arrays", "objects"])
def test_deep_nesting_is_no_server_error(
    target: Target, mint: Mint, depth: int, opening: bytes, closing: bytes
) -> None:
    exchange = target.accepted(_with_data(mint, opening * depth + b"1" + closing * depth))

    expect.no_server_error(exchange)


@covers(clause.NUL_CHARACTER)
@pytest.mark.parametrize("text", [b'"\\u0000"', b'"a\\u0000b"', b'"\x00"'], ids=["escaped", "inside", "raw"])
def test_a_nul_is_no_server_error(target: Target, mint: Mint, text: bytes) -> None:
    expect.no_server_error(target.accepted(_with_data(mint, text)))


@covers(clause.LONE_SURROGATE)
@pytest.mark.parametrize(
    "text", [b'"\\ud800"', b'"\\udc00"', b'"\\udc00\\ud800"'], ids=["high", "low", "swapped"]
)
def test_a_lone_surrogate_is_no_server_error(target: Target, mint: Mint, text: bytes) -> None:
    expect.no_server_error(target.accepted(_with_data(mint, text)))


HUGE = {
    "1e400": b"1e400",
    "minus-1e400": b"-1e400",
    "1e-400": b"1e-400",
    "5001-digits": b"1" + b"0" * 5000,
    "5000-decimals": b"0." + b"1" * 5000,
}


@covers(clause.HUGE_NUMBERS)
@pytest.mark.parametrize("number", HUGE.values(), ids=HUGE.keys())
@pytest.mark.parametrize("place", ["product_id", "contextual_data"])
def test_huge_numbers_are_no_server_error(target: Target, mint: Mint, number: bytes, place: str) -> None:
    if place == "contextual_data":
        content = _with_data(mint, number)
    else:
        content = body([mint.valid(product_id=424242)]).replace(b"424242", number)

    expect.no_server_error(target.accepted(content))


@covers(clause.DUPLICATE_KEYS)
@pytest.mark.parametrize("level", ["body", "event"])
def test_duplicate_keys_are_no_server_error(target: Target, mint: Mint, level: str) -> None:
    plain = body([mint.valid()])
    content = {
        "body": b'{"events": [], ' + plain[1:],
        "event": plain.replace(b'"event_type":', b'"event_type": 7, "event_type":'),
    }

    expect.no_server_error(target.accepted(content[level]))


@covers(clause.INVALID_UTF8)
@pytest.mark.parametrize(
    "text", [b'"\xff\xfe"', b'"\xc3\x28"', b'"\xed\xa0\x80"'], ids=["no-lead", "no-tail", "surrogate"]
)
def test_invalid_utf8_is_no_server_error(target: Target, mint: Mint, text: bytes) -> None:
    expect.no_server_error(target.accepted(_with_data(mint, text)))


@covers(clause.CHARSET_PARAMETER)
@pytest.mark.parametrize(
    "charset",
    ["utf-8", '"UTF-8"', "iso-8859-1", "no-such-charset"],
    ids=["utf-8", "quoted", "latin-1", "none"],
)
def test_a_charset_parameter_is_no_server_error(target: Target, mint: Mint, charset: str) -> None:
    exchange = target.accepted(body(mint.batch(1)), content_type=f"application/json; charset={charset}")

    expect.no_server_error(exchange)


@covers(clause.CHUNKED_BODY)
@pytest.mark.parametrize("size", [1, 100])
def test_a_chunked_body_is_served(target: Target, mint: Mint, size: int) -> None:
    request = target.request(body(mint.batch(size)), header=target.token).in_chunks()
    exchange = target.send(request)
    status = expect.reply(exchange).status

    expect.that(
        exchange,
        met=200 <= status < 300 or status == 411,
        expected="a success (201), or 411",
        got=expect.shown(expect.reply(exchange)),
    )


@covers(clause.LARGE_BATCH)
def test_a_legal_batch_of_1_mb_is_accepted(target: Target, mint: Mint) -> None:
    data = {"conformance": f"conformance-{mint.run}-large", "filling": "x" * 10_200}
    content = body([mint.valid(contextual_data=data) for _ in range(100)])

    expect.success(target.accepted(content), because=f"a legal batch of 100 entries and {len(content)} bytes")


RUBBISH = {
    "empty": b"",
    "prose": b"these are no events",
    "zeros": b"\x00" * 1000,
    "brackets": b"[" * 100_000,
    "deep": b'{"events": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "digits": b'{"events": [' + b"9" * 100_000 + b"]}",
    "quotes": b'"' * 10_001,
    "utf-16": '{"events": []}'.encode("utf-16"),
    "nulls": json.dumps({"events": [None] * 100}).encode(),
}


@covers(clause.ALWAYS_ANSWERS)
@pytest.mark.parametrize("content", RUBBISH.values(), ids=RUBBISH.keys())
def test_every_body_gets_an_answer(target: Target, mint: Mint, content: bytes) -> None:
    exchange = target.accepted(content)
    if exchange.reply is None and target.accepted(body(mint.batch(1))).reply is None:
        raise expect.NotJudged("no reply, nor one to a valid batch after it")

    got = "an answer" if exchange.reply else "none, though a valid batch after it got one"
    expect.that(exchange, met=exchange.reply is not None, expected="an answer", got=got)
