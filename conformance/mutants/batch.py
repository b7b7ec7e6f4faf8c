"""Mutants of chapter batch."""

from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response

from conformance.mutants.declaring import crash, mutant
from conformance.mutants.groups import ACCEPTED_OF_ONE, AMONG_OTHERS, FILLED, MIXED, TAKEN
from conformance.reference import Rules
from conformance.reference.answers import answer
from conformance.reference.batch import Refused
from conformance.reference.stores import Store
from conformance.requirements import batch as clause
from conformance.requirements import events, robustness


# A limit below 100 is also one for invalid entries.
@mutant(clause.ACCEPTS_1_TO_100, *FILLED, perhaps=MIXED)
class LimitOf99(Rules):
    """The limit is exclusive: 100 entries are too many."""

    max_entries = 99


@mutant(
    clause.ACCEPTS_1_TO_100,
    *ACCEPTED_OF_ONE,
    clause.INGESTS_ALL,
    clause.LIMIT_COUNTS_ENTRIES,
    events.ANY_MIX,
    events.ALL_INVALID_ACCEPTED,
    perhaps=MIXED,
)
class AtLeastTwo(Rules):
    """The lower limit is exclusive: one entry is too few."""

    min_entries = 2


@mutant(clause.ACCEPTS_1_TO_100, *FILLED, events.ANY_MIX, perhaps=MIXED)
class LimitOf50(Rules):
    """The limit of another endpoint."""

    max_entries = 50


@mutant(clause.INGESTS_ALL, perhaps=(*AMONG_OTHERS, *TAKEN, *MIXED))
class LastEventLost(Rules):
    """A loop ends one too early."""

    def accepted(self, entries: list[Any]) -> list[dict[str, Any]]:
        kept = super().accepted(entries)
        return kept[: max(1, len(kept) - 1)]


@mutant(clause.INGESTS_ALL, perhaps=(*AMONG_OTHERS, *TAKEN, *MIXED))
class FirstEventLost(Rules):
    """A loop of many begins at 1."""

    def accepted(self, entries: list[Any]) -> list[dict[str, Any]]:
        kept = super().accepted(entries)
        return kept[1:] or kept


@mutant(clause.INGESTS_ALL, perhaps=(*AMONG_OTHERS, *TAKEN, *MIXED))
class FirstChunkOnly(Rules):
    """Events are handed on in chunks of 50, and the second chunk is forgotten."""

    def accepted(self, entries: list[Any]) -> list[dict[str, Any]]:
        return super().accepted(entries)[:50]


@mutant(clause.OVER_100_REFUSED, clause.LIMIT_COUNTS_ENTRIES)
class LimitOf101(Rules):
    """The limit is off by one: 101 entries pass."""

    max_entries = 101


# Without a limit there is none for invalid entries.
@mutant(clause.OVER_100_REFUSED, clause.LIMIT_COUNTS_ENTRIES)
class NoLimit(Rules):
    """Nobody counts."""

    max_entries = 1_000_000


@mutant(clause.OVER_100_REFUSED, clause.LIMIT_COUNTS_ENTRIES)
class CutTo100(Rules):
    """A batch over the limit is cut to it and accepted."""

    def size_errors(self, events: list[Any]) -> list[str]:
        return super().size_errors(events[:100])

    def events_in(self, payload: Any) -> list[Any]:
        return super().events_in(payload)[:100]


@mutant(clause.OVER_100_REFUSED, clause.LIMIT_COUNTS_ENTRIES)
class OverTheLimitIsTooLarge(Rules):
    """A batch over the limit gets 413."""

    def size_errors(self, events: list[Any]) -> list[str]:
        errors = super().size_errors(events)
        if len(events) > self.max_entries:
            raise Refused(errors, 413)
        return errors


@mutant(clause.LIMIT_COUNTS_ENTRIES, events.ALL_INVALID_ACCEPTED, events.NON_OBJECTS_ACCEPTED)
class ValidEventsCount(Rules):
    """Invalid entries are dropped before the rest is counted, at both ends."""

    def counted(self, events: list[Any]) -> int:
        return len(self.accepted(events))


@mutant(clause.LIMIT_COUNTS_ENTRIES)
class ValidEventsCountAtTheTop(Rules):
    """Invalid entries are dropped before the upper limit is applied, and after the lower one."""

    def counted(self, events: list[Any]) -> int:
        return len(self.accepted(events)) if len(events) > self.max_entries else len(events)


@mutant(clause.EMPTY_REFUSED)
class EmptyIsAccepted(Rules):
    """No events, no problem."""

    min_entries = 0


@mutant(clause.EMPTY_REFUSED)
class EmptyIsABadRequest(Rules):
    """An empty batch gets 400."""

    def size_errors(self, events: list[Any]) -> list[str]:
        if not events:
            raise Refused(super().size_errors(events), 400)
        return super().size_errors(events)


@mutant(clause.MISSING_EVENTS_REFUSED)
class MissingEventsAreNone(Rules):
    """An object without events is a batch that brings none, and is accepted."""

    def batch_errors(self, payload: Any) -> list[str]:
        return [] if isinstance(payload, dict) and "events" not in payload else super().batch_errors(payload)


@mutant(clause.MISSING_EVENTS_REFUSED)
class MissingEventsCrash(Rules):
    """A missing member is a KeyError."""

    def body_errors(self, payload: Any) -> list[str]:
        errors = super().body_errors(payload)
        return crash("events") if errors and isinstance(payload, dict) else errors


@mutant(clause.MISSING_EVENTS_REFUSED)
class BareEventIsABatch(Rules):
    """One event without the array around it is a batch of one."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        payload = super().decode(request, body)
        bare = isinstance(payload, dict) and "event_type" in payload
        return {"events": [payload]} if bare else payload


class LenientEvents(Rules):
    """Something else than an array passes for events."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        payload = super().decode(request, body)
        if isinstance(payload, dict) and not isinstance(payload.get("events", []), list):
            return {"events": self.converted(payload["events"])}
        return payload

    def converted(self, events: Any) -> Any:
        raise NotImplementedError


@mutant(clause.EVENTS_NOT_AN_ARRAY_REFUSED)
class SingleEventIsWrapped(LenientEvents):
    """What is no array is made one of one entry."""

    def converted(self, events: Any) -> Any:
        return [events]


@mutant(clause.EVENTS_NOT_AN_ARRAY_REFUSED)
class KeyedEventsAreAnArray(LenientEvents):
    """Objects and arrays are one to the language."""

    def converted(self, events: Any) -> Any:
        keyed = isinstance(events, dict) and all(isinstance(value, dict) for value in events.values())
        return list(events.values()) if keyed else events


@mutant(clause.EVENTS_NOT_AN_ARRAY_REFUSED)
class NullEventsAreAccepted(Rules):
    """Null events are no events, and no events are no error."""

    def batch_errors(self, payload: Any) -> list[str]:
        return [] if payload == {"events": None} else super().batch_errors(payload)


@mutant(clause.EVENTS_NOT_AN_ARRAY_REFUSED)
class StringOfEventsIsCounted(Rules):
    """Whatever has a length between 1 and 100 passes: of a string nothing is ingested."""

    def events_errors(self, payload: Any) -> list[str]:
        return [] if isinstance(payload["events"], str) else super().events_errors(payload)


@mutant(clause.EVENTS_NOT_AN_ARRAY_REFUSED)
class WrongTypeIsABadRequest(Rules):
    """Events of the wrong type get 400 from the deserializer."""

    def events_errors(self, payload: Any) -> list[str]:
        errors = super().events_errors(payload)
        if errors:
            raise Refused(errors, 400)
        return errors


@mutant(clause.BODY_NOT_AN_OBJECT_REFUSED)
class BareArrayIsABatch(Rules):
    """An array without the object around it is a batch."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        payload = super().decode(request, body)
        return {"events": payload} if isinstance(payload, list) else payload


@mutant(clause.BODY_NOT_AN_OBJECT_REFUSED)
class NullBodyCrashes(Rules):
    """A member of null is an error that nobody catches."""

    def body_errors(self, payload: Any) -> list[str]:
        return crash("null has no events") if payload is None else super().body_errors(payload)


@mutant(clause.BODY_NOT_AN_OBJECT_REFUSED)
class ScalarsAreABadRequest(Rules):
    """A strict body parser takes objects and arrays, and answers 400 to the rest."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        payload = super().decode(request, body)
        if not isinstance(payload, dict | list):
            raise Refused(["Bad Request"], 400)
        return payload


class NotJson(Rules):
    """A body that is not JSON takes another way."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        try:
            return super().decode(request, body)
        except Refused as refused:
            return self.instead(refused)

    def instead(self, refused: Refused) -> Any:
        raise NotImplementedError


@mutant(
    clause.NOT_JSON_REFUSED,
    clause.NOT_JSON_UNPROCESSABLE,
    robustness.TRUNCATED_BODY,
    robustness.DEEP_NESTING,
    robustness.INVALID_UTF8,
)
class NotJsonCrashes(NotJson):
    """A parser's error is nobody's business."""

    def instead(self, refused: Refused) -> Any:
        crash(str(refused))


@mutant(clause.NOT_JSON_REFUSED, clause.NOT_JSON_UNPROCESSABLE, robustness.TRUNCATED_BODY)
class NotJsonIsIgnored(Rules):
    """A beacon needs no answer: what is not JSON is dropped with a 201."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        try:
            return super().decode(request, body)
        except Refused:
            return self._DROPPED

    def batch_errors(self, payload: Any) -> list[str]:
        return [] if payload is self._DROPPED else super().batch_errors(payload)

    _DROPPED: ClassVar[object] = object()


@mutant(clause.NOT_JSON_REFUSED)
class EmptyBodyIsIgnored(Rules):
    """An empty body is a ping."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        return self.created(request, []) if store and body == b"" else super().post(request, body, store)


@mutant(clause.NOT_JSON_UNPROCESSABLE)
class NotJsonIsABadRequest(NotJson):
    """A body that is not JSON gets 400."""

    def instead(self, refused: Refused) -> Any:
        raise Refused(refused.errors, 400)


@mutant(clause.NOT_JSON_UNPROCESSABLE)
class EmptyBodyIsABadRequest(Rules):
    """A missing body gets 400 from the framework."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        return (
            answer(400, {"errors": ["No body."]})
            if store and not body
            else super().post(request, body, store)
        )


@mutant(clause.REFUSED_INGESTS_NOTHING)
class RefusedBatchIsIngested(Rules):
    """Events are handed on before they are counted."""

    def size_errors(self, events: list[Any]) -> list[str]:
        self.ingest(self._store, events, self._request)
        return super().size_errors(events)

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        self._request, self._store = request, store or self.database.stores[0]
        return super().post(request, body, store)


@mutant(clause.REFUSED_INGESTS_NOTHING)
class RefusedBatchIsIngestedUpToTheLimit(RefusedBatchIsIngested):
    """Events are handed on one by one until the limit is met."""

    def size_errors(self, events: list[Any]) -> list[str]:
        return super().size_errors(events) if len(events) <= 100 else self._refuse(events)

    def _refuse(self, events: list[Any]) -> list[str]:
        self.ingest(self._store, events[:100], self._request)
        return Rules.size_errors(self, events)
