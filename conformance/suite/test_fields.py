"""Checks of chapter events, field by field. Their events are sent in few batches."""

from datetime import timedelta, timezone
from email.utils import format_datetime

import pytest

from conformance import expect
from conformance.client import clock
from conformance.ingestion.submissions import Submissions, expect_ingested, expect_skipped
from conformance.inputs.events import (
    REMOVED,
    EventSpec,
    changed_event,
    event_without,
    full_event,
    mistyped_events,
    renamed_events,
    valid_event,
)
from conformance.inputs.fields import CARRIED_BY, OPTIONAL, REQUIRED, TYPES
from conformance.plugin.markers import covers
from conformance.requirements import events as clause

NOW = clock.run_start().replace(microsecond=0) + timedelta(seconds=1)
"""A whole second after the run's start, because a read-back may compare ``since`` with the timestamp of an event."""


def _named(*specs: EventSpec) -> list[object]:
    return [pytest.param(one, id=one.name.replace(" ", "-")) for one in specs]


@covers(clause.TYPES_INGESTED)
@pytest.mark.parametrize("spec", [pytest.param(valid_event(kind, "valid"), id=kind) for kind in TYPES])
def test_an_event_of_every_type_is_ingested(submissions: Submissions, spec: EventSpec) -> None:
    expect_ingested(submissions, spec)


@covers(clause.TYPES_INGESTED)
@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(valid_event(kind, f"position is {position}", position=position), id=f"{kind}-{position}")
        for kind in REQUIRED["position"]
        for position in (1, 1000)
    ],
)
def test_an_event_at_any_position_is_ingested(submissions: Submissions, spec: EventSpec) -> None:
    expect_ingested(submissions, spec)


OPTIONS = [
    *(
        valid_event(kind, f"with {name}", **{name: value})
        for name, (value, kinds) in OPTIONAL.items()
        for kind in kinds
    ),
    *(valid_event(kind, "guest", customer_id=None) for kind in TYPES),
    *(valid_event(kind, "without data", contextual_data=REMOVED) for kind in TYPES),
    *(valid_event(kind, "from the app", shopping_channel="app") for kind in TYPES),
    *map(full_event, TYPES),
]


@covers(clause.OPTIONAL_FIELDS_INGESTED)
@pytest.mark.parametrize(
    "specs", [tuple(one for one in OPTIONS if one.event_type == kind) for kind in TYPES], ids=TYPES
)
def test_an_event_with_optional_fields_is_ingested(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    for one in specs:
        expect_ingested(submissions, one)


MADE_UP_TYPES = (
    *("conformance_made_up", "product_view_conformance", "conformance.product_view"),
    *("product_view_extra", "xproduct_viewx", "searching", "view", "product_view, search"),
    # Every JavaScript object has these properties.
    *("constructor", "toString", "__proto__"),
)


@covers(clause.UNKNOWN_TYPE_SKIPPED)
@pytest.mark.parametrize(
    "spec",
    _named(*(changed_event("product_view", f"type {name}", event_type=name) for name in MADE_UP_TYPES)),
)
def test_an_event_of_a_made_up_type_is_skipped(submissions: Submissions, spec: EventSpec) -> None:
    expect_skipped(submissions, spec)


DAYS_AND_TIMES = (
    *("Monday", "Fri", "March", "may", "Sunday morning"),
    # Dates for parsers of other languages and of databases. No Date of a browser parses a text without digits.
    *("now", "tomorrow", "noon", "next Monday", "epoch", "infinity"),
)
WORDS = {
    "word": "yesterday",
    **{text.replace(" ", "-"): text for text in DAYS_AND_TIMES},
    "sentence": "no date at all",
    "month-13": "2026-13-01T00:00:00Z",
    "letters": "abcdTefghZ",
}


@covers(clause.NO_DATE_SKIPPED)
@pytest.mark.parametrize(
    "spec", _named(*(changed_event("product_view", name, timestamp=text) for name, text in WORDS.items()))
)
def test_an_event_whose_timestamp_is_not_a_date_is_skipped(submissions: Submissions, spec: EventSpec) -> None:
    expect_skipped(submissions, spec)


def _utc(fraction: str) -> str:
    return f"{NOW:%Y-%m-%dT%H:%M:%S}{fraction}Z"


@covers(clause.TIMESTAMP_UTC_INGESTED)
@pytest.mark.parametrize(
    "spec",
    _named(
        *(
            valid_event("product_view", f"{digits}-digits", timestamp=_utc(text))
            for digits, text in enumerate(["", ".1", ".12", ".123"])
        )
    ),
)
def test_an_event_with_a_utc_timestamp_is_ingested(submissions: Submissions, spec: EventSpec) -> None:
    expect_ingested(submissions, spec)


def _offset(**hours: int) -> str:
    return NOW.astimezone(timezone(timedelta(**hours))).isoformat()


@covers(clause.TIMESTAMP_OFFSET_INGESTED)
@pytest.mark.parametrize(
    "spec",
    _named(
        valid_event("product_view", "plus-2-hours", timestamp=_offset(hours=2)),
        valid_event("product_view", "plus-5-30", timestamp=_offset(hours=5, minutes=30)),
        valid_event("product_view", "minus-8-hours", timestamp=_offset(hours=-8)),
    ),
)
def test_an_event_with_an_offset_timestamp_is_ingested(submissions: Submissions, spec: EventSpec) -> None:
    expect_ingested(submissions, spec)


@covers(clause.TIMESTAMP_HTTP_DATE_INGESTED)
@pytest.mark.parametrize(
    "spec", _named(valid_event("product_view", "http-date", timestamp=format_datetime(NOW, usegmt=True)))
)
def test_an_event_with_an_http_date_is_ingested(submissions: Submissions, spec: EventSpec) -> None:
    expect_ingested(submissions, spec)


@covers(clause.EMPTY_STRINGS_SKIPPED)
@pytest.mark.parametrize(
    "spec",
    _named(
        *(
            changed_event("product_view", f"empty {name}", **{name: ""})
            for name in ("event_id", "event_type", "timestamp", "session_id")
        ),
        changed_event("collection_view", "empty collection_handle", collection_handle=""),
    ),
)
def test_an_event_with_an_empty_required_string_is_skipped(submissions: Submissions, spec: EventSpec) -> None:
    expect_skipped(submissions, spec)


@covers(clause.POSITION_FROM_ONE)
@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(
            changed_event(kind, f"position is {position}", position=position), id=f"{kind}-{position}"
        )
        for kind in REQUIRED["position"]
        for position in (0, -1)
    ],
)
def test_an_event_whose_position_is_below_1_is_skipped(submissions: Submissions, spec: EventSpec) -> None:
    expect_skipped(submissions, spec)


REQUIRED_BY = {
    "event_id": clause.EVENT_ID_REQUIRED,
    "event_type": clause.EVENT_TYPE_REQUIRED,
    "timestamp": clause.TIMESTAMP_REQUIRED,
    "session_id": clause.SESSION_ID_REQUIRED,
    "product_id": clause.PRODUCT_ID_REQUIRED,
    "collection_handle": clause.COLLECTION_HANDLE_REQUIRED,
    "position": clause.POSITION_REQUIRED,
}


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(event_without(field, kind), marks=covers(requirement), id=f"{field}-{kind}")
        for field, requirement in REQUIRED_BY.items()
        for kind in REQUIRED[field]
    ],
)
def test_an_event_without_a_required_field_is_skipped(submissions: Submissions, spec: EventSpec) -> None:
    expect_skipped(submissions, spec)


@covers(clause.NAMES_EXACT)
@pytest.mark.parametrize(
    "specs", [pytest.param(renamed_events(field, REQUIRED[field][-1]), id=field) for field in REQUIRED_BY]
)
def test_an_event_with_a_required_field_in_another_letter_case_is_skipped(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    for one in specs:
        expect_skipped(submissions, one)


TYPED_BY = {
    "event_id": clause.EVENT_ID_TYPED,
    "event_type": clause.EVENT_TYPE_TYPED,
    "timestamp": clause.TIMESTAMP_TYPED,
    "session_id": clause.SESSION_ID_TYPED,
    "product_id": clause.PRODUCT_ID_TYPED,
    "collection_handle": clause.COLLECTION_HANDLE_TYPED,
    "position": clause.POSITION_TYPED,
    "customer_id": clause.CUSTOMER_ID_TYPED,
    "attribution_token": clause.ATTRIBUTION_TOKEN_TYPED,
    "shopping_channel": clause.SHOPPING_CHANNEL_TYPED,
    "variant_id": clause.VARIANT_ID_TYPED,
    "marketing_source": clause.MARKETING_SOURCE_TYPED,
    "marketing_medium": clause.MARKETING_MEDIUM_TYPED,
    "marketing_campaign": clause.MARKETING_CAMPAIGN_TYPED,
    "contextual_data": clause.CONTEXTUAL_DATA_TYPED,
}


@pytest.mark.parametrize(
    "specs",
    [
        pytest.param(mistyped_events(field, kind), marks=covers(requirement), id=f"{field}-{kind}")
        for field, requirement in TYPED_BY.items()
        for kind in CARRIED_BY[field]
    ],
)
def test_an_event_with_a_field_of_the_wrong_type_is_skipped(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    for one in specs:
        expect_skipped(submissions, one)


@covers(clause.SHOPPING_CHANNEL_LISTED)
@pytest.mark.parametrize(
    "spec",
    _named(
        *(
            changed_event("product_view", f"channel {name}", shopping_channel=name)
            for name in ("fax", "WEB", "")
        )
    ),
)
def test_an_event_with_an_unlisted_channel_is_skipped(submissions: Submissions, spec: EventSpec) -> None:
    expect_skipped(submissions, spec)


NOT_IN_THE_CONTRACT = {
    clause.NUMERIC_STRING: [
        changed_event("product_view", "product_id is a numeric string", product_id="7000000000001"),
        changed_event("product_click", "position is a numeric string", position="3"),
    ],
    clause.FRACTIONAL_POSITION: [changed_event("product_click", "position is fractional", position=1.5)],
    clause.EVENT_ID_FORM: [
        changed_event("product_view", "event_id is a word", event_id="no-ulid-and-no-uuid")
    ],
    clause.SEARCH_WITHOUT_QUERY: [event_without("query", "search"), *mistyped_events("query", "search")],
    clause.UNKNOWN_FIELD: [changed_event("product_view", "unknown field", conformance_extra="extra")],
    clause.NUMERIC_TIMESTAMP: [
        changed_event("product_view", "numeric timestamp", timestamp=int(NOW.timestamp() * 1000))
    ],
    clause.LOOSE_DATES: [
        changed_event("product_view", "date without zone", timestamp=f"{NOW:%Y-%m-%dT%H:%M:%S}"),
        changed_event("product_view", "date without time", timestamp=f"{NOW:%Y-%m-%d}"),
        changed_event("product_view", "30 February", timestamp="2026-02-30T00:00:00Z"),
        changed_event("product_view", "epoch as a string", timestamp=f"{NOW.timestamp():.0f}"),
    ],
    clause.NULL_FIELDS: [
        changed_event("product_view", f"{name} is null", **{name: None})
        for name in (*OPTIONAL, "contextual_data")
        if name != "customer_id"
    ],
}


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(one, marks=covers(requirement), id=one.name.replace(" ", "-"))
        for requirement, specs in NOT_IN_THE_CONTRACT.items()
        for one in specs
    ],
)
def test_an_event_that_the_contract_says_nothing_about(submissions: Submissions, spec: EventSpec) -> None:
    submission = submissions.event(spec)
    is_stored = submissions.snapshot(submission).of(submission.event)

    expect.observed(submission.exchange, f"{spec}: {'ingested' if is_stored else 'skipped'}")
