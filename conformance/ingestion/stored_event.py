"""The stored fields of an event that was sent, and expectations of them."""

import contextlib
import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from conformance.client import Exchange, parse_tolerantly
from conformance.expect import NotJudged, condition
from conformance.ingestion.observers import Stored
from conformance.ingestion.submissions import Submissions
from conformance.inputs.events import EventSpec
from conformance.inputs.factory import SentEvent
from conformance.inputs.fields import CARRIED_BY

GEO = ("geo_country", "geo_state", "geo_city")
DEVICE = ("device_type", "browser", "os")
SERVER_FILLED = (*GEO, *DEVICE)
FEWEST_DIGITS = 4
"""No format writes a date with fewer digits."""
LATEST = 1e11
"""The upper limit of a stored timestamp, in seconds since 1970."""


@dataclass(frozen=True)
class StoredEvent:
    """A stored event, with the exchange that sent it."""

    exchange: Exchange
    fields: Stored
    copies: tuple[Stored, ...]
    """Every stored copy of the event; the first one has the ``fields``."""
    sent: SentEvent
    """The event as it was sent."""

    def expect(self, name: str, *, met: bool, expected: str, commission: bool = False) -> None:
        """Expect that a stored field meets a condition."""
        got = f"{name}: {self.fields[name]!r}" if name in self.fields else f"no {name}"
        condition(
            self.exchange, met=met, expected=expected, got=got, example=self.fields, commission=commission
        )

    def expect_value(self, name: str, value: object) -> None:
        """Expect the value of a field. The store may write a number as text, and an object as JSON text."""
        stored = self.fields.get(name)
        met = _as_text(stored) == _as_text(value)
        # A value that is there and is another one does not come from a slow pipeline.
        self.expect(name, met=met, expected=f"{name}: {value!r}", commission=stored is not None)

    def expect_instant(self, sent_at: datetime, text: str) -> None:
        """Expect that the stored timestamp is a time in UTC, which was sent as ``text``. Raises NotJudged as ``in_utc`` does."""
        met = in_utc(self.fields.get("timestamp")) == sent_at
        expected = f"timestamp: {sent_at.isoformat()}, in UTC; it was sent as {text}"
        self.expect("timestamp", met=met, expected=expected)

    def expect_one_id(self, event_id: str) -> None:
        """Expect that every copy has the id that was sent."""
        for copy in self.copies:
            met = copy.get("event_id") == event_id
            expected = f"event_id: {event_id!r}, in every copy"
            replace(self, fields=copy).expect("event_id", met=met, expected=expected)

    def assume_visible(self, name: str) -> None:
        """Raise NotJudged if a field that the server fills in is not visible, but may be stored in another form."""
        if name in self.fields:
            return
        others = self.fields.keys() - CARRIED_BY.keys() - set(SERVER_FILLED)
        nested = any(_holds_fields(self.fields[key]) for key in others)
        renamed = any(name.removeprefix("geo_").removesuffix("_type") in _words(key) for key in others)
        if nested or renamed or not any(other in self.fields for other in SERVER_FILLED):
            raise NotJudged(
                f"the read-back does not show {name}, but may show it in another form; "
                "let it show server-filled fields at the top level of an event, under their own names"
            )


def find_stored(submissions: Submissions, spec: EventSpec) -> list[StoredEvent]:
    """Return a packed event as it was stored; an empty list if it was not stored.

    Raises NotJudged if the read-back does not show all fields that were sent.
    """
    if submissions.read_back.works:
        submissions.all_fields.send()  # before the others, so that one wait is enough
    submission = submissions.event(spec, own_sessions=True)
    # An event whose session_id was changed is in another session.
    snapshot = submissions.snapshot(submission, [submission.event], of_session=False)
    submissions.all_fields.require()
    copies = snapshot.of(submission.event)
    return [StoredEvent(submission.exchange, copies[0], tuple(copies), submission.event)] if copies else []


def stored_event(submissions: Submissions, spec: EventSpec) -> StoredEvent:
    """Return a packed event as it was stored. Raises NotJudged as ``find_stored`` does, and if it was not stored."""
    found = find_stored(submissions, spec)
    if not found:
        raise NotJudged("the event was not stored")
    return found[0]


def _holds_fields(value: object) -> bool:
    return isinstance(value, dict | list) or (isinstance(value, str) and value[:1] in {"{", "["})


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)]


def _as_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and value.startswith("{"):
        with contextlib.suppress(ValueError):
            value = parse_tolerantly(value)
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def in_utc(stored: object) -> datetime | None:
    """Return a stored timestamp, or None if it is not a time in UTC; a text without a time zone counts as UTC.

    A number, or a text of digits, is the time since 1970 in seconds, milliseconds, microseconds or nanoseconds. Raises NotJudged
    for an unknown format that may be a date, because the contract does not say how a read-back writes a timestamp.
    """
    if isinstance(stored, str) and re.fullmatch(r"-?\d{9,}(\.\d+)?", stored):
        stored = float(stored)
    if isinstance(stored, int | float):
        return _since_1970(stored)
    if not _may_be_a_date(stored):
        return None
    unknown = NotJudged("the read-back writes timestamps in an unknown format; let it write ISO 8601")
    if not isinstance(stored, str):
        raise unknown
    try:
        moment = datetime.fromisoformat(stored.removesuffix(" UTC"))
    except ValueError:
        try:
            moment = parsedate_to_datetime(stored)
        except (ValueError, OverflowError, TypeError, IndexError):  # it trusts the numbers of a date
            raise unknown from None
    return None if moment.utcoffset() else moment.replace(tzinfo=UTC, microsecond=0)


def _since_1970(number: float) -> datetime | None:
    """Return the time of a number; None for a number that is beyond any calendar, or that stands for true or false."""
    if isinstance(number, bool):
        return None
    scaled = (number / scale for scale in (1, 10**3, 10**6, 10**9) if abs(number) < LATEST * scale)
    try:
        return datetime.fromtimestamp(next(scaled), UTC).replace(microsecond=0)
    except (StopIteration, ValueError, OverflowError, OSError):
        return None


def _may_be_a_date(stored: object) -> bool:
    """Whether a value may be a date in some format: it has at least as many digits as a year, and names no impossible day."""
    text = stored if isinstance(stored, str) else json.dumps(stored, default=str)
    if sum(sign.isdigit() for sign in text) < FEWEST_DIGITS:
        return False
    if day := re.match(r"(\d{4})-(\d\d)-(\d\d)", text):
        with contextlib.suppress(ValueError):
            return bool(date(*map(int, day.groups())))
        return False
    return True
