"""Mutants of chapter enrichment: what is stored is not what was sent."""

import html
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from starlette.requests import Request

from conformance.mutants.declaring import mutant
from conformance.reference import Rules
from conformance.requirements import enrichment as clause

Event = dict[str, Any]


class ChangesText(Rules):
    """Every text of an event is changed before it is stored, save what identifies the event."""

    def enrich(self, event: Event, request: Request, /) -> Event:
        stored = super().enrich(event, request)
        kept = {name: stored[name] for name in ("event_id", "session_id", "timestamp") if name in stored}
        return {**_each_text(stored, self.changed), **kept}

    def changed(self, text: str) -> str:
        raise NotImplementedError


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {name: _each_text(part, change) for name, part in value.items()}
    if isinstance(value, list):
        return [_each_text(part, change) for part in value]
    return change(value) if isinstance(value, str) else value


@mutant(clause.TEXT_KEPT)
class Utf8IsReadAsLatin1(ChangesText):
    """The bytes of UTF-8 are read as Latin-1, so letters beyond ASCII become two."""

    def changed(self, text: str) -> str:
        return text.encode("utf-8", "surrogatepass").decode("latin-1")


@mutant(clause.TEXT_KEPT)
class QuestionMarksAreStored(ChangesText):
    """Characters beyond Latin-1 are stored as question marks."""

    def changed(self, text: str) -> str:
        return text.encode("latin-1", "replace").decode("latin-1")


@mutant(clause.TEXT_KEPT)
class TextIsNormalised(ChangesText):
    """Text is stored in the composed form of Unicode."""

    def changed(self, text: str) -> str:
        return unicodedata.normalize("NFC", text)


@mutant(clause.TEXT_KEPT)
class TextIsCutAt255(ChangesText):
    """Text is cut to 255 characters."""

    def changed(self, text: str) -> str:
        return text[:255]


@mutant(clause.TEXT_KEPT)
class TextIsCutAt64(ChangesText):
    """Text is cut to 64 characters."""

    def changed(self, text: str) -> str:
        return text[:64]


@mutant(clause.TEXT_KEPT)
class MarkupIsEscaped(ChangesText):
    """Signs that mean something in HTML are stored as character references."""

    def changed(self, text: str) -> str:
        return html.escape(text, quote=False)


@mutant(clause.TEXT_KEPT)
class QuotesAreEscaped(ChangesText):
    """Quotes are stored with a backslash before them."""

    def changed(self, text: str) -> str:
        return re.sub(r"(['\"])", r"\\\1", text)


@mutant(clause.TEXT_KEPT)
class SpacesAreSqueezed(ChangesText):
    """White space at both ends of a text is removed, and more of it becomes one space."""

    def changed(self, text: str) -> str:
        return " ".join(text.split())


class ChangesNumbers(Rules):
    """Whole numbers of an event are changed before they are stored."""

    def enrich(self, event: Event, request: Request, /) -> Event:
        stored = super().enrich(event, request)
        return {name: self.changed(value) if type(value) is int else value for name, value in stored.items()}

    def changed(self, number: int) -> int:
        raise NotImplementedError


@mutant(clause.NUMBERS_KEPT, clause.FIELDS_KEPT)
class NumbersEndAt31Bits(ChangesNumbers):
    """A number that does not fit 32 bits with a sign is stored as the largest that does."""

    def changed(self, number: int) -> int:
        return min(number, 2**31 - 1)


@mutant(clause.NUMBERS_KEPT)
class LargeNumbersAreRounded(ChangesNumbers):
    """Of a large number, 15 digits are stored."""

    def changed(self, number: int) -> int:
        return int(float(f"{number:.14e}")) if abs(number) < 2**63 else number


class LeaksOverTheBatch(Rules):
    """A value of one event is stored with all events of its batch."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        stored = super().accepted(entries)
        return self.leaking(stored) if len(stored) > 1 else stored

    def leaking(self, events: list[Event]) -> list[Event]:
        raise NotImplementedError


@mutant(clause.OWN_VALUES_KEPT, clause.FIELDS_KEPT)
class SessionOfTheFirstEvent(LeaksOverTheBatch):
    """All events of a batch are stored with the session_id of the first one."""

    def leaking(self, events: list[Event]) -> list[Event]:
        return [{**event, "session_id": events[0]["session_id"]} for event in events]


@mutant(clause.OWN_VALUES_KEPT, clause.FIELDS_KEPT, clause.TEXT_KEPT)
class CustomerOfTheLastEvent(LeaksOverTheBatch):
    """All events of a batch are stored with the customer_id of the last one."""

    def leaking(self, events: list[Event]) -> list[Event]:
        return [{**event, "customer_id": events[-1].get("customer_id")} for event in events]


@mutant(clause.OWN_VALUES_KEPT, clause.FIELDS_KEPT, clause.TEXT_KEPT)
class CustomerOfTheFirstEvent(LeaksOverTheBatch):
    """All events of a batch are stored with the customer_id of the first one, if it has one."""

    def leaking(self, events: list[Event]) -> list[Event]:
        first = events[0]
        return [
            {**event, "customer_id": first["customer_id"]} if "customer_id" in first else event
            for event in events
        ]


@mutant(clause.OWN_VALUES_KEPT)
class GuestsBecomeTheCustomerBefore(LeaksOverTheBatch):
    """An event without a customer_id is stored with the one of the event before it."""

    def leaking(self, events: list[Event]) -> list[Event]:
        customer, stored = None, []
        for event in events:
            customer = event.get("customer_id") or customer
            stored.append({**event, "customer_id": customer})
        return stored


@mutant(
    clause.OWN_VALUES_KEPT,
    clause.FIELDS_KEPT,
    clause.CONTEXTUAL_DATA_DEFAULT,
    clause.TEXT_KEPT,
    clause.NUMBERS_KEPT,
)
class DataOfTheFirstEvent(LeaksOverTheBatch):
    """All events of a batch are stored with the contextual_data of the first one."""

    def leaking(self, events: list[Event]) -> list[Event]:
        return [{**event, "contextual_data": events[0].get("contextual_data", {})} for event in events]
