"""Compares the stored values of the events of a burst with those that were sent."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.expect import NotJudged
from conformance.ingestion.burst import Asked
from conformance.ingestion.observers import Stored
from conformance.ingestion.snapshot import StoreSnapshot
from conformance.inputs.factory import SentEvent

FIELDS = ("session_id", "customer_id", "product_id", "contextual_data")
MARK = re.compile(r"conformance-[\w-]+-e\d+")


@dataclass(frozen=True)
class StoredValue:
    """One stored value of an event."""

    sent: SentEvent
    field: str
    own: str
    got: str
    """As text; of ``contextual_data`` only the mark."""
    is_of_another: bool
    """Whether another event was sent with it, and this one was not."""

    @property
    def is_own(self) -> bool:
        """Whether it is the value that was sent."""
        return self.got == self.own


def stored_values(snapshot: StoreSnapshot, asked: Sequence[Asked], of: Asked) -> list[StoredValue]:
    """Return the stored values of the events of one request that differ from event to event.

    A target may change a value that it stores, for example shorten every customer. So a field counts only if an event has a
    value that was sent. Raises NotJudged if the read-back shows no such field.
    """
    sent = {name: {_text(name, event.entry) for one in asked for event in one.sent} for name in FIELDS}
    everywhere = [value for one in asked for value in _values(snapshot, one, sent)]
    kept = {value.field for value in everywhere if value.is_own or value.is_of_another}
    if not kept:
        raise NotJudged(
            "the read-back shows no value that differs from event to event; let it show complete stored events"
        )
    return [value for value in _values(snapshot, of, sent) if value.field in kept]


def _values(
    snapshot: StoreSnapshot, asked: Asked, all_sent: Mapping[str, Collection[str]]
) -> Iterator[StoredValue]:
    for sent in asked.sent:
        for stored in snapshot.of(sent):
            for name in FIELDS:
                if name in stored:
                    own, got = _text(name, sent.entry), _text(name, stored)
                    is_of_another = got != own and got in all_sent[name]
                    yield StoredValue(sent, name, own, got, is_of_another)


def _text(name: str, event: Mapping[str, Any] | Stored) -> str:
    """Return a value as text. A store may write a number as text or with a fraction, and an object as JSON text."""
    value = event[name]
    if name == "contextual_data":
        found = MARK.search(value if isinstance(value, str) else json.dumps(value))
        return found[0] if found else "no mark"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).removesuffix(".0")
