"""The reference over a real socket: it fulfils the contract, and its own choices are tested, too."""

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from starlette.requests import Request

from conformance.reference import (
    FOREIGN_ORIGIN,
    ORIGIN,
    OTHER_ORIGIN,
    OTHER_TOKEN,
    REVOKED_TOKEN,
    TOKEN,
    Rules,
    Server,
)
from conformance.reference.greeting import greeting

Event = dict[str, Any]
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}


class Shopper:
    """One session with one server: sends events, and reads which of them were stored."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.session = f"s-{uuid4()}"

    def event(self, **fields: Any) -> Event:
        return {
            "event_id": str(uuid4()),
            "event_type": "product_click",
            "timestamp": "2026-01-01T12:00:00Z",
            "session_id": self.session,
            "product_id": 1,
            "position": 1,
            **fields,
        }

    def send(self, *events: Any, token: str = TOKEN, **headers: str) -> httpx.Response:
        return self.post({"events": list(events)}, token=token, **headers)

    def post(self, payload: Any, *, token: str = TOKEN, **headers: str) -> httpx.Response:
        lines = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.raw(json.dumps(payload).encode(), {"X-Storefront-Access-Token": token, **lines})

    def raw(
        self, body: bytes | Iterator[bytes], headers: dict[str, str] | None = None, query: str = ""
    ) -> httpx.Response:
        declared = {"Content-Type": "application/json", **(headers or {})}
        return self.http.post(f"/beacon{query}", content=body, headers=declared)

    def preflight(self, origin: str, query: str = "") -> httpx.Response:
        return self.http.options(f"/beacon{query}", headers={"Origin": origin, **PREFLIGHT})

    def stored(self, token: str = TOKEN) -> list[Event]:
        """Send one more event, which arrives last, and return what is stored before it."""
        last = self.event()
        assert self.send(last, token=token).status_code == 201
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            events: list[Event] = self.read(token=token, session_id=self.session).json()
            if events and events[-1]["event_id"] == last["event_id"]:
                return events[:-1]
        pytest.fail("The last event never arrived.")

    def read(self, **query: str) -> httpx.Response:
        return self.http.get("/events", params=query)


def ids(events: list[Event]) -> list[str]:
    return [event["event_id"] for event in events]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture(scope="module")
def http(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        yield client


@pytest.fixture
def shopper(http: httpx.Client) -> Shopper:
    return Shopper(http)


# Token


@pytest.mark.parametrize("name", ["x-storefront-access-token", "X-STOREFRONT-ACCESS-TOKEN"])
def test_the_header_name_is_not_case_sensitive(shopper: Shopper, name: str) -> None:
    assert shopper.raw(b'{"events":[1]}', {name: TOKEN}).status_code == 201


def test_a_mutant_can_read_the_header_name_as_it_was_sent() -> None:
    class OneSpelling(Rules):
        def header_token(self, request: Request) -> str | None:
            spelled = b"X-Storefront-Access-Token" in request.state.header_names
            return super().header_token(request) if spelled else None

    with Server(OneSpelling) as server, httpx.Client(base_url=server.url, trust_env=False) as client:
        assert Shopper(client).raw(b'{"events":[1]}', {"X-Storefront-Access-Token": TOKEN}).status_code == 201
        assert Shopper(client).raw(b'{"events":[1]}', {"x-storefront-access-token": TOKEN}).status_code == 401


@pytest.mark.parametrize("token", [TOKEN, OTHER_TOKEN])
def test_a_percent_encoded_token_in_the_query_is_accepted(shopper: Shopper, token: str) -> None:
    assert shopper.raw(b'{"events":[1]}', query=f"?token={quote(token, safe='')}").status_code == 201


def test_a_plus_in_the_query_is_a_space(shopper: Shopper) -> None:
    assert "+" in OTHER_TOKEN
    assert shopper.raw(b'{"events":[1]}', query=f"?token={OTHER_TOKEN}").status_code == 401


@pytest.mark.parametrize("header", ["unknown", "", REVOKED_TOKEN, TOKEN.upper(), TOKEN[:-1], TOKEN + "x"])
def test_a_header_without_a_valid_token_is_refused_even_with_a_valid_query(
    shopper: Shopper, header: str
) -> None:
    response = shopper.raw(b'{"events":[1]}', {"X-Storefront-Access-Token": header}, f"?token={TOKEN}")
    assert response.status_code == 401


def test_the_header_decides_which_store_gets_the_events(shopper: Shopper) -> None:
    event = shopper.event()
    body = json.dumps({"events": [event]}).encode()
    query = f"?token={quote(OTHER_TOKEN, safe='')}"
    assert shopper.raw(body, {"X-Storefront-Access-Token": TOKEN}, query).status_code == 201
    assert (ids(shopper.stored()), shopper.stored(OTHER_TOKEN)) == ([event["event_id"]], [])


def test_the_first_of_repeated_parameters_counts(shopper: Shopper) -> None:
    assert shopper.raw(b'{"events":[1]}', query=f"?token={TOKEN}&token=unknown").status_code == 201
    assert shopper.raw(b'{"events":[1]}', query=f"?token=unknown&token={TOKEN}").status_code == 401


ELSEWHERE = {
    "Authorization": f"Bearer {TOKEN}",
    "Cookie": f"token={TOKEN}",
    "X-Shopify-Storefront-Access-Token": TOKEN,
}


@pytest.mark.parametrize(
    "query", ["", f"?access_token={TOKEN}", f"?TOKEN={TOKEN}"], ids=["none", "access", "upper"]
)
def test_a_token_in_another_place_is_not_read(shopper: Shopper, query: str) -> None:
    body = json.dumps({"events": [1], "token": TOKEN}).encode()
    assert shopper.raw(body, ELSEWHERE, query).status_code == 401


@pytest.mark.parametrize("body", [b"", b"nonsense", b'{"events":[]}', b'{"events":[1]}'])
def test_without_a_token_every_body_gets_the_same_answer(shopper: Shopper, body: bytes) -> None:
    response = shopper.raw(body)
    assert (response.status_code, response.json()) == (401, {"error": "Unauthenticated"})


# Batch


def test_success_is_201_with_null_as_json(shopper: Shopper) -> None:
    response = shopper.send(shopper.event())
    assert (response.status_code, response.content) == (201, b"null")
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("size", "status"), [(0, 422), (1, 201), (2, 201), (99, 201), (100, 201), (101, 422)]
)
@pytest.mark.parametrize("valid", [True, False])
def test_the_limit_counts_entries_valid_or_not(
    shopper: Shopper, size: int, status: int, *, valid: bool
) -> None:
    assert shopper.send(*[shopper.event() if valid else 0 for _ in range(size)]).status_code == status


SHAPES = (
    'null [] "events" {} {"events":null} {"events":{"0":1}} {"events":"one"} {"events":1} {"events":true}'
)
BROKEN = [
    b"",
    b"{",
    b'{"events":[NaN]}',
    b'{"events":[-Infinity]}',
    b'{"events":["\xff"]}',
    b'\xff\xfe{\x00"\x00',
]
DEEP = [b'{"events":[' + b"[" * depth + b"]" * depth + b"]}" for depth in (500, 100_000)] + [
    b'{"a":' * 100_000
]


@pytest.mark.parametrize(
    "body", [*SHAPES.encode().split(), *BROKEN, *DEEP], ids=lambda body: f"{body[:20]!r}-{len(body)}"
)
def test_a_body_that_is_not_a_batch_is_refused_with_reasons(shopper: Shopper, body: bytes) -> None:
    response = shopper.raw(body, {"X-Storefront-Access-Token": TOKEN})
    assert (response.status_code, [type(error) for error in response.json()["errors"]]) == (422, [str])


def test_a_refused_batch_ingests_nothing(shopper: Shopper) -> None:
    assert shopper.send(*[shopper.event() for _ in range(101)]).status_code == 422
    assert shopper.stored() == []


def test_plain_text_is_read_as_json(shopper: Shopper) -> None:
    event = shopper.event()
    assert shopper.send(event, Content_Type="text/plain;charset=UTF-8").status_code == 201
    assert ids(shopper.stored()) == [event["event_id"]]


def test_a_chunked_body_works(shopper: Shopper) -> None:
    chunks = iter([b'{"events"', b":[1", b"]}"])
    assert shopper.raw(chunks, {"X-Storefront-Access-Token": TOKEN}).status_code == 201


def test_a_body_over_the_limit_gets_413_and_the_connection_stays_open(shopper: Shopper) -> None:
    assert shopper.raw(b" " * (8 * 1024 * 1024 + 1), {"X-Storefront-Access-Token": TOKEN}).status_code == 413
    assert shopper.send(shopper.event()).status_code == 201


# Events


@pytest.mark.parametrize("entry", [7, "event", None, [], [{}], True, {}, {"event_type": "search"}], ids=repr)
def test_only_the_invalid_entry_of_a_batch_is_skipped(shopper: Shopper, entry: Any) -> None:
    before, after = shopper.event(), shopper.event()
    assert shopper.send(before, entry, after).status_code == 201
    assert ids(shopper.stored()) == ids([before, after])


ODD: list[Event] = [
    {"event_id": "neither ULID nor UUID, with NUL \x00"},
    {"event_id": "a lone surrogate \ud800"},
    {"\ud800": "\ud800"},
    {"product_id": 2**80},
    {"contextual_data": {"deep": json.loads("[" * 400 + "]" * 400)}},
]


@pytest.mark.parametrize("fields", ODD, ids=lambda fields: ascii(fields)[:30])
def test_an_unusual_but_valid_event_is_stored_unchanged(shopper: Shopper, fields: Event) -> None:
    assert shopper.send(shopper.event(**fields)).status_code == 201
    (stored,) = shopper.stored()
    assert {name: stored[name] for name in fields} == fields


def test_the_answer_does_not_show_an_invalid_entry(shopper: Shopper) -> None:
    mixed, clean = shopper.send(shopper.event(), {}, None), shopper.send(shopper.event())
    lines = [[line for line in each.headers.raw if line[0] != b"date"] for each in (mixed, clean)]
    assert (mixed.status_code, mixed.content, lines[0]) == (clean.status_code, clean.content, lines[1])


def test_an_event_id_is_stored_once_per_shop(shopper: Shopper) -> None:
    event = shopper.event()
    shopper.send(event, event)
    shopper.send(event)
    shopper.send(event, token=OTHER_TOKEN)
    assert len(shopper.stored()) == 1
    assert len(shopper.stored(OTHER_TOKEN)) == 1


def test_events_are_visible_after_the_answer() -> None:
    with Server(delay=60) as server, httpx.Client(base_url=server.url, trust_env=False) as client:
        shopper = Shopper(client)
        assert shopper.send(shopper.event()).status_code == 201
        assert shopper.read(token=TOKEN).json() == []


# Enrichment


def test_the_server_fills_in_its_fields(shopper: Shopper) -> None:
    shopper.send(
        shopper.event(timestamp="2026-01-01T14:00:00+02:00"), User_Agent="Mozilla/5.0 (iPhone) Safari/604.1"
    )
    (stored,) = shopper.stored()
    assert stored["timestamp"] == "2026-01-01T12:00:00.000Z"
    assert stored["contextual_data"] == {}
    assert (stored["device_type"], stored["browser"], stored["os"]) == ("mobile", "Safari", "iOS")
    assert all(stored[field] for field in ("geo_country", "geo_state", "geo_city", "received_at"))


def test_the_client_cannot_set_the_server_s_fields(shopper: Shopper) -> None:
    fields = ("geo_country", "geo_state", "geo_city", "device_type", "browser", "os", "received_at")
    shopper.send(shopper.event(**dict.fromkeys(fields, "claimed")))
    (stored,) = shopper.stored()
    assert "claimed" not in [stored[field] for field in fields]


# CORS


def cors(response: httpx.Response) -> dict[str, list[str]]:
    names = {name.decode().lower() for name, _ in response.headers.raw}
    return {
        name.removeprefix("access-control-"): response.headers.get_list(name)
        for name in names
        if name.startswith("access-control-") or name == "vary"
    }


@pytest.mark.parametrize("origin", [ORIGIN, OTHER_ORIGIN])
@pytest.mark.parametrize(("payload", "token"), [({"events": [1]}, TOKEN), ({}, TOKEN), ({}, "unknown")])
def test_every_answer_reflects_an_allowed_origin(
    shopper: Shopper, origin: str, payload: Any, token: str
) -> None:
    assert cors(shopper.post(payload, token=token, Origin=origin)) == {
        "allow-origin": [origin],
        "allow-credentials": ["true"],
        "vary": ["Origin"],
    }


@pytest.mark.parametrize(
    "origin", [FOREIGN_ORIGIN, "https://nobody.example", "null", ORIGIN + "/", ORIGIN.upper()]
)
def test_another_origin_is_served_without_permission_to_read(shopper: Shopper, origin: str) -> None:
    response = shopper.send(shopper.event(), Origin=origin)
    assert (response.status_code, cors(response)) == (201, {"vary": ["Origin"]})


@pytest.mark.parametrize("query", ["", f"?token={TOKEN}", "?token=unknown"])
def test_a_preflight_permits_the_documented_calls_with_or_without_a_token(
    shopper: Shopper, query: str
) -> None:
    response = shopper.preflight(OTHER_ORIGIN, query)
    assert response.status_code == 204
    assert cors(response) == {
        "allow-origin": [OTHER_ORIGIN],
        "allow-credentials": ["true"],
        "allow-headers": ["content-type, x-storefront-access-token"],
        "allow-methods": ["POST, OPTIONS"],
        "max-age": ["600"],
        "vary": ["Origin"],
    }


def test_a_preflight_with_a_token_allows_only_that_store_s_origins(shopper: Shopper) -> None:
    assert "allow-origin" in cors(shopper.preflight(FOREIGN_ORIGIN))
    assert "allow-origin" not in cors(shopper.preflight(FOREIGN_ORIGIN, f"?token={TOKEN}"))


# The rest of the server


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_other_methods_get_405_and_the_allowed_methods(http: httpx.Client, method: str) -> None:
    response = http.request(method, "/beacon")
    assert (response.status_code, response.headers["Allow"]) == (405, "POST, OPTIONS")


@pytest.mark.parametrize("path", ["/beacon/", "/Beacon", "/v1/beacon"])
def test_other_paths_get_404(http: httpx.Client, path: str) -> None:
    assert http.post(path).status_code == 404


def test_the_read_back_refuses_an_unknown_token(shopper: Shopper) -> None:
    assert shopper.read(token=REVOKED_TOKEN).status_code == 401


def test_the_read_back_filters_by_the_time_of_receipt(shopper: Shopper) -> None:
    shopper.send(shopper.event())
    (stored,) = shopper.stored()
    moments = (stored["received_at"], "9999-01-01T00:00:00Z")
    found = [shopper.read(token=TOKEN, session_id=shopper.session, since=each).json() for each in moments]
    assert (found[0][0], found[1]) == (stored, [])


def test_the_read_back_refuses_an_invalid_time(shopper: Shopper) -> None:
    assert shopper.read(token=TOKEN, since="today").status_code == 400


def test_the_greeting_has_a_command_that_judges_the_reference(server: Server) -> None:
    text = greeting(server.url, server.observer)
    assert all(
        word in text for word in (server.url, TOKEN, OTHER_TOKEN, REVOKED_TOKEN, ORIGIN, server.observer)
    )


def test_a_port_that_is_in_use_is_an_error(server: Server) -> None:
    with pytest.raises(OSError, match="cannot listen"):
        Server(port=int(server.url.rpartition(":")[2])).start()
