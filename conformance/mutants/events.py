"""Mutants of chapter events."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.mutants.declaring import crash, mutant
from conformance.mutants.groups import MIXED, ONE_FAULT
from conformance.reference import Rules
from conformance.reference.answers import answer
from conformance.requirements import batch, response
from conformance.requirements import events as clause

Event = dict[str, Any]


@mutant(
    clause.INVALID_EVENT_KEEPS_BATCH,
    batch.LIMIT_COUNTS_ENTRIES,
    clause.ALL_INVALID_ACCEPTED,
    clause.NEIGHBOURS_INGESTED,
    clause.ANY_MIX,
    clause.NON_OBJECTS_ACCEPTED,
    clause.NON_OBJECTS_SKIPPED,
    perhaps=MIXED,
)
class OneInvalidEventRefusesTheBatch(Rules):
    """The schema of the body includes the schema of its events."""

    def size_errors(self, events: list[Any]) -> list[str]:
        wrong = [f"events.{place} is invalid." for place, event in enumerate(events) if not self.valid(event)]
        return super().size_errors(events) or wrong


@mutant(
    clause.INVALID_EVENT_KEEPS_BATCH,
    batch.LIMIT_COUNTS_ENTRIES,
    clause.ALL_INVALID_ACCEPTED,
    clause.NEIGHBOURS_INGESTED,
    clause.NON_OBJECTS_ACCEPTED,
    perhaps=MIXED,
)
class InvalidFirstEventRefusesTheBatch(Rules):
    """The first event stands for all."""

    def size_errors(self, events: list[Any]) -> list[str]:
        errors = super().size_errors(events)
        return errors or ([] if self.valid(events[0]) else ["events.0 is invalid."])


@mutant(
    clause.INVALID_EVENT_KEEPS_BATCH,
    batch.LIMIT_COUNTS_ENTRIES,
    clause.ALL_INVALID_ACCEPTED,
    clause.NEIGHBOURS_INGESTED,
    clause.NON_OBJECTS_ACCEPTED,
)
class InvalidLastEventRefusesTheBatch(Rules):
    """What the loop over many events found last is what counts."""

    def size_errors(self, events: list[Any]) -> list[str]:
        errors = super().size_errors(events)
        return errors or ([] if len(events) < 2 or self.valid(events[-1]) else ["The event is invalid."])


@mutant(clause.INVALID_EVENT_KEEPS_BATCH, clause.NEIGHBOURS_INGESTED)
class TypeThatIsNoStringCrashes(Rules):
    """A type that cannot be a key is an error that nobody catches."""

    def supported(self, event_type: Any) -> bool:
        return crash("unhashable") if isinstance(event_type, dict) else super().supported(event_type)


@mutant(
    clause.INVALID_EVENT_KEEPS_BATCH,
    clause.ALL_INVALID_ACCEPTED,
    clause.NEIGHBOURS_INGESTED,
    clause.ANY_MIX,
    perhaps=MIXED,
)
class TimestampThatIsNoStringCrashes(Rules):
    """A timestamp is split before anybody asks what it is."""

    def valid(self, entry: Any) -> bool:
        odd = isinstance(entry, dict) and isinstance(entry.get("timestamp"), dict | list)
        return crash("no split") if odd else super().valid(entry)


@mutant(clause.ALL_INVALID_ACCEPTED, batch.LIMIT_COUNTS_ENTRIES, clause.NON_OBJECTS_ACCEPTED)
class NoValidEventRefusesTheBatch(Rules):
    """A batch in which nothing is valid gets 422."""

    def size_errors(self, events: list[Any]) -> list[str]:
        errors = super().size_errors(events)
        return errors or ([] if self.accepted(events) else ["No event is valid."])


@mutant(clause.ALL_INVALID_INGEST_NOTHING)
class NothingValidMeansEverything(Rules):
    """An empty list of valid events counts as no list, so that all are taken."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        return super().accepted(entries) or [entry for entry in entries if isinstance(entry, dict)]


class Telltale(Rules):
    """Skipped events leave a trace in the answer."""

    def created(self, request: Request, entries: list[Any], /) -> Response:
        reply = super().created(request, entries)
        skipped = [entry for entry in entries if not self.valid(entry)]
        return self.tell(reply, skipped)

    def tell(self, reply: Response, skipped: list[Any]) -> Response:
        raise NotImplementedError


@mutant(clause.SKIPPING_IS_SILENT)
class SkippedCountInAHeader(Telltale):
    """A header counts skipped events, none included."""

    def tell(self, reply: Response, skipped: list[Any]) -> Response:
        reply.headers["X-Events-Skipped"] = str(len(skipped))
        return reply


@mutant(clause.SKIPPING_IS_SILENT)
class SkippedCountInAHeaderIfAny(Telltale):
    """A header counts skipped events where there are any."""

    def tell(self, reply: Response, skipped: list[Any]) -> Response:
        if skipped:
            reply.headers["X-Events-Skipped"] = str(len(skipped))
        return reply


@mutant(clause.SKIPPING_IS_SILENT)
class SkippedIdsInAHeader(Telltale):
    """A header names skipped events."""

    def tell(self, reply: Response, skipped: list[Any]) -> Response:
        reply.headers["X-Events-Skipped"] = ",".join(
            str(entry.get("event_id")) for entry in skipped if isinstance(entry, dict)
        )
        return reply


@mutant(clause.SKIPPING_IS_SILENT, response.NULL_OR_EMPTY, perhaps=MIXED)
class SkippedIdsInTheBody(Telltale):
    """The body names skipped events where there are any."""

    def tell(self, reply: Response, skipped: list[Any]) -> Response:
        ids = [entry.get("event_id") for entry in skipped if isinstance(entry, dict)]
        return answer(201, {"skipped": ids}) if skipped else reply


@mutant(clause.SKIPPING_IS_SILENT, response.CREATED, perhaps=MIXED)
class SkippingIs202(Telltale):
    """A success with skipped events is answered with 202."""

    def tell(self, reply: Response, skipped: list[Any]) -> Response:
        return answer(202, None) if skipped else reply


@mutant(clause.NEIGHBOURS_INGESTED, clause.ANY_MIX, clause.NON_OBJECTS_SKIPPED, perhaps=MIXED)
class RestOfTheBatchIsLost(Rules):
    """The loop ends at the first invalid event, and forgets what comes after it."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        wrong = (place for place, entry in enumerate(entries) if not self.valid(entry))
        return entries[: next(wrong, len(entries))]


@mutant(clause.NEIGHBOURS_INGESTED, clause.ANY_MIX, clause.NON_OBJECTS_SKIPPED, perhaps=MIXED)
class StartOfTheBatchIsLost(Rules):
    """An invalid event empties the list of those before it."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        kept: list[Event] = []
        for entry in entries:
            kept = [*kept, entry] if self.valid(entry) else []
        return kept


@mutant(clause.NEIGHBOURS_INGESTED, clause.ANY_MIX, clause.NON_OBJECTS_SKIPPED, perhaps=MIXED)
class NextEventIsLost(Rules):
    """An invalid event is removed by a position that has moved on."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        return [
            entry
            for place, entry in enumerate(entries)
            if self.valid(entry) and (place == 0 or self.valid(entries[place - 1]))
        ]


@mutant(clause.NEIGHBOURS_INGESTED, clause.ANY_MIX, clause.NON_OBJECTS_SKIPPED, perhaps=MIXED)
class WholeBatchIsLost(Rules):
    """One transaction: an invalid event rolls back all."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        kept = super().accepted(entries)
        return kept if len(kept) == len(entries) else []


@mutant(clause.ANY_MIX, clause.ALL_INVALID_INGEST_NOTHING, perhaps=(*ONE_FAULT, *MIXED))
class RemovedWhileIterating(Rules):
    """Invalid events are removed from the list that is walked, so the one after each is not looked at."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        kept = list(entries)
        for entry in kept:
            if not self.valid(entry):
                kept.remove(entry)
        return [entry for entry in kept if isinstance(entry, dict)]


@mutant(clause.ANY_MIX, clause.NEIGHBOURS_INGESTED, clause.NON_OBJECTS_SKIPPED, perhaps=MIXED)
class SecondInvalidEventEndsTheBatch(Rules):
    """More than one invalid event is taken for a broken client, and the whole batch is dropped."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        kept = super().accepted(entries)
        return kept if len(entries) - len(kept) < 2 else []


@mutant(clause.NON_OBJECTS_ACCEPTED, clause.NON_OBJECTS_SKIPPED)
class EntriesMustBeObjects(Rules):
    """An entry that is no object gets 422."""

    def size_errors(self, events: list[Any]) -> list[str]:
        errors = super().size_errors(events)
        return errors or ([] if all(isinstance(event, dict) for event in events) else ["No object."])


@mutant(clause.NON_OBJECTS_ACCEPTED, clause.NON_OBJECTS_SKIPPED)
class NullEntryCrashes(Rules):
    """A member of null is an error that nobody catches."""

    def valid(self, entry: Any) -> bool:
        return crash("null has no event_type") if entry is None else super().valid(entry)


@mutant(clause.NON_OBJECTS_SKIPPED)
class EntryThatIsNoObjectLosesTheBatch(Rules):
    """An entry that is no object ends the work on its batch."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        return super().accepted(entries) if all(isinstance(entry, dict) for entry in entries) else []


@mutant(clause.NON_OBJECTS_SKIPPED)
class ArrayEntryIsFlattened(Rules):
    """The list is flattened, and an empty array takes its successor with it."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        kept = [entry for place, entry in enumerate(entries) if place == 0 or entries[place - 1] != []]
        return super().accepted(kept)
