"""Mutants of chapter events: valid values are taken for absent, wrong or too unusual."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request

from conformance.mutants.declaring import crash, mutant
from conformance.reference import Rules
from conformance.reference.batch import Refused
from conformance.requirements import events as clause
from conformance.requirements import robustness

Event = dict[str, Any]


class Bounded(Rules):
    """Valid events beyond some limit are skipped."""

    def valid(self, entry: Any) -> bool:
        return super().valid(entry) and not self.beyond(entry)

    def beyond(self, event: Event) -> bool:
        raise NotImplementedError


@mutant(clause.LOOK_ALIKES_INGESTED)
class HandleZeroIsFalse(Bounded):
    """An event whose collection_handle is the text 0 is skipped."""

    def beyond(self, event: Event) -> bool:
        return event.get("collection_handle") == "0"


@mutant(clause.LOOK_ALIKES_INGESTED)
class HandleNullIsNull(Bounded):
    """An event whose collection_handle is the text null or false is skipped."""

    def beyond(self, event: Event) -> bool:
        return event.get("collection_handle") in ("null", "false")


@mutant(clause.LOOK_ALIKES_INGESTED, perhaps=(clause.ANY_MIX_UNUSUAL,))
class QueryIsTooShort(Bounded):
    """A search whose query has one letter is skipped."""

    def beyond(self, event: Event) -> bool:
        return len(event.get("query", "boots")) < 2


@mutant(clause.ID_FORMS_INGESTED, clause.ID_SPELLINGS_INGESTED)
class UuidsAreRandom(Bounded):
    """Events whose event_id is a UUID, but not of version 4, are skipped."""

    def beyond(self, event: Event) -> bool:
        return re.fullmatch(r".{8}-.{4}-[^4].{3}-.{4}-.{12}", event["event_id"]) is not None


@mutant(clause.ID_SPELLINGS_INGESTED)
class LetterCaseOfIdsMatters(Bounded):
    """Events with a UUID in capitals or a ULID in small letters are skipped."""

    def beyond(self, event: Event) -> bool:
        value = event["event_id"]
        return bool(value != (value.lower() if "-" in value else value.upper()))


@mutant(clause.ANY_SCRIPT_INGESTED, clause.ANY_MIX_UNUSUAL)
class TextIsAscii(Bounded):
    """Events with text beyond ASCII are skipped."""

    def beyond(self, event: Event) -> bool:
        return not str(event).isascii()


@mutant(clause.ANY_SCRIPT_INGESTED, perhaps=(clause.ANY_MIX_UNUSUAL,))
class EmojiAreSkipped(Bounded):
    """Events with a character of four bytes are skipped."""

    def beyond(self, event: Event) -> bool:
        return any(ord(sign) > 0xFFFF for sign in str(event))


class OnlyAsciiIsRead(Rules):
    """A body with text beyond ASCII cannot be read."""

    def entries(self, request: Request, body: bytes | None, /) -> list[Any]:
        if not (body or b"").isascii():
            self.fail()
        return super().entries(request, body)

    def fail(self) -> None:
        raise NotImplementedError


@mutant(
    clause.ANY_SCRIPT_INGESTED,
    clause.ANY_MIX_UNUSUAL,
    clause.ANY_CONTENT_KEEPS_BATCH,
    clause.NEIGHBOURS_OF_ANY_CONTENT,
)
class BytesAreLetters(OnlyAsciiIsRead):
    """A body with text beyond ASCII is refused."""

    def fail(self) -> None:
        raise Refused(["The body must be ASCII."])


@mutant(
    clause.ANY_SCRIPT_INGESTED,
    clause.ANY_MIX_UNUSUAL,
    clause.ANY_CONTENT_KEEPS_BATCH,
    clause.NEIGHBOURS_OF_ANY_CONTENT,
    robustness.INVALID_UTF8,
)
class TextBeyondAsciiCrashes(OnlyAsciiIsRead):
    """Text beyond ASCII causes a server error."""

    def fail(self) -> None:
        crash("ordinal not in range(128)")


@mutant(clause.NESTED_DATA_INGESTED, clause.ANY_MIX_UNUSUAL)
class DataIsFlat(Bounded):
    """Events with nested contextual_data are skipped."""

    def beyond(self, event: Event) -> bool:
        return any(isinstance(value, dict | list) for value in event.get("contextual_data", {}).values())


@mutant(clause.NESTED_DATA_INGESTED)
class EmptyDataIsAbsent(Bounded):
    """Events whose contextual_data is empty are skipped."""

    def beyond(self, event: Event) -> bool:
        return event.get("contextual_data") == {}


@mutant(clause.PRODUCT_0_INGESTED)
class ProductZeroIsAbsent(Bounded):
    """Events whose product_id is 0 are skipped."""

    def beyond(self, event: Event) -> bool:
        return event.get("product_id") == 0


@mutant(clause.PUNCTUATION_INGESTED)
class SessionsAreWords(Bounded):
    """Events whose session_id has other characters than letters, digits, hyphens and underscores are skipped."""

    def beyond(self, event: Event) -> bool:
        return re.fullmatch(r"[\w\0-]+", event["session_id"]) is None


@mutant(clause.OLD_EVENTS_INGESTED)
class OldEventsAreSkipped(Bounded):
    """Events that are more than two days old are skipped."""

    def beyond(self, event: Event) -> bool:
        limit = datetime.now(UTC) - timedelta(days=2)
        return "2026" < str(self.utc(event["timestamp"])) < f"{limit:%Y-%m-%d}"
