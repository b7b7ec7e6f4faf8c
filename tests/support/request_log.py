"""Records the requests that a target gets, without identifiers and times."""

import gzip
import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance import reference

IDENTIFIERS = re.compile(
    rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # an event's
    rb"|\b[0-9A-HJKMNP-TV-Z]{26}\b"  # an event's, as a ULID
    rb"|conformance-[0-9a-f]{8}[-a-z0-9]*"  # the run's mark
    rb"|20\d\d-\d\d-\d\d[T ][0-9:.]+"  # now
    rb"|\w{3}, \d\d \w{3} 20\d\d [0-9:]+",  # and in another form
    re.IGNORECASE,
)
DIFFERENT = {b"content-length", b"host", b"x-schemathesis-testcaseid"}
"""Headers that differ between runs."""
SHORT = 20
Asked = tuple[str, bytes, tuple[tuple[bytes, bytes], ...], bytes]


def _told(body: bytes) -> bytes:
    if body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)
    try:
        json.loads(body)
    except ValueError:
        body = body[:SHORT]  # the place where a body is cut depends on the length of its identifiers
    return IDENTIFIERS.sub(b"", body)


class Recording(reference.Rules):
    """Records requests without their identifiers."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.asked: list[Asked] = []

    def receive(self, request: Request, body: bytes | None) -> Response:
        lines = tuple(line for line in request.headers.raw if line[0] not in DIFFERENT)
        query: bytes = request.scope["query_string"]
        self.asked.append((request.method, query, lines, _told(body or b"")))
        return super().receive(request, body)
