"""Where requirements come from: the public pages and standards that their sources name, with their addresses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.requirements.model import (
    AUTHENTICATION,
    BEACON_GUIDE,
    EVENT_TYPES,
    FETCH,
    NOWHERE,
    OVERVIEW,
    SEND_EVENTS,
)

PAGES = "https://docs.uselayers.com/tracking-api"
"""The published documentation of the Tracking API."""
FETCH_STANDARD = "https://fetch.spec.whatwg.org"
RFC = re.compile(r"RFC ([0-9]{1,5})(?:, ([0-9]{1,2}(?:\.[0-9]{1,2}){0,4}))?")


@dataclass(frozen=True)
class Source:
    """A public page, or a section of a standard."""

    name: str
    address: str
    """Its URL; empty if there is no public page."""
    about: str
    """What it is, in a few words."""


KNOWN = {
    one.name: one
    for one in (
        Source(AUTHENTICATION, f"{PAGES}/authentication", "where a token is read from, errors, CORS"),
        Source(OVERVIEW, f"{PAGES}/overview", "what the Tracking API is for, and what a success is"),
        Source(SEND_EVENTS, f"{PAGES}/send-events", "the request, its limits, its answers, enrichment"),
        Source(EVENT_TYPES, f"{PAGES}/event-types", "the fields of each type of event"),
        Source(BEACON_GUIDE, f"{PAGES}/guides/send-beacon", "how a page sends events as it is left"),
        Source(f"{FETCH}, CORS check", f"{FETCH_STANDARD}/#cors-check", "when a page may read an answer"),
        Source(
            f"{FETCH}, CORS-preflight fetch",
            f"{FETCH_STANDARD}/#cors-preflight-fetch",
            "what a browser asks before it sends, and which answers let it send",
        ),
        Source(
            f"{FETCH}, CORS protocol and HTTP caches",
            f"{FETCH_STANDARD}/#cors-protocol-and-http-caches",
            "why an answer that depends on the origin needs Vary",
        ),
        Source(
            f"{FETCH}, handle content codings",
            f"{FETCH_STANDARD}/#handle-content-codings",
            "how a browser decodes the body of an answer",
        ),
        Source(
            "URL standard, application/x-www-form-urlencoded",
            "https://url.spec.whatwg.org/#application/x-www-form-urlencoded",
            "how the parameters of a query are written and read",
        ),
        Source(NOWHERE, "", "nothing that is published says anything about it"),
    )
}
STANDARDS = {
    "9110": "HTTP semantics: methods, fields, statuses",
    "9112": "HTTP/1.1: messages and connections",
    "8259": "JSON",
}
"""What an RFC is about."""


def sources_of(text: str) -> tuple[Source, ...]:
    """Return the pages and sections that a requirement's source names. What is not known has no address."""
    return tuple(_each(text))


def _each(text: str) -> Iterator[Source]:
    rfc = RFC.fullmatch(text)
    if text in KNOWN:
        yield KNOWN[text]
    elif rfc is not None:
        number, section = rfc.groups()
        place = f"#section-{section}" if section else ""
        address = f"https://www.rfc-editor.org/rfc/rfc{number}{place}"
        yield Source(text, address, STANDARDS.get(number, ""))
    elif (parts := text.split(", "))[1:] and all(part in KNOWN for part in parts):
        yield from (KNOWN[part] for part in parts)
    else:
        yield Source(text, "", "")
