"""Whatever JSON, date or text an answer holds, it is judged: without an error of the suite, and in bounded time."""

import time
from collections.abc import Iterator

import pytest

from conformance.client import (
    Exchange,
    HttpClient,
    Reply,
    Request,
    Target,
    bearable,
    differing_parts,
    parse_strictly,
)
from conformance.client.dates import http_date
from conformance.client.retry_after import MOST_WAITS, RetryAfter
from conformance.doctor.clock import clock
from conformance.expect import NOT_JSON, json_body
from tests.support.hostile_answers import BODIES, DATES, answer
from tests.support.raw_servers import RawServer

pytestmark = pytest.mark.hostile

REQUEST = Request("POST", "http://shop.example/beacon")
REAL_DATES = {"last-day", "first-day", "no-zone", "zone-of-letters", "year-0"}
NOT_JSON_FOR_BROWSERS = {
    *("unclosed", "infinity", "nan", "surrogates-as-bytes", "nul", "utf-16", "utf-32", "null-utf-16"),
    *("quotes", "backslashes", "control"),
}


def _exchange(body: bytes = b"", *headers: tuple[str, str], status: int = 201) -> Exchange:
    return Exchange(REQUEST, Reply(status, "", headers, body), 0.0, time.time())


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_json_exactly_if_it_is_for_browsers(name: str) -> None:
    began = time.process_time()

    value = json_body(_exchange(BODIES[name]))

    assert (value is NOT_JSON) == (name in NOT_JSON_FOR_BROWSERS)
    assert time.process_time() - began < 2


def test_what_is_very_deep_hides_nothing_beside_it() -> None:
    deep = b'{"errors": ["a"], "received": ' + b"[" * 50_000 + b"]" * 50_000 + b', "more": "]"}'

    value = parse_strictly(deep)

    assert (value["errors"], value["more"]) == (["a"], "]")


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_a_parser_may_not_bear_is_made_bearable(name: str) -> None:
    found = bearable(BODIES[name])

    if name not in {"deep", "deep-errors", "deep-objects", "unclosed", "digits", "negative-digits"}:
        assert found == BODIES[name]
    assert found.count(b"[") + found.count(b"{") < 200
    assert b"9" * 4000 not in found


@pytest.mark.parametrize("name", DATES)
def test_a_date_beyond_every_calendar_ends_in_no_error(name: str) -> None:
    date = DATES[name]
    began = time.process_time()

    assert http_date([date]) is None or name in REAL_DATES
    clock(_exchange(b"", ("Date", date)), "")
    RetryAfter(0.1).wait(_exchange(b"", ("Retry-After", date), ("Date", DATES["last-day"]), status=429))

    assert time.process_time() - began < 1


@pytest.mark.parametrize("first", DATES)
def test_any_two_dates_have_a_distance(first: str) -> None:
    for second in DATES.values():
        headers = (("Retry-After", DATES[first]), ("Date", second))
        assert RetryAfter(0.0).wait(_exchange(b"", *headers, status=503)) is False


@pytest.fixture
def http_client() -> Iterator[HttpClient]:
    http_client = HttpClient(5)
    yield http_client
    http_client.close()


def test_a_target_that_asks_for_0_seconds_for_ever_gets_a_bounded_number_of_requests(
    http_client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.client.retry_after.SHORTEST", 0.01)
    with RawServer(answer(b"", "Retry-After: 0", status="429 Slow down")) as server:
        target = Target(server.url, "a", "https://shop.example", http_client)
        exchange = target.post(b"{}")

    assert exchange.reply is not None
    assert exchange.reply.status == 429
    assert len(server.received) == MOST_WAITS + 1


TEXTS = {
    "letters": "x" * 250_000,
    "digits": "1" * 250_000,
    "points": "1." * 125_000,
    "signs": "+-" * 125_000,
    "equals": "=" * 250_000,
    "words-and-equals": "a=" * 125_000,
    "hexadecimal": "abcdef" * 40_000 + "x",
    "spaces": " " * 250_000,
    "exponents": "1e" * 125_000,
    "digits-and-a-letter": "1" * 250_000 + "_",
    "colons": "::" * 125_000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_long_text_is_compared_in_a_time_that_grows_with_its_length(text: str) -> None:
    replies = [Reply(201, "", (("X-A", text[number:]),), text[number:].encode()) for number in range(4)]
    began = time.process_time()

    differing_parts(replies[:3], replies[3:])

    assert time.process_time() - began < 8
