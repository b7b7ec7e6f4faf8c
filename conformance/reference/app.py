"""The web application: ``/beacon``, the read-back at ``/events``, and a page that says what this server is."""

from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from conformance.reference.answers import answer
from conformance.reference.batch import MAX_BYTES
from conformance.reference.database import Database, as_text
from conformance.reference.rules import Rules

ABOUT = """\
This is the reference target of beacon-conformance: it does what the contract of POST /beacon says.
  POST /beacon    takes events
  GET  /events    reads them back: ?token=...&since=...&session_id=...
It runs on one machine for tests and certifies nothing.
"""


class _Beacon:
    """The endpoint: it reads the body and passes the request to the rules."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self._rules.arrive(request)
        try:
            body = await _read(request)
        except ClientDisconnect:
            return
        response = await self._rules.respond(request, body)
        await response(scope, receive, send)


class _ReadBack:
    """The read-back: a JSON array of one store's events, complete, each with its ``received_at``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __call__(self, request: Request) -> Response:
        store = self._database.store(request.query_params.get("token", ""))
        if store is None:
            return answer(401, {"error": "Unauthenticated"})
        try:
            since = _moment(request.query_params.get("since", ""))
        except (ValueError, OverflowError):
            return answer(400, {"errors": ["since must be an ISO 8601 moment."]})
        events = self._database.events(store.name, since, request.query_params.get("session_id", ""))
        return Response(f"[{','.join(events)}]", media_type="application/json")


def create_app(rules: Rules, database: Database) -> Starlette:
    """Build the application for one set of rules and the database that they write to."""
    app = Starlette(
        routes=[
            Route("/beacon", _Beacon(rules)),
            Route("/events", _ReadBack(database).__call__, methods=["GET"]),
            Route("/", _about, methods=["GET"]),
        ]
    )
    app.router.redirect_slashes = False
    return app


async def _about(_request: Request) -> Response:
    return PlainTextResponse(ABOUT)


async def _read(request: Request) -> bytes | None:
    """Read a body to its end, so the connection stays usable; return None if it is longer than the limit."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MAX_BYTES:
            chunks.append(chunk)
    return b"".join(chunks) if size <= MAX_BYTES else None


def _moment(since: str) -> str:
    """Convert ``since`` to the form in the database; without a zone it is UTC. Raises ValueError, OverflowError."""
    if not since:
        return ""
    moment = datetime.fromisoformat(since)
    return as_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
