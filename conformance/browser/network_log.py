"""The browser's network events of one page, put together by request. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from conformance.client import Header, Reply

Event = dict[str, Any]
NAMES = (
    "requestWillBeSent",
    "requestWillBeSentExtraInfo",
    "responseReceived",
    "responseReceivedExtraInfo",
    "loadingFinished",
    "loadingFailed",
)
"""The events of the domain Network that are read."""
ADDED_BY_TRANSPORT = frozenset({"host", "connection", "content-length", "proxy-connection"})


@dataclass
class BrowserRequest:
    """One request of a page, from its events. Some of them arrive in any order."""

    id: str
    method: str = ""
    url: str = ""
    preflight_of: str = ""
    """The id of the request whose preflight it is."""
    started: float = 0.0
    """Seconds of the browser's clock."""
    ended: float = 0.0
    at: float = 0.0
    """The start, in seconds since the epoch."""
    sent: Event = field(default_factory=dict)
    """The header lines that were sent, by name; empty if it was not sent."""
    heads: list[Event] = field(default_factory=list)
    """The head of each answer on the wire, also of those that the browser withholds from the page."""
    response: Event | None = None
    """The answer that the browser accepted."""
    failed: Event | None = None
    finished: bool = False
    redirects: list[Event] = field(default_factory=list)
    first_method: str = ""
    """The method before any redirect."""
    first_url: str = ""

    @property
    def cors_error(self) -> str:
        """The code of the CORS check that the answer did not pass."""
        return str(((self.failed or {}).get("corsErrorStatus") or {}).get("corsError", ""))

    @property
    def error(self) -> str:
        """The network error, or the reason why the browser blocked the request."""
        failed = self.failed or {}
        return str(failed.get("blockedReason") or failed.get("errorText") or "").removeprefix("net::")

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will be reported, except heads that are late."""
        return self.failed is not None or (self.response is not None and self.finished)

    @property
    def lines(self) -> tuple[Header, ...]:
        """The header lines that another client can send, too."""
        return tuple(
            (name, value) for name, value in _pairs(self.sent) if name.lower() not in ADDED_BY_TRANSPORT
        )

    def reply(self, body: bytes = b"") -> Reply | None:
        """Return the answer as it was on the wire, or None without an answer."""
        if self.heads:
            head = self.heads[-1]
            reason, lines = _head(str(head.get("headersText") or ""))
            return Reply(int(head["statusCode"]), reason, lines or _pairs(head["headers"]), body)
        if self.response is not None:
            answer = self.response
            return Reply(int(answer["status"]), answer["statusText"], _pairs(answer["headers"]), body)
        return None


class NetworkLog:
    """The requests of one page."""

    def __init__(self) -> None:
        self.requests: dict[str, BrowserRequest] = {}

    def add(self, name: str, event: Event) -> None:
        """Add an event of the domain Network."""
        request = self.requests.setdefault(event["requestId"], BrowserRequest(event["requestId"]))
        if name == "requestWillBeSent":
            _begin(request, event)
        elif name == "requestWillBeSentExtraInfo":
            request.sent = event["headers"]
        elif name == "responseReceived":
            request.response, request.ended = event["response"], event["timestamp"]
        elif name == "responseReceivedExtraInfo":
            request.heads.append(event)
        else:
            request.finished = name == "loadingFinished"
            request.failed = None if request.finished else event
            request.ended = request.ended or event["timestamp"]

    def post(self) -> BrowserRequest | None:
        """Return the POST of the page, sent or not; a preflight comes after it in the log."""
        return next((one for one in self.requests.values() if one.first_method == "POST"), None)

    def preflight(self, post: BrowserRequest) -> BrowserRequest | None:
        """Return the preflight of a POST."""
        return next((one for one in self.requests.values() if one.preflight_of == post.id), None)

    @property
    def is_settled(self) -> bool:
        """Whether the POST has ended, and every head that must exist has arrived."""
        post = self.post()
        if post is None or not post.is_settled:
            return False
        preflight = self.preflight(post)
        judged = preflight if preflight is not None and not post.sent else post
        return not post.cors_error or bool(judged.heads)

    @property
    def has_failed(self) -> bool:
        """Whether the POST has failed."""
        post = self.post()
        return post is not None and post.failed is not None


def _begin(request: BrowserRequest, event: Event) -> None:
    if "redirectResponse" in event:
        request.redirects.append(event["redirectResponse"])
    request.method, request.url = event["request"]["method"], event["request"]["url"]
    request.first_method = request.first_method or request.method
    request.first_url = request.first_url or request.url
    request.started = request.started or event["timestamp"]
    request.at = request.at or event["wallTime"]
    initiator = event.get("initiator", {})
    if initiator.get("type") == "preflight":
        request.preflight_of = initiator.get("requestId", "")


def _pairs(headers: Event) -> tuple[Header, ...]:
    """Return header lines; the browser joins lines of one name with a line end."""
    return tuple((name, value) for name, joined in headers.items() for value in str(joined).split("\n"))


def _head(text: str) -> tuple[str, tuple[Header, ...]]:
    """Return the reason phrase and the lines of a head as HTTP/1.1 writes it."""
    first, *lines = text.split("\r\n")
    return first.partition(" ")[2].partition(" ")[2], tuple(_lines(lines))


def _lines(lines: Iterable[str]) -> Iterable[Header]:
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            yield name, value.strip(" \t")
