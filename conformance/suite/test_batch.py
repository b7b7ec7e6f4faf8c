"""Checks of chapter batch."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import given

from conformance import expect
from conformance.client import Target
from conformance.ingestion import Ingestion, body, expect_ingested, expect_skipped
from conformance.inputs.events import Mint, probe
from conformance.inputs.strategies import sizes
from conformance.plugin.markers import covers, thinned
from conformance.requirements import batch as clause

INVALID = probe("product_view", "a word for a timestamp", timestamp="no date")


@covers(clause.ACCEPTS_1_TO_100)
@pytest.mark.parametrize("size", thinned([1, 100, 2, 50, 99], quick=2))
def test_a_batch_within_the_limit_is_accepted(target: Target, mint: Mint, size: int) -> None:
    exchange = target.accepted(body(mint.stock(size)))

    expect.success(exchange)


@covers(clause.ACCEPTS_1_TO_100)
@given(size=sizes())
def test_a_batch_of_any_size_within_the_limit_is_accepted(target: Target, mint: Mint, size: int) -> None:
    exchange = target.accepted(body(mint.stock(size, drawn=True)))

    expect.success(exchange)


@covers(clause.INGESTS_ALL)
@pytest.mark.parametrize("size", thinned([1, 100, 2, 50, 99], quick=2))
def test_every_valid_event_of_a_batch_is_ingested(
    target: Target, mint: Mint, ingestion: Ingestion, size: int
) -> None:
    session = mint.session()
    sent = mint.batch(size, session)
    exchange = target.accepted(body(sent))
    view = ingestion.shown(sent, session=session)

    for place, event in enumerate(sent, 1):
        expect_ingested(view, exchange, event, f"event {place} of {size}")


@covers(clause.OVER_100_REFUSED)
@pytest.mark.parametrize("size", thinned([101, 102, 150, 1000], quick=1))
def test_a_batch_over_the_limit_is_refused(target: Target, mint: Mint, size: int) -> None:
    exchange = target.accepted(body(_many(mint, size)))

    expect.status(exchange, 422, because=f"{size} entries are more than 100")


def _many(mint: Mint, size: int) -> list[Any]:
    """Return entries over the limit, of no more bytes than a legal batch may have: the largest body is not said."""
    return list(mint.stock(size)) if size <= 150 else [{}] * size


@covers(clause.OVER_100_REFUSED)
def test_a_thousand_valid_events_are_refused(target: Target, mint: Mint) -> None:
    exchange = target.accepted(body(mint.stock(1000)))
    got = expect.reply(exchange)

    expect.that(
        exchange,
        met=got.status in (422, 413),
        expected="status 422 (or 413: how large a body may be is not said)",
        got=expect.shown(got),
    )


@covers(clause.LIMIT_COUNTS_ENTRIES)
@pytest.mark.parametrize("invalid", thinned(["one", "all", "half"], quick=2))
@pytest.mark.parametrize("size", thinned([101, 102, 150], quick=1))
def test_invalid_entries_count_over_the_limit(target: Target, mint: Mint, size: int, invalid: str) -> None:
    count = {"one": 1, "half": size // 2, "all": size}[invalid]
    entries = [mint.of(INVALID) for _ in range(count)] + mint.stock(size - count)
    exchange = target.accepted(body(entries))

    expect.status(exchange, 422, because=f"{size} entries are more than 100, though {count} are invalid")


@covers(clause.LIMIT_COUNTS_ENTRIES)
@pytest.mark.parametrize("size", thinned([1, 100, 2, 50, 99], quick=2))
def test_invalid_entries_count_within_the_limit(target: Target, mint: Mint, size: int) -> None:
    exchange = target.accepted(body([mint.of(INVALID) for _ in range(size)]))

    expect.success(exchange, because=f"{size} entries are no more than 100, and invalid ones are no error")


@covers(clause.EMPTY_REFUSED)
def test_an_empty_batch_is_refused(target: Target) -> None:
    exchange = target.accepted(body([]))

    expect.status(exchange, 422)


@covers(clause.MISSING_EVENTS_REFUSED)
@pytest.mark.parametrize("kind", thinned(["nothing", "bare-event", "event", "Events", "data"], quick=2))
def test_an_object_without_events_is_refused(target: Target, mint: Mint, kind: str) -> None:
    event = mint.valid().entry
    content = {"nothing": {}, "bare-event": event}.get(kind, {kind: [event]})
    exchange = target.accepted(json.dumps(content).encode())

    expect.status(exchange, 422)


@covers(clause.EVENTS_NOT_AN_ARRAY_REFUSED)
@pytest.mark.parametrize("kind", thinned(["object", "null", "string", "keyed", "number", "boolean"], quick=2))
def test_events_that_are_no_array_are_refused(target: Target, mint: Mint, kind: str) -> None:
    event = mint.valid().entry
    events = {
        "null": None,
        "object": event,
        "keyed": {"0": event},
        "string": "events",
        "number": 1,
        "boolean": True,
    }
    exchange = target.accepted(json.dumps({"events": events[kind]}).encode())

    expect.status(exchange, 422)


@covers(clause.BODY_NOT_AN_OBJECT_REFUSED)
@pytest.mark.parametrize("kind", thinned(["array", "null", "string", "number", "boolean"], quick=2))
def test_a_body_that_is_no_object_is_refused(target: Target, mint: Mint, kind: str) -> None:
    bodies = {"array": [mint.valid().entry], "null": None, "string": "events", "number": 1, "boolean": True}
    exchange = target.accepted(json.dumps(bodies[kind]).encode())

    expect.status(exchange, 422)


NOT_JSON = {
    "prose": b"these are no events",
    "empty": b"",
    "xml": b"<events><event/></events>",
    "form": b"events=1&token=2",
    "blank": b" \r\n",
}


@covers(clause.NOT_JSON_REFUSED)
@pytest.mark.parametrize("content", thinned(NOT_JSON, quick=1))
def test_a_body_that_is_not_json_is_no_success(target: Target, content: bytes) -> None:
    exchange = target.accepted(content)

    expect.refusal(exchange)


@covers(clause.NOT_JSON_UNPROCESSABLE)
@pytest.mark.parametrize("content", thinned(NOT_JSON, quick=1))
def test_a_body_that_is_not_json_is_answered_with_422(target: Target, content: bytes) -> None:
    exchange = target.accepted(content)

    expect.status(exchange, 422)


@covers(clause.REFUSED_INGESTS_NOTHING)
@pytest.mark.parametrize("size", thinned([101, 150], quick=1))
def test_a_refused_batch_ingests_nothing(target: Target, mint: Mint, ingestion: Ingestion, size: int) -> None:
    session = mint.session()
    sent = mint.batch(size, session)
    exchange = target.accepted(body(sent))
    expect.assume(exchange, 422)
    view = ingestion.view(session=session)

    for place, event in enumerate(sent, 1):
        expect_skipped(view, exchange, event, f"event {place} of {size}")


@covers(clause.UNKNOWN_MEMBER)
def test_an_unknown_member_beside_events(target: Target, mint: Mint) -> None:
    expect.observed(target.accepted(body(mint.stock(), version=2)))


@covers(clause.CONTENT_ENCODING)
def test_a_compressed_body(target: Target, mint: Mint) -> None:
    content = gzip.compress(body(mint.stock()), mtime=0)

    expect.observed(target.accepted(content, headers=[("Content-Encoding", "gzip")]))


@covers(clause.CHARSET)
@pytest.mark.parametrize("charset", thinned(["iso-8859-1", "utf-8"], quick=1))
def test_a_charset_parameter(target: Target, mint: Mint, charset: str) -> None:
    expect.observed(target.accepted(body(mint.stock()), content_type=f"application/json; charset={charset}"))


@covers(clause.TEXT_PLAIN)
def test_a_text_plain_body(target: Target, mint: Mint) -> None:
    expect.observed(
        target.post(body(mint.stock()), query=target.token, content_type="text/plain;charset=UTF-8")
    )


@covers(clause.NO_CONTENT_TYPE)
def test_a_body_without_a_content_type(target: Target, mint: Mint) -> None:
    expect.observed(target.accepted(body(mint.stock()), content_type=None))


@covers(clause.LARGEST_BODY)
def test_a_legal_batch_of_4_mb(target: Target, mint: Mint) -> None:
    content = body(
        [mint.valid(contextual_data={"conformance": "large", "filling": "x" * 40_000}) for _ in range(100)]
    )

    expect.observed(target.accepted(content))


@covers(clause.JSON_EXTENSIONS)
@pytest.mark.parametrize(
    "extension", thinned(["trailing-garbage", "nan", "byte-order-mark", "trailing-comma"], quick=1)
)
def test_json_that_only_lenient_parsers_read(target: Target, mint: Mint, extension: str) -> None:
    plain = body(mint.stock())
    content = {
        "nan": plain.replace(b'"contextual_data": {', b'"contextual_data": {"number": NaN, '),
        "byte-order-mark": b"\xef\xbb\xbf" + plain,
        "trailing-comma": plain[:-1] + b",}",
        "trailing-garbage": plain + b" and more",
    }

    expect.observed(target.accepted(content[extension]))
