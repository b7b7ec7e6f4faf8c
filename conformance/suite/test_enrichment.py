"""Checks of chapter enrichment: a reading shows what a store keeps of an event."""

import contextlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from conformance import expect
from conformance.client import BROWSER, Exchange, Header, Target
from conformance.ingestion import ReadBack
from conformance.inputs.events import REMOVED, changed_event
from conformance.inputs.factory import EventFactory, SentEvent, body
from conformance.inputs.fields import CARRIED_BY, TYPES
from conformance.plugin.markers import covers, parameters
from conformance.requirements import enrichment as clause

GEO = ("geo_country", "geo_state", "geo_city")
DEVICE = ("device_type", "browser", "os")
FILLED = (*GEO, *DEVICE)
LATEST = 1e11
"""Seconds since 1970 that a stored timestamp is before."""
SPOOFED = "conformance-spoofed"


@dataclass
class Kept:
    """An ingested event beside what its store shows of it."""

    exchange: Exchange
    stored: dict[str, Any]
    copies: list[dict[str, Any]] = field(default_factory=list)
    """All that the store shows of it."""

    def expect(self, name: str, *, met: bool, expected: str) -> None:
        """Expect something of a stored field."""
        got = f"{name}: {self.stored[name]!r}" if name in self.stored else f"no {name}"
        expect.condition(self.exchange, met=met, expected=expected, got=got, example=self.stored)

    def assume_shown(self, name: str) -> None:
        """Raise NotJudged where a field that the server fills in may be in the store, and shown otherwise."""
        if name in self.stored:
            return
        unsaid = self.stored.keys() - CARRIED_BY.keys() - set(FILLED)
        nested = any(_holds_fields(self.stored[key]) for key in unsaid)
        renamed = any(name.removeprefix("geo_").removesuffix("_type") in _words(key) for key in unsaid)
        if nested or renamed or not any(other in self.stored for other in FILLED):
            raise expect.NotJudged(
                f"the read-back shows no {name}, but may show it otherwise; "
                "let it show what the server fills in flat, under its own name"
            )


def _holds_fields(value: object) -> bool:
    return isinstance(value, dict | list) or (isinstance(value, str) and value[:1] in {"{", "["})


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)]


def _keep(target: Target, read_back: ReadBack, sent: SentEvent, headers: tuple[Header, ...] = ()) -> Kept:
    """Send one event and return what is stored of it. Raises NotJudged as ``_find``, and where nothing is."""
    kept = _find(target, read_back, sent, headers)
    if kept is None:
        raise expect.NotJudged("the event that was to be looked at was not ingested")
    return kept


def _find(
    target: Target, read_back: ReadBack, sent: SentEvent, headers: tuple[Header, ...] = ()
) -> Kept | None:
    """Send one event and return what is stored of it, if it is ingested. Raises NotJudged of a partial read-back."""
    exchange = target.post_with_token(body([sent]), headers=headers)
    stored = read_back.wait_for([sent], session=sent.entry["session_id"]).of(sent)
    read_back.require_whole_events()
    return Kept(exchange, stored[0], stored) if stored else None


@covers(clause.GEO_FILLED)
@pytest.mark.parametrize("name", parameters(GEO, quick=1))
def test_the_place_is_filled(target: Target, factory: EventFactory, read_back: ReadBack, name: str) -> None:
    kept = _keep(target, read_back, factory.valid())
    kept.assume_shown(name)

    kept.expect(name, met=name in kept.stored, expected=f"{name}, if only null")


@covers(clause.DEVICE_FILLED)
@pytest.mark.parametrize("name", parameters(DEVICE, quick=1))
def test_the_device_is_filled(target: Target, factory: EventFactory, read_back: ReadBack, name: str) -> None:
    kept = _keep(target, read_back, factory.valid())
    kept.assume_shown(name)

    kept.expect(name, met=bool(kept.stored.get(name)), expected=f"{name}, from the User-Agent {BROWSER}")


def _keep_batch(
    target: Target, factory: EventFactory, read_back: ReadBack, headers: tuple[Header, ...] = ()
) -> list[Kept]:
    """Send an event of every type together, and return what is stored of each. Raises NotJudged where nothing is."""
    session = factory.session()
    sent = factory.batch(len(TYPES), session)
    exchange = target.post_with_token(body(sent), headers=headers)
    snapshot = read_back.wait_for(sent, session=session)
    read_back.require_whole_events()
    kept = [Kept(exchange, snapshot.of(event)[0]) for event in sent if snapshot.of(event)]
    if not kept:
        raise expect.NotJudged("none of the events that were to be looked at was ingested")
    return kept


@covers(clause.DEVICE_FILLED)
def test_the_device_of_every_event_of_a_batch_is_filled(
    target: Target, factory: EventFactory, read_back: ReadBack
) -> None:
    for kept in _keep_batch(target, factory, read_back):
        for name in DEVICE:
            kept.assume_shown(name)
            kept.expect(name, met=bool(kept.stored.get(name)), expected=f"{name}, as on every event")


@covers(clause.GEO_NOT_TRUSTED)
@pytest.mark.parametrize("name", parameters(GEO, quick=1))
def test_a_client_s_place_is_overwritten(
    target: Target, factory: EventFactory, read_back: ReadBack, name: str
) -> None:
    kept = _keep(target, read_back, factory.valid(**{name: SPOOFED}))
    kept.assume_shown(name)

    kept.expect(
        name, met=kept.stored.get(name) != SPOOFED, expected=f"another {name} than the client's {SPOOFED}"
    )


@covers(clause.DEVICE_NOT_TRUSTED)
@pytest.mark.parametrize("name", parameters(DEVICE, quick=1))
def test_a_client_s_device_is_overwritten(
    target: Target, factory: EventFactory, read_back: ReadBack, name: str
) -> None:
    kept = _keep(target, read_back, factory.valid(**{name: SPOOFED}))
    kept.assume_shown(name)

    kept.expect(
        name, met=kept.stored.get(name) != SPOOFED, expected=f"another {name} than the client's {SPOOFED}"
    )


def _expect_channel(kept: Kept, channel: str, because: str) -> None:
    met = kept.stored.get("shopping_channel") == channel
    kept.expect("shopping_channel", met=met, expected=f"shopping_channel {channel!r}: {because}")


@covers(clause.CHANNEL_OWN)
@pytest.mark.parametrize("channel", ["web", "app"])
def test_an_event_s_own_channel_wins(
    target: Target, factory: EventFactory, read_back: ReadBack, channel: str
) -> None:
    other = (("X-Requested-With", "com.tapcart.shop"),) if channel == "web" else ()
    kept = _keep(target, read_back, factory.valid(shopping_channel=channel), other)

    _expect_channel(kept, channel, "the event's own")


@covers(clause.CHANNEL_APP)
@pytest.mark.parametrize(
    "requested_with", parameters(["com.Tapcart.shop", "io.fuego.app", "tapcart", "FUEGO"], quick=2)
)
def test_an_app_s_header_makes_the_channel_app(
    target: Target, factory: EventFactory, read_back: ReadBack, requested_with: str
) -> None:
    kept = _keep(target, read_back, factory.valid(), (("X-Requested-With", requested_with),))

    _expect_channel(kept, "app", f"X-Requested-With is {requested_with}")


@covers(clause.CHANNEL_APP)
def test_an_app_s_header_is_about_every_event_of_a_batch(
    target: Target, factory: EventFactory, read_back: ReadBack
) -> None:
    for kept in _keep_batch(target, factory, read_back, (("X-Requested-With", "com.tapcart.shop"),)):
        _expect_channel(kept, "app", "X-Requested-With is com.tapcart.shop")


@covers(clause.CHANNEL_WEB)
@pytest.mark.parametrize(
    "headers", [(), (("X-Requested-With", "XMLHttpRequest"),)], ids=["plain", "other-header"]
)
def test_a_desktop_browser_s_channel_is_web(
    target: Target, factory: EventFactory, read_back: ReadBack, headers: tuple[Header, ...]
) -> None:
    kept = _keep(target, read_back, factory.valid(), headers)

    _expect_channel(kept, "web", "nothing says app")


@covers(clause.TIMESTAMP_UTC)
def test_the_timestamp_is_stored_in_utc(target: Target, factory: EventFactory, read_back: ReadBack) -> None:
    sent_at = datetime.now(UTC).replace(microsecond=0)
    utc = sent_at.isoformat().replace("+00:00", "Z")
    kept = _keep(target, read_back, factory.valid(timestamp=utc))
    _expect_instant(kept, sent_at, utc)

    for hours in (2, -8, 5.5):
        text = sent_at.astimezone(timezone(timedelta(hours=hours))).isoformat()
        # Whether a timestamp with an offset is ingested is another requirement's question.
        if found := _find(target, read_back, factory.valid(timestamp=text)):
            _expect_instant(found, sent_at, text)


def _expect_instant(kept: Kept, sent_at: datetime, text: str) -> None:
    met = _in_utc(kept.stored.get("timestamp")) == sent_at
    kept.expect("timestamp", met=met, expected=f"the instant {sent_at.isoformat()} in UTC, sent as {text}")


def _in_utc(stored: object) -> datetime | None:
    """Return a stored instant, or None where it is none in UTC; a text without a zone is taken as UTC.

    A number, or a text of digits, counts seconds, or thousandths, millionths or billionths of one, since 1970.
    Raises NotJudged for a form that is not known here: how a read-back writes an instant is not said.
    """
    if isinstance(stored, str) and re.fullmatch(r"\d{9,}(\.\d+)?", stored):
        stored = float(stored)
    if isinstance(stored, int | float):
        scaled = [stored / scale for scale in (1, 10**3, 10**6, 10**9) if abs(stored) < LATEST * scale]
        return datetime.fromtimestamp(scaled[0], UTC).replace(microsecond=0) if scaled else None
    if stored is None:
        return None
    unknown = expect.NotJudged("the read-back's form of a timestamp is not known here; ISO 8601 is")
    if not isinstance(stored, str):
        raise unknown
    try:
        moment = datetime.fromisoformat(stored.removesuffix(" UTC"))
    except ValueError:
        try:
            moment = parsedate_to_datetime(stored)
        except ValueError:
            raise unknown from None
    if moment.utcoffset():
        return None
    return moment.replace(tzinfo=UTC, microsecond=0)


@covers(clause.CONTEXTUAL_DATA_DEFAULT)
@pytest.mark.parametrize("kind", parameters(TYPES, quick=2))
def test_absent_contextual_data_is_stored_empty(
    target: Target, factory: EventFactory, read_back: ReadBack, kind: str
) -> None:
    session = factory.session()
    kept = _keep(
        target, read_back, factory.make(changed_event(kind, "no data", contextual_data=REMOVED), session)
    )

    met = kept.stored.get("contextual_data") in ({}, "{}")
    kept.expect("contextual_data", met=met, expected="contextual_data {}")


@covers(clause.FIELDS_KEPT)
@pytest.mark.parametrize("kind", parameters(TYPES, quick=2))
def test_the_client_s_fields_are_kept(
    target: Target, factory: EventFactory, read_back: ReadBack, kind: str
) -> None:
    sent = factory.full(kind)
    kept = _keep(target, read_back, sent)

    for name, value in sent.entry.items():
        if name != "timestamp":
            same = _plain(kept.stored.get(name)) == _plain(value)
            kept.expect(name, met=same, expected=f"{name}: {value!r}")
    for copy in kept.copies:
        own = copy.get("event_id") == sent.event_id
        Kept(kept.exchange, copy).expect(
            "event_id", met=own, expected=f"event_id: {sent.event_id!r}, in every copy"
        )


def _plain(value: object) -> str:
    """Return a value as text, whether a store keeps numbers as texts, or objects as JSON texts."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and value.startswith("{"):
        with contextlib.suppress(ValueError):
            value = json.loads(value)
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
