"""What a page in a real browser did and saw, as values."""

from dataclasses import dataclass, field

from conformance.client.messages import Exchange


@dataclass(frozen=True)
class PageView:
    """One call of a page, and what the page learned of the answer."""

    call: str
    """The JavaScript of the call. It runs in the console of a page at the same origin."""
    origin: str
    """The origin of the page."""
    said: str
    """The value that the call returned, or the error that it raised."""
    saw: str
    """What the browser did with the answer."""
    console: tuple[str, ...] = ()
    """The first lines that the browser wrote to the console."""
    preflight: Exchange | None = None
    """The preflight that the browser sent before the request."""


@dataclass(frozen=True)
class PageExchange(Exchange):
    """One request that a browser sent, and its reply. The order of its header lines is not that of the wire."""

    page: PageView = field(kw_only=True)
