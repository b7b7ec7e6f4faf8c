"""One event: which fields it has, which it needs, and whether it is taken or skipped without a word."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from jsonschema_rs import Draft202012Validator

from conformance.reference import timestamps

Schema = dict[str, Any]

_WORDS: Schema = {"type": "string", "minLength": 1}
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}

FIELDS: Mapping[str, Schema] = {
    "event_id": _WORDS,  # a ULID or a UUID in the documentation; any other text is silent, and taken
    "timestamp": _WORDS,
    "session_id": _WORDS,
    "customer_id": {"type": ["string", "null"]},
    "attribution_token": _TEXT,
    "shopping_channel": {"enum": ["web", "app"]},
    "product_id": _NUMBER,
    "variant_id": _NUMBER,
    "collection_handle": _WORDS,
    "position": {"type": "number", "minimum": 1},
    "query": _TEXT,
    "marketing_source": _TEXT,
    "marketing_medium": _TEXT,
    "marketing_campaign": _TEXT,
    "contextual_data": {"type": "object"},
}
"""What each known field must look like where it is present. Unknown fields are nobody's business (silent)."""

ALWAYS = frozenset({"event_id", "timestamp", "session_id"})
_PRODUCT = frozenset({"product_id"})
_PLACED = frozenset({"product_id", "position"})

NEEDS: Mapping[str, frozenset[str]] = {
    "product_view": _PRODUCT,
    "product_click": _PLACED,
    "product_impression": _PLACED,
    "product_hover": _PLACED,
    "product_touch": _PLACED,
    "add_to_cart": _PRODUCT,
    "collection_view": frozenset({"collection_handle"}),
    "search": frozenset(),  # carries a query; that it must is silent
    "block_view": frozenset(),  # carries an attribution_token, which the field table calls optional
}
"""The supported types, and what each needs beyond the fields that every event needs."""


class Events:
    """The clauses on single events, one method each."""

    def accepted(self, entries: list[Any]) -> list[dict[str, Any]]:
        """Keep the valid entries in their order; the others leave no trace."""
        return [entry for entry in entries if self.valid(entry)]

    def valid(self, entry: Any) -> bool:
        """Judge one entry on its own: an object, of a supported type, with sound fields and a real timestamp."""
        return (
            isinstance(entry, dict)
            and self.supported(entry.get("event_type"))
            and self.conforms(entry)
            and ("timestamp" not in entry or self.valid_timestamp(entry["timestamp"]))
        )

    def supported(self, event_type: Any) -> bool:
        """Know the type; a missing one and one that is no string are unknown, too."""
        return isinstance(event_type, str) and event_type in NEEDS

    def required_fields(self, event_type: str) -> frozenset[str]:
        """Name the fields that an event of this type must have, its type aside."""
        return ALWAYS | NEEDS.get(event_type, frozenset())

    def field_schema(self, field: str) -> Schema:
        """Say what a known field must look like where it is present."""
        return FIELDS[field]

    def valid_timestamp(self, value: Any) -> bool:
        """Tell a moment from other text; that it is text at all is the schema's to say."""
        return not isinstance(value, str) or timestamps.parse(value) is not None

    def schema(self, event_type: str) -> Schema:
        """Build the JSON Schema of one type out of the field rules."""
        return {
            "type": "object",
            "required": sorted(self.required_fields(event_type)),
            "properties": {field: self.field_schema(field) for field in FIELDS},
        }

    def conforms(self, event: dict[str, Any]) -> bool:
        """Check an event against the schema of its type.

        The schema sees the known fields only, and nothing inside them: what is unknown or free-form is never
        a reason to skip an event, however deep or odd it is.
        """
        event_type = str(event.get("event_type"))
        validator = self._validators.get(event_type)
        if validator is None:
            validator = self._validators[event_type] = Draft202012Validator(self.schema(event_type))
        return validator.is_valid({name: _outside(event[name]) for name in FIELDS if name in event})

    @cached_property
    def _validators(self) -> dict[str, Draft202012Validator]:
        return {}


def _outside(value: Any) -> Any:
    """Empty a container: only its kind is judged."""
    return type(value)() if isinstance(value, (dict, list)) else value
