"""Every remedy is for its cause: what a reply, a missing reply or a certificate says, and what to do about it."""

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from conformance.client import NoReply, Reply, page_in_words
from conformance.doctor import StepResult
from conformance.doctor.endpoint import From, classify
from conformance.doctor.silence import silence_advice
from conformance.expect import format_reply
from tests.support.doctor_runs import TARGET_AND_TOKEN, examined, step_of
from tests.support.raw_servers import RawServer

HTML, NGINX = ("Content-Type", "text/html"), ("Server", "nginx/1.24.0 (Ubuntu)")
HERE = "https://shop.test/beacon"


def reply(status: int, *headers: tuple[str, str], body: bytes = b"") -> Reply:
    return Reply(status, "", headers, body)


def location(url: str, status: int = 302) -> Reply:
    return reply(status, ("Location", url))


REMEDIES = {
    "slash": (location("/beacon/", 308), From.APPLICATION, "serve /beacon itself (FastAPI: redirect_slashes"),
    "login-here": (location("/accounts/login/?next=/beacon"), From.APPLICATION, "an access gate asks"),
    "cloudflare": (
        location("https://acme.cloudflareaccess.com/cdn-cgi/access/login/x"),
        From.ELSEWHERE,
        "--headers",
    ),
    "microsoft": (location("https://login.microsoftonline.com/common/oauth2"), From.ELSEWHERE, "--headers"),
    "elsewhere": (location("https://other.test/beacon"), From.ELSEWHERE, "pass the URL that it redirects to"),
    "basic": (reply(401, HTML, ("WWW-Authenticate", "Basic")), From.ELSEWHERE, "pass it with --headers"),
    "no-certificate": (
        reply(400, HTML, NGINX, body=b"<html><title>400 No required SSL certificate was sent</title></html>"),
        From.ELSEWHERE,
        "--client-cert",
    ),
    "throttled": (reply(429, ("Retry-After", "30")), From.ELSEWHERE, "run again in 30 s with --max-rate 5"),
    "unavailable": (
        reply(503),
        From.ELSEWHERE,
        "Some rate limits send 503, too: then run again later with --max-rate 5",
    ),
    "http2": (reply(464), From.ELSEWHERE, "HTTP/1.1"),
}


@pytest.mark.parametrize(("answer", "source", "advice"), REMEDIES.values(), ids=REMEDIES.keys())
def test_a_reply_has_the_remedy_of_its_cause(answer: Reply, source: From, advice: str) -> None:
    found = classify(answer, HERE, rate=20)

    assert found.source is source
    assert advice in found.advice


def test_a_redirect_to_https_names_the_right_target() -> None:
    found = classify(location("https://shop.test/v1/beacon", 301), "http://shop.test/v1/beacon")

    assert "pass --target https://shop.test/v1" in found.advice


SILENCES = {
    "certificate": (
        NoReply("closed", "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required"),
        "--client-cert",
    ),
    "alpn": (NoReply("unreachable", "[SSL: TLSV1_ALERT_NO_APPLICATION_PROTOCOL]"), "HTTP/2 only"),
    "timeout": (NoReply("timeout", "no answer in time"), "--timeout"),
    "garbled": (NoReply("garbled", "x"), "not HTTP/1.1"),
}


@pytest.mark.parametrize(("outcome", "advice"), SILENCES.values(), ids=SILENCES.keys())
def test_a_missing_reply_has_the_remedy_of_its_cause(outcome: NoReply, advice: str) -> None:
    assert advice in silence_advice(outcome, HERE)


def test_a_gateway_s_page_is_named_by_its_title_and_server_and_never_pasted() -> None:
    page = (
        b"<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body><center>x</center>"
        + b"y" * 500
    )
    answer = reply(413, HTML, NGINX, body=page)

    assert page_in_words(answer) == "an HTML page of nginx: 413 Request Entity Too Large"
    assert format_reply(answer) == "status 413, an HTML page of nginx: 413 Request Entity Too Large"


@pytest.mark.parametrize(
    "body",
    [b"<HTML><pre>Cannot POST /beacon</pre>", b"\n<!DOCTYPE html><title>\n Cannot POST\n /beacon</title>"],
)
def test_a_page_without_a_title_or_a_type_is_named_too(body: bytes) -> None:
    assert format_reply(reply(404, body=body)) == "status 404, an HTML page: Cannot POST /beacon"


def test_a_json_answer_is_shown_as_it_is() -> None:
    assert format_reply(reply(422, body=b'{"errors":["<b>"]}')) == 'status 422, body {"errors":["<b>"]}'


@contextmanager
def _served(certificate: trustme.LeafCert) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with RawServer(context=context) as server:
        yield server.url.replace("127.0.0.1", "localhost")


def _certificates() -> dict[str, tuple[dict[str, object], str]]:
    now = dt.datetime.now(dt.UTC)
    day = dt.timedelta(days=1)
    return {
        "expired": ({"not_before": now - 2 * day, "not_after": now - day}, "has expired: renew it"),
        "early": ({"not_before": now + day, "not_after": now + 2 * day}, "compare the clock"),
    }


@pytest.mark.parametrize(("dates", "advice"), _certificates().values(), ids=_certificates().keys())
def test_a_certificate_out_of_date_has_its_own_remedy(
    dates: dict[str, object], advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with _served(authority.issue_cert("localhost", **dates)) as url:  # type: ignore[arg-type]
        run = examined(replace(TARGET_AND_TOKEN, target=url))

    assert step_of(run, "TLS").result is StepResult.PROBLEM
    assert advice in step_of(run, "TLS").advice


@pytest.mark.parametrize(
    ("answer", "page", "said"),
    [
        (b"401 Unauthorized", b"", "if it needs a key, give it with --observer-headers"),
        (b"404 Not Found", b"<html><title>Not Found</title></html>", "check the path in --observer"),
        (b"302 Found", b"", "name the URL that it redirects to"),
    ],
)
def test_an_observer_that_refuses_ends_the_wait_early_with_its_remedy(
    answer: bytes, page: bytes, said: str
) -> None:
    refusal = b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (answer, len(page), page)
    with RawServer() as target, RawServer(*[refusal] * 400) as observer:
        settings = replace(
            TARGET_AND_TOKEN,
            target=target.url,
            observer=f"{observer.url}/events?token={{token}}",
            patience=600,
        )
        finished = threading.Event()
        runs = []

        def examine() -> None:
            runs.append(examined(settings))
            finished.set()

        threading.Thread(target=examine, daemon=True).start()
        assert finished.wait(120), "the doctor waits for the whole patience"

    step = step_of(runs[0], "read-back")
    assert said in step.observed
    assert step.keeps_from == ("ingestion", "stores")
