"""Mutants of chapter events."""

import secrets
import time
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
    clause.HUGE_NUMBER_KEEPS_BATCH,
    perhaps=MIXED,
)
class OneInvalidEventRefusesTheBatch(Rules):
    """One invalid event refuses the whole batch."""

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
    """An invalid first event refuses the whole batch."""

    def size_errors(self, events: list[Any]) -> list[str]:
        errors = super().size_errors(events)
        return errors or ([] if self.valid(events[0]) else ["events.0 is invalid."])


@mutant(
    clause.INVALID_EVENT_KEEPS_BATCH,
    batch.LIMIT_COUNTS_ENTRIES,
    clause.ALL_INVALID_ACCEPTED,
    clause.NEIGHBOURS_INGESTED,
    clause.NON_OBJECTS_ACCEPTED,
    perhaps=MIXED,
)
class InvalidLastEventRefusesTheBatch(Rules):
    """An invalid last event refuses a batch of several."""

    def size_errors(self, events: list[Any]) -> list[str]:
        errors = super().size_errors(events)
        return errors or ([] if len(events) < 2 or self.valid(events[-1]) else ["The event is invalid."])


@mutant(clause.INVALID_EVENT_KEEPS_BATCH, clause.NEIGHBOURS_INGESTED)
class TypeThatIsNoStringCrashes(Rules):
    """An event_type that is an object causes a server error."""

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
    """A timestamp that is an object or an array causes a server error."""

    def valid(self, entry: Any) -> bool:
        odd = isinstance(entry, dict) and isinstance(entry.get("timestamp"), dict | list)
        return crash("no split") if odd else super().valid(entry)


@mutant(clause.ALL_INVALID_ACCEPTED, batch.LIMIT_COUNTS_ENTRIES, clause.NON_OBJECTS_ACCEPTED)
class NoValidEventRefusesTheBatch(Rules):
    """A batch without a valid event is answered with 422."""

    def size_errors(self, events: list[Any]) -> list[str]:
        errors = super().size_errors(events)
        return errors or ([] if self.accepted(events) else ["No event is valid."])


@mutant(clause.ALL_INVALID_INGEST_NOTHING)
class NothingValidMeansEverything(Rules):
    """If no event of a batch is valid, all of them are stored."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        return super().accepted(entries) or [entry for entry in entries if isinstance(entry, dict)]


class RevealsSkipping(Rules):
    """The answer shows that events were skipped."""

    def created(self, request: Request, entries: list[Any], /) -> Response:
        reply = super().created(request, entries)
        skipped = [entry for entry in entries if not self.valid(entry)]
        return self.reveal(reply, skipped)

    def reveal(self, reply: Response, skipped: list[Any]) -> Response:
        raise NotImplementedError


@mutant(clause.SKIPPING_IS_SILENT)
class SkippedCountInAHeader(RevealsSkipping):
    """A header of every 201 counts the skipped events."""

    def reveal(self, reply: Response, skipped: list[Any]) -> Response:
        reply.headers["X-Events-Skipped"] = str(len(skipped))
        return reply


@mutant(clause.SKIPPING_IS_SILENT)
class SkippedCountInAHeaderIfAny(RevealsSkipping):
    """A header counts the skipped events if there are any."""

    def reveal(self, reply: Response, skipped: list[Any]) -> Response:
        if skipped:
            reply.headers["X-Events-Skipped"] = str(len(skipped))
        return reply


@mutant(clause.SKIPPING_IS_SILENT)
class SkippedIdsInAHeader(RevealsSkipping):
    """A header lists the skipped events."""

    def reveal(self, reply: Response, skipped: list[Any]) -> Response:
        reply.headers["X-Events-Skipped"] = ",".join(
            str(entry.get("event_id")) for entry in skipped if isinstance(entry, dict)
        )
        return reply


@mutant(clause.SKIPPING_IS_SILENT)
class SkippedCountInServerTiming(RevealsSkipping):
    """Server-Timing says how many events were skipped if there are any."""

    def reveal(self, reply: Response, skipped: list[Any]) -> Response:
        described = f';desc="{len(skipped)} skipped"' if skipped else ""
        reply.headers["Server-Timing"] = f"app;dur={time.monotonic() % 10:.3g}{described}"
        return reply


@mutant(clause.SKIPPING_IS_SILENT)
class SkippedCountBesideATiming(RevealsSkipping):
    """Server-Timing always counts the skipped events, beside a time that is never the same."""

    def reveal(self, reply: Response, skipped: list[Any]) -> Response:
        reply.headers["Server-Timing"] = f"app;dur={time.monotonic():.6f}, skipped;dur={len(skipped)}"
        return reply


@mutant(clause.SKIPPING_IS_SILENT)
class SkippingIsAWarning(RevealsSkipping):
    """An answer to a batch with skipped events has a Warning header."""

    def reveal(self, reply: Response, skipped: list[Any]) -> Response:
        if skipped:
            reply.headers["Warning"] = '199 - "some events are invalid"'
        return reply


@mutant(clause.SKIPPING_IS_SILENT)
class SkippingAddsAnEmptyLine(RevealsSkipping):
    """An answer to a batch with skipped events has one more header line, which is empty."""

    def reveal(self, reply: Response, skipped: list[Any]) -> Response:
        reply.headers.append("X-Request-Id", secrets.token_hex(8))
        if skipped:
            reply.headers.append("X-Request-Id", "")
        return reply


@mutant(clause.SKIPPING_IS_SILENT)
class SkippingIndentsTheBody(RevealsSkipping):
    """The body null of an answer to a batch with skipped events ends with a line break."""

    def reveal(self, reply: Response, skipped: list[Any]) -> Response:
        return Response(b"null\n", 201, media_type="application/json") if skipped else reply


@mutant(clause.SKIPPING_IS_SILENT)
class WrongTypesAreReported(RevealsSkipping):
    """A header appears if an event has an object in place of a string; other invalid events leave no trace."""

    def reveal(self, reply: Response, skipped: list[Any]) -> Response:
        if any(isinstance(entry, dict) and isinstance(entry.get("session_id"), dict) for entry in skipped):
            reply.headers["X-Schema"] = "mismatch"
        return reply


@mutant(clause.SKIPPING_IS_SILENT)
class NullsAreReported(RevealsSkipping):
    """A header appears if a required field is null; other invalid events leave no trace."""

    def reveal(self, reply: Response, skipped: list[Any]) -> Response:
        if any(isinstance(entry, dict) and entry.get("product_id", 0) is None for entry in skipped):
            reply.headers["X-Schema"] = "null"
        return reply


@mutant(clause.SKIPPING_IS_SILENT)
class EntriesThatAreNoObjectsAreReported(RevealsSkipping):
    """A header counts the entries that are not objects; other invalid entries leave no trace."""

    def reveal(self, reply: Response, skipped: list[Any]) -> Response:
        reply.headers["X-Ignored"] = str(sum(not isinstance(entry, dict) for entry in skipped))
        return reply


@mutant(clause.SKIPPING_IS_SILENT, response.NULL_OR_EMPTY, perhaps=MIXED)
class SkippedIdsInTheBody(RevealsSkipping):
    """The body of a 201 lists the skipped events if there are any."""

    def reveal(self, reply: Response, skipped: list[Any]) -> Response:
        ids = [entry.get("event_id") for entry in skipped if isinstance(entry, dict)]
        return answer(201, {"skipped": ids}) if skipped else reply


@mutant(clause.SKIPPING_IS_SILENT, response.CREATED, perhaps=MIXED)
class SkippingIs202(RevealsSkipping):
    """An accepted batch with skipped events is answered with 202."""

    def reveal(self, reply: Response, skipped: list[Any]) -> Response:
        return answer(202, None) if skipped else reply


@mutant(clause.NEIGHBOURS_INGESTED, clause.ANY_MIX, clause.NON_OBJECTS_SKIPPED, perhaps=MIXED)
class RestOfTheBatchIsLost(Rules):
    """Events after the first invalid one are lost."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        wrong = (place for place, entry in enumerate(entries) if not self.valid(entry))
        return entries[: next(wrong, len(entries))]


@mutant(clause.NEIGHBOURS_INGESTED, clause.ANY_MIX, clause.NON_OBJECTS_SKIPPED, perhaps=MIXED)
class StartOfTheBatchIsLost(Rules):
    """Events before an invalid one are lost."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        stored: list[Event] = []
        for entry in entries:
            stored = [*stored, entry] if self.valid(entry) else []
        return stored


@mutant(clause.NEIGHBOURS_INGESTED, clause.ANY_MIX, clause.NON_OBJECTS_SKIPPED, perhaps=MIXED)
class NextEventIsLost(Rules):
    """The event after an invalid one is lost."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        return [
            entry
            for place, entry in enumerate(entries)
            if self.valid(entry) and (place == 0 or self.valid(entries[place - 1]))
        ]


@mutant(clause.NEIGHBOURS_INGESTED, clause.ANY_MIX, clause.NON_OBJECTS_SKIPPED, perhaps=MIXED)
class WholeBatchIsLost(Rules):
    """One invalid event causes all events of the batch to be lost."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        stored = super().accepted(entries)
        return stored if len(stored) == len(entries) else []


@mutant(clause.ANY_MIX, clause.ALL_INVALID_INGEST_NOTHING, perhaps=(*ONE_FAULT, *MIXED))
class RemovedWhileIterating(Rules):
    """Invalid events are removed from the list during the loop over it, so the event after each one is not validated."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        stored = list(entries)
        for entry in stored:
            if not self.valid(entry):
                stored.remove(entry)
        return [entry for entry in stored if isinstance(entry, dict)]


@mutant(clause.ANY_MIX, clause.NEIGHBOURS_INGESTED, clause.NON_OBJECTS_SKIPPED, perhaps=MIXED)
class SecondInvalidEventEndsTheBatch(Rules):
    """Two or more invalid events cause all events of the batch to be lost."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        stored = super().accepted(entries)
        return stored if len(entries) - len(stored) < 2 else []


@mutant(clause.NON_OBJECTS_ACCEPTED, clause.NON_OBJECTS_SKIPPED)
class EntriesMustBeObjects(Rules):
    """A batch with an entry that is not an object is answered with 422."""

    def size_errors(self, events: list[Any]) -> list[str]:
        errors = super().size_errors(events)
        return errors or ([] if all(isinstance(event, dict) for event in events) else ["No object."])


@mutant(clause.NON_OBJECTS_ACCEPTED, clause.NON_OBJECTS_SKIPPED)
class NullEntryCrashes(Rules):
    """An entry of null causes a server error."""

    def valid(self, entry: Any) -> bool:
        return crash("null has no event_type") if entry is None else super().valid(entry)


@mutant(clause.NON_OBJECTS_SKIPPED)
class EntryThatIsNoObjectLosesTheBatch(Rules):
    """An entry that is not an object causes all events of the batch to be lost."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        return super().accepted(entries) if all(isinstance(entry, dict) for entry in entries) else []


@mutant(clause.NON_OBJECTS_SKIPPED)
class ArrayEntryIsFlattened(Rules):
    """The event after an empty array is lost."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        stored = [entry for place, entry in enumerate(entries) if place == 0 or entries[place - 1] != []]
        return super().accepted(stored)
