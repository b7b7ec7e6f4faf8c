"""Mutants of chapter events: one entry costs its batch or its neighbours."""

import json
import re
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request

from conformance.mutants.declaring import crash, mutant
from conformance.reference import Rules
from conformance.reference.batch import Refused
from conformance.reference.events import FIELDS
from conformance.reference.stores import Store
from conformance.requirements import events as clause
from conformance.requirements import robustness

Event = dict[str, Any]
BATCH = (clause.ANY_CONTENT_KEEPS_BATCH, clause.NEIGHBOURS_OF_ANY_CONTENT)
"""If a batch is refused, the events in it are not stored either."""


def _values(value: Any) -> Iterator[Any]:
    """Yield a value, and the names and values in it."""
    yield value
    if isinstance(value, dict):
        yield from value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _values(part)


class Careful(Rules):
    """Some content of an entry causes the whole batch to be refused."""

    def entries(self, request: Request, body: bytes | None, /) -> list[Any]:
        entries = super().entries(request, body)
        if any(map(self.is_odd, entries)):
            self.refuse()
        return entries

    def is_odd(self, entry: Any) -> bool:
        raise NotImplementedError

    def refuse(self) -> None:
        raise Refused(["The batch cannot be read."])


class AllOrNothing(Rules):
    """Events are stored in one transaction, which fails for some content."""

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        if not self.fails(entries):
            super().ingest(store, entries, request)

    def fails(self, entries: list[Any]) -> bool:
        return any(map(self.is_odd, self.accepted(entries)))

    def is_odd(self, event: Any) -> bool:
        raise NotImplementedError


@mutant(*BATCH, clause.HUGE_NUMBER_KEEPS_BATCH)
class UnknownMemberRefusesTheBatch(Careful):
    """An unknown member of one event refuses the whole batch."""

    def is_odd(self, entry: Any) -> bool:
        return isinstance(entry, dict) and not entry.keys() <= {"event_type", *FIELDS}


@mutant(*BATCH)
class NulCrashes(Careful):
    """A NUL character in an event causes a server error."""

    def is_odd(self, entry: Any) -> bool:
        return r"\u0000" in json.dumps(entry)

    def refuse(self) -> None:
        crash("invalid byte sequence")


@mutant(*BATCH)
class NulInANameRefusesTheBatch(Careful):
    """A member whose name begins with a NUL character refuses the whole batch."""

    def is_odd(self, entry: Any) -> bool:
        return any(isinstance(one, dict) and any(name[:1] == "\0" for name in one) for one in _values(entry))


@mutant(*BATCH)
class LongNameRefusesTheBatch(Careful):
    """A member whose name has more than 255 characters refuses the whole batch."""

    def is_odd(self, entry: Any) -> bool:
        return any(isinstance(one, dict) and any(len(name) > 255 for name in one) for one in _values(entry))


@mutant(*BATCH)
class LargeNumberRefusesTheBatch(Careful):
    """A product_id that does not fit 64 bits refuses the whole batch."""

    def is_odd(self, entry: Any) -> bool:
        number = entry.get("product_id") if isinstance(entry, dict) else None
        return isinstance(number, int | float) and abs(number) >= 2**63


@mutant(*BATCH)
class RepeatedIdCrashes(Careful):
    """An event_id that is repeated within the batch causes a server error."""

    def entries(self, request: Request, body: bytes | None, /) -> list[Any]:
        entries = super().entries(request, body)
        ids = [
            str(entry.get("event_id")) for entry in entries if isinstance(entry, dict) and "event_id" in entry
        ]
        return entries if len(set(ids)) == len(ids) else crash("unique constraint")

    def is_odd(self, _entry: Any) -> bool:
        return False


@mutant(clause.NEIGHBOURS_OF_ANY_CONTENT)
class NulLosesTheBatch(AllOrNothing):
    """A NUL character in a valid event causes all events of its batch to be lost."""

    def is_odd(self, event: Any) -> bool:
        return r"\u0000" in json.dumps(event)


@mutant(clause.NEIGHBOURS_OF_ANY_CONTENT)
class LargeNumberLosesTheBatch(AllOrNothing):
    """A number that does not fit 64 bits causes all events of its batch to be lost."""

    def is_odd(self, event: Any) -> bool:
        return any(isinstance(one, int) and abs(one) >= 2**63 for one in _values(event))


@mutant(clause.NEIGHBOURS_OF_ANY_CONTENT)
class RepeatedIdLosesTheBatch(AllOrNothing):
    """An event_id that is repeated within the batch causes all events of the batch to be lost."""

    def fails(self, entries: list[Any]) -> bool:
        ids = [event["event_id"] for event in self.accepted(entries)]
        return len(set(ids)) < len(ids)


@mutant(clause.NEIGHBOURS_OF_ANY_CONTENT)
class KnownIdLosesTheBatch(AllOrNothing):
    """An event_id that is stored already causes all events of the batch to be lost."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.known: set[tuple[str, str]] = set()

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        ids = {(store.name, event["event_id"]) for event in self.accepted(entries)}
        if self.known.isdisjoint(ids):
            self.known |= ids
            super().ingest(store, entries, request)

    def is_odd(self, _event: Any) -> bool:
        return False


@mutant(clause.NEIGHBOURS_OF_ANY_CONTENT)
class EarlyDatesLoseTheBatch(AllOrNothing):
    """A timestamp before 1902 causes all events of its batch to be lost."""

    def is_odd(self, event: Any) -> bool:
        return str(event["timestamp"]) < "1902"


@mutant(clause.ANY_CONTENT_KEEPS_BATCH, clause.NEIGHBOURS_OF_ANY_CONTENT)
class DeepDataRefusesTheBatch(Careful):
    """Data that is nested more than 20 deep refuses the whole batch."""

    def is_odd(self, entry: Any) -> bool:
        return _depth(entry) > 20


def _depth(value: Any) -> int:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if parts is None else 1 + max(map(_depth, parts), default=0)


class Infinite(Rules):
    """Some numbers are read as infinity."""

    def entries(self, request: Request, body: bytes | None, /) -> list[Any]:
        # Not within an id: of thousands of random ones, some have such digits.
        request.state.infinite = re.search(rb"[\[:,] *-?(\d+e999|\d{310})", body or b"") is not None
        return super().entries(request, body)


@mutant(clause.HUGE_NUMBER_KEEPS_BATCH)
class HugeNumberRefusesTheBatch(Infinite):
    """A number that is too large for a double refuses the whole batch."""

    def entries(self, request: Request, body: bytes | None, /) -> list[Any]:
        entries = super().entries(request, body)
        if request.state.infinite:
            raise Refused(["A number is too large."])
        return entries


@mutant(clause.NEIGHBOURS_OF_ANY_CONTENT)
class HugeNumberLosesTheBatch(Infinite):
    """A number that is read as infinity cannot be written, and all events of its batch are lost."""

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        if not request.state.infinite:
            super().ingest(store, entries, request)


@mutant(clause.LONE_SURROGATE_KEEPS_BATCH, clause.NEIGHBOURS_OF_LONE_SURROGATE)
class LoneSurrogateRefusesTheBatch(Careful):
    """A lone surrogate in an event refuses the whole batch."""

    def is_odd(self, entry: Any) -> bool:
        return _has_lone_surrogate(entry)


@mutant(clause.NEIGHBOURS_OF_LONE_SURROGATE)
class LoneSurrogateLosesTheBatch(AllOrNothing):
    """A lone surrogate in an event causes all events of its batch to be lost."""

    def is_odd(self, event: Any) -> bool:
        return _has_lone_surrogate(event)


@mutant(robustness.LONE_SURROGATE, clause.LONE_SURROGATE_KEEPS_BATCH, clause.NEIGHBOURS_OF_LONE_SURROGATE)
class LoneSurrogateCrashes(Careful):
    """A lone surrogate in an event causes a server error."""

    def is_odd(self, entry: Any) -> bool:
        return _has_lone_surrogate(entry)

    def refuse(self) -> None:
        crash("surrogates not allowed")


def _has_lone_surrogate(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
