"""Mutants of chapter events: values of a wrong type are converted, and a type or a date is taken for another."""

from typing import Any

from conformance.mutants.declaring import mutant
from conformance.mutants.groups import MIXED
from conformance.reference import Rules
from conformance.requirements import events as clause

Event = dict[str, Any]


class Converts(Rules):
    """A value of a wrong type is converted, and accepted."""

    field = ""

    def accepted(self, entries: list[Any]) -> list[Event]:
        return super().accepted([self.read(entry) for entry in entries])

    def read(self, entry: Any) -> Any:
        if not isinstance(entry, dict) or self.field not in entry:
            return entry
        return {**entry, self.field: self.converted(entry[self.field])}

    def converted(self, value: Any) -> Any:
        raise NotImplementedError


@mutant(clause.PRODUCT_ID_TYPED, perhaps=(clause.ALL_INVALID_INGEST_NOTHING, *MIXED))
class ArrayOfANumberIsTheNumber(Converts):
    """A product_id that is an array of one number is that number, and an empty array is 0."""

    field = "product_id"

    def converted(self, value: Any) -> Any:
        return 0 if value == [] else value[0] if isinstance(value, list) and len(value) == 1 else value


@mutant(clause.POSITION_TYPED, perhaps=(clause.ALL_INVALID_INGEST_NOTHING, *MIXED))
class EmptyPositionIsOne(Converts):
    """A position that is an empty string or null is 1."""

    field = "position"

    def converted(self, value: Any) -> Any:
        return 1 if value in ("", None) else value


@mutant(clause.PRODUCT_ID_TYPED, perhaps=(clause.ALL_INVALID_INGEST_NOTHING, *MIXED))
class DigitsBeforeAWordCount(Converts):
    """Of a product_id that is a string, the digits at its beginning count."""

    field = "product_id"

    def converted(self, value: Any) -> Any:
        return int(value[0]) if isinstance(value, str) and value[:1].isdigit() else value


@mutant(clause.SESSION_ID_TYPED)
class NullSessionIsAGuest(Converts):
    """A session_id of null is replaced, and the event is stored."""

    field = "session_id"

    def converted(self, value: Any) -> Any:
        return "guest" if value is None else value


@mutant(clause.PRODUCT_ID_TYPED, perhaps=(clause.ALL_INVALID_INGEST_NOTHING, *MIXED))
class NullProductIsZero(Converts):
    """A product_id of null is 0."""

    field = "product_id"

    def converted(self, value: Any) -> Any:
        return 0 if value is None else value


@mutant(clause.BOOLEANS_SKIPPED)
class TrueIsOne(Converts):
    """A product_id of true is 1, and of false 0."""

    field = "product_id"

    def converted(self, value: Any) -> Any:
        return int(value) if isinstance(value, bool) else value


@mutant(clause.BOOLEANS_SKIPPED)
class BooleansBecomeText(Converts):
    """A marketing_source that is a boolean becomes text."""

    field = "marketing_source"

    def converted(self, value: Any) -> Any:
        return str(value) if isinstance(value, bool) else value


@mutant(clause.NUMBERS_FOR_STRINGS_SKIPPED)
class CustomerMayBeANumber(Converts):
    """A customer_id that is a number becomes text."""

    field = "customer_id"

    def converted(self, value: Any) -> Any:
        return str(value) if type(value) is int else value


@mutant(clause.CONTEXTUAL_DATA_TYPED)
class ArrayIsAnObject(Converts):
    """A contextual_data that is an array is accepted, as languages do whose arrays are objects."""

    field = "contextual_data"

    def converted(self, value: Any) -> Any:
        return dict(enumerate(value)) if isinstance(value, list) else value


@mutant(clause.NO_DATE_SKIPPED)
class DaysAreDates(Converts):
    """The name of a day or a month is accepted as timestamp."""

    field = "timestamp"

    def converted(self, value: Any) -> Any:
        return "2026-01-05T00:00:00Z" if value in ("Monday", "Fri", "March", "may") else value


@mutant(clause.NO_DATE_SKIPPED)
class NowIsADate(Converts):
    """The word now is accepted as timestamp, as databases do."""

    field = "timestamp"

    def converted(self, value: Any) -> Any:
        return "2026-01-05T00:00:00Z" if value == "now" else value


class OtherTypes(Converts):
    """Another text than the name of a type is taken for the type."""

    field = "event_type"

    def converted(self, value: Any) -> Any:
        return "product_view" if isinstance(value, str) and self.names(value) else value

    def names(self, text: str) -> bool:
        raise NotImplementedError


@mutant(clause.UNKNOWN_TYPE_SKIPPED)
class BeginningOfATypeCounts(OtherTypes):
    """An event_type that begins with product_view is accepted."""

    def names(self, text: str) -> bool:
        return text.startswith("product_view")


@mutant(clause.UNKNOWN_TYPE_SKIPPED)
class MiddleOfATypeCounts(OtherTypes):
    """An event_type that contains product_view, but does not begin with it, is accepted."""

    def names(self, text: str) -> bool:
        return text.find("product_view") > 0


@mutant(clause.TYPE_CASE_SKIPPED)
class TypesHaveNoCase(OtherTypes):
    """product_view is accepted as event_type in any letter case."""

    def names(self, text: str) -> bool:
        return text.lower() == "product_view"


@mutant(clause.NAMES_EXACT)
class NamesHaveNoCase(Rules):
    """The names of an event's fields are recognised in any letter case."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        return super().accepted([_folded(entry) for entry in entries])


def _folded(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    return {**{name.lower(): value for name, value in entry.items() if name.isascii()}, **entry}
