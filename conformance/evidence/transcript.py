"""A judgement as plain values: what was sent, expected and got, redacted and cut to size."""

import hashlib
import json
from typing import Any
from urllib.parse import urlsplit

from conformance.client import NoReply, Reply, Request
from conformance.evidence.curl import curl
from conformance.evidence.redaction import Redactor
from conformance.expect import CUT, Expectation

SHORT, LONG = 600, 16_384
"""Characters of a body in the transcript of what was met, and of what was not."""


def transcript(judgement: Expectation, redactor: Redactor, *, whole: bool) -> dict[str, Any]:
    """Return a judgement for ``results.json``; ``whole`` where it has to convince: nothing but huge bodies is cut."""
    exchange = judgement.exchange
    longest = LONG if whole else SHORT
    record: dict[str, Any] = {
        "sent": _sent(exchange.request, redactor, longest),
        "expected": redactor.text(judgement.expected),
        "got": redactor.text(judgement.got),
        "reply": _got(exchange.outcome, redactor, longest),
        "seconds": round(exchange.elapsed, 4),
    }
    if judgement.because:
        record["because"] = redactor.text(judgement.because)
    if judgement.example is not None:
        record["example"] = redactor.text(_json(judgement.example))[:LONG]
    if whole or len(exchange.request.body) <= SHORT:
        record["repeat"] = curl(exchange.request, redactor)
    return record


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sent(request: Request, redactor: Redactor, longest: int) -> dict[str, Any]:
    parts = urlsplit(request.url)
    return {
        "line": redactor.text(f"{request.method} {parts.path}" + (f"?{parts.query}" if parts.query else "")),
        "headers": [[redactor.text(name), redactor.text(value)] for name, value in request.headers],
        **_body(request.body, redactor, longest),
    }


def _got(outcome: Reply | NoReply, redactor: Redactor, longest: int) -> dict[str, Any]:
    if isinstance(outcome, NoReply):
        return {"none": outcome.kind, "detail": redactor.text(outcome.detail)}
    return {
        "line": redactor.text(f"{outcome.status} {outcome.reason}".strip()),
        "headers": [[redactor.text(name), redactor.text(value)] for name, value in outcome.headers],
        **_body(outcome.body, redactor, longest, unread=outcome.cut),
    }


def _body(body: bytes, redactor: Redactor, longest: int, *, unread: bool = False) -> dict[str, Any]:
    # Redacted before it is cut: half a token at the cut would not be known again.
    most = 8 * longest
    whole = body[:most].decode("utf-8", "backslashreplace")
    text = redactor.text(whole + CUT if len(body) > most else whole)
    shown: dict[str, Any] = {"body": text[:longest], "bytes": len(body)}
    if len(text) > longest or len(body) > most or unread:
        shown["cut"] = True
        shown["sha256"] = hashlib.sha256(body).hexdigest()
    if unread:
        shown["unread"] = True
    return shown
