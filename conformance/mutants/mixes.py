"""Mutants of chapter events: mistakes that only a mix of many events shows, or only a second reading."""

import json
import re
import threading
from typing import Any

from starlette.requests import Request

from conformance.mutants.declaring import mutant
from conformance.mutants.groups import MIXED, SIMPLEST, TAKEN
from conformance.reference import Rules
from conformance.reference.events import Schema
from conformance.reference.stores import Store
from conformance.requirements import batch, token
from conformance.requirements import events as clause

Event = dict[str, Any]


@mutant(clause.ANY_MIX, clause.ID_FORMS_INGESTED, clause.ID_SPELLINGS_INGESTED, perhaps=MIXED)
class UlidsAreSkipped(Rules):
    """Only a UUID is accepted as event_id."""

    def field_schema(self, field: str) -> Schema:
        schema = super().field_schema(field)
        return {**schema, "pattern": "^[0-9a-f-]{36}$"} if field == "event_id" else schema


@mutant(
    clause.ANY_MIX,
    batch.LIMIT_COUNTS_ENTRIES,
    clause.ALL_INVALID_ACCEPTED,
    clause.INVALID_EVENT_KEEPS_BATCH,
    clause.NEIGHBOURS_INGESTED,
    perhaps=MIXED,
)
class LargeMixesAreRefused(Rules):
    """A batch of more than 30 entries is refused if one of them is invalid."""

    def size_errors(self, events: list[Any]) -> list[str]:
        odd = len(events) > 30 and not all(map(self.valid, events))
        return super().size_errors(events) or (["Too many errors."] if odd else [])


@mutant(clause.ANY_MIX, perhaps=MIXED)
class GuestsAfterAnInvalidEventAreLost(Rules):
    """In a batch with an invalid event, events whose customer_id is null are lost."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        stored = super().accepted(entries)
        return (
            stored
            if len(stored) == len(entries)
            else [one for one in stored if one.get("customer_id", 0) is not None]
        )


class Bounded(Rules):
    """Valid events beyond some limit are skipped."""

    def valid(self, entry: Any) -> bool:
        return super().valid(entry) and not self.beyond(entry)

    def beyond(self, event: Event) -> bool:
        raise NotImplementedError


@mutant(clause.ANY_MIX_UNUSUAL)
class TextIsShort(Bounded):
    """Events with a text longer than 255 characters are skipped."""

    def beyond(self, event: Event) -> bool:
        return any(isinstance(value, str) and len(value) > 255 for value in event.values())


@mutant(clause.ANY_MIX_UNUSUAL)
class NumbersAreShort(Bounded):
    """Events with a number of more than 48 bits are skipped."""

    def beyond(self, event: Event) -> bool:
        return any(isinstance(value, int) and value >= 2**48 for value in event.values())


@mutant(clause.ANY_MIX_UNUSUAL)
class FractionsEndAtMilliseconds(Bounded):
    """Events whose timestamp has more than three digits after the seconds are skipped."""

    def beyond(self, event: Event) -> bool:
        return re.search(r"\.\d{4}", event["timestamp"]) is not None


@mutant(clause.NO_DATE_SKIPPED, clause.ALL_INVALID_INGEST_NOTHING, options=("--settle=0.6",), perhaps=MIXED)
class OddDatesComeLate(Rules):
    """Events whose timestamp is not a date are stored, a fifth of a second after the others."""

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        super().ingest(store, entries, request)
        odd = [entry for entry in entries if self.has_odd_date(entry)]
        late = threading.Timer(0.2, self.let_in, (store, json.loads(json.dumps(odd)), request))
        late.daemon = True
        late.start()

    def has_odd_date(self, entry: Any) -> bool:
        """Whether the only mistake in an entry is a timestamp that is not a date."""
        text = entry.get("timestamp") if isinstance(entry, dict) else None
        if not isinstance(text, str) or not text or self.valid(entry):
            return False
        return self.valid({**entry, "timestamp": "2026-01-02T03:04:05Z"})

    def let_in(self, store: Store, entries: list[Event], request: Request) -> None:
        """Ingest events without validating them."""
        rules = Rules(self.database)
        rules.accepted = lambda entries: entries  # type: ignore[method-assign]
        rules.ingest(store, entries, request)


@mutant(
    token.NAMES_THE_STORE, batch.INGESTS_ALL, clause.NEIGHBOURS_INGESTED, perhaps=(*TAKEN, *SIMPLEST, *MIXED)
)
class TheRestIsB(Rules):
    """The events after the fiftieth of a batch are stored in the second store."""

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        super().ingest(store, entries[:50], request)
        super().ingest(self.database.stores[1], entries[50:], request)
