"""Recorded runs for tests: a target with mistakes that throttles, shows tokens and keeps events of others; edits of a recording."""

import base64
import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from conformance import reference
from conformance.cli import main as command
from conformance.evidence.recording import NAME
from conformance.reference import Rules
from conformance.reference.answers import answer
from conformance.reference.batch import Refused
from conformance.reference.database import Delivery
from conformance.reference.stores import Store
from conformance.requirements import batch, concurrency, cors, enrichment, events, response, token

CHOSEN = (
    token.HEADER_WINS,
    token.COMPARED_WHOLE,
    token.BODY_IS_NO_SOURCE,
    batch.EMPTY_REFUSED,
    batch.MISSING_EVENTS_REFUSED,
    batch.ACCEPTS_1_TO_100,
    batch.INGESTS_ALL,
    events.UNKNOWN_TYPE_SKIPPED,
    enrichment.CHANNEL_WEB,
    cors.ACCEPTED_ORIGIN,
    response.CREATED,
    concurrency.OWN_STATUS,
)
"""A requirement of each chapter: with generated batches, readings, a burst, and requests on sockets of their own."""
QUICK = ("--record", "--effort=quick", "--patience=2", "--connections=8")
CUSTOMER = "jane-of-another-shop@example.org"


class Troubled(Rules):
    """Refuses full batches, shows tokens in its refusals, throttles every ninth batch, and stores events of others."""

    answers = 0

    def entries(self, request: Request, body: bytes | None) -> list[Any]:
        entries = super().entries(request, body)
        if len(entries) >= 90:
            raise Refused(["too many events"])
        return entries

    def unprocessable(self, request: Request, refused: Refused, /) -> Response:
        shown = request.headers.get("X-Storefront-Access-Token", "")
        forms = [
            shown,
            quote(shown),
            base64.b64encode(b"token " + shown.encode()).decode(),
            shown.encode().hex(),
        ]
        return answer(refused.status, {"errors": refused.errors, "you sent": forms, "in part": shown[:14]})

    def created(self, request: Request, entries: list[Any], /) -> Response:
        self.answers += 1
        if self.answers % 9 == 0:
            return Response(status_code=429, headers={"Retry-After": "0"})
        return super().created(request, entries)

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        foreign = {"event_id": f"of-jane-{self.answers}", "session_id": "s-77", "customer_id": CUSTOMER}
        self.database.put([Delivery(store.name, None, foreign)])
        super().ingest(store, entries, request)


SECRETS = (reference.TOKEN, reference.OTHER_TOKEN, reference.REVOKED_TOKEN)


def edit(folder: Path, change: Callable[[Any], None]) -> None:
    """Change the content of a recording, and seal it again, as somebody who can run this code can do."""
    content = recorded(folder)
    change(content)
    put(folder, content)


def set_clock(content: Any) -> None:
    """Let the run end five seconds later."""
    assert content["entries"][-1][0] == "monotonic"
    content["entries"][-1][2] += 5


def put(folder: Path, content: Any) -> None:
    """Write a recording with the right digest."""
    del content["sha256"]
    raw = json.dumps(content).encode().removesuffix(b"}") + b", "
    digest = hashlib.sha256(raw).hexdigest()
    (folder / NAME).write_bytes(gzip.compress(raw + f'"sha256": "{digest}"}}'.encode()))


def recorded(folder: Path) -> Any:
    """Return the content of a recording."""
    return json.loads(gzip.decompress((folder / NAME).read_bytes()))


def rejudge(folder: Path, *more: str) -> int:
    """Judge a recorded run again, and return the exit status."""
    return command(["rejudge", str(folder), *more])
