"""Values of a run as JSON, for an xdist worker."""

from enum import StrEnum
from pathlib import Path
from typing import Any

from conformance.client import Request


def request_to_json(request: Request | None) -> list[Any] | None:
    """Return a request with a text body as JSON values."""
    return None if request is None else [request.method, request.url, request.headers, request.body.decode()]


def request_from_json(value: list[Any] | None) -> Request | None:
    """Return the request that ``request_to_json`` was given."""
    if value is None:
        return None
    method, url, headers, content = value
    return Request(method, url, tuple((name, text) for name, text in headers), content.encode())


def setting_to_json(value: Any) -> Any:
    """Return a setting as a JSON value, for another process."""
    return str(value) if isinstance(value, Path | StrEnum) else value
