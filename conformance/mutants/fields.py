"""Mutants of chapter events: the fields that an event has to have, and of what type."""

from typing import Any, ClassVar
from uuid import uuid4

from conformance.mutants.declaring import mutant
from conformance.mutants.groups import MIXED
from conformance.reference import Rules
from conformance.reference.events import Schema
from conformance.requirements import events as clause

Event = dict[str, Any]


class Forgetful(Rules):
    """A field is not required, by some types or by all."""

    forgotten = ""
    by: tuple[str, ...] = ()

    def required_fields(self, event_type: str) -> frozenset[str]:
        needed = super().required_fields(event_type)
        return needed - {self.forgotten} if not self.by or event_type in self.by else needed


@mutant(clause.EVENT_ID_REQUIRED)
class EventIdIsOptional(Forgetful):
    """An event without event_id is taken as it is."""

    forgotten = "event_id"


@mutant(clause.EVENT_ID_REQUIRED)
class EventIdIsMade(Rules):
    """An event without event_id is given one."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        made = [
            {"event_id": str(uuid4()), **entry} if isinstance(entry, dict) else entry for entry in entries
        ]
        return super().accepted(made)


@mutant(clause.EVENT_TYPE_REQUIRED)
class EventTypeIsOptional(Rules):
    """An event without event_type is taken as it is."""

    def supported(self, event_type: Any) -> bool:
        return event_type is None or super().supported(event_type)


@mutant(clause.EVENT_TYPE_REQUIRED)
class EventTypeIsGuessed(Rules):
    """A product event without event_type is a view."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        return super().accepted(
            [
                {"event_type": "product_view", **entry}
                if isinstance(entry, dict) and "product_id" in entry
                else entry
                for entry in entries
            ]
        )


@mutant(clause.TIMESTAMP_REQUIRED, clause.ALL_INVALID_INGEST_NOTHING, clause.ANY_MIX, perhaps=MIXED)
class TimestampIsOptional(Forgetful):
    """An event without timestamp is taken as it is."""

    forgotten = "timestamp"


@mutant(clause.TIMESTAMP_REQUIRED, clause.ALL_INVALID_INGEST_NOTHING, clause.ANY_MIX, perhaps=MIXED)
class TimestampIsNow(Rules):
    """An event without timestamp happened when it came."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        now = "2026-01-01T00:00:00Z"
        made = [{"timestamp": now, **entry} if isinstance(entry, dict) else entry for entry in entries]
        return super().accepted(made)


@mutant(clause.SESSION_ID_REQUIRED)
class SessionIdIsOptional(Forgetful):
    """An event without session_id is taken as it is."""

    forgotten = "session_id"


@mutant(clause.SESSION_ID_REQUIRED)
class SearchNeedsNoSession(Forgetful):
    """A search without session_id is taken as it is."""

    forgotten, by = "session_id", ("search",)


@mutant(clause.PRODUCT_ID_REQUIRED, clause.ALL_INVALID_INGEST_NOTHING)
class ProductIdIsOptional(Forgetful):
    """An event without product_id is taken as it is."""

    forgotten = "product_id"


@mutant(clause.PRODUCT_ID_REQUIRED, clause.ALL_INVALID_INGEST_NOTHING)
class CartNeedsNoProduct(Forgetful):
    """An add_to_cart without product_id is taken as it is."""

    forgotten, by = "product_id", ("add_to_cart",)


@mutant(clause.COLLECTION_HANDLE_REQUIRED, clause.ALL_INVALID_INGEST_NOTHING)
class CollectionHandleIsOptional(Forgetful):
    """A collection_view without collection_handle is taken as it is."""

    forgotten = "collection_handle"


@mutant(clause.POSITION_REQUIRED, clause.ALL_INVALID_INGEST_NOTHING)
class PositionIsOptional(Forgetful):
    """An event without position is taken as it is."""

    forgotten = "position"


@mutant(clause.POSITION_REQUIRED, clause.ALL_INVALID_INGEST_NOTHING)
class TouchNeedsNoPosition(Forgetful):
    """A product_touch without position is taken as it is."""

    forgotten, by = "position", ("product_touch",)


@mutant(clause.POSITION_REQUIRED, clause.ALL_INVALID_INGEST_NOTHING)
class PositionIsOne(Rules):
    """An event without position is the first."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        return super().accepted(
            [{"position": 1, **entry} if isinstance(entry, dict) else entry for entry in entries]
        )


class Untyped(Rules):
    """A field may be of any JSON type, or of some more."""

    field = ""
    taken: ClassVar[Schema] = {}

    def field_schema(self, field: str) -> Schema:
        return self.taken if field == self.field else super().field_schema(field)


@mutant(clause.EVENT_ID_TYPED, clause.EMPTY_STRINGS_SKIPPED)
class EventIdIsAnything(Untyped):
    """An event_id of any type will do."""

    field = "event_id"


@mutant(clause.EVENT_TYPE_TYPED)
class EventTypeIsConverted(Rules):
    """A type that is no string is converted to one, and that is never looked up."""

    def supported(self, event_type: Any) -> bool:
        return isinstance(event_type, dict | list) or super().supported(event_type)


@mutant(clause.TIMESTAMP_TYPED, clause.ALL_INVALID_INGEST_NOTHING, clause.ANY_MIX, perhaps=MIXED)
class TimestampIsAnything(Untyped):
    """A timestamp of any type will do."""

    field = "timestamp"


@mutant(clause.SESSION_ID_TYPED, clause.EMPTY_STRINGS_SKIPPED)
class SessionIdIsAnything(Untyped):
    """A session_id of any type will do."""

    field = "session_id"


@mutant(clause.SESSION_ID_TYPED)
class SessionIdIsConverted(Rules):
    """A session_id is converted to a string before it is judged."""

    def accepted(self, entries: list[Any]) -> list[Event]:
        converted = [
            {**entry, "session_id": str(entry["session_id"])}
            if isinstance(entry, dict) and "session_id" in entry
            else entry
            for entry in entries
        ]
        return super().accepted(converted)


@mutant(clause.PRODUCT_ID_TYPED, clause.ALL_INVALID_INGEST_NOTHING, perhaps=MIXED)
class ProductIdIsAnything(Untyped):
    """A product_id of any type will do."""

    field = "product_id"


@mutant(clause.PRODUCT_ID_TYPED, clause.ALL_INVALID_INGEST_NOTHING, perhaps=MIXED)
class ProductIdIsAWord(Untyped):
    """A product_id is a number or any string, numeric or not."""

    field, taken = "product_id", {"type": ["number", "string"]}


@mutant(
    clause.COLLECTION_HANDLE_TYPED,
    clause.ALL_INVALID_INGEST_NOTHING,
    clause.EMPTY_STRINGS_SKIPPED,
    perhaps=MIXED,
)
class CollectionHandleIsAnything(Untyped):
    """A collection_handle of any type will do."""

    field = "collection_handle"


@mutant(clause.POSITION_TYPED, clause.ALL_INVALID_INGEST_NOTHING, clause.POSITION_FROM_ONE, perhaps=MIXED)
class PositionIsAnything(Untyped):
    """A position of any type will do."""

    field = "position"


@mutant(clause.POSITION_TYPED, clause.ALL_INVALID_INGEST_NOTHING, perhaps=MIXED)
class PositionIsAWord(Untyped):
    """A position is a number or any string, numeric or not."""

    field, taken = "position", {"type": ["number", "string"], "minimum": 1}


@mutant(clause.CUSTOMER_ID_TYPED)
class CustomerIdIsAnything(Untyped):
    """A customer_id of any type will do."""

    field = "customer_id"


@mutant(clause.ATTRIBUTION_TOKEN_TYPED)
class AttributionTokenIsAnything(Untyped):
    """An attribution_token of any type will do."""

    field = "attribution_token"


@mutant(clause.SHOPPING_CHANNEL_TYPED)
class ShoppingChannelIsNoString(Untyped):
    """Only a shopping_channel that is a string is compared."""

    field, taken = "shopping_channel", {"if": {"type": "string"}, "then": {"enum": ["web", "app"]}}


@mutant(clause.VARIANT_ID_TYPED)
class VariantIdIsAnything(Untyped):
    """A variant_id of any type will do."""

    field = "variant_id"


@mutant(clause.MARKETING_SOURCE_TYPED)
class MarketingSourceIsAnything(Untyped):
    """A marketing_source of any type will do."""

    field = "marketing_source"


@mutant(clause.MARKETING_MEDIUM_TYPED)
class MarketingMediumIsAnything(Untyped):
    """A marketing_medium of any type will do."""

    field = "marketing_medium"


@mutant(clause.MARKETING_CAMPAIGN_TYPED)
class MarketingCampaignIsAnything(Untyped):
    """A marketing_campaign of any type will do."""

    field = "marketing_campaign"


@mutant(clause.CONTEXTUAL_DATA_TYPED)
class ContextualDataIsAnything(Untyped):
    """A contextual_data of any type will do."""

    field = "contextual_data"


@mutant(clause.SHOPPING_CHANNEL_LISTED)
class ShoppingChannelIsAnyString(Untyped):
    """A shopping_channel is any string."""

    field, taken = "shopping_channel", {"type": "string"}


@mutant(clause.SHOPPING_CHANNEL_LISTED)
class ShoppingChannelHasNoCase(Untyped):
    """A shopping_channel is compared without case."""

    field, taken = "shopping_channel", {"pattern": "^(?i:web|app)$", "type": "string"}
