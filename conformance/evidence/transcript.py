"""Writes an expectation and its exchange as JSON values: request, expectation and reply, redacted and cut to size."""

import hashlib
import json
from typing import Any
from urllib.parse import urlsplit

from conformance.client import NoReply, Reply, Request
from conformance.client.page import PageExchange, PageView
from conformance.evidence.curl import curl
from conformance.evidence.redaction import Redactor
from conformance.expect import CUT, Expectation

SHORT, LONG = 600, 16_384
"""Characters of a body in the transcript of an expectation that was met, and of one that was not."""


def transcript(expectation: Expectation, redactor: Redactor, *, whole: bool) -> dict[str, Any]:
    """Return an expectation for ``results.json``; with ``whole`` only very long bodies are cut."""
    exchange = expectation.exchange
    longest = LONG if whole else SHORT
    record: dict[str, Any] = {
        "sent": _sent(exchange.request, redactor, longest),
        "expected": redactor.text(expectation.expected),
        "got": redactor.text(expectation.got),
        "reply": _got(exchange.outcome, redactor, longest),
        "seconds": round(exchange.elapsed, 4),
    }
    if expectation.because:
        record["because"] = redactor.text(expectation.because)
    if expectation.example is not None:
        record["example"] = redactor.text(_json(expectation.example))[:LONG]
    if isinstance(exchange, PageExchange):
        record["browser"] = _page(exchange.page, redactor, longest)
        if whole:
            record["repeat"] = record["browser"]["call"]
    elif whole or len(exchange.request.body) <= SHORT:
        record["repeat"] = curl(exchange.request, redactor)
    return record


def _page(page: PageView, redactor: Redactor, longest: int) -> dict[str, Any]:
    record: dict[str, Any] = {
        "call": redactor.text(page.call),
        "origin": page.origin,
        "said": redactor.text(page.said),
        "saw": redactor.text(page.saw),
        "console": [redactor.text(line) for line in page.console],
    }
    if page.preflight is not None:
        record["preflight"] = {
            "sent": _sent(page.preflight.request, redactor, longest),
            "reply": _got(page.preflight.outcome, redactor, longest),
            "repeat": curl(page.preflight.request, redactor),
        }
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
    # Redacted before it is cut: half a token at the cut would not be recognised.
    most = 8 * longest
    whole = body[:most].decode("utf-8", "backslashreplace")
    text = redactor.text(whole + CUT if len(body) > most else whole)
    part: dict[str, Any] = {"body": text[:longest], "bytes": len(body)}
    if len(text) > longest or len(body) > most or unread:
        part["cut"] = True
        part["sha256"] = hashlib.sha256(body).hexdigest()
    if unread:
        part["unread"] = True
    return part
