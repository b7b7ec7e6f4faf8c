"""A target sends text that could become active in a report: every report shows it, and it has no effect."""

import hashlib
import json
import re
import socket
import xml.etree.ElementTree as ET  # our own files
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from conformance import reference
from conformance.client import LONGEST_REPLY
from tests.support.browser import ADDRESS, Shown, grave_faults, show
from tests.support.raw_servers import RawServer
from tests.support.runs import SUITE, run

pytest_plugins = ["tests.support.browser"]

MARKUP = (
    b"\"'><script>window.hacked=1</script><img src=http://evil.example/x onerror=window.hacked=2>"
    b"</pre></code></dd></table></template><svg onload=window.hacked=3></svg><style>*{display:none}</style>"
    b"]]><!--<iframe src=javascript:window.hacked=4></iframe>{{7*7}}{% raw %}"
)
MARKDOWN = b"`|*_[x](javascript:alert(1))![](http://evil.example/y)@all #1 ~~~ <details>"
ESCAPES = b"\x1b[2J\x1b]0;owned\x07\x1b[31m\x9b1A\x08\x7f"
UNICODE = "\u202edesrever\u2066\u200b\ufeff\u2028\ufffe\U000e0001".encode()
SURROGATES = b"\xed\xa0\x80 \\ud800 \xff\xfe \x00"
BODY = MARKUP + MARKDOWN + ESCAPES + UNICODE + SURROGATES
LINE = (MARKUP + MARKDOWN + b"\x1b[31m \xe2\x80\xae \xed\xa0\x80").replace(b"\n", b"")
"""Text that HTTP allows in a header's value and in a reason phrase."""
LARGE = MARKUP + b"x" * 10_000_000
JSON = b'{"errors": ["\\ud800\\u202e\\u0000\\u001b[31m' + MARKUP.replace(b'"', b'\\"') + b'"]}'


def answer(body: bytes, status: bytes = b"201 Created", *lines: bytes) -> bytes:
    head = [
        b"HTTP/1.1 " + status,
        b"Content-Type: application/json",
        *lines,
        b"Content-Length: %d" % len(body),
    ]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


EVIL = (
    b"X-Evil: " + LINE,
    b"x`|*~'&$!#%^-evil: 1",
    b"Vary: " + LINE,
    b"Access-Control-Allow-Origin: " + LINE,
)
ANSWERS = (
    answer(BODY, b"201 " + LINE, *EVIL),
    answer(LARGE, b"201 " + LINE, *EVIL),
    answer(JSON, b"422 " + LINE, *EVIL),
    answer(b"null", b"201 " + LINE, *EVIL),
    answer(BODY, b"401 " + LINE, *EVIL),
    answer(b"null", b"201 Created", b"X-Nul: \x00" + LINE),
    answer(b"null", b"201 Created", b"X<script>window.hacked=5</script>: 1"),
    b"HTTP/1.1 <script>window.hacked=6</script>\x1b[31m\r\n\r\n",
)
"""The answers are sent in turn, many times in a run. It does not matter which check gets which one."""
ASKED = (
    *("token.header-accepted", "token.missing-refused", "token.header-wins", "token.empty-header"),
    *("token.refused-whatever-the-body", "batch.empty-refused", "batch.events-not-an-array-refused"),
    *("response.null-json", "response.errors-body", "cors.vary", "cors.accepted-origin"),
)


def hostile(server: RawServer, connection: socket.socket) -> None:
    """Answer each request with the next of the answers."""
    connection.sendall(ANSWERS[(len(server.received) - 1) % len(ANSWERS)])


@dataclass(frozen=True)
class Written:
    """The files of a run against the hostile target."""

    directory: Path
    terminal: str

    def text(self, name: str) -> str:
        return (self.directory / name).read_text("utf-8")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    directory = tmp_path_factory.mktemp("hostile")
    with RawServer(hostile) as server:
        _, terminal = run(
            f"--target={server.url}",
            f"--token={reference.TOKEN}",
            f"--origin={reference.ORIGIN}",
            f"--report-dir={directory}",
            "-vv",
            *(f"--requirement={one}" for one in ASKED),
            *(
                f"--ignore={SUITE}/test_{name}.py"
                for name in ("openapi", "events", "fields", "values", "enrichment")
            ),
        )
    return Written(directory, terminal)


WIDE = [b"X-Wide-%d: " % number + b"<&>'\"" * 90 for number in range(40)]
"""Headers as long as a client accepts, of characters that become longest in a page."""
STATUSES = (b"500 Oh", b"201 Created", b"401 Unauthorized")


def wide(server: RawServer, connection: socket.socket) -> None:
    """Answer each request with the next status and long text that never repeats."""
    number = len(server.received)
    body = b"%d" % number + b"<&>'\"" * 7000
    connection.sendall(answer(body, STATUSES[number % len(STATUSES)], *WIDE))


@pytest.mark.parametrize("answering", [hostile, wide], ids=["hostile", "wide"])
def test_the_page_of_a_full_run_stays_small_and_has_every_requirement(
    tmp_path: Path, answering: Callable[[RawServer, socket.socket], None]
) -> None:
    with RawServer(answering) as server:
        run(
            f"--target={server.url}",
            f"--token={reference.TOKEN}",
            f"--other-token={reference.OTHER_TOKEN}",
            f"--revoked-token={reference.REVOKED_TOKEN}",
            f"--origin={reference.ORIGIN}",
            f"--other-origin={reference.OTHER_ORIGIN}",
            f"--report-dir={tmp_path}",
        )
    page = (tmp_path / "compliance.html").read_text("utf-8")
    found = json.loads((tmp_path / "results.json").read_text("utf-8"))["requirements"]

    assert sum(item["verdict"] == "violated" for item in found) > 10, "hardly anything to show"
    assert len(page.encode()) < 1_500_000
    assert all(f'<tr id="{item["id"]}" ' in page for item in found)
    for item in found:
        assert item["verdict"] != "violated" or f'<article id="not-green-{item["id"]}"' in page
    assert re.search(r"cut here; the whole text has \d+ characters, SHA-256 [0-9a-f]{64}]", page)


def acting(text: str) -> set[str]:
    """Return the characters that control a terminal or change the direction of text."""
    return {character for character in text if not character.isprintable() and character not in "\n\t"}


def test_the_results_have_the_hostile_text_in_full(written: Written) -> None:
    results = json.loads(written.text("results.json"))
    findings = [finding for item in results["requirements"] for finding in item["findings"]]
    replies = [evidence["reply"] for finding in findings for evidence in finding["evidence"]]
    content = json.dumps([results, written.text("results.json")], ensure_ascii=False)

    assert not acting(written.text("results.json"))
    for what in (
        "window.hacked=1",
        "onerror=",
        "</pre>",
        "\\\\u202e",
        "\\\\x00",
        "\\\\x1b[31m",
        "\\\\xed\\\\xa0",
    ):
        assert what in content, what
    assert any("<script>" in reply.get("line", "") for reply in replies)
    assert any("window.hacked" in value for reply in replies for _, value in reply.get("headers", ()))
    assert any(name == "x`|*~'&$!#%^-evil" for reply in replies for name, _ in reply.get("headers", ()))


def test_a_body_of_ten_megabytes_is_cut_and_its_length_is_shown(written: Written) -> None:
    results = json.loads(written.text("results.json"))
    large = [
        evidence["reply"]
        for item in results["requirements"]
        for finding in item["findings"]
        for evidence in finding["evidence"]
        if evidence["reply"].get("unread")
    ]
    digest = hashlib.sha256(LARGE[:LONGEST_REPLY]).hexdigest()

    assert {(reply["bytes"], reply["sha256"], reply["cut"]) for reply in large} == {
        (LONGEST_REPLY, digest, True)
    }
    assert f"{LONGEST_REPLY} bytes were read, SHA-256 {digest}; the rest was not read" in written.text(
        "compliance.html"
    )
    assert all(
        (written.directory / name).stat().st_size < 3_000_000 for name in ("results.json", "report.html")
    )


def test_the_terminal_shows_no_escape_sequence(written: Written) -> None:
    assert not acting(written.terminal)
    assert "<script>" in written.terminal


def test_junit_stays_xml(written: Written) -> None:
    root = ET.fromstring(written.text("junit.xml"))
    text = "".join(root.itertext()) + "".join(value for one in root.iter() for value in one.attrib.values())

    assert "window.hacked" in text
    assert not acting(text)
    assert {one.tag for one in root.iter()} <= {
        *("testsuites", "testsuite", "testcase", "properties", "property"),
        *("failure", "skipped", "error", "system-out", "system-err"),
    }


def test_the_summary_has_no_active_markdown_or_html(written: Written) -> None:
    text = written.text("summary.md")

    assert "hacked" in text
    assert not acting(text)
    assert not re.search(r"[<`@\[\]]|://", text)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {row.count("|") for row in rows} == {5}


def assert_inert(shown: Shown, scripts: int) -> None:
    page = shown.page
    assert page.evaluate("window.hacked") is None
    assert shown.asked == [ADDRESS]
    assert shown.said == []
    assert page.locator("script").count() == scripts
    assert (
        page.locator("iframe, object, embed, form, base, img[src*=evil], svg[onload], [onerror]").count() == 0
    )
    assert page.locator(":not(.summary__reload__button)[onclick]").count() == 0
    text = page.inner_text("body")
    assert "<script>window.hacked=1</script>" in text
    assert not acting(text) - {"\xa0"}


def test_hostile_text_is_inactive_in_the_compliance_page(browser: Browser, written: Written) -> None:
    assert not acting(written.text("compliance.html"))
    shown = show(browser, written.directory / "compliance.html")

    assert_inert(shown, scripts=0)
    assert shown.page.locator("style").count() == 1


def test_hostile_text_is_inactive_in_the_developers_page(browser: Browser, written: Written) -> None:
    shown = show(browser, written.directory / "report.html")
    shown.page.click("#show_all_details")

    assert "window.hacked" in shown.page.inner_text("#results-table")
    assert_inert(shown, scripts=1)
    assert shown.page.locator(".beacon-compliance .requirements tbody tr").count() > len(ASKED)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_developers_page_has_no_serious_accessibility_fault(
    browser: Browser, written: Written, dark: bool
) -> None:
    page = show(browser, written.directory / "report.html", dark=dark).page
    assert grave_faults(page) == []
    paper = "getComputedStyle(document.querySelector('{}')).backgroundColor"
    assert (page.evaluate(paper.format("body")) == "rgb(21, 25, 30)") is dark
    assert (page.evaluate(paper.format(".beacon-compliance")) == "rgb(21, 25, 30)") is dark
    page.emulate_media(media="print")
    assert page.evaluate(paper.format(".beacon-compliance")) == "rgb(255, 255, 255)"
    assert page.evaluate(paper.format("body")) != "rgb(21, 25, 30)"
