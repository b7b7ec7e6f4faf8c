"""Freedoms where the contract is silent: the lenient choice."""

import gzip
import re
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from conformance.inputs.fields import REQUIRED
from conformance.reference import REVOKED_TOKEN, Rules
from conformance.reference.stores import Store
from tests.suite.variants.declaring import Event


class GenerousTokens(Rules):
    """Tokens are trimmed, the last parameter counts in any case, an empty header counts as missing, revoked tokens are known."""

    def header_token(self, request: Request) -> str | None:
        return (super().header_token(request) or "").strip() or None

    def query_token(self, request: Request) -> str | None:
        named = [value for name, value in self.query(request) if name.lower() == "token"]
        return named[-1].strip() if named else None

    def store_for(self, token: str) -> Store | None:
        return self.database.stores[0] if token == REVOKED_TOKEN else super().store_for(token)


class GenerousBodies(Rules):
    """Compressed bodies, byte order marks, NaN and trailing commas are read."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        if request.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body or b"")
        body = (body or b"").removeprefix(b"\xef\xbb\xbf").replace(b": NaN", b": null")
        if body.endswith(b",}"):
            body = body[:-2] + b"}"
        return super().decode(request, body)


class GenerousEvents(Rules):
    """Numeric strings, nulls in optional fields, numeric timestamps and loose dates are accepted, and duplicates are stored."""

    NUMBERS = ("product_id", "variant_id", "position")

    def accepted(self, entries: list[Any]) -> list[Event]:
        return super().accepted([self.read(entry) for entry in entries])

    def read(self, entry: Any) -> Any:
        if not isinstance(entry, dict):
            return entry
        kept = {name: value for name, value in entry.items() if value is not None or name in REQUIRED}
        return {name: self.read_field(name, value) for name, value in kept.items()}

    def read_field(self, name: str, value: Any) -> Any:
        if name in self.NUMBERS and isinstance(value, str) and value.isdigit():
            return int(value)
        return self.read_date(value) if name == "timestamp" else value

    def read_date(self, value: Any) -> Any:
        if isinstance(value, str) and value.isdigit():
            value = int(value) * 1000
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC).isoformat()
        if isinstance(value, str) and re.fullmatch(r"[-\d]{10}(T[:\d]{8})?", value):
            return value.ljust(19, "T")[:10] + "T00:00:00Z" if len(value) == 10 else f"{value}Z"
        return value.replace("-02-30T", "-03-02T") if isinstance(value, str) else value

    def dedup_key(self, _event: Event) -> str | None:
        return None
