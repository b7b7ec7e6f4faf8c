"""The calls that a page makes: the documented ones, and those whose outcome is only observed. Pure."""

import json
from dataclasses import dataclass
from enum import StrEnum

from conformance.client import TOKEN_HEADER


class Page(StrEnum):
    """The page that makes a call."""

    STORE = "a page at --origin"
    OTHER = "a page at --other-origin"
    STRANGER = "a page at an origin that no store allows"
    SANDBOX = "a page with the origin null"


@dataclass(frozen=True)
class Call:
    """One call of a page. Equal calls are made once in a visit."""

    name: str
    page: Page = Page.STORE
    beacon: bool = False
    """Whether it is ``navigator.sendBeacon``; otherwise it is ``fetch``."""
    token_in: str = "query"  # noqa: S105 - names a place
    """``header`` or ``query``."""
    known_token: bool = True
    with_event: bool = True
    """Whether the batch has one valid event; otherwise it is empty."""
    credentials: bool = False
    """Whether ``fetch`` is called with credentials; ``sendBeacon`` always is."""
    keepalive: bool = False
    json: bool = True
    """Whether the body is sent as JSON; otherwise it is sent as text, without a preflight."""
    at_unload: bool = False
    """Whether the page makes the call while it is left for another page."""

    def __str__(self) -> str:
        return self.name

    @property
    def requests(self) -> int:
        """How many requests a browser sends for it: a preflight and a POST."""
        return 1 + self.json

    def javascript(self, url: str, token: str, body: str) -> str:
        """Return the call as JavaScript; ``url`` contains the token if the call sends it in the query."""
        if self.beacon:
            data = f'new Blob([{_text(body)}], {{type: "application/json"}})' if self.json else _text(body)
            return f"navigator.sendBeacon({_text(url)}, {data})"
        headers = {"Content-Type": "application/json"}
        if self.token_in == "header":  # noqa: S105 - names a place
            headers[TOKEN_HEADER] = token
        parts = ['method: "POST"', f"headers: {_text(headers)}", f"body: {_text(body)}"]
        parts += ["keepalive: true"] * self.keepalive + ['credentials: "include"'] * self.credentials
        return f"fetch({_text(url)}, {{{', '.join(parts)}}})"


def _text(value: object) -> str:
    """Return a value as JavaScript."""
    return json.dumps(value, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


BEACON = Call("beacon", beacon=True)
FALLBACK = Call("fallback", keepalive=True)
HEADER_FETCH = Call("header-fetch", token_in="header")  # noqa: S106 - names a place
CREDENTIALS_QUERY = Call("credentials-query", credentials=True)
CREDENTIALS_HEADER = Call("credentials-header", credentials=True, token_in="header")  # noqa: S106 - names a place
REFUSED = Call("refused", token_in="header", with_event=False, credentials=True)  # noqa: S106 - names a place
UNKNOWN_HEADER = Call(
    "unknown-header",
    token_in="header",  # noqa: S106 - names a place
    known_token=False,
    with_event=False,
    credentials=True,
)
UNKNOWN_QUERY = Call("unknown-query", known_token=False, with_event=False)
OTHER_BEACON = Call("other-beacon", Page.OTHER, beacon=True)
OTHER_FALLBACK = Call("other-fallback", Page.OTHER, keepalive=True)
FALLBACK_AGAIN = Call("fallback-again", keepalive=True)
UNLOAD = Call("unload", beacon=True, at_unload=True)
FROM_A_SANDBOX = Call("null-origin", Page.SANDBOX, with_event=False)
FROM_A_STRANGER = Call("unauthorised-origin", Page.STRANGER, with_event=False)
TEXT_BEACON = Call("text-beacon", beacon=True, json=False)

IN_ORDER = (
    BEACON,
    FALLBACK,
    HEADER_FETCH,
    CREDENTIALS_QUERY,
    CREDENTIALS_HEADER,
    REFUSED,
    UNKNOWN_HEADER,
    UNKNOWN_QUERY,
    UNLOAD,
    OTHER_BEACON,
    OTHER_FALLBACK,
    FALLBACK_AGAIN,
    FROM_A_SANDBOX,
    FROM_A_STRANGER,
    TEXT_BEACON,
)
"""Every call, in the order of a visit: the first origin, the second one, and the first one again."""
MADE_UP_ORIGIN = "https://second.conformance.example:8443"
