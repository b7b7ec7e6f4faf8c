"""Finds out whether a read-back shows every field that was sent. If it does not, an absent field may be stored."""

from dataclasses import dataclass, field

from conformance.client.slots import PatientLock
from conformance.expect import NotJudged, reply
from conformance.ingestion.read_back import ReadBack
from conformance.inputs.factory import SentEvent, body

TYPES = ("product_click", "collection_view", "search")
"""Types of the events that are sent: a target may lose every event of one type."""


@dataclass
class AllFields:
    """Sends events with all fields once, and looks for them once."""

    read_back: ReadBack
    _sent: tuple[list[SentEvent], float] | None = field(default=None, init=False, repr=False)
    """The events, and when they were sent."""
    _are_shown: bool | None = field(default=None, init=False)
    """None if this is not known yet."""
    _lock: PatientLock = field(default_factory=PatientLock, init=False, repr=False)

    def send(self) -> tuple[list[SentEvent], float]:
        """Send the events; return when they were sent, too. Raises NotJudged without an answer."""
        with self._lock:
            if self._sent is None:
                session = self.read_back.factory.session()
                sent = [self.read_back.factory.full(event_type, session) for event_type in TYPES]
                exchange = self.read_back.target.post_with_token(body(sent))
                reply(exchange)
                self._sent = sent, exchange.at
            return self._sent

    def require(self) -> None:
        """Raise NotJudged if the read-back does not show all fields that were sent, or none of the events was stored."""
        with self._lock:
            if self._are_shown is None:
                sent, at = self.send()
                snapshot = self.read_back.wait_for(sent, session=sent[0].entry["session_id"], sent_at=at)
                stored = [(one.entry.keys(), event.keys()) for one in sent for event in snapshot.of(one)]
                if not stored:
                    raise NotJudged(f"none of {len(TYPES)} events with all fields was stored")
                self._are_shown = any(fields <= shown for fields, shown in stored)
        if not self._are_shown:
            raise NotJudged(
                "the read-back does not show all fields that were sent; let it show complete stored events"
            )
