"""Mutants of chapter events: which types and optional fields are taken."""

from typing import Any, ClassVar

from conformance.mutants.declaring import mutant
from conformance.mutants.groups import AMONG_OTHERS, MIXED, NAMED_STORE, TAKEN
from conformance.reference import Rules
from conformance.reference.events import NEEDS, Schema
from conformance.requirements import batch
from conformance.requirements import events as clause


class UnsupportedType(Rules):
    """One published type is not on the list."""

    forgotten = ""

    def supported(self, event_type: Any) -> bool:
        return event_type != self.forgotten and super().supported(event_type)


@mutant(
    clause.TYPES_INGESTED,
    batch.INGESTS_ALL,
    clause.NEIGHBOURS_INGESTED,
    clause.ANY_MIX,
    clause.OPTIONAL_FIELDS_INGESTED,
    clause.NON_OBJECTS_SKIPPED,
    perhaps=MIXED,
)
class TouchIsForgotten(UnsupportedType):
    """product_touch is not supported."""

    forgotten = "product_touch"


@mutant(
    clause.TYPES_INGESTED,
    batch.INGESTS_ALL,
    clause.NEIGHBOURS_INGESTED,
    clause.ANY_MIX,
    clause.OPTIONAL_FIELDS_INGESTED,
    clause.NON_OBJECTS_SKIPPED,
    perhaps=MIXED,
)
class BlockViewIsForgotten(UnsupportedType):
    """block_view is not supported."""

    forgotten = "block_view"


class Demanding(Rules):
    """One type needs a field that it does not need."""

    demanded: tuple[str, ...] = ()
    by = tuple(NEEDS)

    def required_fields(self, event_type: str) -> frozenset[str]:
        return super().required_fields(event_type) | (set(self.demanded) if event_type in self.by else set())


@mutant(clause.TYPES_INGESTED, *AMONG_OTHERS, *TAKEN, perhaps=MIXED)
class ViewNeedsAPosition(Demanding):
    """All product events share one schema, position included."""

    demanded, by = ("position",), ("product_view", "add_to_cart")


@mutant(clause.TYPES_INGESTED, perhaps=MIXED)
class FirstPositionIsSkipped(Rules):
    """Positions begin at 2, for the comparison is exclusive."""

    def field_schema(self, field: str) -> Schema:
        return (
            {"type": "number", "exclusiveMinimum": 1} if field == "position" else super().field_schema(field)
        )


@mutant(clause.OPTIONAL_FIELDS_INGESTED, *AMONG_OTHERS, *TAKEN, perhaps=MIXED)
class VariantIsDemanded(Demanding):
    """Product events need a variant_id."""

    demanded = ("variant_id",)
    by = ("product_view", "product_click", "add_to_cart")


@mutant(clause.OPTIONAL_FIELDS_INGESTED, *AMONG_OTHERS, *TAKEN, *NAMED_STORE, perhaps=MIXED)
class CustomerIsDemanded(Demanding):
    """Guests have to say that they are guests."""

    demanded = ("customer_id",)


@mutant(clause.OPTIONAL_FIELDS_INGESTED, perhaps=MIXED)
class ContextualDataIsDemanded(Demanding):
    """Events need contextual_data, if only {}."""

    demanded = ("contextual_data",)


class OtherSchema(Rules):
    """One field has another schema."""

    field = ""
    other: ClassVar[Schema] = {}

    def field_schema(self, field: str) -> Schema:
        return self.other if field == self.field else super().field_schema(field)


@mutant(clause.OPTIONAL_FIELDS_INGESTED, perhaps=MIXED)
class NoGuests(OtherSchema):
    """A customer_id is a string and never null."""

    field, other = "customer_id", {"type": "string"}


@mutant(clause.OPTIONAL_FIELDS_INGESTED, perhaps=MIXED)
class WebIsTheOnlyChannel(OtherSchema):
    """The app came later."""

    field, other = "shopping_channel", {"const": "web"}


@mutant(clause.OPTIONAL_FIELDS_INGESTED, clause.ANY_MIX, clause.VARIANT_ID_TYPED, perhaps=MIXED)
class VariantsAreStrings(OtherSchema):
    """A variant_id is a string."""

    field, other = "variant_id", {"type": "string"}


@mutant(clause.UNKNOWN_TYPE_SKIPPED)
class AnyTypeIsTaken(Rules):
    """A type is any string."""

    def supported(self, event_type: Any) -> bool:
        return isinstance(event_type, str) and event_type != ""


@mutant(clause.UNKNOWN_TYPE_SKIPPED)
class TypesAreKnownByTheirStart(Rules):
    """A type is known by its prefix."""

    def supported(self, event_type: Any) -> bool:
        return isinstance(event_type, str) and event_type.startswith(tuple(NEEDS))


@mutant(clause.UNKNOWN_TYPE_SKIPPED)
class TypesAreInherited(Rules):
    """Schemas are looked up in an object that has members of its own: constructor, toString."""

    def supported(self, event_type: Any) -> bool:
        return event_type in ("constructor", "toString", "__proto__") or super().supported(event_type)
