"""Mutants of chapter robustness: servers are callers too, and are treated differently."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.mutants.declaring import mutant
from conformance.reference import Rules
from conformance.reference.stores import Store
from conformance.requirements import robustness as clause

LIBRARY = re.compile(r"curl|python|Go-http-client|okhttp|Java/", re.IGNORECASE)


class SomeCallersAreRefused(Rules):
    """Some callers get another answer than the others."""

    status = 403

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        if self.refuses(request):
            return Response(status_code=self.status)
        return super().post(request, body, store)

    def refuses(self, request: Request) -> bool:
        raise NotImplementedError


@mutant(clause.ANY_CALLER_ANSWERED)
class NamelessCallersAreRefused(SomeCallersAreRefused):
    """A request without User-Agent is answered with 403."""

    def refuses(self, request: Request) -> bool:
        return "User-Agent" not in request.headers


@mutant(clause.ANY_CALLER_ANSWERED)
class LibrariesAreRefused(SomeCallersAreRefused):
    """A request with the User-Agent of a library is answered with 403."""

    def refuses(self, request: Request) -> bool:
        return LIBRARY.search(request.headers.get("User-Agent", "")) is not None


@mutant(clause.ANY_CALLER_ANSWERED)
class AcceptIsRequired(SomeCallersAreRefused):
    """A request without Accept is answered with 406."""

    status = 406

    def refuses(self, request: Request) -> bool:
        return "Accept" not in request.headers


class SomeCallersAreDropped(Rules):
    """The events of some callers are not stored, although the answer is a success."""

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        if not self.drops(request.headers.get("User-Agent", "")):
            super().ingest(store, entries, request)

    def drops(self, agent: str) -> bool:
        raise NotImplementedError


@mutant(clause.ANY_CALLER_INGESTED)
class LibrariesAreDropped(SomeCallersAreDropped):
    """The events of a request with the User-Agent of a library are taken for those of a bot, and dropped."""

    def drops(self, agent: str) -> bool:
        return LIBRARY.search(agent) is not None


@mutant(clause.ANY_CALLER_INGESTED)
class NamelessCallersAreDropped(SomeCallersAreDropped):
    """The events of a request without User-Agent are dropped."""

    def drops(self, agent: str) -> bool:
        return not agent
