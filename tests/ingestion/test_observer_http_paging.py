import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.client import Header
from conformance.ingestion.observers import Observer, ReadBackError, connect, http
from conformance.ingestion.observers.http import next_link
from conformance.plugin.redactor import redactor_of
from conformance.settings import ConfigurationError, Settings, read_settings
from tests.support.observer_kinds import pages
from tests.support.pipelines import Event, expect_held, expect_one_reason
from tests.support.raw_servers import RawServer, head_of

TOKEN = "shop/a+token"  # noqa: S105 - made up
KEY = "kEy-of-the-reader"
ONE, TWO, THREE = ({"event_id": name} for name in ("1", "2", "3"))


def _answer(body: Any, *lines: str) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = "".join(f"\r\n{line}" for line in (*lines, f"Content-Length: {len(content)}"))
    return f"HTTP/1.1 200 OK{head}\r\n\r\n".encode() + content


@contextlib.contextmanager
def _reading(
    server: RawServer, path: str = "/events?token={token}", headers: Sequence[Header] = (), timeout: float = 5
) -> Iterator[Observer]:
    observer = connect(f"{server.url}{path}", datetime.now(UTC), timeout, headers=headers)
    yield observer
    observer.close()


def _paths(server: RawServer) -> list[str]:
    return [head_of(raw)[0].split(b" ")[1].decode() for raw in server.received]


NEXT = {
    "link": (_answer([ONE], 'Link: </events?page=2>; rel="next"'), "/events?page=2"),
    "link-beside-others": (
        _answer([ONE], 'link: <?p=0>; rel=prev, <?p=2>; title="a, <b>; rel=x"; rel=\'x\'; REL="last NEXT"'),
        None,
    ),
    "second-line": (_answer([ONE], "Link: <?p=0>; rel=prev", "Link: <?p=2>;rel=next"), "/events?p=2"),
    "member": (_answer({"events": [ONE], "next": "?cursor=a%2Fb"}), "/events?cursor=a%2Fb"),
    "absolute": (_answer({"events": [ONE], "next": "URL/more#part"}), "/more"),
    "empty": (_answer({"events": [ONE], "next": ""}), None),
    "null": (_answer({"events": [ONE], "next": None}), None),
    "another-relation": (_answer([ONE], "Link: <?p=2>; rel=nextish"), None),
    "of-another-page": (_answer([ONE], 'Link: <?p=2>; rel=next; anchor="/other"'), None),
}


@pytest.mark.parametrize(("first", "path"), NEXT.values(), ids=NEXT.keys())
def test_a_next_link_leads_to_more_events(first: bytes, path: str | None) -> None:
    def page(server: RawServer, connection: Any) -> None:
        connection.sendall(_answer({"events": [ONE], "next": f"{server.url}/more#part"}))

    with (
        RawServer(page if b"URL" in first else first, _answer([TWO])) as server,
        _reading(server) as observer,
    ):
        assert observer.read(TOKEN) == ([ONE, TWO] if path else [ONE])
        assert _paths(server) == ["/events?token=shop%2Fa%2Btoken", *filter(None, [path])]


LINKS = {
    "</a>; rel=next": "/a",
    '< /a >;rel="prev next"': "/a",
    '</a>; rel="\\next"': "/a",
    '</a>; title="x\\"; rel=next"': "",
    "</a>; rel=prev; rel=next": "",
    "</a>; rel": "",
    "</a>, </b>; rel=next": "/b",
    "</a;b,c>; title*=UTF-8''x; rel=\"next\"; x": "/a;b,c",
    "nothing": "",
    "<" * 10_000: "",
    "</a>" + "; a" * 10_000 + " ?": "",
}


@pytest.mark.parametrize(("line", "target"), LINKS.items(), ids=range(len(LINKS)))
def test_a_link_header_is_read_as_rfc_8288_says(line: str, target: str) -> None:
    assert next_link([line]) == target


def test_user_and_password_go_with_every_page_and_nowhere_else() -> None:
    with RawServer(_answer({"events": [], "next": "/2"}), _answer([ONE])) as server:
        observer = connect(f"http://u:p@{server.host}/", datetime.now(UTC), 5)
        with contextlib.closing(observer):
            assert observer.read(TOKEN) == [ONE]

    assert [b"Authorization: Basic dTpw" in head_of(raw) for raw in server.received] == [True, True]


ELSEWHERE = {
    "another-host": ("http://another.example/", "leads to another host, scheme or port"),
    "another-port": ("http://127.0.0.1:1/", "leads to another host, scheme or port"),
    "another-scheme": ("https://127.0.0.1/", "leads to another host, scheme or port"),
    "no-url": ("http://[", "its next link is not a URL"),
    "no-port": ("http://h:port/", "its next link is not a URL"),
    "a-space": ("/a b", "its next link is not a URL: it is not percent-encoded"),
    "beyond-ascii": ("/ä", "its next link is not a URL: it is not percent-encoded"),
    "a-number": (2, "its next member is neither a URL nor null"),
}


@pytest.mark.parametrize(("following", "text"), ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_a_next_link_that_is_not_followed_is_said(following: Any, text: str) -> None:
    with (
        RawServer(_answer({"events": [ONE], "next": following})) as server,
        _reading(server) as observer,
        pytest.raises(ReadBackError, match=text),
    ):
        observer.read(TOKEN)

    assert len(server.received) == 1


def test_pages_that_go_round_in_a_circle_or_on_for_ever_are_unreadable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "MOST_PAGES", 4)
    pages = [_answer({"events": [], "next": f"/{index}"}) for index in range(9)]
    for script, count in ((pages[:1], 2), (pages, 4)):
        with RawServer(*script) as server, _reading(server) as observer:
            with pytest.raises(ReadBackError, match=rf"next links do not end \({count} pages\)"):
                observer.read(TOKEN)
            assert len(server.received) == count


def test_pages_share_the_limits_of_one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LONGEST", 100)
    first = _answer({"events": [], "next": "/2"})
    with (
        RawServer(first, _answer(b"[" + b" " * 80 + b"]")) as server,
        _reading(server) as observer,
        pytest.raises(ReadBackError, match="more than 100 bytes"),
    ):
        observer.read(TOKEN)


def test_pages_share_the_time_of_one_reading() -> None:
    def slow(server: RawServer, connection: Any) -> None:
        server.closing.wait(0.15)
        page = {"events": [], "next": f"/{len(server.received)}"}
        connection.sendall(_answer(page, "Connection: close"))

    with (
        RawServer(slow) as server,
        _reading(server, timeout=0.4) as observer,
        pytest.raises(ReadBackError, match=r"its \d pages took more than 0\.4 s, and there are more"),
    ):
        observer.read(TOKEN)


NDJSON = {
    "lines": (b'{"event_id": "1"}\n{"event_id": "2"}', "application/x-ndjson", [ONE, TWO]),
    "blank-lines": (b'\n{"event_id": "1"}\r\n\n{"event_id": "2"}\n', "application/json", [ONE, TWO]),
    "one-line": (b'{"event_id": "1"}\n', "application/x-ndjson", [ONE]),
    "no-line": (b"", "application/x-ndjson; charset=utf-8", []),
    "jsonl": (b"\n", "application/jsonl", []),
}


@pytest.mark.parametrize(("body", "media", "events"), NDJSON.values(), ids=NDJSON.keys())
def test_ndjson_is_read_too(body: bytes, media: str, events: list[Event]) -> None:
    with RawServer(_answer(body, f"Content-Type: {media}")) as server, _reading(server) as observer:
        assert observer.read(TOKEN) == events


def test_pages_of_ndjson_are_read_too() -> None:
    pages = [
        _answer(b'{"event_id": "1"}\n{"event_id": "2"}\n', 'Link: <?p=2>; rel="next"'),
        _answer(b'{"event_id": "3"}\n'),
    ]
    with RawServer(*pages) as server, _reading(server) as observer:
        assert observer.read(TOKEN) == [ONE, TWO, THREE]


def test_half_a_line_of_ndjson_is_unreadable() -> None:
    with (
        RawServer(_answer(b'{"event_id": "1"}\n{"event_id"')) as server,
        _reading(server) as observer,
        pytest.raises(ReadBackError, match="its body is not JSON, and its last line is not a JSON object"),
    ):
        observer.read(TOKEN)


def test_the_given_headers_are_sent_with_every_page() -> None:
    settings = read_settings(
        {},
        {
            "BEACON_TARGET": "http://127.0.0.1:1",
            "BEACON_TOKEN": TOKEN,
            "BEACON_OBSERVER_HEADERS": f"Authorization: Bearer {KEY}\n\nX-Empty-Line :  before\r\nACCEPT: x/y\n",
        },
    )
    lines = (("Authorization", f"Bearer {KEY}"), ("X-Empty-Line", "before"), ("ACCEPT", "x/y"))
    assert settings.observer_header_lines == lines
    with (
        RawServer(_answer({"events": [], "next": "/2"}), _answer([])) as server,
        _reading(server, headers=settings.observer_header_lines) as observer,
    ):
        observer.read(TOKEN)

    sent = [head_of(raw)[2:5] for raw in server.received]
    assert sent == [[f"Authorization: Bearer {KEY}".encode(), b"X-Empty-Line: before", b"ACCEPT: x/y"]] * 2


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        (f"Bearer {KEY}", "line 1 is not a header line; write Name: value"),
        (f"X-A: b\nX B: {KEY}", "line 2 is not a header line"),
        ("X-A:", "X-A cannot be sent"),
        ("X-A: ä", "X-A cannot be sent"),
        (
            "Content-Length: 7",
            "Content-Length cannot be sent; a value must be printable ASCII, and the suite sets",
        ),
    ],
)
def test_headers_that_cannot_be_sent_are_a_usage_error_without_their_values(headers: str, text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Settings("https://h.example", "t", observer_headers=headers)
    assert text in str(caught.value)
    assert KEY not in str(caught.value)


def test_what_the_headers_say_is_redacted_and_ordinary_words_are_not() -> None:
    settings = Settings(
        "https://h.example",
        "some-token",
        observer_headers=f"Authorization: Bearer {KEY}\nAccept: application/json\nX-A: yes",
    )
    text = redactor_of(settings).text(f"Bearer {KEY}, {KEY}, application/json, yes, Bearer")

    assert text == "‹observer's secret›, ‹observer's secret›, application/json, yes, Bearer"
    assert KEY not in repr(settings)


@pytest.fixture
def paged() -> Iterator[tuple[str, Callable[[str, list[Event]], None]]]:
    with pages(size=2, key=KEY) as served:
        yield served


def test_pages_are_judged_by(
    paged: tuple[str, Callable[[str, list[Event]], None]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEACON_OBSERVER_HEADERS", f"Authorization: Bearer {KEY}")
    judged = expect_held(paged[1], paged[0], tmp_path, "--patience=5", "--timeout=5")

    texts = [judged.output, *(path.read_text("utf-8") for path in tmp_path.iterdir())]
    assert not [text for text in texts if KEY in text]


def test_pages_that_show_nothing_judge_nothing(
    paged: tuple[str, Callable[[str, list[Event]], None]], tmp_path: Path
) -> None:
    expect_one_reason(paged[0], tmp_path, "no sentinel event became visible")
