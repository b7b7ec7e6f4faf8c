"""Mutants that do not answer some requests, or do something wrong only now and then."""

import itertools
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response

from conformance.mutants.declaring import mutant
from conformance.mutants.groups import FILLED, MIXED
from conformance.mutants.robustness import Silence
from conformance.reference import Rules
from conformance.reference.stores import Store
from conformance.requirements import batch, concurrency, cors, events, robustness, token

HASTY = ("--timeout=1",)


class Silent(Rules):
    """Some bodies get no answer."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        is_silent = store is not None and self.silences(request, body or b"")
        return Silence() if is_silent else super().post(request, body, store)

    def silences(self, _request: Request, _body: bytes, /) -> bool:
        raise NotImplementedError


@mutant(batch.ACCEPTS_1_TO_100, perhaps=(*FILLED, *MIXED), options=HASTY)
class FullBatchHangs(Silent):
    """A batch of 100 entries gets no answer."""

    def silences(self, _request: Request, body: bytes, /) -> bool:
        return body.count(b'"event_id"') == 100


@mutant(
    batch.NOT_JSON_REFUSED,
    batch.NOT_JSON_UNPROCESSABLE,
    robustness.ALWAYS_ANSWERS,
    options=HASTY,
)
class ProseHangs(Silent):
    """A body of prose gets no answer."""

    def silences(self, _request: Request, body: bytes, /) -> bool:
        return body.startswith(b"these are")


@mutant(robustness.CHUNKED_BODY, options=HASTY)
class ChunkedHangs(Silent):
    """A chunked body gets no answer."""

    def silences(self, request: Request, _body: bytes, /) -> bool:
        return "Content-Length" not in request.headers


@mutant(cors.BROWSER_LINES, options=HASTY)
class CrossSiteHangs(Silent):
    """A POST that a browser marks as cross-site gets no answer."""

    def silences(self, request: Request, _body: bytes, /) -> bool:
        return request.headers.get("Sec-Fetch-Site") == "cross-site"


@mutant(robustness.ANY_CALLER_ANSWERED, options=HASTY)
class NamelessHangs(Silent):
    """A POST without a User-Agent gets no answer."""

    def silences(self, request: Request, _body: bytes, /) -> bool:
        return "User-Agent" not in request.headers


@mutant(
    cors.BEACON_PREFLIGHT_STATUS,
    cors.HEADER_PREFLIGHT_STATUS,
    cors.UNKNOWN_TOKEN_PREFLIGHT,
    options=HASTY,
)
class PreflightHangs(Rules):
    """A preflight gets no answer."""

    def preflight(self, _request: Request, /) -> Response:
        return Silence()


@mutant(token.NAMES_THE_STORE, perhaps=(token.HEADER_NAMES_THE_STORE, concurrency.OWN_STORE, *MIXED))
class NowAndThenInBothStores(Rules):
    """The events of every third batch are stored in the other store, too."""

    batches: ClassVar[Any] = itertools.count(1)

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        super().ingest(store, entries, request)
        if next(self.batches) % 3 == 0:
            other = next(one for one in self.database.stores if one is not store)
            super().ingest(other, entries, request)


@mutant(events.NO_DATE_SKIPPED, perhaps=(events.ALL_INVALID_INGEST_NOTHING, *MIXED))
class NowAndThenNoDate(Rules):
    """Every other event whose timestamp is not a date is stored."""

    odd: ClassVar[Any] = itertools.count(1)

    def valid_timestamp(self, value: Any) -> bool:
        is_text = isinstance(value, str) and bool(value)
        return super().valid_timestamp(value) or (is_text and next(self.odd) % 2 == 0)
