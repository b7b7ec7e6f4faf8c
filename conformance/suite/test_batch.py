"""Checks of chapter batch."""

import json
from typing import Any

import pytest

from conformance import expect
from conformance.client import Target
from conformance.ingestion import ReadBack, expect_not_stored, expect_stored
from conformance.inputs.events import changed_event
from conformance.inputs.factory import EventFactory, SentEvent, body
from conformance.inputs.gzipped import gzipped
from conformance.inputs.strategies import sizes
from conformance.plugin.markers import covers, generated, parameters
from conformance.requirements import batch as clause

INVALID = changed_event("product_view", "a word for a timestamp", timestamp="no date")
SIZES = [1, 100, 2, 50, 99]
TURNS = pytest.mark.parametrize("turn", [0, 1], ids=["usual-place", "second-place"])
"""Where the token is: every rule holds for the header form and for the query form."""


@covers(clause.ACCEPTS_1_TO_100)
@pytest.mark.parametrize("size", parameters(SIZES, quick=2))
def test_a_batch_within_the_limit_is_accepted(target: Target, factory: EventFactory, size: int) -> None:
    exchange = target.post_with_token(body(factory.reusable(size)))

    expect.success(exchange)


@covers(clause.ACCEPTS_1_TO_100)
@generated(share=0.35, size=sizes())
def test_a_batch_of_any_size_within_the_limit_is_accepted(
    target: Target, factory: EventFactory, size: int
) -> None:
    factory.count_generated(size)
    exchange = target.post_with_token(body(factory.reusable(size)))

    expect.success(exchange)


@covers(clause.INGESTS_ALL)
@pytest.mark.parametrize("size", parameters(SIZES, quick=2))
def test_every_valid_event_of_a_batch_is_ingested(
    target: Target, factory: EventFactory, read_back: ReadBack, size: int
) -> None:
    session = factory.session()
    sent = factory.batch(size, session)
    exchange = target.post_with_token(body(sent), turn=SIZES.index(size))
    snapshot = read_back.wait_for(sent, session=session)

    for place, event in enumerate(sent, 1):
        expect_stored(snapshot, exchange, event, f"event {place} of {size}")


@covers(clause.INGESTS_ALL)
def test_no_valid_event_of_the_run_is_lost(finished_read_back: ReadBack) -> None:
    lost, exchange = finished_read_back.find_lost()

    expect.condition(
        exchange,
        met=not lost,
        expected="every valid event that is answered with a success is stored",
        got=f"{len(lost)} batches of 3 valid events were not stored, although others were",
    )


@covers(clause.OVER_100_REFUSED)
@pytest.mark.parametrize("size", parameters([101, 102, 150, 1000], quick=1))
def test_a_batch_over_the_limit_is_refused(target: Target, factory: EventFactory, size: int) -> None:
    exchange = target.post_with_token(body(_many(target, factory, size)))

    expect.status(exchange, 422, because=f"{size} entries are more than 100")


@covers(clause.OVER_100_REFUSED)
def test_a_batch_over_the_limit_is_refused_at_the_second_place(target: Target) -> None:
    size = 101
    exchange = target.post_with_token(body([{}] * size), turn=1)

    expect.status(exchange, 422, because=f"{size} entries are more than 100")


def _many(target: Target, factory: EventFactory, size: int) -> list[Any]:
    """Return more entries than the limit, in a small body: the contract does not say how large a body may be.

    Checks share their request, save those of a fresh attempt.
    """
    if size > 150:
        return [{}] * size
    made: list[SentEvent] = target.memo.get(("many", size), lambda: factory.batch(size, factory.session()))
    return made


@covers(clause.OVER_100_REFUSED)
def test_a_thousand_valid_events_are_refused(target: Target, factory: EventFactory) -> None:
    exchange = target.post_with_token(body(factory.reusable(1000)))
    got = expect.answer(exchange)

    expect.condition(
        exchange,
        met=got.status in (422, 413),
        expected="status 422 (or 413: the contract does not say how large a body may be)",
        got=expect.format_reply(got),
    )


@covers(clause.LIMIT_COUNTS_ENTRIES)
@pytest.mark.parametrize("invalid", parameters(["one", "all", "half"], quick=2))
@pytest.mark.parametrize("size", parameters([101, 102, 150], quick=1))
def test_invalid_entries_count_over_the_limit(
    target: Target, factory: EventFactory, size: int, invalid: str
) -> None:
    count = {"one": 1, "half": size // 2, "all": size}[invalid]
    entries = [factory.make(INVALID) for _ in range(count)] + factory.reusable(size - count)
    exchange = target.post_with_token(body(entries))

    expect.status(
        exchange, 422, because=f"{size} entries are more than 100; the {count} invalid ones count, too"
    )


@covers(clause.LIMIT_COUNTS_ENTRIES)
@pytest.mark.beyond_quick
def test_entries_with_the_same_id_count_over_the_limit(target: Target, factory: EventFactory) -> None:
    exchange = target.post_with_token(body(factory.reusable() * 101))

    expect.status(exchange, 422, because="101 entries are more than 100, even if they have the same event_id")


@covers(clause.LIMIT_COUNTS_ENTRIES)
@pytest.mark.parametrize("size", parameters([1, 100, 2, 50, 99], quick=2))
def test_invalid_entries_count_within_the_limit(target: Target, factory: EventFactory, size: int) -> None:
    exchange = target.post_with_token(body([factory.make(INVALID) for _ in range(size)]))

    expect.success(
        exchange, because=f"{size} entries are within the limit of 100, and an invalid event is not an error"
    )


@covers(clause.EMPTY_REFUSED)
@TURNS
def test_an_empty_batch_is_refused(target: Target, turn: int) -> None:
    exchange = target.post_with_token(body([]), turn=turn)

    expect.status(exchange, 422)


NO_EVENTS = ["nothing", "bare-event", "event", "Events", "data"]


@covers(clause.MISSING_EVENTS_REFUSED)
@pytest.mark.parametrize("kind", parameters(NO_EVENTS, quick=2))
def test_an_object_without_events_is_refused(target: Target, factory: EventFactory, kind: str) -> None:
    event = factory.valid().entry
    content = {"nothing": {}, "bare-event": event}.get(kind, {kind: [event]})
    exchange = target.post_with_token(json.dumps(content).encode(), turn=NO_EVENTS.index(kind))

    expect.status(exchange, 422)


NO_ARRAY = ["object", "null", "string", "keyed", "number", "array-as-string", "boolean"]


@covers(clause.EVENTS_NOT_AN_ARRAY_REFUSED)
@pytest.mark.parametrize("kind", parameters(NO_ARRAY, quick=2))
def test_events_that_are_not_an_array_are_refused(target: Target, factory: EventFactory, kind: str) -> None:
    event = factory.valid().entry
    events = {
        "null": None,
        "object": event,
        "keyed": {"0": event},
        "string": "events",
        "array-as-string": json.dumps([event]),
        "number": 1,
        "boolean": True,
    }
    content = json.dumps({"events": events[kind]}).encode()
    exchange = target.post_with_token(content, turn=NO_ARRAY.index(kind))

    expect.status(exchange, 422)


NO_OBJECT = ["array", "null", "string", "number", "boolean"]


@covers(clause.BODY_NOT_AN_OBJECT_REFUSED)
@pytest.mark.parametrize("kind", parameters(NO_OBJECT, quick=2))
def test_a_body_that_is_not_an_object_is_refused(target: Target, factory: EventFactory, kind: str) -> None:
    event = factory.valid().entry
    bodies = {
        "array": [event],
        "null": None,
        "string": json.dumps({"events": [event]}),
        "number": 1,
        "boolean": True,
    }
    exchange = target.post_with_token(json.dumps(bodies[kind]).encode(), turn=NO_OBJECT.index(kind))

    expect.status(exchange, 422)


NOT_JSON = {
    "prose": b"these are no events",
    "empty": b"",
    "xml": b"<events><event/></events>",
    "form": b"events=1&token=2",
    "blank": b" \r\n",
}


@covers(clause.NOT_JSON_REFUSED)
@pytest.mark.parametrize("kind", parameters(list(NOT_JSON), quick=1))
def test_a_body_that_is_not_json_is_refused(target: Target, kind: str) -> None:
    exchange = target.post_with_token(NOT_JSON[kind], turn=list(NOT_JSON).index(kind))

    expect.refusal(exchange)


@covers(clause.NOT_JSON_UNPROCESSABLE)
@pytest.mark.parametrize("kind", parameters(list(NOT_JSON), quick=1))
def test_a_body_that_is_not_json_is_answered_with_422(target: Target, kind: str) -> None:
    exchange = target.post_with_token(NOT_JSON[kind], turn=list(NOT_JSON).index(kind))

    expect.status(exchange, 422)


@covers(clause.REFUSED_INGESTS_NOTHING)
@pytest.mark.parametrize("size", parameters([101, 150], quick=1))
def test_a_refused_batch_ingests_nothing(
    target: Target, factory: EventFactory, read_back: ReadBack, size: int
) -> None:
    sent = _many(target, factory, size)
    exchange = target.post_with_token(body(sent))
    expect.assume(exchange, 422)
    snapshot = read_back.snapshot_after(exchange)

    for place, event in enumerate(sent, 1):
        expect_not_stored(snapshot, exchange, event, f"event {place} of {size}")


@covers(clause.UNKNOWN_MEMBER)
def test_an_unknown_member_next_to_events(target: Target, factory: EventFactory) -> None:
    expect.observed(target.post_with_token(body(factory.reusable(), version=2)))


@covers(clause.CONTENT_ENCODING)
def test_a_compressed_body(target: Target, factory: EventFactory) -> None:
    content = gzipped(body(factory.reusable()))

    expect.observed(target.post_with_token(content, headers=[("Content-Encoding", "gzip")]))


@covers(clause.CHARSET)
@pytest.mark.parametrize("charset", parameters(["iso-8859-1", "utf-8"], quick=1))
def test_a_charset_parameter(target: Target, factory: EventFactory, charset: str) -> None:
    expect.observed(
        target.post_with_token(body(factory.reusable()), content_type=f"application/json; charset={charset}")
    )


@covers(clause.TEXT_PLAIN)
def test_a_text_plain_body(target: Target, factory: EventFactory) -> None:
    expect.observed(
        target.post(body(factory.reusable()), query=target.token, content_type="text/plain;charset=UTF-8")
    )


@covers(clause.NO_CONTENT_TYPE)
def test_a_body_without_a_content_type(target: Target, factory: EventFactory) -> None:
    expect.observed(target.post_with_token(body(factory.reusable()), content_type=None))


@covers(clause.LARGEST_BODY)
def test_a_legal_batch_of_4_mb(target: Target, factory: EventFactory) -> None:
    content = body(
        [factory.valid(contextual_data={"conformance": "large", "filling": "x" * 40_000}) for _ in range(100)]
    )

    expect.observed(target.post_with_token(content))


@covers(clause.JSON_EXTENSIONS)
@pytest.mark.parametrize(
    "extension", parameters(["trailing-garbage", "nan", "byte-order-mark", "trailing-comma"], quick=1)
)
def test_json_that_only_lenient_parsers_read(target: Target, factory: EventFactory, extension: str) -> None:
    valid = body(factory.reusable())
    content = {
        "nan": valid.replace(b'"contextual_data": {', b'"contextual_data": {"number": NaN, '),
        "byte-order-mark": b"\xef\xbb\xbf" + valid,
        "trailing-comma": valid[:-1] + b",}",
        "trailing-garbage": valid + b" and more",
    }

    expect.observed(target.post_with_token(content[extension]))
