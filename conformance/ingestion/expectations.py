"""What a check expects of a reading of a store: that an event is in it, or that it is not."""

from conformance.client import Exchange
from conformance.expect import NotJudged, condition
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
    )
    return stored


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
    )
