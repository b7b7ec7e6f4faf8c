"""Events with legal but unusual content. Whether one is ingested is another question: it must not cost its batch or its neighbours."""

from collections.abc import Callable
from typing import Any

from conformance.inputs.events import BEYOND_A_DOUBLE, LONE_SURROGATE, EventSpec, unusual_event

TEXT_FIELDS = {
    **dict.fromkeys(("event_id", "event_type", "timestamp", "session_id", "customer_id"), "product_view"),
    **dict.fromkeys(("attribution_token", "shopping_channel", "marketing_campaign"), "product_view"),
    "collection_handle": "collection_view",
    "query": "search",
}
"""Fields for strings, and an event type that has each."""
NUMBER_FIELDS = {"product_id": "product_view", "variant_id": "product_view", "position": "product_click"}
LARGE = {"2^70": 2**70, "-2^70": -(2**70), "2^63": 2**63, "1e308": 1e308, "-1e308": -1e308}
"""Numbers that JSON allows and that few columns hold."""
FEW_LEVELS = 5
"""Nesting that every target must bear is less than this, below contextual_data."""
SCRIPTS = {
    "accented": "Größe façon ñandú Łódź",
    "Greek": "χειμερινές μπότες",
    "Cyrillic": "зимние ботинки",
    "Hebrew": "מגפי חורף",
    "Arabic": "أحذية الشتاء",
    "Devanagari": "सर्दियों के जूते",
    "Thai": "รองเท้าบูทฤดูหนาว",
    "Chinese": "冬季靴子",
    "Japanese": "冬のブーツ",
    "Korean": "겨울 부츠",
    "emoji": "boots 🥾👩\u200d👩\u200d👧",
    "combining": "cafe\u0301 o\u0308",
    "direction": "\u200fboots\u200e \u202bhiver\u202c",
}
"""Texts in many scripts, by name."""


def with_data(**members: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return a function that adds members to free-form data."""
    return lambda data: {**data, **members}


def _with_member(name: str, value: Any = 7) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda data: {**data, name: value}


def _followed_by(text: str) -> Callable[[str | None], str]:
    return lambda value: f"{value or 'a'}{text}"


def _nested(depth: int, *, arrays: bool = False) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value] if arrays else {"a": value}
    return value


def _in_every_text(kind: str, name: str, text: str) -> tuple[EventSpec, ...]:
    return tuple(
        unusual_event(kind, f"{name} in {field}", (field, _followed_by(text)), event_type=event_type)
        for field, event_type in TEXT_FIELDS.items()
    )


def _data(kind: str, name: str, member: str, value: Any = 7, *, valid: bool = False) -> EventSpec:
    change = ("contextual_data", _with_member(member, value))
    return unusual_event(kind, name, change, valid=valid)


def _in_a_script(name: str, text: str) -> tuple[EventSpec, ...]:
    """Return events of three types with a text in each of their fields that may hold any text."""
    everywhere = (
        ("customer_id", text),
        ("marketing_campaign", text),
        ("contextual_data", _with_member(text, text)),
    )
    return tuple(
        unusual_event("script", f"{name} {field}", (field, text), *everywhere, event_type=kind, valid=True)
        for field, kind in (("query", "search"), ("collection_handle", "collection_view"))
    )


SCRIPT_EVENTS = {name: _in_a_script(name, text) for name, text in SCRIPTS.items()}
"""Valid events with text in a script, by the name of the script."""
DEPTHS = (
    *(
        _data("depth", f"data {depth + 1} deep", "a", _nested(depth), valid=depth < FEW_LEVELS)
        for depth in (1, 2, 4, 15, 30)
    ),
    _data("depth", "data 30 arrays deep", "a", _nested(30, arrays=True)),
)
PUNCTUATED = tuple(
    unusual_event(
        "punctuation",
        f"session_id with {ord(sign):02x}",
        ("session_id", _followed_by(f"{sign}7")),
        valid=True,
    )
    for sign in "/\\:'\"<>&%;,.+ #?="
)
"""Events whose session_id has punctuation; the character is named by its code."""
LONG = " ".join(f"word {number:03}" for number in range(112))[:1000]
"""A text of 1,000 characters that are not all alike."""
LONG_NAME = "conformance_" * 25
"""A name of 300 characters."""
LONG_TEXTS = (
    unusual_event("long", "query of 1000 characters", ("query", LONG), event_type="search", valid=True),
    unusual_event("long", "campaign of 1000 characters", ("marketing_campaign", LONG), valid=True),
    _data("long", "1000 characters in data", "a", LONG, valid=True),
)
SIGNS = "I <3 warm & dry boots > socks \\ 2/3"
QUOTES = "women's boots, 5\" wide"
SPACES = "  two  spaces,\ttab, \n line  "
PLAIN_TEXTS = {
    name: (
        unusual_event(name, f"query with {name}", ("query", text), event_type="search", valid=True),
        unusual_event(name, f"campaign with {name}", ("marketing_campaign", text), valid=True),
        _data(name, f"data with {name}", "a", text, valid=True),
    )
    for name, text in (("signs", SIGNS), ("quotes", QUOTES), ("spaces", SPACES))
}
"""Texts that some readers clean: signs that mean something in markup, and white space; none of them looks like an attack."""
WHOLE = {"2^31": 2**31, "2^32 + 7": 2**32 + 7, "2^53 - 1": 2**53 - 1}
WHOLE_NUMBERS = {
    name: (
        *(
            unusual_event("whole", f"{field} is {name}", (field, number), event_type=event_type, valid=True)
            for field, event_type in NUMBER_FIELDS.items()
        ),
        _data("whole", f"{name} in data", "a", number, valid=True),
    )
    for name, number in WHOLE.items()
}
"""Valid events with whole numbers that a double holds exactly, by the number."""
UNUSUAL_EVENTS: dict[str, tuple[EventSpec, ...]] = {
    "nul": (
        *_in_every_text("NUL", "NUL", "\0"),
        unusual_event("NUL", "NUL alone", ("query", "\0"), event_type="search"),
        _data("NUL", "NUL in data", "a", "a\0b"),
        _data("NUL", "NUL in a name", "a\0b"),
        _data("NUL", "NUL first in a name", "\0a"),
        unusual_event("NUL", "unknown member: NUL first", ("\0a", 7)),
    ),
    "control": (
        *(
            unusual_event("control", f"control character {ord(sign):02x}", ("query", f"a{sign}b"), event_type="search")
            for sign in "\x01\b\f\x1b\x7f\x85\u2028\ufeff\uffff"
        ),
        unusual_event("control", "lines and tabs", ("marketing_campaign", "a\r\n\tb"), valid=True),
    ),
    "number": (
        *(
            unusual_event("number", f"{field} is {name}", (field, number), event_type=event_type)
            for field, event_type in NUMBER_FIELDS.items()
            for name, number in LARGE.items()
        ),
        *(_data("number", f"{name} in data", "a", number) for name, number in LARGE.items()),
        unusual_event("number", "customer_id is 2^70", ("customer_id", 2**70)),
    ),
    "array": (
        _data("array", "empty arrays", "a", [[], [[]], {}]),
        _data("array", "nested arrays", "a", [[1, [2, [3, {"b": [[]]}]]], None, True]),
        *(
            unusual_event("array", f"{field} is {name}", (field, value))
            for field, name, value in (
                ("customer_id", "an empty array", []),
                ("marketing_source", "nested arrays", [[["a"]]]),
                ("variant_id", "an array", [7]),
                ("contextual_data", "an array", [7, {"a": []}]),
                ("event_id", "an array of its own", lambda value: [value]),
            )
        ),
    ),
    "member": (
        *(
            unusual_event("member", f"unknown member: {name}", (member, value))
            for name, member, value in (
                ("text", "conformance_extra", "extra"),
                ("object", "conformance_extra", {"a": [1]}),
                ("null", "conformance_extra", None),
                ("no name", "", 7),
                ("a dot", "conformance.extra", 7),
                ("a sign", "$price", 7),
                ("another case", "Product_Id", "seven"),
                ("another script", "größe", "größe"),
                ("a digit", "0", 7),
                ("name of a reference", "$ref", "#/events/0"),
                ("name of a method", "toString", "seven"),
                ("name of a property", "length", -1),
                ("long name", LONG_NAME, 7),
            )
        ),
        *(_data("member", f"data with {name}", member) for name, member in
          (("no name", ""), ("a dot", "a.b"), ("a sign", "$price"), ("a digit", "0"), ("a reference", "$ref"),
           ("a constructor", "constructor"), ("a long name", LONG_NAME))),
    ),
    "repeated-id": tuple(
        unusual_event("repeated id", f"{copies} times", copies=copies, event_type=event_type)
        for copies, event_type in ((2, "product_view"), (3, "search"))
    ),
    "long": LONG_TEXTS,
    "whole": tuple(one for events in WHOLE_NUMBERS.values() for one in events),
    "script": tuple(one for events in SCRIPT_EVENTS.values() for one in events),
    "depth": DEPTHS,
    "punctuation": PUNCTUATED,
    "date": tuple(
        unusual_event("date", f"timestamp is {text}", ("timestamp", text))
        for text in (
            "0001-01-01T00:00:00+14:00",
            "1901-12-13T20:45:51Z",
            "9999-12-31T23:59:59.999Z",
            "+275760-09-13T00:00:00.000Z",
        )
    ),
    "empty": (
        EventSpec("no event", "an empty object", (), replacement={}, unusual="empty"),
        EventSpec("no event", "a type alone", (), replacement={"event_type": "search"}, unusual="empty"),
    ),
}  # fmt: skip
"""Unusual events, by what is unusual about them."""
TOO_LARGE = float("inf")
"""Written as 1e999."""
HUGE_NUMBERS = {
    "data": (
        _data(BEYOND_A_DOUBLE, "1e999 in data", "a", TOO_LARGE),
        _data(BEYOND_A_DOUBLE, "-1e999 in data", "a", -TOO_LARGE),
        _data(BEYOND_A_DOUBLE, "400 digits in data", "a", 10**400 + 1),
    ),
    "member": (unusual_event(BEYOND_A_DOUBLE, "unknown member: 1e999", ("conformance_extra", TOO_LARGE)),),
    "product": (unusual_event(BEYOND_A_DOUBLE, "product_id is 1e999", ("product_id", TOO_LARGE)),),
}
"""Events with a number that a double cannot hold; a parser may refuse the whole text."""
LONE_SURROGATES = {
    "high": (_data(LONE_SURROGATE, "a high one in data", "a", "a\ud800b"),),
    "low": (_data(LONE_SURROGATE, "a low one in data", "a", "\udc00"),),
    "swapped": (_data(LONE_SURROGATE, "a swapped pair in data", "a", "\udc00\ud800"),),
    "name": (_data(LONE_SURROGATE, "one in a name", "\ud800"),),
    "query": (unusual_event(LONE_SURROGATE, "one in query", ("query", "boots \udbff"), event_type="search"),),
}
"""Events with a surrogate that has no partner, as its escape sequence; a parser may refuse the whole text."""
