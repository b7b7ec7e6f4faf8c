"""Read-back by HTTP: a GET request returns the stored events of one store, on one page or on several."""

import math
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from conformance.client import THROTTLING, HttpClient, NoReply, Reply, Request, is_page, page_in_words
from conformance.ingestion.observers.bodies import LONGEST, MOST_EVENTS, Keeper, parse
from conformance.ingestion.observers.long_json import Beginning
from conformance.ingestion.observers.observer import (
    Access,
    Observer,
    ReadBackError,
    Reading,
    Stored,
    as_text,
    check_placeholders,
    one_store_only,
)
from conformance.settings import unusable

MOST_PAGES = 1000
"""Pages of one reading, at most."""
OK = 200
REFUSED, ABSENT = (401, 403, 407), (404, 405, 410)
GIVE_A_KEY = "if it needs a key, give it with --observer-headers 'Authorization: …'"
PORTS = {"http": 80, "https": 443}
ACCEPT = "application/json"
_SEPARATOR = re.compile(r"[ \t]*;[ \t]*")
_NAME = re.compile(r"[\w!#$&+.^`|~*-]+")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_QUOTED = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"')
_UNQUOTED = re.compile(r'[^\s;,"]*')
# Each is matched at one place, once, so that no text takes longer than its length.


def check_address(address: str, *, two_stores: bool) -> None:
    """Check a URL and its placeholders. Raises ConfigurationError."""
    check_placeholders(address)
    if not urlsplit(re.sub(r"[{}]", "", address)).hostname or not re.fullmatch(r"[\x21-\x7e]+", address):
        raise unusable("is not a URL")
    if two_stores and "{token}" not in address:
        raise one_store_only("{token}")


def connect(address: str, access: Access) -> Observer:
    """Return the observer of a valid address."""
    return HttpObserver(address, access)


@dataclass
class HttpObserver:
    """Fills a URL's placeholders and reads JSON or NDJSON, following ``next`` links on the same host."""

    template: str = field(repr=False)
    access: Access
    _client: HttpClient = field(init=False, repr=False)
    _begun: dict[str, Beginning] = field(default_factory=dict, init=False, repr=False)
    """By token: how its last long answer began."""

    def __post_init__(self) -> None:
        # It never gives up: an endpoint that is down now may be up again at the next reading.
        self._client = HttpClient(
            self.access.timeout,
            longest=LONGEST,
            room=math.inf,
            gives_up_after=math.inf,
            budget=self.access.budget,
            proxy=self.access.proxy,
            route=self.access.route,
        )

    def read(self, token: str, session_id: str = "") -> Reading:
        """Return the events of all pages. Raises ReadBackError."""
        values = {"token": token, "since": as_text(self.access.since), "session_id": session_id}
        url = re.sub(r"\{(\w+)\}", lambda found: quote(values[found[1]], safe=""), self.template)
        events: list[Stored] = []
        keeper = Keeper(self.access.mark, self.access.ids, self._begun.setdefault(token, Beginning()))
        seen: set[str] = set()
        size = 0
        deadline = time.monotonic() + self.access.timeout
        while url:
            if url in seen or len(seen) == MOST_PAGES:
                raise ReadBackError(f"its next links do not end ({len(seen)} pages)")
            if seen and time.monotonic() > deadline:
                raise ReadBackError(
                    f"its {len(seen)} pages took more than {self.access.timeout:g} s, and there are more"
                )
            seen.add(url)
            reply = self._get(url)
            size += len(reply.body)
            if reply.cut or size > LONGEST:
                raise ReadBackError(
                    f"more than {LONGEST} bytes; let it return only events after since, or of session_id",
                    is_large=True,
                )
            page = parse(reply.body, may_be_empty=_is_ndjson(reply), keeper=keeper)
            events += page.events
            if keeper.events > MOST_EVENTS:
                raise ReadBackError(
                    f"more than {MOST_EVENTS} events; let it return only events after since", is_large=True
                )
            url = _following(url, next_link(reply.lines("link")) or page.following)
        return keeper.reading(events)

    def close(self) -> None:
        """Close every connection."""
        self._client.stop()

    def _get(self, url: str) -> Reply:
        named = {name.lower() for name, _ in self.access.headers}
        own = () if "accept" in named else (("Accept", ACCEPT),)
        outcome = self._client.send(Request("GET", url, (*own, *self.access.headers))).outcome
        if isinstance(outcome, NoReply):
            raise ReadBackError(f"no reply ({outcome.kind})")
        if outcome.status != OK:
            raise _unusable_status(outcome, has_headers=bool(self.access.headers))
        if is_page(outcome):
            raise ReadBackError(
                f"{page_in_words(outcome)} instead of JSON; check the host and path in --observer", lasts=True
            )
        return outcome


def _unusable_status(reply: Reply, *, has_headers: bool) -> ReadBackError:
    """Return the error for another status than 200, with its remedy."""
    page = f", {page_in_words(reply)}," if is_page(reply) else ""
    observed = f"status {reply.status}{page} instead of 200"
    if reply.status in REFUSED:
        key = "check the key in --observer-headers" if has_headers else GIVE_A_KEY
        return ReadBackError(f"{observed}: the endpoint refuses the request; {key}", lasts=True)
    if reply.status in ABSENT:
        # Without a page, it may also be a store in which nothing is visible yet.
        text = f"{observed}: nothing is there; check the path in --observer"
        return ReadBackError(text, lasts=is_page(reply))
    if 300 <= reply.status < 400:  # noqa: PLR2004 - RFC 9110, 15.4
        advice = "name the URL that it redirects to in --observer: it must not get the token otherwise"
        return ReadBackError(f"{observed}: a redirect is not followed; {advice}", lasts=True)
    if reply.status in THROTTLING:
        advice = "let it answer 2 requests a second of this machine"
        return ReadBackError(f"{observed}: the endpoint throttles or is unavailable; {advice}")
    return ReadBackError(observed)


def _is_ndjson(reply: Reply) -> bool:
    return any(
        re.search(r"ndjson|jsonl|json-seq|json-lines", media, re.IGNORECASE)
        for media in reply.lines("content-type")
    )


def next_link(lines: Sequence[str]) -> str:
    """Return the target of the first ``Link`` (RFC 8288) whose relation is ``next``; empty where there is no such link."""
    for line in lines:
        for target, parameters in _links(line):
            if "next" in parameters.get("rel", "").lower().split() and "anchor" not in parameters:
                return target.strip()
    return ""


def _links(line: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the target and the parameters of each link; nothing more after a quotation that does not end."""
    place = line.find("<")
    while place >= 0 and (end := line.find(">", place)) > 0:
        target, place = line[place + 1 : end], end + 1
        parameters: dict[str, str] = {}
        while separator := _SEPARATOR.match(line, place):
            name = _NAME.match(line, separator.end())
            if name is None:
                break
            place, value = name.end(), ""
            if equals := _EQUALS.match(line, place):
                quoted = _QUOTED.match(line, equals.end())
                found = quoted or _UNQUOTED.match(line, equals.end())
                if found is None or (quoted is None and line.startswith('"', equals.end())):
                    return
                place, value = found.end(), re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else found[0]
            # The first of repeated parameters counts.
            parameters.setdefault(name[0].lower(), value)
        yield target, parameters
        place = line.find("<", place)


def _following(current: str, link: str) -> str:
    """Return the URL of the page that a link leads to. It must be on the same host, since the token is sent there."""
    if not link:
        return ""
    try:
        here, there = urlsplit(current), urlsplit(urljoin(current, link))
        elsewhere = _origin(here) != _origin(there)
    except ValueError:
        raise ReadBackError("its next link is not a URL") from None
    if not re.fullmatch(r"[\x21-\x7e]+", link):
        raise ReadBackError("its next link is not a URL: it is not percent-encoded")
    if elsewhere:
        raise ReadBackError(
            "its next link leads to another host, scheme or port, which must not get the token"
        )
    return there._replace(netloc=here.netloc, fragment="").geturl()


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or PORTS.get(url.scheme)
