"""The stored fields of one event."""

from datetime import UTC, datetime
from typing import Any

import pytest

from conformance import reference
from conformance.client import Exchange, Reply, Request
from conformance.expect import NotJudged, Violation, collecting_evidence
from conformance.ingestion.stored_event import StoredEvent, find_stored, in_utc, stored_event
from conformance.ingestion.submissions import Submissions
from conformance.inputs.events import EventSpec, changed_event, valid_event
from conformance.inputs.factory import EventFactory
from conformance.inputs.fields import TYPES
from tests.support.stored import looking

MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
EXCHANGE = Exchange(Request("POST", "http://t.example"), Reply(201, "", (), b"null"), 0.0, 0.0)


def _stored(**fields: Any) -> StoredEvent:
    return StoredEvent(EXCHANGE, fields, (fields,), EventFactory("run").valid())


@pytest.mark.parametrize(
    "stored",
    [
        "2026-03-04T05:06:07Z",
        "2026-03-04T05:06:07.123+00:00",
        "2026-03-04 05:06:07 UTC",
        "2026-03-04T05:06:07",
        "Wed, 04 Mar 2026 05:06:07 GMT",
        MOMENT.timestamp(),
        MOMENT.timestamp() * 1000,
        MOMENT.timestamp() * 10**6,
        f"{MOMENT.timestamp() * 1000:.0f}",
    ],
    ids=str,
)
def test_an_instant_in_utc_is_read_in_every_usual_form(stored: object) -> None:
    assert in_utc(stored) == MOMENT


NO_TIMES: tuple[object, ...] = (
    *(None, True, "2026-03-04T07:06:07+02:00", {}, []),
    *("", "Invalid Date", "NaN", "None", "null", "Monday", "infinity", "no date at all", "day 7"),
    *("0000-00-00 00:00:00", "2026-13-01T00:00:00Z", "2026-02-30 00:00:00"),
    *(float("nan"), float("inf"), 1e300, -1e300, 10**400, "9" * 400),
)


@pytest.mark.parametrize("stored", NO_TIMES, ids=lambda stored: ascii(stored)[:30])
def test_what_is_not_a_time_in_utc_is_not_an_instant(stored: object) -> None:
    assert in_utc(stored) is None


@pytest.mark.parametrize(
    "stored",
    [
        "11/27/2026, 7:04:05 AM",
        "27.11.2026 07:04",
        "27 novembre 2026 à 07:04",
        {"$date": "2026-11-27T07:04:05Z"},
        {"seconds": 1795763045},
        ["2026", 11, 27],
    ],
    ids=str,
)
def test_an_unknown_form_that_may_be_a_date_is_not_judged(stored: object) -> None:
    with pytest.raises(NotJudged, match="let it write ISO 8601"):
        in_utc(stored)


@pytest.mark.parametrize(
    ("shown", "sent"),
    [("7", 7), (7.0, 7), ('{"a": 1}', {"a": 1}), (None, None), ("text", "text")],
    ids=["number-as-text", "number-with-a-point", "object-as-text", "null", "text"],
)
def test_a_value_is_the_same_in_every_type_that_a_store_may_use(shown: object, sent: object) -> None:
    with collecting_evidence() as evidence:
        _stored(field=shown).expect_value("field", sent)

    assert evidence.met == 1


def test_a_violation_shows_the_field_and_the_stored_event() -> None:
    with pytest.raises(Violation) as caught:
        _stored(position=3).expect_value("position", 4)
    with pytest.raises(Violation, match="got: no query"):
        _stored(position=3).expect_value("query", "boots")

    assert (caught.value.expectation.expected, caught.value.expectation.got) == ("position: 4", "position: 3")
    assert caught.value.expectation.example == {"position": 3}


@pytest.mark.parametrize(
    ("fields", "is_seen"), [({"query": "socks"}, True), ({}, False)], ids=["another", "none"]
)
def test_another_value_is_a_commission_and_a_missing_one_is_not(
    fields: dict[str, Any], is_seen: bool
) -> None:
    with pytest.raises(Violation) as caught:
        _stored(**fields).expect_value("query", "boots")

    assert caught.value.expectation.commission is is_seen


@pytest.mark.parametrize(
    "fields",
    [
        {"geo": {"country": "AT"}, "os": "Linux"},
        {"enriched": '{"country": "AT"}', "os": "Linux"},
        {"countryCode": "AT", "os": "Linux"},
        {"event_id": "7"},
    ],
    ids=["nested", "as-text", "renamed", "nothing-filled"],
)
def test_a_server_filled_field_that_may_be_shown_in_another_form_is_not_judged(
    fields: dict[str, Any],
) -> None:
    with pytest.raises(NotJudged, match="does not show geo_country, but may show it in another form"):
        _stored(**fields).assume_visible("geo_country")


def test_a_server_filled_field_is_missing_where_others_are_shown() -> None:
    _stored(os="Linux").assume_visible("geo_country")
    _stored(geo_country=None).assume_visible("geo_country")


def test_packed_events_are_found_as_they_were_stored() -> None:
    specs = [valid_event(kind, "valid") for kind in TYPES]
    with reference.Server() as server, looking(server) as read_back:
        submissions = Submissions(read_back, specs)
        stored = [stored_event(submissions, one) for one in specs]

        assert [one.sent.event_id for one in stored] == [one.fields["event_id"] for one in stored]
        assert [one.fields["event_type"] for one in stored] == list(TYPES)
        assert stored[0].copies[0]["browser"]
        assert len({one.exchange.at for one in stored}) == 1


def test_events_with_the_same_header_lines_share_a_request() -> None:
    specs = [
        EventSpec(kind, "with a header", (), valid=True, headers=(("X-Requested-With", app),))
        for app in ("tapcart", "fuego")
        for kind in TYPES
    ]
    with reference.Server() as server, looking(server) as read_back:
        submissions = Submissions(read_back, specs)

        requests = {submissions.event(one).exchange.request: one.headers for one in specs}
        assert {stored_event(submissions, one).fields["shopping_channel"] for one in specs} == {"app"}

    assert len(requests) == 2
    assert all(headers[0] in request.headers for request, headers in requests.items())


def test_an_event_that_was_skipped_is_not_judged() -> None:
    skipped = changed_event("product_view", "no date", timestamp="yesterday")
    with reference.Server() as server, looking(server, 1) as read_back:
        submissions = Submissions(read_back, [skipped])

        assert find_stored(submissions, skipped) == []
        with pytest.raises(NotJudged, match=r"^the event was not stored"):
            stored_event(submissions, skipped)
