"""Writes an expectation and its exchange as JSON values: request, expectation and reply, redacted and cut to size."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from conformance.client import CUT, Header, NoReply, Reply, Request, digest_of
from conformance.client.page import PageExchange, PageView
from conformance.evidence.curl import curl
from conformance.evidence.redaction import Redactor
from conformance.expect import Expectation, Reading

SHORT, LONG = 600, 16_384
"""Characters of a body in the transcript of an expectation that was met, and of one that was not."""
MOST_LINES = 100
"""Header lines of a message."""
LONGEST_STORED, MOST_STORED = 2048, 3
"""Characters of a stored event, and how many of its stored copies a transcript has."""
SHORT_HEAD = 4096
"""Characters of all header lines in the transcript of an expectation that was met."""


def transcript(expectation: Expectation, redactor: Redactor, *, whole: bool) -> dict[str, Any]:
    """Return an expectation for ``results.json``; with ``whole`` only very long bodies are cut."""
    exchange = expectation.exchange
    longest = LONG if whole else SHORT
    record: dict[str, Any] = {
        "sent": _sent(exchange.request, redactor, longest),
        "expected": _text(expectation.expected, redactor),
        "got": _text(expectation.got, redactor),
        "reply": _got(exchange.outcome, redactor, longest),
        "seconds": round(exchange.elapsed, 4),
    }
    if expectation.because:
        record["because"] = _text(expectation.because, redactor)
    if expectation.example is not None:
        record["example"] = _text(_json(expectation.example), redactor)
    if expectation.reading is not None and whole:
        record["store"] = _store(exchange.at, expectation.reading, redactor)
    if isinstance(exchange, PageExchange):
        record["browser"] = _page(exchange.page, redactor, longest)
        if whole:
            record["repeat"] = record["browser"]["call"]
    elif whole or len(exchange.request.body) <= SHORT:
        record["repeat"] = curl(exchange.request, redactor)
    return record


def _store(sent: float, reading: Reading, redactor: Redactor) -> dict[str, Any]:
    """Return when an event was sent, what the store showed then, and the later event that proves an absence."""
    record: dict[str, Any] = {"sent": _moment(sent), "read": _moment(reading.taken), "events": reading.events}
    if reading.unreadable:
        record["unreadable"] = reading.unreadable
    if reading.later is not None:
        record["later"] = {
            "sent": _moment(reading.later_sent),
            "stored": _text(_json(reading.later), redactor, SHORT),
        }
    if reading.stored:
        record["stored"] = [
            _text(_json(one), redactor, LONGEST_STORED) for one in reading.stored[:MOST_STORED]
        ]
    return record


def _moment(seconds: float) -> str:
    """Return seconds since the epoch as ISO 8601 in UTC, with milliseconds."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


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
        "line": _text(
            f"{request.method} {parts.path}" + (f"?{parts.query}" if parts.query else ""), redactor
        ),
        **_headers(request.headers, redactor, longest),
        **_body(request.body, redactor, longest),
    }


def _got(outcome: Reply | NoReply, redactor: Redactor, longest: int) -> dict[str, Any]:
    if isinstance(outcome, NoReply):
        return {"none": outcome.kind, "detail": _text(outcome.detail, redactor)}
    record = {
        "line": _text(f"{outcome.status} {outcome.reason}".strip(), redactor),
        **_headers(outcome.headers, redactor, longest),
        **_body(outcome.body, redactor, longest, unread=outcome.cut),
    }
    if outcome.lines_in_all:
        record |= {"lines": outcome.lines_in_all, "lines_sha256": outcome.lines_sha256}
    if outcome.undecodable:
        record["undecodable"] = _text(outcome.undecodable, redactor)
    if outcome.bytes_behind:
        record["bytes_behind"] = outcome.bytes_behind
    return record


def _text(text: str, redactor: Redactor, longest: int = LONG) -> str:
    """Return a redacted text of at most ``longest`` characters, with CUT at its end if it was cut."""
    # Redacted before it is cut, as a body.
    shown = redactor.text(text if len(text) <= 8 * longest else text[: 8 * longest] + CUT)
    return shown if len(shown) <= longest else shown[: longest - len(CUT)] + CUT


def _headers(headers: Sequence[Header], redactor: Redactor, longest: int) -> dict[str, Any]:
    """Return the first header lines. If lines were left out or cut: the number of all, and the digest of all."""
    room, shown, cut = max(longest, SHORT_HEAD), [], len(headers) > MOST_LINES
    for name, value in headers[:MOST_LINES]:
        line = [_text(name, redactor, max(room, len(CUT))), _text(value, redactor, max(room, len(CUT)))]
        room -= len(line[0]) + len(line[1])
        cut = cut or any(text.endswith(CUT) for text in line)
        shown.append(line)
        if room <= 0:
            cut = cut or len(shown) < len(headers)
            break
    part: dict[str, Any] = {"headers": shown}
    if cut:
        part["lines"] = len(headers)
        part["lines_sha256"] = digest_of(headers)
    return part


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
