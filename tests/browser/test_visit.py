"""A real Chromium and a target: what a page gets, what is sent, and what condemns nobody."""

import contextlib
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from conformance import reference
from conformance.browser import Browser, Visit, calls, launching
from conformance.browser.expectations import expect_delivered, expect_read, expect_whole_body
from conformance.browser.fate import Fate
from conformance.browser.launching import Choice
from conformance.browser.self_test import self_test
from conformance.browser.tab import Script
from conformance.client import HttpClient, RequestBudget, Target
from conformance.expect import NotJudged, Violation
from conformance.inputs.factory import EventFactory
from conformance.mutants.browser import CodingIsOnlyNamed, OtherSitesAreRefused
from conformance.mutants.preflight import PreflightWithoutCredentials
from tests.support.browser import EXECUTABLE
from tests.support.proxy import HOST, proxy_to
from tests.support.raw_servers import RawServer
from tests.support.request_log import Recording
from tests.support.sockets import descendants, watched

pytestmark = pytest.mark.skipif(
    EXECUTABLE is None, reason="Chromium is not installed: apt-get install chromium"
)
HERE = Choice("auto", ("127.0.0.1", HOST), ("127.0.0.1:0",))
"""Port 0 stands for all ports."""
ELSEWHERE = "127.0.0.2"
"""Another address of this machine, in the place of another host."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    browser = Browser(HERE)
    yield browser
    browser.close()


@contextmanager
def visiting(
    browser: Browser, url: str, *, origin: str = reference.ORIGIN, timeout: float = 10.0, proxy: str = ""
) -> Iterator[Visit]:
    client = HttpClient(timeout, proxy=proxy)
    target = Target(url, reference.TOKEN, origin, client)
    yield Visit(browser, target, EventFactory("test"), origin, reference.OTHER_ORIGIN, proxy)
    client.close()


def test_the_reference_passes_the_self_test(browser: Browser) -> None:
    with reference.Server() as server, visiting(browser, server.url) as visit:
        visit.shows = lambda *_: True
        assert self_test(visit) == ""


def test_a_target_that_fails_does_not_pass_the_self_test(browser: Browser) -> None:
    with reference.Server(OtherSitesAreRefused) as server, visiting(browser, server.url) as visit:
        assert "call beacon" in self_test(visit)


def test_a_page_sends_what_a_shop_s_page_sends(browser: Browser) -> None:
    with reference.Server(Recording) as server, visiting(browser, server.url) as visit:
        made = visit.made(calls.BEACON)
        assert isinstance(server.rules, Recording)
        asked = server.rules.asked

    assert [one[0] for one in asked] == ["OPTIONS", "POST"]
    assert made.outcome.fate is Fate.READ
    assert ("Origin", reference.ORIGIN) in made.exchange.request.headers
    assert not any("Headless" in value for _, value in made.exchange.request.headers)
    assert made.exchange.page.said == "true"


def test_each_call_has_its_own_preflight_and_equal_calls_are_made_once(browser: Browser) -> None:
    with reference.Server(Recording) as server, visiting(browser, server.url) as visit:
        first = visit.made(calls.FALLBACK)
        again, same = visit.made(calls.FALLBACK_AGAIN), visit.made(calls.FALLBACK)
        with visit.target.fresh_attempt():
            fresh = visit.made(calls.FALLBACK)
        assert isinstance(server.rules, Recording)
        asked = [one[0] for one in server.rules.asked]

    assert asked == ["OPTIONS", "POST"] * 3
    assert same is first
    assert again is not first
    assert fresh.sent != first.sent


def test_a_refusal_condemns_if_our_own_client_gets_an_answer_to_the_same_request(browser: Browser) -> None:
    with (
        reference.Server(PreflightWithoutCredentials) as server,
        visiting(browser, server.url) as visit,
        pytest.raises(Violation, match=r"it was not sent: .*PreflightInvalidAllowCredentials") as raised,
    ):
        expect_delivered(visit, calls.BEACON)

    page = raised.value.expectation.exchange
    assert page.reply is None


def test_a_refusal_condemns_nobody_if_our_own_client_gets_no_answer_either(browser: Browser) -> None:
    with (
        RawServer(*[lambda *_: None] * 20) as server,
        visiting(browser, server.url) as visit,
        pytest.raises(NotJudged, match="neither did the suite's own client"),
    ):
        expect_delivered(visit, calls.BEACON)


def test_a_target_that_never_answers_is_not_waited_for_longer_than_the_timeout(browser: Browser) -> None:
    def never(server: RawServer, _: socket.socket) -> None:
        server.closing.wait(30)

    began = time.monotonic()
    with (
        RawServer(*[never] * 20) as server,
        visiting(browser, server.url, timeout=1.0) as visit,
        pytest.raises(NotJudged, match="neither did the suite's own client"),
    ):
        expect_read(visit, calls.FALLBACK)

    assert time.monotonic() - began < 25  # the machine may be busy


def test_a_gateway_s_answer_condemns_nobody(browser: Browser) -> None:
    busy = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
    with (
        RawServer(*[busy] * 20) as server,
        visiting(browser, server.url) as visit,
        pytest.raises(NotJudged, match="503"),
    ):
        expect_read(visit, calls.HEADER_FETCH)


def test_a_body_that_does_not_have_its_coding_is_read_in_part(browser: Browser) -> None:
    with reference.Server(CodingIsOnlyNamed) as server, visiting(browser, server.url) as visit:
        made = expect_read(visit, calls.FALLBACK)
        with pytest.raises(Violation, match="ERR_CONTENT_DECODING_FAILED"):
            expect_whole_body(visit, made)


def test_a_certificate_that_the_browser_does_not_trust_judges_nothing(browser: Browser) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with (
        RawServer(context=context) as server,
        visiting(browser, server.url) as visit,
        pytest.raises(NotJudged, match=r"certificate .*ERR_CERT_AUTHORITY_INVALID"),
    ):
        visit.made(calls.BEACON)


def test_a_name_without_an_address_judges_nothing(browser: Browser) -> None:
    with (
        visiting(browser, "https://target.invalid") as visit,
        pytest.raises(NotJudged, match="ERR_NAME_NOT_RESOLVED"),
    ):
        visit.made(calls.BEACON)


@pytest.mark.parametrize(
    ("target", "why"), [("http://staging.invalid", "mixed content"), ("http://127.0.0.1:6000", "port 6000")]
)
def test_a_target_that_no_page_can_reach_judges_nothing_and_gets_nothing(
    browser: Browser, target: str, why: str
) -> None:
    with visiting(browser, target) as visit, pytest.raises(NotJudged, match=why):
        visit.made(calls.BEACON)

    assert visit.target.http_client.requests == 0


@pytest.mark.parametrize(
    ("given", "real"),
    [
        ("https://shop.example:443", "https://shop.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_that_no_browser_sends_judges_nothing(browser: Browser, given: str, real: str) -> None:
    with (
        reference.Server(Recording) as server,
        visiting(browser, server.url, origin=given) as visit,
        pytest.raises(NotJudged, match=f"the origin {real}: pass"),
    ):
        visit.made(calls.BEACON)


def test_the_requests_of_a_page_count_and_are_limited(browser: Browser) -> None:
    with reference.Server() as server, visiting(browser, server.url) as visit:
        visit.target.http_client.budget = RequestBudget(most=3)
        visit.made(calls.BEACON)
        with pytest.raises(NotJudged, match="--max-requests"):
            visit.made(calls.FALLBACK)

    assert visit.target.http_client.requests == 3


def test_a_proxy_gets_every_request_of_a_page_and_no_other(browser: Browser) -> None:
    with reference.Server() as server, proxy_to(urlsplit(server.url).port or 0) as proxy:
        with visiting(browser, f"http://{HOST}", origin="http://shop.example", proxy=proxy.url) as visit:
            made = visit.made(calls.FALLBACK)
        lines = list(proxy.lines)

    assert made.outcome.fate is Fate.LOST
    assert {line.split()[1].partition("?")[0] for line in lines} == {f"http://{HOST}/beacon"}


@contextmanager
def listening() -> Iterator[socket.socket]:
    """Listen at another address of this machine."""
    with socket.create_server((ELSEWHERE, 0)) as listener:
        listener.settimeout(0)
        yield listener


def _url(listener: socket.socket) -> str:
    return f"http://{ELSEWHERE}:{listener.getsockname()[1]}/"


def _asking(*urls: str) -> Script:
    """Return a page that asks for URLs, and waits a moment for each."""
    asked = ", ".join(f"fetch('{url}')" for url in urls)
    wait = "new Promise((done) => setTimeout(done, 500))"
    return Script(
        reference.ORIGIN,
        f"Promise.race([Promise.allSettled([{asked}]), {wait}]).then(() => ({{}}))",
        seconds=0,
    )


def test_no_request_leaves_for_another_host_than_the_target() -> None:
    browser = Browser(HERE)
    try:
        with reference.Server() as server, listening() as other, watched() as seen:
            with visiting(browser, server.url) as visit:
                visit.made(calls.BEACON)
            browser.run(_asking(_url(other), "https://no-such-host.example/")).result()
            with pytest.raises(BlockingIOError):
                other.accept()
    finally:
        browser.close()

    assert seen <= {"127.0.0.1"}


def test_the_watch_sees_a_request_that_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "flags", lambda _: [f"--ip-address-space-overrides={ELSEWHERE}:0=public"])
    browser = Browser(HERE)
    try:
        with listening() as other, watched() as seen:
            browser.run(_asking(_url(other))).result()
    finally:
        browser.close()

    assert ELSEWHERE in seen


def test_a_browser_that_is_gone_judges_nothing() -> None:
    own = Browser(HERE)
    with reference.Server() as server, visiting(own, server.url) as visit:
        visit.made(calls.BEACON)
        for pid in descendants():
            with contextlib.suppress(OSError):
                if b"--remote-debugging-pipe" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)
        with pytest.raises(NotJudged, match="the browser ended"):
            visit.made(calls.FALLBACK)
        own.close()
        with pytest.raises(NotJudged, match="the browser ended"):
            visit.made(calls.FALLBACK_AGAIN)


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[str]:
    """The address of a browser that somebody else has started."""
    assert EXECUTABLE is not None
    flags = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={tmp_path}", "--no-first-run"]
    flags += ["--no-sandbox"] * (os.geteuid() == 0)
    process = subprocess.Popen([EXECUTABLE, *flags, "about:blank"], stderr=subprocess.PIPE, text=True)  # noqa: S603 - the browser
    assert process.stderr is not None
    line = next(line for line in process.stderr if "DevTools listening on" in line)
    threading.Thread(target=process.stderr.read, daemon=True).start()
    yield line.split()[-1]
    process.terminate()
    process.wait(60)
    process.stderr.close()


def test_a_browser_that_runs_already_passes_the_self_test_and_stays(remote: str) -> None:
    browser = Browser(Choice(remote))
    try:
        facts = browser.facts
        with reference.Server() as server, visiting(browser, server.url) as visit:
            visit.shows = lambda *_: True
            why = self_test(visit)
    finally:
        browser.close()

    assert (facts.path, why) == ("remote", "")
    with socket.create_connection((urlsplit(remote).hostname, urlsplit(remote).port)):
        pass
