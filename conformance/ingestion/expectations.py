"""What a check expects of a reading of a store: that an event is in it, or that it is not."""

from conformance.client import Exchange
from conformance.expect import NotJudged, Reading, condition
from conformance.ingestion.observers import Stored
from conformance.ingestion.snapshot import StoreSnapshot
from conformance.inputs.factory import SentEvent


def expect_stored(
    snapshot: StoreSnapshot,
    exchange: Exchange,
    sent: SentEvent,
    what: str = "the event",
    *,
    store: str = "",
) -> list[Stored]:
    """Expect that an entry of an exchange is stored; return its stored copies. Raises NotJudged without an answer.

    ``store`` names the store, if the name matters.
    """
    place = f" in {store}" if store else ""
    stored = snapshot.of(sent)
    condition(
        exchange,
        met=bool(stored),
        expected=f"{what} is stored{place}",
        got=f"it was stored{place}" if stored else f"it was not stored{place}, although a later event was",
        example=sent.entry,
        reading=reading_of(snapshot, sent),
    )
    return stored


def reading_of(snapshot: StoreSnapshot, sent: SentEvent) -> Reading:
    """Return what a reading shows of an entry: its stored copies, and the later event that proves an absence."""
    return Reading(
        snapshot.taken,
        len(snapshot.events),
        snapshot.sentinel if snapshot.sentinel_sent else None,
        snapshot.sentinel_sent,
        snapshot.of(sent),
        snapshot.unreadable,
    )


def expect_not_stored(
    snapshot: StoreSnapshot,
    exchange: Exchange,
    sent: SentEvent,
    what: str = "the event",
    *,
    store: str = "",
) -> None:
    """Expect that an entry of an exchange is not stored.

    Raises NotJudged if the request got no answer, or if the reading could not show the entry.
    """
    place = f" in {store}" if store else ""
    carries_id = isinstance(sent.entry, dict) and sent.entry.get("event_id") == sent.event_id
    if not carries_id and not snapshot.shows_marks:
        raise NotJudged(
            "the read-back does not show contextual_data, so it cannot find an event without its event_id"
        )
    stored = snapshot.of(sent)
    condition(
        exchange,
        met=not stored,
        expected=f"{what} is not stored{place}",
        got=f"it was stored{place}" if stored else f"it was not stored{place}, although a later event was",
        example=sent.entry,
        commission=True,
        reading=reading_of(snapshot, sent),
    )
