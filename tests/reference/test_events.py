"""Which events the reference accepts, and what it stores."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.requests import Request

from conformance.reference import Rules
from conformance.reference.database import Database
from conformance.reference.events import NEEDS

Event = dict[str, Any]
ABSENT = object()
REQUIRED = ("event_id", "event_type", "timestamp", "session_id", "product_id", "position")
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile/15E Safari/604.1"
TABLET = "Mozilla/5.0 (Linux; Android 15; SM-X710) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0"
)


def event(**fields: Any) -> Event:
    """A click with changes; ``ABSENT`` removes a field."""
    whole = {
        "event_id": "01KDVZ3M2X8Q4R6T9V1W3Y5Z7A",
        "event_type": "product_click",
        "timestamp": "2026-01-01T12:00:00Z",
        "session_id": "s",
        "product_id": 1,
        "position": 1,
        **fields,
    }
    return {name: value for name, value in whole.items() if value is not ABSENT}


def request(**headers: str) -> Request:
    lines = [(name.lower().replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": lines})


def label(part: Any) -> str:
    return "absent" if part is ABSENT else ascii(part)[:40]


@pytest.fixture(scope="module")
def rules() -> Iterator[Rules]:
    database = Database()
    yield Rules(database)
    database.close()


@pytest.mark.parametrize("field", REQUIRED)
@pytest.mark.parametrize("value", [ABSENT, None, "", {}, []], ids=label)
def test_an_event_whose_required_field_is_missing_empty_or_of_another_type_is_invalid(
    rules: Rules, field: str, value: Any
) -> None:
    assert not rules.valid(event(**{field: value}))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customer_id", 1),
        ("attribution_token", None),
        ("shopping_channel", "fax"),
        ("variant_id", "1"),
        ("product_id", "1"),
        ("product_id", True),
        ("position", 0),
        ("position", -1),
        ("contextual_data", []),
        ("marketing_source", 1),
        ("event_type", "product_teleport"),
        ("event_type", "Product_Click"),
        ("event_type", "collection_view"),
    ],
    ids=label,
)
def test_a_field_with_an_impossible_value_is_invalid(rules: Rules, field: str, value: Any) -> None:
    assert not rules.valid(event(**{field: value}))


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2026-13-01T00:00:00Z", "2026-01-01T25:00:00Z", "Sun, 06 Nov", "0001-01-01T00:00:00+14:00"],
)
def test_a_timestamp_that_is_not_a_date_is_invalid(rules: Rules, text: str) -> None:
    assert not rules.valid(event(timestamp=text))


@pytest.mark.parametrize(
    "fields",
    [
        {"event_type": "search", "product_id": ABSENT, "position": ABSENT},
        {"event_type": "block_view", "product_id": ABSENT, "position": ABSENT},
        {"event_type": "collection_view", "collection_handle": "h", "product_id": ABSENT},
        {"event_type": "product_view", "position": ABSENT},
        {"event_type": "add_to_cart", "position": ABSENT},
        {"event_id": "neither ULID nor UUID"},
        {"customer_id": None},
        {"position": 1.5},
        {"product_id": 2**80},
        {"unheard_of": [1, {}], "\ud800": 1},
    ],
    ids=label,
)
def test_a_field_without_a_rule_is_valid(rules: Rules, fields: Event) -> None:
    assert rules.valid(event(**fields))


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("2026-01-01T12:00:00Z", "2026-01-01T12:00:00.000Z"),
        ("2026-01-01T14:00:00.123456789+02:00", "2026-01-01T12:00:00.123Z"),
        ("2026-01-01T00:30:00-11:30", "2026-01-01T12:00:00.000Z"),
        ("Thu, 01 Jan 2026 12:00:00 GMT", "2026-01-01T12:00:00.000Z"),
    ],
)
def test_a_date_is_valid_and_stored_in_utc(rules: Rules, written: str, stored: str) -> None:
    assert rules.valid(event(timestamp=written))
    assert rules.enrich(event(timestamp=written), request())["timestamp"] == stored


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (IPHONE, ("mobile", "Safari", "iOS")),
        (TABLET, ("tablet", "Chrome", "Android")),
        (WINDOWS, ("desktop", "Edge", "Windows")),
        ("", ("desktop", "Other", "Other")),
    ],
)
def test_the_device_is_read_from_the_user_agent(
    rules: Rules, agent: str, device: tuple[str, str, str]
) -> None:
    enriched = rules.enrich(event(), request(User_Agent=agent))
    assert (enriched["device_type"], enriched["browser"], enriched["os"]) == device


@pytest.mark.parametrize(
    ("own", "requested_with", "agent", "channel"),
    [
        ("web", "com.TapCart.app", "okhttp/4", "web"),
        ("app", "", IPHONE, "app"),
        (ABSENT, "com.TapCart.app", IPHONE, "app"),
        (ABSENT, "xFUEGOx", IPHONE, "app"),
        (ABSENT, "XMLHttpRequest", IPHONE, "web"),
        (ABSENT, "", "ShopApp/1 CFNetwork/1", "app"),
        (ABSENT, "", "", "web"),
    ],
    ids=label,
)
def test_the_channel_is_from_the_event_else_the_header_else_the_user_agent(
    rules: Rules, own: Any, requested_with: str, agent: str, channel: str
) -> None:
    asked = request(X_Requested_With=requested_with, User_Agent=agent)
    assert rules.enrich(event(shopping_channel=own), asked)["shopping_channel"] == channel


@pytest.mark.parametrize("event_type", NEEDS)
def test_one_override_makes_only_one_required_field_optional(event_type: str) -> None:
    class Forgetful(Rules):
        def required_fields(self, event_type: str) -> frozenset[str]:
            return super().required_fields(event_type) - {"session_id"}

    database = Database()
    complete = event(event_type=event_type, collection_handle="h")
    without = [
        {name: value for name, value in complete.items() if name != gone}
        for gone in ("session_id", "event_id")
    ]
    assert Forgetful(database).accepted(without) == without[:1]
    database.close()
