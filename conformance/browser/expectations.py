"""What a check expects of a page's call. A browser condemns a target only if the suite's own client got an answer, too."""

from typing import NoReturn

from conformance.browser.calls import Call
from conformance.browser.fate import Fate
from conformance.browser.visit import PageCall, Visit, as_json
from conformance.client import Exchange, NoReply, Reply
from conformance.expect import (
    Expectation,
    NotJudged,
    Violation,
    condition,
    condition_without_reply,
    format_reply,
    json_body,
    reply,
)

MEANING = {
    "PreflightWildcardOriginNotAllowed": "the preflight's answer allows *, which does not cover a call with credentials",
    "PreflightAllowOriginMismatch": "the preflight's answer allows another origin",
    "PreflightMissingAllowOriginHeader": "the preflight's answer allows no origin",
    "PreflightMultipleAllowOriginValues": "the preflight's answer allows several origins",
    "PreflightInvalidAllowOriginValue": "the origin in the preflight's answer is not an origin",
    "PreflightInvalidAllowCredentials": "the preflight's answer does not allow credentials",
    "PreflightInvalidStatus": "the preflight's answer is not a success",
    "PreflightDisallowedRedirect": "the preflight was redirected",
    "HeaderDisallowedByPreflightResponse": "the preflight's answer does not allow a header of the call",
    "InvalidAllowHeadersPreflightResponse": "Access-Control-Allow-Headers is not a list of names",
    "InvalidAllowMethodsPreflightResponse": "Access-Control-Allow-Methods is not a list of names",
    "WildcardOriginNotAllowed": "the answer allows *, which does not cover a call with credentials",
    "AllowOriginMismatch": "the answer allows another origin",
    "MissingAllowOriginHeader": "the answer allows no origin",
    "MultipleAllowOriginValues": "the answer allows several origins",
    "InvalidAllowOriginValue": "the origin in the answer is not an origin",
    "InvalidAllowCredentials": "the answer does not allow credentials",
}
"""What a code of Chromium says, in plain words."""


def expect_delivered(visit: Visit, call: Call) -> PageCall:
    """Expect that the POST of a call left the browser and got a success, whether or not the page may read it."""
    made = visit.made(call)
    _success(visit, made, _answered(visit, made))
    _stored(visit, made)
    return made


def expect_stored_after_unload(visit: Visit, call: Call) -> None:
    """Expect that the event of a page that was left is stored. Raises NotJudged without read-back."""
    made = visit.made(call)
    assert made.sent is not None  # noqa: S101 - the call has an event
    shown = visit.shows(made.sent, visit.token_of(call))
    if shown is None:
        raise NotJudged("needs read-back that works: pass --observer SPEC")
    if not shown:
        _condemn(visit, made, "the event is stored", "it was not stored, although a later event was")
    condition_without_reply(made.exchange, met=True, expected="the event is stored", got="it was stored")


def expect_read(visit: Visit, call: Call, status: int = 201) -> PageCall:
    """Expect that a page reads the status of an answer; 201 stands for any success. Raises NotJudged for another status."""
    made = visit.made(call)
    got = _answered(visit, made)
    if status == 201:  # noqa: PLR2004 - RFC 9110, 15.3
        _success(visit, made, got)
    elif got.status != status:
        _condemn(visit, made, f"status {status}", format_reply(got), _as_usual(status))
    if made.outcome.fate is not Fate.READ or made.status is None:
        _condemn(visit, made, "the page reads the answer", f"the browser withholds it: {_error(made)}")
    condition(
        made.exchange,
        met=made.status == got.status,
        expected="the page reads the status",
        got=f"it read {made.status}",
    )
    if made.call.known_token:
        _stored(visit, made)
    return made


def expect_member(visit: Visit, made: PageCall, name: str) -> None:
    """Expect that the page reads a JSON body with a member."""
    value = as_json(made.body)
    if not isinstance(value, dict) or name not in value:
        got = f"the body could not be read: {made.broken}" if made.broken else f"it read {made.body!r:.200}"
        _condemn(visit, made, f"the page reads a JSON body with {name}", got)
    condition(made.exchange, met=True, expected=f"the page reads a JSON body with {name}", got="it did")


def has_member(exchange: Exchange, name: str) -> bool:
    """Whether a reply's body is a JSON object with a member."""
    value = json_body(exchange)
    return isinstance(value, dict) and name in value


def describe(made: PageCall) -> str:
    """Return what became of a call, for a requirement that is only observed."""
    got = made.exchange.reply
    wire = f"; status {got.status} on the wire" if got is not None else ""
    return f"{made.outcome.fate}{f' ({_error(made)})' if made.outcome.error else ''}{wire}"


def expect_whole_body(visit: Visit, made: PageCall) -> None:
    """Expect that the page reads a body to its end."""
    if made.broken:
        error = f" ({made.outcome.error})" if made.outcome.error else ""
        _condemn(visit, made, "the page reads the body to its end", f"it could not: {made.broken}{error}")
    condition(made.exchange, met=True, expected="the page reads the body to its end", got="it did")


def _answered(visit: Visit, made: PageCall) -> Reply:
    """Return the answer to the POST as it was on the wire."""
    if made.outcome.fate is Fate.LOST:
        if made.sent is not None and visit.shows_now(made.sent, visit.token_of(made.call)):
            raise NotJudged(
                "the browser reports that it did not send the event, but the event was stored: use another browser"
            )
        _condemn(visit, made, "the browser sends the POST", f"it was not sent: {_error(made)}")
    if made.exchange.reply is None and made.outcome.fate is not Fate.FAILED:
        raise NotJudged(
            "the browser did not report the answer in time: run again on a machine with less load"
        )
    if made.exchange.reply is None:
        _condemn(visit, made, "the browser gets an answer", f"it got none that it can use: {_error(made)}")
    return reply(made.exchange)


def _stored(visit: Visit, made: PageCall) -> None:
    """Expect that the event of a call is stored, where the run has read-back."""
    shown = visit.shows(made.sent, visit.token_of(made.call)) if made.sent is not None else None
    if shown is not None:
        condition(
            made.exchange,
            met=shown,
            expected="the event is stored",
            got="it was stored" if shown else "it was not stored, although a later event was",
        )


def _success(visit: Visit, made: PageCall, got: Reply) -> None:
    """Expect a success to a POST, not to the GET that a redirect turned it into."""
    if made.method != "POST":
        _condemn(
            visit,
            made,
            "a success to the POST",
            "a redirect, after which the browser sent a GET without the events",
        )
    if not 200 <= got.status < 300:  # noqa: PLR2004 - RFC 9110, 15.3
        _condemn(visit, made, "a success (201)", format_reply(got), _as_usual(201))
    condition(made.exchange, met=True, expected="a success (201)", got=format_reply(got))


def _as_usual(status: int) -> str:
    return f"the suite's own client got status {status} with other header lines"


def _error(made: PageCall) -> str:
    error = made.outcome.error or "the browser gives no reason"
    return f"{MEANING[error]} ({error})" if error in MEANING else error


def _condemn(visit: Visit, made: PageCall, expected: str, got: str, because: str = "") -> NoReturn:
    """Raise Violation, or NotJudged if the suite's own client gets no answer to the same requests."""
    for request in made.on_the_wire:
        ours: Exchange = visit.target.send(request)
        if isinstance(ours.outcome, NoReply):
            raise NotJudged(
                f"the browser got no usable answer, and neither did the suite's own client ({ours.outcome.kind}:"
                f" {ours.outcome.detail}): look at the network between this machine and the target"
            )
        reply(ours)
    for seen in (made.exchange.page.preflight, made.exchange):
        if seen is not None and seen.reply is not None:
            reply(seen)  # a gateway's answer judges nothing
    raise Violation(Expectation(made.exchange, expected, got, because))
