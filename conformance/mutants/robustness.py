"""Mutants of chapter robustness."""

import asyncio
import codecs
import contextlib
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from conformance.mutants.declaring import crash, mutant
from conformance.reference import Rules
from conformance.reference.answers import answer
from conformance.reference.batch import Refused
from conformance.reference.stores import Store
from conformance.requirements import batch, events
from conformance.requirements import robustness as clause


@mutant(clause.TRUNCATED_BODY)
class TruncatedBodyIsRepaired(Rules):
    """A truncated body is repaired, and accepted."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        try:
            return super().decode(request, body)
        except Refused:
            return super().decode(request, self.repaired(body or b""))

    def repaired(self, body: bytes) -> bytes:
        start = body.find(b'{"event_id"')
        return body[:start] + b"{}]}" if start > 0 else body


@mutant(clause.TRUNCATED_BODY)
class TruncatedBodyCrashes(Rules):
    """A truncated body causes a server error."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        try:
            return super().decode(request, body)
        except Refused:
            if (body or b"").startswith(b'{"events": [{') and not (body or b"").endswith(b"}"):
                crash("unexpected end of input")
            raise


class Careless(Rules):
    """A body is parsed by the JSON library alone, and only syntax errors are caught."""

    def decode(self, _request: Request, body: bytes | None, /) -> Any:
        try:
            return json.loads(body or b"")
        except ValueError:
            raise Refused(["The body must be valid JSON."]) from None


@mutant(clause.DEEP_NESTING)
class DeepNestingCrashes(Careless):
    """Deeply nested JSON causes a server error."""


@mutant(clause.NUL_CHARACTER)
class RawNulCrashes(Rules):
    """A NUL byte in a body causes a server error."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        return crash("invalid byte sequence") if b"\0" in (body or b"") else super().decode(request, body)


@mutant(clause.HUGE_NUMBERS, events.HUGE_NUMBER_KEEPS_BATCH)
class InfinityCrashes(Rules):
    """A number too large for a double causes a server error."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        payload = super().decode(request, body)
        with contextlib.suppress(RecursionError):
            json.dumps(json.loads(body or b""), allow_nan=False)
        return payload


@mutant(clause.HUGE_NUMBERS)
class ManyDigitsCrash(Rules):
    """An integer with thousands of digits causes a server error."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        if b"0" * 4300 in (body or b""):
            crash("exceeds the limit for integer string conversion")
        return super().decode(request, body)


@mutant(clause.DUPLICATE_KEYS)
class DuplicateKeysCrash(Rules):
    """A repeated member name causes a server error."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        try:
            json.loads(body or b"", object_pairs_hook=self.pairs)
        except (ValueError, RecursionError):
            return super().decode(request, body)
        return super().decode(request, body)

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(pairs) if len(dict(pairs)) == len(pairs) else crash("duplicate key")


@mutant(clause.INVALID_UTF8)
class InvalidUtf8Crashes(Rules):
    """A body that is not valid UTF-8 causes a server error."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        (body or b"").decode()
        return super().decode(request, body)


@mutant(clause.CHARSET_PARAMETER)
class UnknownCharsetCrashes(Rules):
    """An unknown charset in the content type causes a server error."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        _, _, charset = request.headers.get("Content-Type", "").partition("charset=")
        codecs.lookup(charset.strip('"') or "utf-8")
        return super().decode(request, body)


@mutant(clause.CHARSET_PARAMETER)
class QuotedCharsetCrashes(Rules):
    """A charset in quotes causes a server error."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        if 'charset="' in request.headers.get("Content-Type", ""):
            crash("unknown encoding")
        return super().decode(request, body)


@mutant(clause.CHUNKED_BODY)
class ChunkedIsABadRequest(Rules):
    """A chunked body is answered with 400."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        measured = store is None or "Content-Length" in request.headers
        return super().post(request, body, store) if measured else answer(400, {"errors": ["No length."]})


@mutant(clause.CHUNKED_BODY)
class ChunkedIsEmpty(Rules):
    """A chunked body is read as an empty one."""

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        return super().decode(request, body if "Content-Length" in request.headers else b"")


class SmallBodies(Rules):
    """The limit for the size of a body is too small."""

    largest = 0

    def decode(self, request: Request, body: bytes | None, /) -> Any:
        if len(body or b"") > self.largest:
            raise Refused(["request entity too large"], 413)
        return super().decode(request, body)


@mutant(clause.LARGE_BATCH)
class LimitOf512Kilobytes(SmallBodies):
    """A body of more than 512 KiB is answered with 413."""

    largest = 512 * 1024


@mutant(clause.LARGE_BATCH)
class LimitOf100Kilobytes(SmallBodies):
    """A body of more than 100 KiB is answered with 413."""

    largest = 100 * 1024


class Silence(Response):
    """Some requests get no answer for a while."""

    async def __call__(self, _scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.sleep(2)


@mutant(
    clause.ALWAYS_ANSWERS,
    batch.NOT_JSON_REFUSED,
    batch.NOT_JSON_UNPROCESSABLE,
    options=("--timeout=1",),
)
class EmptyBodyHangs(Rules):
    """An empty body gets no answer."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        return super().post(request, body, store) if body else Silence()


@mutant(clause.ALWAYS_ANSWERS, clause.DEEP_NESTING, options=("--timeout=1",))
class DeepNestingHangs(Rules):
    """Deeply nested JSON gets no answer."""

    def post(self, request: Request, body: bytes | None, store: Store | None) -> Response:
        return Silence() if body and body.count(b"[") > 10_000 else super().post(request, body, store)


@mutant(clause.NO_SERVER_ERROR, batch.BODY_NOT_AN_OBJECT_REFUSED)
class NoObjectCrashes(Rules):
    """A body that is not an object causes a server error."""

    def body_errors(self, payload: Any) -> list[str]:
        return super().body_errors(payload) if isinstance(payload, dict) else crash("no member events")


@mutant(clause.NO_SERVER_ERROR, events.ANY_CONTENT_KEEPS_BATCH, events.NEIGHBOURS_OF_ANY_CONTENT)
class EmptyEventCrashes(Rules):
    """An empty object as an event causes a server error."""

    def valid(self, entry: Any) -> bool:
        return crash("no member") if entry == {} else super().valid(entry)
