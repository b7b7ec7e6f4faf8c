"""Freedoms where the contract is silent: the strict choice."""

import re
from typing import Any

from starlette.requests import Request

from conformance.reference import Rules
from conformance.reference.batch import Refused
from conformance.reference.events import FIELDS, Schema


class OnlyPlainJsonIsTaken(Rules):
    """Another content type, a charset or an encoding gets 415, a chunked body 411, more than 2 MB 413."""

    def entries(self, request: Request, body: bytes | None, /) -> list[Any]:
        if "chunked" in request.headers.get("Transfer-Encoding", ""):
            raise Refused(["Length Required"], 411)
        encoded = "Content-Encoding" in request.headers
        if encoded or request.headers.get("Content-Type") != "application/json":
            raise Refused(["Unsupported Media Type"], 415)
        if len(body or b"") > 2 << 20:
            raise Refused(["Content Too Large"], 413)
        return super().entries(request, body)


class UnknownMembersAreRefused(Rules):
    """A batch with an unknown member is refused."""

    def body_errors(self, payload: Any) -> list[str]:
        return super().body_errors(payload) or [f"{name}?" for name in payload if name != "events"]


class ExactEvents(Rules):
    """Only documented fields are accepted, with whole positions, documented ids and one form of date."""

    ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26}")

    def field_schema(self, field: str) -> Schema:
        if field == "event_id":
            return {"type": "string", "pattern": f"^({self.ID.pattern})$"}
        return {"type": "integer", "minimum": 1} if field == "position" else super().field_schema(field)

    def required_fields(self, event_type: str) -> frozenset[str]:
        needs = {"search": {"query"}, "block_view": {"attribution_token"}}
        return super().required_fields(event_type) | needs.get(event_type, set())

    def valid(self, entry: Any) -> bool:
        return super().valid(entry) and entry.keys() <= {"event_type", *FIELDS}


class OrdinaryContent(Rules):
    """Events with a NUL, a number beyond 64 bits, much nesting or an early date are skipped, as what a database cannot hold."""

    def valid(self, entry: Any) -> bool:
        return super().valid(entry) and not self.is_beyond(entry)

    def is_beyond(self, value: Any, depth: int = 0) -> bool:
        """Whether a value, or one in it, cannot be stored."""
        if isinstance(value, str):
            return "\0" in value or re.match(r"(0\d|1[0-8])\d\d-", value) is not None
        if isinstance(value, int | float):
            return abs(value) >= 2**63
        parts = (
            [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
        )
        return depth > 6 or any(self.is_beyond(part, depth + 1) for part in parts)
