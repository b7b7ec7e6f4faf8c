"""Mutants of chapter events: which timestamps, strings and positions are accepted."""

import re
from typing import Any, ClassVar

from conformance.mutants.declaring import mutant
from conformance.mutants.groups import MIXED
from conformance.reference import Rules
from conformance.reference.events import Schema
from conformance.requirements import events as clause


class OtherDates(Rules):
    """Another rule decides which texts are dates."""

    form = ""

    def valid_timestamp(self, value: Any) -> bool:
        return not isinstance(value, str) or re.fullmatch(self.form, value, re.DOTALL) is not None


class FewerDates(OtherDates):
    """Fewer forms of a date are accepted."""

    def valid_timestamp(self, value: Any) -> bool:
        return super().valid_timestamp(value) and Rules.valid_timestamp(self, value)


@mutant(clause.NO_DATE_SKIPPED, clause.ALL_INVALID_INGEST_NOTHING, clause.ANY_MIX, perhaps=MIXED)
class AnyTextIsADate(OtherDates):
    """Any non-empty text is accepted as timestamp."""

    form = ".+"


@mutant(clause.NO_DATE_SKIPPED)
class AnyDigitsAreADate(OtherDates):
    """Digits in the form of a date are accepted as timestamp, such as month 13."""

    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)|.*GMT"


@mutant(clause.NO_DATE_SKIPPED)
class AnyTAndZAreADate(OtherDates):
    """Any text with a T in it and a Z at its end is accepted as timestamp."""

    form = ".+T.+Z|.+GMT|.+T.+[+-].+"


@mutant(clause.TIMESTAMP_UTC_INGESTED, perhaps=MIXED)
class MillisecondsAreDemanded(FewerDates):
    """A timestamp in UTC is accepted only with milliseconds."""

    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|.+[+-]\d\d:\d\d|.+GMT"


@mutant(clause.TIMESTAMP_UTC_INGESTED, perhaps=MIXED)
class FractionsAreForbidden(FewerDates):
    """A timestamp in UTC is accepted only with whole seconds or milliseconds."""

    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z|.+[+-]\d\d:\d\d|.+GMT"


@mutant(clause.TIMESTAMP_OFFSET_INGESTED, perhaps=(clause.ANY_MIX_UNUSUAL,))
class OffsetsAreForbidden(FewerDates):
    """Events whose timestamp has an offset are skipped."""

    form = ".+Z|.+GMT"


@mutant(clause.TIMESTAMP_OFFSET_INGESTED, perhaps=(clause.ANY_MIX_UNUSUAL,))
class OffsetsAreWholeHours(FewerDates):
    """Events whose timestamp has an offset with minutes are skipped."""

    form = r"\d.+(Z|[+-]\d\d:00)|.+GMT"


@mutant(clause.TIMESTAMP_HTTP_DATE_INGESTED)
class IsoIsDemanded(FewerDates):
    """Events whose timestamp is an HTTP date are skipped."""

    form = r"\d{4}-\d\d-\d\dT\d.+"


class MayBeEmpty(Rules):
    """A required string may be empty."""

    field = ""

    def field_schema(self, field: str) -> Schema:
        return {"type": "string"} if field == self.field else super().field_schema(field)


@mutant(clause.EMPTY_STRINGS_SKIPPED)
class EventIdMayBeEmpty(MayBeEmpty):
    """An empty event_id is accepted."""

    field = "event_id"


@mutant(clause.EMPTY_STRINGS_SKIPPED)
class SessionIdMayBeEmpty(MayBeEmpty):
    """An empty session_id is accepted."""

    field = "session_id"


@mutant(clause.EMPTY_STRINGS_SKIPPED)
class CollectionHandleMayBeEmpty(MayBeEmpty):
    """An empty collection_handle is accepted."""

    field = "collection_handle"


class OtherPositions(Rules):
    """Positions have another schema."""

    other: ClassVar[Schema] = {}

    def field_schema(self, field: str) -> Schema:
        return self.other if field == "position" else super().field_schema(field)


@mutant(clause.POSITION_FROM_ONE)
class PositionFromZero(OtherPositions):
    """Position 0 is accepted."""

    other: ClassVar[Schema] = {"type": "number", "minimum": 0}


@mutant(clause.POSITION_FROM_ONE)
class PositionIsAnythingButZero(OtherPositions):
    """Negative positions are accepted."""

    other: ClassVar[Schema] = {"type": "number", "not": {"const": 0}}
