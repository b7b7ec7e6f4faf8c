"""Mutants of chapter batch."""

import json
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response

from conformance.mutants.declaring import crash, mutant
from conformance.mutants.groups import ACCEPTED_OF_ONE, AMONG_OTHERS, FILLED, MIXED, SIMPLEST, TAKEN
from conformance.reference import Rules
from conformance.reference.answers import answer
from conformance.reference.batch import Refused
from conformance.reference.stores import Store
from conformance.requirements import batch as clause
from conformance.requirements import events, robustness


# A limit below 100 also applies to invalid entries.
@mutant(clause.ACCEPTS_1_TO_100, *FILLED, perhaps=MIXED)
class LimitOf99(Rules):
    """A batch of 100 entries is refused, because the limit is exclusive."""

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
    """A batch of one entry is refused, because the lower limit is exclusive."""

    min_entries = 2


@mutant(clause.ACCEPTS_1_TO_100, *FILLED, events.ANY_MIX, perhaps=MIXED)
class LimitOf50(Rules):
    """A batch of more than 50 entries is refused."""

    max_entries = 50


@mutant(clause.INGESTS_ALL, perhaps=(*AMONG_OTHERS, *TAKEN, *SIMPLEST, *MIXED))
class LastEventLost(Rules):
    """The last event of a batch is lost."""

    def accepted(self, entries: list[Any]) -> list[dict[str, Any]]:
        stored = super().accepted(entries)
        return stored[: max(1, len(stored) - 1)]


@mutant(clause.INGESTS_ALL, perhaps=(*AMONG_OTHERS, *TAKEN, *SIMPLEST, *MIXED))
class FirstEventLost(Rules):
    """The first event of a batch of several is lost."""

    def accepted(self, entries: list[Any]) -> list[dict[str, Any]]:
        stored = super().accepted(entries)
        return stored[1:] or stored


@mutant(clause.INGESTS_ALL, perhaps=(*AMONG_OTHERS, *TAKEN, *SIMPLEST, *MIXED))
class FirstChunkOnly(Rules):
    """Only the first 50 events of a batch are stored."""

    def accepted(self, entries: list[Any]) -> list[dict[str, Any]]:
        return super().accepted(entries)[:50]


@mutant(clause.OVER_100_REFUSED, clause.LIMIT_COUNTS_ENTRIES)
class LimitOf101(Rules):
    """A batch of 101 entries is accepted."""

    max_entries = 101


# Without a limit, invalid entries have no limit either.
@mutant(clause.OVER_100_REFUSED, clause.LIMIT_COUNTS_ENTRIES)
class NoLimit(Rules):
    """A batch may have any number of entries."""

    max_entries = 1_000_000


@mutant(clause.OVER_100_REFUSED, clause.LIMIT_COUNTS_ENTRIES)
class CutTo100(Rules):
    """A batch over the limit is accepted, and cut to 100 entries."""

    def size_errors(self, events: list[Any]) -> list[str]:
        return super().size_errors(events[:100])

    def events_in(self, payload: Any) -> list[Any]:
        return super().events_in(payload)[:100]


@mutant(clause.LIMIT_COUNTS_ENTRIES)
class LimitCountsIds(Rules):
    """The limit counts different ids, so that entries with the same event_id count once."""

    def size_errors(self, events: list[Any]) -> list[str]:
        ids = {
            str(one.get("event_id")) if isinstance(one, dict) else str(at) for at, one in enumerate(events)
        }
        named = [one for one in events if isinstance(one, dict) and "event_id" in one]
        return super().size_errors(events[: len(ids)] if len(named) == len(events) else events)


@mutant(clause.OVER_100_REFUSED, clause.LIMIT_COUNTS_ENTRIES)
class OverTheLimitIsTooLarge(Rules):
    """A batch over the limit is answered with 413."""

    def size_errors(self, events: list[Any]) -> list[str]:
        errors = super().size_errors(events)
        if len(events) > self.max_entries:
            raise Refused(errors, 413)
        return errors


@mutant(clause.LIMIT_COUNTS_ENTRIES, events.ALL_INVALID_ACCEPTED, events.NON_OBJECTS_ACCEPTED)
class ValidEventsCount(Rules):
    """Invalid entries are dropped before both limits are checked."""

    def counted(self, events: list[Any]) -> int:
        return len(self.accepted(events))


@mutant(clause.LIMIT_COUNTS_ENTRIES)
class ValidEventsCountAtTheTop(Rules):
    """Invalid entries are dropped before the upper limit is checked."""

    def counted(self, events: list[Any]) -> int:
        return len(self.accepted(events)) if len(events) > self.max_entries else len(events)


@mutant(clause.EMPTY_REFUSED)
class EmptyIsAccepted(Rules):
    """An empty events array is accepted."""

    min_entries = 0


@mutant(clause.EMPTY_REFUSED)
class EmptyIsABadRequest(Rules):
    """An empty events array is answered with 400."""

    def size_errors(self, events: list[Any]) -> list[str]:
        if not events:
            raise Refused(super().size_errors(events), 400)
        return super().size_errors(events)


@mutant(clause.MISSING_EVENTS_REFUSED)
class MissingEventsAreNone(Rules):
    """An object without events is accepted as an empty batch."""

    def batch_errors(self, payload: Any) -> list[str]:
        return [] if isinstance(payload, dict) and "events" not in payload else super().batch_errors(payload)


@mutant(clause.MISSING_EVENTS_REFUSED)
class MissingEventsCrash(Rules):
    """An object without events causes a server error."""

    def body_errors(self, payload: Any) -> list[str]:
        errors = super().body_errors(payload)
        return crash("events") if errors and isinstance(payload, dict) else errors


@mutant(clause.MISSING_EVENTS_REFUSED)
class BareEventIsABatch(Rules):
    """A single event without the array around it is accepted as a batch."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        payload = super().decode(request, body)
        bare = isinstance(payload, dict) and "event_type" in payload
        return {"events": [payload]} if bare else payload


@mutant(clause.MISSING_EVENTS_REFUSED)
class MemberNamesHaveNoCase(Rules):
    """The name events is recognised in any letter case."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        payload = super().decode(request, body)
        return (
            {name.lower(): value for name, value in payload.items()} if isinstance(payload, dict) else payload
        )


class LenientEvents(Rules):
    """A value that is not an array is accepted as events."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        payload = super().decode(request, body)
        if isinstance(payload, dict) and not isinstance(payload.get("events", []), list):
            return {"events": self.converted(payload["events"])}
        return payload

    def converted(self, events: Any) -> Any:
        raise NotImplementedError


@mutant(clause.EVENTS_NOT_AN_ARRAY_REFUSED)
class SingleEventIsWrapped(LenientEvents):
    """A value of events that is not an array is accepted as an array with one entry."""

    def converted(self, events: Any) -> Any:
        return [events]


@mutant(clause.EVENTS_NOT_AN_ARRAY_REFUSED)
class KeyedEventsAreAnArray(LenientEvents):
    """An object whose values are objects is accepted as events, because the language has one type for objects and arrays."""

    def converted(self, events: Any) -> Any:
        keyed = isinstance(events, dict) and all(isinstance(value, dict) for value in events.values())
        return list(events.values()) if keyed else events


@mutant(clause.EVENTS_NOT_AN_ARRAY_REFUSED)
class NullEventsAreAccepted(Rules):
    """A value of null for events is accepted."""

    def batch_errors(self, payload: Any) -> list[str]:
        return [] if payload == {"events": None} else super().batch_errors(payload)


@mutant(clause.EVENTS_NOT_AN_ARRAY_REFUSED)
class StringOfEventsIsCounted(Rules):
    """A string of 1 to 100 characters is accepted as events, and nothing of it is stored."""

    def events_errors(self, payload: Any) -> list[str]:
        return [] if isinstance(payload["events"], str) else super().events_errors(payload)


@mutant(clause.EVENTS_NOT_AN_ARRAY_REFUSED)
class EventsAreDecodedTwice(LenientEvents):
    """A string that is the JSON of an array is accepted as events."""

    def converted(self, events: Any) -> Any:
        return json.loads(events) if isinstance(events, str) and events.startswith("[") else events


@mutant(clause.EVENTS_NOT_AN_ARRAY_REFUSED)
class WrongTypeIsABadRequest(Rules):
    """A value of events with the wrong type is answered with 400."""

    def events_errors(self, payload: Any) -> list[str]:
        errors = super().events_errors(payload)
        if errors:
            raise Refused(errors, 400)
        return errors


@mutant(clause.BODY_NOT_AN_OBJECT_REFUSED)
class BareArrayIsABatch(Rules):
    """An array without the object around it is accepted as a batch."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        payload = super().decode(request, body)
        return {"events": payload} if isinstance(payload, list) else payload


@mutant(clause.BODY_NOT_AN_OBJECT_REFUSED)
class BodyIsDecodedTwice(Rules):
    """A string that is the JSON of a batch is accepted as a body."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        payload = super().decode(request, body)
        return json.loads(payload) if isinstance(payload, str) and payload.startswith("{") else payload


@mutant(clause.BODY_NOT_AN_OBJECT_REFUSED)
class NullBodyCrashes(Rules):
    """A body of null causes a server error."""

    def body_errors(self, payload: Any) -> list[str]:
        return crash("null has no events") if payload is None else super().body_errors(payload)


@mutant(clause.BODY_NOT_AN_OBJECT_REFUSED)
class ScalarsAreABadRequest(Rules):
    """A body that is neither an object nor an array is answered with 400."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        payload = super().decode(request, body)
        if not isinstance(payload, dict | list):
            raise Refused(["Bad Request"], 400)
        return payload


class NotJson(Rules):
    """A body that is not JSON is treated differently."""

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
    robustness.NUL_CHARACTER,
    robustness.INVALID_UTF8,
)
class NotJsonCrashes(NotJson):
    """A body that is not JSON causes a server error."""

    def instead(self, refused: Refused) -> Any:
        crash(str(refused))


@mutant(clause.NOT_JSON_REFUSED, clause.NOT_JSON_UNPROCESSABLE, robustness.TRUNCATED_BODY)
class NotJsonIsIgnored(Rules):
    """A body that is not JSON is answered with 201 and dropped."""

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
    """An empty body is answered with 201."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        return self.created(request, []) if store and body == b"" else super().post(request, body, store)


@mutant(clause.NOT_JSON_UNPROCESSABLE)
class NotJsonIsABadRequest(NotJson):
    """A body that is not JSON is answered with 400."""

    def instead(self, refused: Refused) -> Any:
        raise Refused(refused.errors, 400)


@mutant(clause.NOT_JSON_UNPROCESSABLE)
class EmptyBodyIsABadRequest(Rules):
    """An empty body is answered with 400."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        return (
            answer(400, {"errors": ["No body."]})
            if store and not body
            else super().post(request, body, store)
        )


@mutant(clause.REFUSED_INGESTS_NOTHING)
class RefusedBatchIsIngested(Rules):
    """The events of a batch that is answered with 422 for its size are stored."""

    def size_errors(self, events: list[Any]) -> list[str]:
        self.ingest(self._store, events, self._request)
        return super().size_errors(events)

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        self._request, self._store = request, store or self.database.stores[0]
        return super().post(request, body, store)


@mutant(clause.REFUSED_INGESTS_NOTHING)
class RefusedBatchIsIngestedUpToTheLimit(RefusedBatchIsIngested):
    """The first 100 events of a batch that is answered with 422 for its size are stored."""

    def size_errors(self, events: list[Any]) -> list[str]:
        return super().size_errors(events) if len(events) <= 100 else self._refuse(events)

    def _refuse(self, events: list[Any]) -> list[str]:
        self.ingest(self._store, events[:100], self._request)
        return Rules.size_errors(self, events)
