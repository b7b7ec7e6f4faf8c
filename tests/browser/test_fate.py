"""What the network log says became of a call: the table of the verdicts, row by row."""

from typing import Any

import pytest

from conformance.browser.fate import Fate, Outcome, outcome_of
from conformance.browser.network_log import NetworkLog

POST, PREFLIGHT = "7.1", "ABC"
URL = "https://target.example/beacon"
SENT = {"Origin": "https://shop.example", "Host": "target.example", "Accept": "*/*"}
OK = {"status": 201, "statusText": "Created", "headers": {"content-type": "application/json"}}


def _begun(request: str, method: str, **more: Any) -> tuple[str, dict[str, Any]]:
    event = {
        "requestId": request,
        "request": {"method": method, "url": URL},
        "timestamp": 1.0,
        "wallTime": 1e9,
        **more,
    }
    return "requestWillBeSent", event


def _failed(request: str, text: str = "net::ERR_FAILED", **more: Any) -> tuple[str, dict[str, Any]]:
    return "loadingFailed", {"requestId": request, "timestamp": 2.0, "errorText": text, **more}


def _cors(code: str) -> dict[str, Any]:
    return {"corsErrorStatus": {"corsError": code, "failedParameter": ""}}


def _head(request: str, status: int, text: str = "") -> tuple[str, dict[str, Any]]:
    return "responseReceivedExtraInfo", {
        "requestId": request,
        "statusCode": status,
        "headers": {"vary": "Origin"},
        "headersText": text,
    }


def _log(*events: tuple[str, dict[str, Any]]) -> NetworkLog:
    log = NetworkLog()
    for name, event in (
        _begun(POST, "POST"),
        _begun(PREFLIGHT, "OPTIONS", initiator={"type": "preflight", "requestId": POST}),
        ("requestWillBeSentExtraInfo", {"requestId": PREFLIGHT, "headers": SENT}),
        *events,
    ):
        log.add(name, event)
    return log


ANSWERED = (
    ("requestWillBeSentExtraInfo", {"requestId": POST, "headers": SENT}),
    _head(POST, 201),
)
RECEIVED = ("responseReceived", {"requestId": POST, "timestamp": 2.0, "response": OK})
FINISHED = ("loadingFinished", {"requestId": POST, "timestamp": 2.1})


def test_an_answer_that_the_browser_accepts_is_read() -> None:
    log = _log(*ANSWERED, RECEIVED, FINISHED)

    assert outcome_of(log) == Outcome(Fate.READ)
    assert log.is_settled


def test_an_answer_whose_body_breaks_is_read_and_the_error_is_known() -> None:
    log = _log(*ANSWERED, RECEIVED, _failed(POST, "net::ERR_CONTENT_DECODING_FAILED"))

    assert outcome_of(log) == Outcome(Fate.READ, "ERR_CONTENT_DECODING_FAILED")


@pytest.mark.parametrize(
    "code",
    [
        "PreflightMissingAllowOriginHeader",
        "PreflightInvalidStatus",
        "PreflightDisallowedRedirect",
        "HeaderDisallowedByPreflightResponse",
        "MethodDisallowedByPreflightResponse",
        "InvalidAllowHeadersPreflightResponse",
        "InvalidAllowMethodsPreflightResponse",
    ],
)
def test_a_preflight_that_fails_loses_the_post(code: str) -> None:
    log = _log(_head(PREFLIGHT, 204), _failed(POST, **_cors(code)))

    assert outcome_of(log) == Outcome(Fate.LOST, code)
    assert log.is_settled


@pytest.mark.parametrize(
    "code", ["MissingAllowOriginHeader", "InvalidAllowCredentials", "AllowOriginMismatch"]
)
def test_another_cors_error_only_withholds_the_answer(code: str) -> None:
    assert outcome_of(_log(*ANSWERED, _failed(POST, **_cors(code)))) == Outcome(Fate.WITHHELD, code)


def test_a_failure_waits_for_the_head_that_comes_after_it() -> None:
    early = _log(_failed(POST, **_cors("PreflightInvalidStatus")))

    assert not early.is_settled
    early.add(*_head(PREFLIGHT, 403))
    assert early.is_settled


@pytest.mark.parametrize(
    "error",
    ["ERR_INVALID_HTTP_RESPONSE", "ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION", "ERR_EMPTY_RESPONSE"],
)
def test_an_answer_that_the_browser_cannot_use_may_be_the_target_s_fault(error: str) -> None:
    assert outcome_of(_log(_failed(POST, f"net::{error}"))) == Outcome(Fate.FAILED, error)


@pytest.mark.parametrize(
    ("failure", "remedy"),
    [
        ({"text": "net::ERR_CERT_AUTHORITY_INVALID"}, "certificate"),
        ({"text": "net::ERR_NAME_NOT_RESOLVED"}, "address"),
        ({"text": "net::ERR_UNSAFE_PORT"}, "port"),
        ({"text": "net::ERR_CONNECTION_REFUSED"}, "network"),
        ({"text": "net::ERR_TUNNEL_CONNECTION_FAILED"}, "--proxy"),
        ({"text": "", "blockedReason": "mixed-content"}, "https"),
        ({"text": "net::ERR_SOMETHING_NEW"}, "another browser"),
        ({"text": "net::ERR_FAILED", **_cors("LocalNetworkAccessPermissionDenied")}, "--browser auto"),
        ({"text": "net::ERR_FAILED", **_cors("InsecureLocalNetwork")}, "--browser auto"),
    ],
    ids=range(9),
)
def test_what_is_not_the_target_s_fault_judges_nothing_and_says_what_to_do(
    failure: dict[str, Any], remedy: str
) -> None:
    assert remedy in outcome_of(_log(_failed(POST, **failure))).hindrance


def test_the_error_of_the_preflight_counts_where_the_post_has_no_other() -> None:
    log = _log(_failed(PREFLIGHT, "net::ERR_NAME_NOT_RESOLVED"), _failed(POST))

    assert "address" in outcome_of(log).hindrance


def test_no_answer_in_time_may_be_the_target_s_fault() -> None:
    assert outcome_of(_log()) == Outcome(Fate.FAILED, "no answer in time")


def test_a_page_without_a_post_judges_nothing() -> None:
    assert outcome_of(NetworkLog()).hindrance


def test_a_reply_has_the_lines_of_the_wire() -> None:
    text = "HTTP/1.1 201 Created\r\nVary: Origin\r\nvary:\tAccept \r\nA: \xa0b\r\n\r\n"
    post = _log(*ANSWERED[:1], _head(POST, 201, text)).post()
    assert post is not None
    reply = post.reply()

    assert reply is not None
    assert (reply.status, reply.reason) == (201, "Created")
    assert reply.headers == (("Vary", "Origin"), ("vary", "Accept"), ("A", "\xa0b"))


def test_a_reply_without_a_raw_head_has_one_line_for_each_value() -> None:
    post = _log(
        (
            "responseReceived",
            {"requestId": POST, "timestamp": 2.0, "response": {**OK, "headers": {"a": "1\n2"}}},
        )
    ).post()
    assert post is not None
    reply = post.reply()

    assert reply is not None
    assert reply.headers == (("a", "1"), ("a", "2"))


def test_a_request_can_be_sent_by_another_client() -> None:
    post = _log(*ANSWERED).post()

    assert post is not None
    assert post.lines == (("Origin", "https://shop.example"), ("Accept", "*/*"))


def test_a_redirect_keeps_the_first_method_and_shows_the_last() -> None:
    moved = {"status": 302, "statusText": "Found", "headers": {}}
    log = _log(*ANSWERED, _begun(POST, "GET", redirectResponse=moved), RECEIVED, FINISHED)
    post = log.post()

    assert post is not None
    assert (post.first_method, post.method) == ("POST", "GET")
