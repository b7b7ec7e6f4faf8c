"""Mutants of chapter events: which moments, strings and positions are taken."""

import re
from typing import Any, ClassVar

from conformance.mutants.declaring import mutant
from conformance.mutants.groups import MIXED
from conformance.reference import Rules
from conformance.reference.events import Schema
from conformance.requirements import events as clause


class OtherDates(Rules):
    """Text is taken for a moment by another rule."""

    form = ""

    def valid_timestamp(self, value: Any) -> bool:
        return not isinstance(value, str) or re.fullmatch(self.form, value, re.DOTALL) is not None


class FewerDates(OtherDates):
    """A moment is also written in a certain way."""

    def valid_timestamp(self, value: Any) -> bool:
        return super().valid_timestamp(value) and Rules.valid_timestamp(self, value)


@mutant(clause.NO_DATE_SKIPPED, clause.ALL_INVALID_INGEST_NOTHING, clause.ANY_MIX, perhaps=MIXED)
class AnyTextIsADate(OtherDates):
    """A timestamp is any string."""

    form = ".+"


@mutant(clause.NO_DATE_SKIPPED)
class AnyDigitsAreADate(OtherDates):
    """A timestamp is digits in the right places; month 13 has them."""

    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)|.*GMT"


@mutant(clause.NO_DATE_SKIPPED)
class AnyTAndZAreADate(OtherDates):
    """A timestamp has a T in it and a Z at its end."""

    form = ".+T.+Z|.+GMT|.+T.+[+-].+"


@mutant(clause.TIMESTAMP_UTC_INGESTED, perhaps=MIXED)
class MillisecondsAreDemanded(FewerDates):
    """A timestamp has the very form of toISOString."""

    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|.+[+-]\d\d:\d\d|.+GMT"


@mutant(clause.TIMESTAMP_UTC_INGESTED, perhaps=MIXED)
class FractionsAreForbidden(FewerDates):
    """A timestamp has whole seconds, or the milliseconds of toISOString."""

    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z|.+[+-]\d\d:\d\d|.+GMT"


@mutant(clause.TIMESTAMP_OFFSET_INGESTED, perhaps=(clause.ANY_MIX_UNUSUAL,))
class OffsetsAreForbidden(FewerDates):
    """A timestamp ends in Z, or is an HTTP date."""

    form = ".+Z|.+GMT"


@mutant(clause.TIMESTAMP_OFFSET_INGESTED, perhaps=(clause.ANY_MIX_UNUSUAL,))
class OffsetsAreWholeHours(FewerDates):
    """An offset has no minutes."""

    form = r"\d.+(Z|[+-]\d\d:00)|.+GMT"


@mutant(clause.TIMESTAMP_HTTP_DATE_INGESTED)
class IsoIsDemanded(FewerDates):
    """A timestamp is ISO 8601."""

    form = r"\d{4}-\d\d-\d\dT\d.+"


class MayBeEmpty(Rules):
    """A required string may be empty."""

    field = ""

    def field_schema(self, field: str) -> Schema:
        return {"type": "string"} if field == self.field else super().field_schema(field)


@mutant(clause.EMPTY_STRINGS_SKIPPED)
class EventIdMayBeEmpty(MayBeEmpty):
    """An empty event_id is one."""

    field = "event_id"


@mutant(clause.EMPTY_STRINGS_SKIPPED)
class SessionIdMayBeEmpty(MayBeEmpty):
    """An empty session_id is one."""

    field = "session_id"


@mutant(clause.EMPTY_STRINGS_SKIPPED)
class CollectionHandleMayBeEmpty(MayBeEmpty):
    """An empty collection_handle is one."""

    field = "collection_handle"


class OtherPositions(Rules):
    """Positions have another schema."""

    other: ClassVar[Schema] = {}

    def field_schema(self, field: str) -> Schema:
        return self.other if field == "position" else super().field_schema(field)


@mutant(clause.POSITION_FROM_ONE)
class PositionFromZero(OtherPositions):
    """Positions begin at 0."""

    other: ClassVar[Schema] = {"type": "number", "minimum": 0}


@mutant(clause.POSITION_FROM_ONE)
class PositionIsAnythingButZero(OtherPositions):
    """A position is there if it is true."""

    other: ClassVar[Schema] = {"type": "number", "not": {"const": 0}}
