"""Mutants of chapter events: required fields, and the types of fields."""

from typing import Any, ClassVar
from uuid import uuid4

from conformance.mutants.declaring import mutant
from conformance.mutants.groups import CONVERTED, MIXED
from conformance.reference import Rules
from conformance.reference.events import Schema
from conformance.requirements import events as clause

Event = dict[str, Any]


class Forgetful(Rules):
    """A required field is optional, for some types or for all."""

    forgotten = ""
    by: tuple[str, ...] = ()

    def required_fields(self, event_type: str) -> frozenset[str]:
        needed = super().required_fields(event_type)
        return needed - {self.forgotten} if not self.by or event_type in self.by else needed


@mutant(clause.EVENT_ID_REQUIRED, clause.NAMES_EXACT)
class EventIdIsOptional(Forgetful):
    """An event without event_id is stored."""

    forgotten = "event_id"


@mutant(clause.EVENT_ID_REQUIRED, clause.NAMES_EXACT)
class EventIdIsMade(Rules):
    """An event without event_id gets one from the server, and is stored."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        made = [
            {"event_id": str(uuid4()), **entry} if isinstance(entry, dict) else entry for entry in entries
        ]
        return super().accepted(made)


@mutant(clause.EVENT_TYPE_REQUIRED, clause.NAMES_EXACT, clause.EVENT_TYPE_TYPED)
class EventTypeIsOptional(Rules):
    """An event without event_type is stored."""

    def supported(self, event_type: Any) -> bool:
        return event_type is None or super().supported(event_type)


@mutant(clause.EVENT_TYPE_REQUIRED)
class EventTypeIsGuessed(Rules):
    """A product event without event_type is stored as a product_view."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        return super().accepted(
            [
                {"event_type": "product_view", **entry}
                if isinstance(entry, dict) and "product_id" in entry
                else entry
                for entry in entries
            ]
        )


@mutant(
    clause.TIMESTAMP_REQUIRED,
    clause.NAMES_EXACT,
    clause.ALL_INVALID_INGEST_NOTHING,
    clause.ANY_MIX,
    perhaps=MIXED,
)
class TimestampIsOptional(Forgetful):
    """An event without timestamp is stored."""

    forgotten = "timestamp"


@mutant(
    clause.TIMESTAMP_REQUIRED,
    clause.NAMES_EXACT,
    clause.ALL_INVALID_INGEST_NOTHING,
    clause.ANY_MIX,
    perhaps=MIXED,
)
class TimestampIsNow(Rules):
    """An event without timestamp gets one from the server, and is stored."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        now = "2026-01-01T00:00:00Z"
        made = [{"timestamp": now, **entry} if isinstance(entry, dict) else entry for entry in entries]
        return super().accepted(made)


@mutant(clause.SESSION_ID_REQUIRED, clause.NAMES_EXACT)
class SessionIdIsOptional(Forgetful):
    """An event without session_id is stored."""

    forgotten = "session_id"


@mutant(clause.SESSION_ID_REQUIRED)
class SearchNeedsNoSession(Forgetful):
    """A search without session_id is stored."""

    forgotten, by = "session_id", ("search",)


@mutant(clause.PRODUCT_ID_REQUIRED, clause.NAMES_EXACT, clause.ALL_INVALID_INGEST_NOTHING)
class ProductIdIsOptional(Forgetful):
    """An event without product_id is stored."""

    forgotten = "product_id"


@mutant(clause.PRODUCT_ID_REQUIRED, clause.NAMES_EXACT, clause.ALL_INVALID_INGEST_NOTHING)
class CartNeedsNoProduct(Forgetful):
    """An add_to_cart without product_id is stored."""

    forgotten, by = "product_id", ("add_to_cart",)


@mutant(clause.COLLECTION_HANDLE_REQUIRED, clause.NAMES_EXACT, clause.ALL_INVALID_INGEST_NOTHING)
class CollectionHandleIsOptional(Forgetful):
    """A collection_view without collection_handle is stored."""

    forgotten = "collection_handle"


@mutant(clause.POSITION_REQUIRED, clause.NAMES_EXACT, clause.ALL_INVALID_INGEST_NOTHING)
class PositionIsOptional(Forgetful):
    """An event without position is stored."""

    forgotten = "position"


@mutant(clause.POSITION_REQUIRED, clause.NAMES_EXACT, clause.ALL_INVALID_INGEST_NOTHING)
class TouchNeedsNoPosition(Forgetful):
    """A product_touch without position is stored."""

    forgotten, by = "position", ("product_touch",)


@mutant(clause.POSITION_REQUIRED, clause.NAMES_EXACT, clause.ALL_INVALID_INGEST_NOTHING)
class PositionIsOne(Rules):
    """An event without position gets position 1, and is stored."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        return super().accepted(
            [{"position": 1, **entry} if isinstance(entry, dict) else entry for entry in entries]
        )


class Untyped(Rules):
    """A field may have any JSON type, or more types than documented."""

    field = ""
    taken: ClassVar[Schema] = {}

    def field_schema(self, field: str) -> Schema:
        return self.taken if field == self.field else super().field_schema(field)


@mutant(clause.EVENT_ID_TYPED, clause.EMPTY_STRINGS_SKIPPED, *CONVERTED)
class EventIdIsAnything(Untyped):
    """An event_id of any type is accepted."""

    field = "event_id"


@mutant(clause.EVENT_TYPE_TYPED)
class EventTypeIsConverted(Rules):
    """An event_type that is an object or an array is accepted."""

    def supported(self, event_type: Any) -> bool:
        return isinstance(event_type, dict | list) or super().supported(event_type)


@mutant(
    clause.TIMESTAMP_TYPED,
    clause.ALL_INVALID_INGEST_NOTHING,
    clause.ANY_MIX,
    clause.BOOLEANS_SKIPPED,
    perhaps=MIXED,
)
class TimestampIsAnything(Untyped):
    """A timestamp of any type is accepted."""

    field = "timestamp"


@mutant(clause.SESSION_ID_TYPED, clause.EMPTY_STRINGS_SKIPPED, *CONVERTED)
class SessionIdIsAnything(Untyped):
    """A session_id of any type is accepted."""

    field = "session_id"


@mutant(clause.SESSION_ID_TYPED, *CONVERTED)
class SessionIdIsConverted(Rules):
    """A session_id of any type is converted to a string, and accepted."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        converted = [
            {**entry, "session_id": str(entry["session_id"])}
            if isinstance(entry, dict) and "session_id" in entry
            else entry
            for entry in entries
        ]
        return super().accepted(converted)


@mutant(clause.PRODUCT_ID_TYPED, clause.ALL_INVALID_INGEST_NOTHING, clause.BOOLEANS_SKIPPED, perhaps=MIXED)
class ProductIdIsAnything(Untyped):
    """A product_id of any type is accepted."""

    field = "product_id"


@mutant(clause.PRODUCT_ID_TYPED, clause.ALL_INVALID_INGEST_NOTHING, perhaps=MIXED)
class ProductIdIsAWord(Untyped):
    """Any string is accepted as product_id, numeric or not."""

    field, taken = "product_id", {"type": ["number", "string"]}


@mutant(
    clause.COLLECTION_HANDLE_TYPED,
    clause.ALL_INVALID_INGEST_NOTHING,
    clause.EMPTY_STRINGS_SKIPPED,
    *CONVERTED,
    perhaps=MIXED,
)
class CollectionHandleIsAnything(Untyped):
    """A collection_handle of any type is accepted."""

    field = "collection_handle"


@mutant(
    clause.POSITION_TYPED,
    clause.ALL_INVALID_INGEST_NOTHING,
    clause.POSITION_FROM_ONE,
    clause.BOOLEANS_SKIPPED,
    perhaps=MIXED,
)
class PositionIsAnything(Untyped):
    """A position of any type is accepted."""

    field = "position"


@mutant(clause.POSITION_TYPED, clause.ALL_INVALID_INGEST_NOTHING, perhaps=MIXED)
class PositionIsAWord(Untyped):
    """Any string is accepted as position, numeric or not."""

    field, taken = "position", {"type": ["number", "string"], "minimum": 1}


@mutant(clause.CUSTOMER_ID_TYPED, *CONVERTED)
class CustomerIdIsAnything(Untyped):
    """A customer_id of any type is accepted."""

    field = "customer_id"


@mutant(clause.ATTRIBUTION_TOKEN_TYPED, *CONVERTED)
class AttributionTokenIsAnything(Untyped):
    """An attribution_token of any type is accepted."""

    field = "attribution_token"


@mutant(clause.SHOPPING_CHANNEL_TYPED, *CONVERTED)
class ShoppingChannelIsNoString(Untyped):
    """A shopping_channel that is not a string is accepted."""

    field, taken = "shopping_channel", {"if": {"type": "string"}, "then": {"enum": ["web", "app"]}}


@mutant(clause.VARIANT_ID_TYPED, clause.BOOLEANS_SKIPPED)
class VariantIdIsAnything(Untyped):
    """A variant_id of any type is accepted."""

    field = "variant_id"


@mutant(clause.MARKETING_SOURCE_TYPED, *CONVERTED)
class MarketingSourceIsAnything(Untyped):
    """A marketing_source of any type is accepted."""

    field = "marketing_source"


@mutant(clause.MARKETING_MEDIUM_TYPED, *CONVERTED)
class MarketingMediumIsAnything(Untyped):
    """A marketing_medium of any type is accepted."""

    field = "marketing_medium"


@mutant(clause.MARKETING_CAMPAIGN_TYPED, *CONVERTED)
class MarketingCampaignIsAnything(Untyped):
    """A marketing_campaign of any type is accepted."""

    field = "marketing_campaign"


@mutant(clause.CONTEXTUAL_DATA_TYPED)
class ContextualDataIsAnything(Untyped):
    """A contextual_data of any type is accepted."""

    field = "contextual_data"


@mutant(clause.SHOPPING_CHANNEL_LISTED)
class ShoppingChannelIsAnyString(Untyped):
    """Any string is accepted as shopping_channel."""

    field, taken = "shopping_channel", {"type": "string"}


@mutant(clause.SHOPPING_CHANNEL_LISTED)
class ShoppingChannelHasNoCase(Untyped):
    """web and app are accepted as shopping_channel in any letter case."""

    field, taken = "shopping_channel", {"pattern": "^(?i:web|app)$", "type": "string"}
