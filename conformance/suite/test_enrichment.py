"""Checks of chapter enrichment. They compare the stored fields of an event with what was sent."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from conformance.client import BROWSER, Header
from conformance.ingestion import ReadBack
from conformance.ingestion.stored_event import DEVICE, GEO, StoredEvent, find_stored, store, store_batch
from conformance.inputs.events import REMOVED, changed_event
from conformance.inputs.factory import EventFactory
from conformance.inputs.fields import TYPES
from conformance.plugin.markers import covers, parameters
from conformance.requirements import enrichment as clause

SPOOFED = "conformance-spoofed"


@covers(clause.GEO_FILLED)
@pytest.mark.parametrize("name", parameters(GEO, quick=1))
def test_the_location_is_filled_in(factory: EventFactory, read_back: ReadBack, name: str) -> None:
    stored = store(read_back, factory.valid())
    stored.assume_visible(name)

    stored.expect(name, met=name in stored.fields, expected=f"a {name} field, even if it is null")


@covers(clause.DEVICE_FILLED)
@pytest.mark.parametrize("name", parameters(DEVICE, quick=1))
def test_the_device_is_filled_in(factory: EventFactory, read_back: ReadBack, name: str) -> None:
    stored = store(read_back, factory.valid())
    stored.assume_visible(name)

    stored.expect(
        name, met=bool(stored.fields.get(name)), expected=f"a {name}, from the User-Agent {BROWSER}"
    )


@covers(clause.DEVICE_FILLED)
def test_the_device_of_every_event_of_a_batch_is_filled_in(
    factory: EventFactory, read_back: ReadBack
) -> None:
    for stored in store_batch(read_back, factory.every_type()):
        for name in DEVICE:
            stored.assume_visible(name)
            stored.expect(name, met=bool(stored.fields.get(name)), expected=f"a {name} on every event")


@covers(clause.GEO_NOT_TRUSTED)
@pytest.mark.parametrize("name", parameters(GEO, quick=1))
def test_a_client_s_location_is_overwritten(factory: EventFactory, read_back: ReadBack, name: str) -> None:
    stored = store(read_back, factory.valid(**{name: SPOOFED}))
    stored.assume_visible(name)

    stored.expect(
        name, met=stored.fields.get(name) != SPOOFED, expected=f"a {name} other than the client's {SPOOFED}"
    )


@covers(clause.DEVICE_NOT_TRUSTED)
@pytest.mark.parametrize("name", parameters(DEVICE, quick=1))
def test_a_client_s_device_is_overwritten(factory: EventFactory, read_back: ReadBack, name: str) -> None:
    stored = store(read_back, factory.valid(**{name: SPOOFED}))
    stored.assume_visible(name)

    stored.expect(
        name, met=stored.fields.get(name) != SPOOFED, expected=f"a {name} other than the client's {SPOOFED}"
    )


def _expect_channel(stored: StoredEvent, channel: str, because: str) -> None:
    met = stored.fields.get("shopping_channel") == channel
    stored.expect("shopping_channel", met=met, expected=f"shopping_channel {channel!r}, because {because}")


@covers(clause.CHANNEL_OWN)
@pytest.mark.parametrize("channel", ["web", "app"])
def test_an_event_s_own_channel_wins(factory: EventFactory, read_back: ReadBack, channel: str) -> None:
    other = (("X-Requested-With", "com.tapcart.shop"),) if channel == "web" else ()
    stored = store(read_back, factory.valid(shopping_channel=channel), other)

    _expect_channel(stored, channel, "the event has this value")


@covers(clause.CHANNEL_APP)
@pytest.mark.parametrize(
    "requested_with", parameters(["com.Tapcart.shop", "io.fuego.app", "tapcart", "FUEGO"], quick=2)
)
def test_an_app_s_header_makes_the_channel_app(
    factory: EventFactory, read_back: ReadBack, requested_with: str
) -> None:
    stored = store(read_back, factory.valid(), (("X-Requested-With", requested_with),))

    _expect_channel(stored, "app", f"X-Requested-With is {requested_with}")


@covers(clause.CHANNEL_APP)
def test_an_app_s_header_applies_to_every_event_of_a_batch(
    factory: EventFactory, read_back: ReadBack
) -> None:
    for stored in store_batch(read_back, factory.every_type(), (("X-Requested-With", "com.tapcart.shop"),)):
        _expect_channel(stored, "app", "X-Requested-With is com.tapcart.shop")


@covers(clause.CHANNEL_WEB)
@pytest.mark.parametrize(
    "headers", [(), (("X-Requested-With", "XMLHttpRequest"),)], ids=["plain", "other-header"]
)
def test_a_desktop_browser_s_channel_is_web(
    factory: EventFactory, read_back: ReadBack, headers: tuple[Header, ...]
) -> None:
    stored = store(read_back, factory.valid(), headers)

    _expect_channel(stored, "web", "nothing in the request names an app")


@covers(clause.TIMESTAMP_UTC)
def test_the_timestamp_is_stored_in_utc(factory: EventFactory, read_back: ReadBack) -> None:
    sent_at = datetime.now(UTC).replace(microsecond=0)
    utc = sent_at.isoformat().replace("+00:00", "Z")
    stored = store(read_back, factory.valid(timestamp=utc))
    stored.expect_instant(sent_at, utc)

    for hours in (2, -8, 5.5):
        text = sent_at.astimezone(timezone(timedelta(hours=hours))).isoformat()
        # Another requirement judges whether an event with an offset is stored at all.
        for found in find_stored(read_back, [factory.valid(timestamp=text)]):
            found.expect_instant(sent_at, text)


@covers(clause.CONTEXTUAL_DATA_DEFAULT)
@pytest.mark.parametrize("kind", parameters(TYPES, quick=2))
def test_absent_contextual_data_is_stored_empty(
    factory: EventFactory, read_back: ReadBack, kind: str
) -> None:
    sent = factory.make(changed_event(kind, "no data", contextual_data=REMOVED), factory.session())
    stored = store(read_back, sent)

    met = stored.fields.get("contextual_data") in ({}, "{}")
    stored.expect("contextual_data", met=met, expected="contextual_data {}")


@covers(clause.FIELDS_KEPT)
@pytest.mark.parametrize("kind", parameters(TYPES, quick=2))
def test_the_client_s_fields_are_stored_unchanged(
    factory: EventFactory, read_back: ReadBack, kind: str
) -> None:
    sent = factory.full(kind)
    stored = store(read_back, sent)

    for name, value in sent.entry.items():
        if name != "timestamp":
            stored.expect_value(name, value)
    stored.expect_one_id(sent.event_id)
