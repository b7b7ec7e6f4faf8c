"""Mutants of chapter events: which types and optional fields are accepted."""

from typing import Any, ClassVar

from conformance.mutants.declaring import mutant
from conformance.mutants.groups import MIXED, NAMED_STORE, OF_EVERY_TYPE, SIMPLEST, TAKEN
from conformance.reference import Rules
from conformance.reference.events import NEEDS, Schema
from conformance.requirements import batch
from conformance.requirements import events as clause


class UnsupportedType(Rules):
    """One published event type is not supported."""

    forgotten = ""

    def supported(self, event_type: Any) -> bool:
        return event_type != self.forgotten and super().supported(event_type)


@mutant(
    clause.TYPES_INGESTED,
    batch.INGESTS_ALL,
    clause.ANY_MIX,
    clause.OPTIONAL_FIELDS_INGESTED,
    perhaps=MIXED,
)
class TouchIsForgotten(UnsupportedType):
    """product_touch is not supported."""

    forgotten = "product_touch"


@mutant(
    clause.TYPES_INGESTED,
    batch.INGESTS_ALL,
    clause.ANY_MIX,
    clause.OPTIONAL_FIELDS_INGESTED,
    perhaps=MIXED,
)
class BlockViewIsForgotten(UnsupportedType):
    """block_view is not supported."""

    forgotten = "block_view"


class Demanding(Rules):
    """Some events need a field that is not required."""

    demanded: tuple[str, ...] = ()
    by = tuple(NEEDS)

    def required_fields(self, event_type: str) -> frozenset[str]:
        return super().required_fields(event_type) | (set(self.demanded) if event_type in self.by else set())


@mutant(clause.TYPES_INGESTED, *OF_EVERY_TYPE, *TAKEN, perhaps=(*MIXED, *SIMPLEST))
class ViewNeedsAPosition(Demanding):
    """product_view and add_to_cart events without a position are skipped."""

    demanded, by = ("position",), ("product_view", "add_to_cart")


@mutant(clause.TYPES_INGESTED, perhaps=MIXED)
class FirstPositionIsSkipped(Rules):
    """An event with position 1 is skipped."""

    def field_schema(self, field: str) -> Schema:
        return (
            {"type": "number", "exclusiveMinimum": 1} if field == "position" else super().field_schema(field)
        )


@mutant(clause.OPTIONAL_FIELDS_INGESTED, *OF_EVERY_TYPE, *TAKEN, perhaps=(*MIXED, *SIMPLEST))
class VariantIsDemanded(Demanding):
    """Product events without a variant_id are skipped."""

    demanded = ("variant_id",)
    by = ("product_view", "product_click", "add_to_cart")


@mutant(clause.OPTIONAL_FIELDS_INGESTED, *OF_EVERY_TYPE, *TAKEN, *NAMED_STORE, perhaps=(*MIXED, *SIMPLEST))
class CustomerIsDemanded(Demanding):
    """Events without a customer_id are skipped."""

    demanded = ("customer_id",)


@mutant(clause.OPTIONAL_FIELDS_INGESTED, perhaps=MIXED)
class ContextualDataIsDemanded(Demanding):
    """Events without contextual_data are skipped."""

    demanded = ("contextual_data",)


class OtherSchema(Rules):
    """One field has another schema."""

    field = ""
    other: ClassVar[Schema] = {}

    def field_schema(self, field: str) -> Schema:
        return self.other if field == self.field else super().field_schema(field)


@mutant(clause.OPTIONAL_FIELDS_INGESTED, perhaps=MIXED)
class NoGuests(OtherSchema):
    """Events whose customer_id is null are skipped."""

    field, other = "customer_id", {"type": "string"}


@mutant(clause.OPTIONAL_FIELDS_INGESTED, perhaps=MIXED)
class WebIsTheOnlyChannel(OtherSchema):
    """Events whose shopping_channel is app are skipped."""

    field, other = "shopping_channel", {"const": "web"}


@mutant(clause.OPTIONAL_FIELDS_INGESTED, clause.ANY_MIX, clause.VARIANT_ID_TYPED, perhaps=MIXED)
class VariantsAreStrings(OtherSchema):
    """Only a string is accepted as variant_id."""

    field, other = "variant_id", {"type": "string"}


@mutant(clause.UNKNOWN_TYPE_SKIPPED, clause.TYPE_CASE_SKIPPED)
class AnyTypeIsTaken(Rules):
    """Any non-empty string is accepted as event_type."""

    def supported(self, event_type: Any) -> bool:
        return isinstance(event_type, str) and event_type != ""


@mutant(clause.UNKNOWN_TYPE_SKIPPED)
class TypesAreKnownByTheirStart(Rules):
    """A text that starts with a supported type is accepted as event_type."""

    def supported(self, event_type: Any) -> bool:
        return isinstance(event_type, str) and event_type.startswith(tuple(NEEDS))


@mutant(clause.UNKNOWN_TYPE_SKIPPED)
class TypesAreInherited(Rules):
    """Names that every JavaScript object has (constructor, toString) are accepted as event_type."""

    def supported(self, event_type: Any) -> bool:
        return event_type in ("constructor", "toString", "__proto__") or super().supported(event_type)
