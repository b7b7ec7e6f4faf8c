"""One event: its fields, which of them are required, and whether it is stored or skipped."""

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
    "event_id": _WORDS,  # documented as a ULID or a UUID; other texts are accepted (silent)
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
"""The schema of each known field, if the field is present. Unknown fields are ignored (silent)."""

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
    "search": frozenset(),  # has a query; whether it is required is silent
    "block_view": frozenset(),  # has an attribution_token, which the field table calls optional
}
"""The supported types, and the fields that each requires in addition to ALWAYS."""


class Events:
    """The clauses about single events, one method for each."""

    def accepted(self, entries: list[Any]) -> list[dict[str, Any]]:
        """Return the valid entries in their order."""
        return [entry for entry in entries if self.valid(entry)]

    def valid(self, entry: Any) -> bool:
        """Whether an entry is an object of a supported type, with valid fields and a valid timestamp."""
        return (
            isinstance(entry, dict)
            and self.supported(entry.get("event_type"))
            and self.conforms(entry)
            and ("timestamp" not in entry or self.valid_timestamp(entry["timestamp"]))
        )

    def supported(self, event_type: Any) -> bool:
        """Whether an event_type is supported; None and values that are not strings are not."""
        return isinstance(event_type, str) and event_type in NEEDS

    def required_fields(self, event_type: str) -> frozenset[str]:
        """Return the fields that an event of this type requires, in addition to event_type."""
        return ALWAYS | NEEDS.get(event_type, frozenset())

    def field_schema(self, field: str) -> Schema:
        """Return the schema of a known field."""
        return FIELDS[field]

    def valid_timestamp(self, value: Any) -> bool:
        """Whether a text is a date; the schema checks that the value is a text."""
        return not isinstance(value, str) or timestamps.parse(value) is not None

    def schema(self, event_type: str) -> Schema:
        """Return the JSON Schema of one event type."""
        return {
            "type": "object",
            "required": sorted(self.required_fields(event_type)),
            "properties": {field: self.field_schema(field) for field in FIELDS},
        }

    def conforms(self, event: dict[str, Any]) -> bool:
        """Whether an event is valid by the schema of its type.

        The schema gets only the known fields, and containers without their content: unknown or free-form data is
        never a reason to skip an event, however deep or unusual it is.
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
    """Return an empty container for a full one, because only its type is checked."""
    return type(value)() if isinstance(value, (dict, list)) else value
