"""The fields of an event, and the event types that have them, from the published tables."""

from typing import Any

PRODUCT_SCOPED = (
    "product_view",
    "product_click",
    "product_impression",
    "product_hover",
    "product_touch",
    "add_to_cart",
)
POSITIONED = ("product_click", "product_impression", "product_hover", "product_touch")
TYPES = (*PRODUCT_SCOPED, "collection_view", "search", "block_view")
"""The event types that are certainly part of the contract."""

REQUIRED: dict[str, tuple[str, ...]] = {
    "event_id": TYPES,
    "event_type": TYPES,
    "timestamp": TYPES,
    "session_id": TYPES,
    "product_id": PRODUCT_SCOPED,
    "collection_handle": ("collection_view",),
    "position": POSITIONED,
}
"""Each required field, and the types that require it."""

OPTIONAL: dict[str, tuple[Any, tuple[str, ...]]] = {
    "customer_id": ("customer-7", TYPES),
    "attribution_token": ("attribution-7", TYPES),
    "shopping_channel": ("web", TYPES),
    "variant_id": (41000000000001, PRODUCT_SCOPED),
    "marketing_source": ("newsletter", TYPES),
    "marketing_medium": ("email", TYPES),
    "marketing_campaign": ("autumn", TYPES),
}
"""Each optional field with a legal value, and the types that have it. Every event has ``contextual_data``."""

CARRIED_BY = {**REQUIRED, **{name: types for name, (_, types) in OPTIONAL.items()}, "contextual_data": TYPES}
"""Each field whose JSON type is known, and the event types that have it."""

NUMBERS = ("product_id", "variant_id", "position")
