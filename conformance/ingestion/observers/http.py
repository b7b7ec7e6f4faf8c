"""Read-back by HTTP: a GET answers with the stored events of one store, on one page or on several."""

import math
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from conformance.client import Header, HttpClient, NoReply, Reply, Request
from conformance.ingestion.observers.bodies import LONGEST, parse
from conformance.ingestion.observers.observer import ReadBackError, Stored, as_text

MOST_PAGES = 1000
"""Pages of one reading."""
OK = 200
PORTS = {"http": 80, "https": 443}
ACCEPT = "application/json"
_PARAMETER = r'\s*;\s*([\w!#$&+.^`|~*-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?'
_LINK = re.compile(rf"<([^>]*)>((?:{_PARAMETER})*)")


@dataclass
class HttpObserver:
    """Fills a URL's placeholders and reads JSON or NDJSON, following ``next`` links on the same host."""

    template: str = field(repr=False)
    since: datetime
    timeout: float
    headers: Sequence[Header] = field(default=(), repr=False)
    """Sent with every request; one of them may be ``Accept``."""
    proxy: str = ""
    _wire: HttpClient = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Whoever reads has patience of their own: what is down now may be up again by the next reading.
        self._wire = HttpClient(self.timeout, longest=LONGEST, gives_up_after=math.inf, proxy=self.proxy)

    def read(self, token: str, session_id: str = "") -> list[Stored]:
        """Return what the pages show. Raises Unreadable."""
        values = {"token": token, "since": as_text(self.since), "session_id": session_id}
        url = re.sub(r"\{(\w+)\}", lambda found: quote(values[found[1]], safe=""), self.template)
        events: list[Stored] = []
        seen: set[str] = set()
        size = 0
        deadline = time.monotonic() + self.timeout
        while url:
            if url in seen or len(seen) == MOST_PAGES:
                raise ReadBackError(f"its next links do not come to an end ({len(seen)} pages)")
            if seen and time.monotonic() > deadline:
                raise ReadBackError(
                    f"its {len(seen)} pages took more than {self.timeout:g} s, and there are more"
                )
            seen.add(url)
            reply = self._get(url)
            size += len(reply.body)
            if reply.cut or size > LONGEST:
                raise ReadBackError(f"more than {LONGEST} bytes; let it honour since, or session_id")
            page = parse(reply.body, may_be_empty=_is_ndjson(reply))
            events += page.events
            url = _following(url, next_link(reply.lines("link")) or page.following)
        return events

    def close(self) -> None:
        """Close every connection."""
        self._wire.stop()

    def _get(self, url: str) -> Reply:
        named = {name.lower() for name, _ in self.headers}
        own = () if "accept" in named else (("Accept", ACCEPT),)
        outcome = self._wire.send(Request("GET", url, (*own, *self.headers))).outcome
        if isinstance(outcome, NoReply):
            raise ReadBackError(f"no reply ({outcome.kind})")
        if outcome.status != OK:
            raise ReadBackError(f"status {outcome.status} instead of 200")
        return outcome


def _is_ndjson(reply: Reply) -> bool:
    return any(
        re.search(r"ndjson|jsonl|json-seq|json-lines", media, re.IGNORECASE)
        for media in reply.lines("content-type")
    )


def next_link(lines: Sequence[str]) -> str:
    """Return the target of the first ``Link`` (RFC 8288) whose relation is ``next``; empty where there is none."""
    for line in lines:
        for link in _LINK.finditer(line):
            parameters: dict[str, str] = {}
            for name, quoted, plain in re.findall(_PARAMETER, link[2]):
                # Of a repeated parameter, the first counts.
                parameters.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or plain)
            if "next" in parameters.get("rel", "").lower().split() and "anchor" not in parameters:
                return link[1].strip()
    return ""


def _following(current: str, link: str) -> str:
    """Return the URL of the page that a link leads to: on the same host only, since the token goes with it."""
    if not link:
        return ""
    try:
        here, there = urlsplit(current), urlsplit(urljoin(current, link))
        elsewhere = _origin(here) != _origin(there)
    except ValueError:
        raise ReadBackError("its next link is no URL") from None
    if not re.fullmatch(r"[\x21-\x7e]+", link):
        raise ReadBackError("its next link is no URL: it is not percent-encoded")
    if elsewhere:
        raise ReadBackError(
            "its next link leads to another host, scheme or port, which is not to get the token"
        )
    return there._replace(netloc=here.netloc, fragment="").geturl()


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or PORTS.get(url.scheme)
