"""Checks of chapter enrichment. They compare the stored fields of events, which are sent in few batches, with what was sent."""

from datetime import timedelta, timezone
from email.utils import format_datetime

import pytest

from conformance.client import BROWSER, clock
from conformance.ingestion.stored_event import DEVICE, GEO, StoredEvent, find_stored, stored_event
from conformance.ingestion.submissions import Submissions
from conformance.inputs.events import REMOVED, EventSpec, full_event, unusual_event, valid_event
from conformance.inputs.fields import TYPES
from conformance.inputs.unusual_events import LONG_TEXTS, PLAIN_TEXTS, SCRIPT_EVENTS, WHOLE_NUMBERS
from conformance.plugin.markers import covers, parameters
from conformance.requirements import enrichment as clause

SPOOFED = "conformance-spoofed"
SIMPLE = valid_event("product_view", "valid")
EVERY_TYPE = tuple(valid_event(kind, "valid") for kind in TYPES)
NOW = clock.run_start().replace(microsecond=0) + timedelta(seconds=1)
"""A whole second after the run's start, because a read-back may compare ``since`` with the timestamp of an event."""


def _simple(names: tuple[str, ...]) -> list[object]:
    return [pytest.param(name, SIMPLE, id=name) for name in names]


def _spoofing(names: tuple[str, ...]) -> list[object]:
    return [
        pytest.param(name, unusual_event("a field of the server", name, (name, SPOOFED)), id=name)
        for name in names
    ]


def _from_app(app: str, event_type: str = "product_view", **fields: str) -> EventSpec:
    """Return a valid event in a request whose X-Requested-With names an app."""
    lines = (("X-Requested-With", app),)
    return EventSpec(event_type, f"from {app}", tuple(fields.items()), valid=True, headers=lines)


@covers(clause.GEO_FILLED)
@pytest.mark.parametrize(("name", "spec"), _simple(GEO))
def test_the_location_is_filled_in(submissions: Submissions, name: str, spec: EventSpec) -> None:
    stored = stored_event(submissions, spec)
    stored.assume_visible(name)

    stored.expect(name, met=name in stored.fields, expected=f"a {name} field, even if it is null")


def _expect_a_device(submissions: Submissions, name: str, spec: EventSpec) -> None:
    stored = stored_event(submissions, spec)
    stored.assume_visible(name)

    met = bool(stored.fields.get(name))
    stored.expect(name, met=met, expected=f"a {name}, from the User-Agent {BROWSER}")


@covers(clause.DEVICE_FILLED)
@pytest.mark.parametrize(("name", "spec"), _simple(DEVICE))
def test_the_device_is_filled_in(submissions: Submissions, name: str, spec: EventSpec) -> None:
    _expect_a_device(submissions, name, spec)


@covers(clause.DEVICE_FILLED)
@pytest.mark.parametrize("specs", [pytest.param(EVERY_TYPE, id="every-type")])
def test_the_device_of_every_event_of_a_batch_is_filled_in(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    for one in specs:
        for name in DEVICE:
            _expect_a_device(submissions, name, one)


def _expect_another_value(submissions: Submissions, name: str, spec: EventSpec) -> None:
    stored = stored_event(submissions, spec)
    stored.assume_visible(name)

    met = stored.fields.get(name) != SPOOFED
    stored.expect(name, met=met, expected=f"a {name} other than the client's {SPOOFED}")


@covers(clause.GEO_NOT_TRUSTED)
@pytest.mark.parametrize(("name", "spec"), _spoofing(GEO))
def test_a_client_s_location_is_overwritten(submissions: Submissions, name: str, spec: EventSpec) -> None:
    _expect_another_value(submissions, name, spec)


@covers(clause.DEVICE_NOT_TRUSTED)
@pytest.mark.parametrize(("name", "spec"), _spoofing(DEVICE))
def test_a_client_s_device_is_overwritten(submissions: Submissions, name: str, spec: EventSpec) -> None:
    _expect_another_value(submissions, name, spec)


def _expect_channel(stored: StoredEvent, channel: str, because: str) -> None:
    met = stored.fields.get("shopping_channel") == channel
    stored.expect("shopping_channel", met=met, expected=f"shopping_channel {channel!r}, because {because}")


OWN = {
    "web": _from_app("com.Tapcart.shop", shopping_channel="web"),
    "app": valid_event("product_view", "from the app", shopping_channel="app"),
}


@covers(clause.CHANNEL_OWN)
@pytest.mark.parametrize(
    ("channel", "spec"), [pytest.param(name, spec, id=name) for name, spec in OWN.items()]
)
def test_an_event_s_own_channel_wins(submissions: Submissions, channel: str, spec: EventSpec) -> None:
    _expect_channel(stored_event(submissions, spec), channel, "the event has this value")


def _expect_the_app(submissions: Submissions, spec: EventSpec) -> None:
    because = f"X-Requested-With is {dict(spec.headers)['X-Requested-With']}"
    _expect_channel(stored_event(submissions, spec), "app", because)


@covers(clause.CHANNEL_APP)
@pytest.mark.parametrize(
    "spec",
    parameters(
        {app: _from_app(app) for app in ("com.Tapcart.shop", "io.fuego.app", "tapcart", "FUEGO")}, quick=2
    ),
)
def test_an_app_s_header_makes_the_channel_app(submissions: Submissions, spec: EventSpec) -> None:
    _expect_the_app(submissions, spec)


@covers(clause.CHANNEL_APP)
@pytest.mark.parametrize(
    "specs", [pytest.param(tuple(_from_app("com.Tapcart.shop", kind) for kind in TYPES), id="every-type")]
)
def test_an_app_s_header_applies_to_every_event_of_a_batch(
    submissions: Submissions, specs: tuple[EventSpec, ...]
) -> None:
    for one in specs:
        _expect_the_app(submissions, one)


@covers(clause.CHANNEL_WEB)
@pytest.mark.parametrize(
    "spec", [pytest.param(SIMPLE, id="plain"), pytest.param(_from_app("XMLHttpRequest"), id="other-header")]
)
def test_a_desktop_browser_s_channel_is_web(submissions: Submissions, spec: EventSpec) -> None:
    _expect_channel(stored_event(submissions, spec), "web", "nothing in the request names an app")


def _at(hours: float) -> EventSpec:
    """Return a valid event whose timestamp is NOW, with an offset from UTC."""
    text = NOW.astimezone(timezone(timedelta(hours=hours))).isoformat().replace("+00:00", "Z")
    return valid_event("product_view", f"at {hours:+g} h", timestamp=text)


HTTP_DATE = valid_event("product_view", "an HTTP date", timestamp=format_datetime(NOW, usegmt=True))


@covers(clause.TIMESTAMP_UTC)
@pytest.mark.parametrize(
    "specs", [pytest.param((*map(_at, (0, 2, -8, 5.5)), HTTP_DATE), id="offsets-and-http-date")]
)
def test_the_timestamp_is_stored_in_utc(submissions: Submissions, specs: tuple[EventSpec, ...]) -> None:
    stored_event(submissions, specs[0]).expect_instant(NOW, dict(specs[0].changes)["timestamp"])

    for one in specs[1:]:
        # Other requirements judge whether an event with an offset or an HTTP date is stored at all.
        for found in find_stored(submissions, one):
            found.expect_instant(NOW, dict(one.changes)["timestamp"])


@covers(clause.CONTEXTUAL_DATA_DEFAULT)
@pytest.mark.parametrize(
    "spec",
    [pytest.param(valid_event(kind, "without data", contextual_data=REMOVED), id=kind) for kind in TYPES],
)
def test_absent_contextual_data_is_stored_empty(submissions: Submissions, spec: EventSpec) -> None:
    stored = stored_event(submissions, spec)

    met = stored.fields.get("contextual_data") in ({}, "{}")
    stored.expect("contextual_data", met=met, expected="contextual_data {}")


@covers(clause.FIELDS_KEPT)
@pytest.mark.parametrize("spec", [pytest.param(full_event(kind), id=kind) for kind in TYPES])
def test_the_client_s_fields_are_stored_unchanged(submissions: Submissions, spec: EventSpec) -> None:
    stored = stored_event(submissions, spec)

    for name, value in stored.sent.entry.items():
        if name != "timestamp":
            stored.expect_value(name, value)
    stored.expect_one_id(stored.sent.event_id)


def _expect_changes_kept(submissions: Submissions, spec: EventSpec) -> None:
    stored = stored_event(submissions, spec)
    for name, _ in spec.changes:
        stored.expect_value(name, stored.sent.entry[name])


@covers(clause.TEXT_KEPT)
@pytest.mark.parametrize(
    "specs",
    [
        pytest.param(specs, id=name)
        for name, specs in {**SCRIPT_EVENTS, **PLAIN_TEXTS, "long": LONG_TEXTS}.items()
    ],
)
def test_text_is_stored_as_it_was_sent(submissions: Submissions, specs: tuple[EventSpec, ...]) -> None:
    for one in specs:
        _expect_changes_kept(submissions, one)


@covers(clause.NUMBERS_KEPT)
@pytest.mark.parametrize(
    "specs", [pytest.param(specs, id=name.replace(" ", "")) for name, specs in WHOLE_NUMBERS.items()]
)
def test_a_whole_number_is_stored_exactly(submissions: Submissions, specs: tuple[EventSpec, ...]) -> None:
    for one in specs:
        _expect_changes_kept(submissions, one)


CUSTOMERS: tuple[dict[str, object], ...] = (
    {"customer_id": "customer-1"},
    {"customer_id": None},
    {},
    {"customer_id": "customer-2"},
)
OWN_VALUES = tuple(
    valid_event(kind, f"with values of its own {place}", **fields)
    for place, fields in enumerate(CUSTOMERS)
    for kind in ("product_view", "search")
)


@covers(clause.OWN_VALUES_KEPT)
@pytest.mark.parametrize("name", ["session_id", "customer_id", "contextual_data"])
@pytest.mark.parametrize("specs", [pytest.param(OWN_VALUES, id="each")])
def test_each_event_of_a_batch_is_stored_with_its_own_values(
    submissions: Submissions, specs: tuple[EventSpec, ...], name: str
) -> None:
    for one in specs:
        stored = stored_event(submissions, one)
        stored.expect_value(name, stored.sent.entry.get(name))
