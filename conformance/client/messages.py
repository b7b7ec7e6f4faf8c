"""A request to the target and its reply, as values."""

from dataclasses import dataclass, replace

Header = tuple[str, str]


@dataclass(frozen=True)
class Request:
    """One request. Its headers are sent unchanged; ``Host`` and the body's framing are added."""

    method: str
    url: str
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    chunked: bool = False
    """Whether the body is sent in chunks, without a Content-Length."""

    def by(self, method: str) -> "Request":
        """Return the same request with another method."""
        return replace(self, method=method)

    def in_chunks(self) -> "Request":
        """Return the same request with a chunked body."""
        return replace(self, chunked=True)


@dataclass(frozen=True)
class Reply:
    """The answer of the target."""

    status: int
    reason: str
    headers: tuple[Header, ...]
    """The header lines as they arrived, in their order."""
    body: bytes
    """At most LONGEST_REPLY bytes, decompressed."""
    cut: bool = False
    """Whether the body was longer."""

    def lines(self, name: str) -> list[str]:
        """Return the values of every line of a header, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def listed(self, name: str) -> list[str]:
        """Return the elements of a comma-separated header, from all its lines. Only spaces and tabs may surround an element."""
        parts = (part.strip(" \t") for line in self.lines(name) for part in line.split(","))
        return [part for part in parts if part]


@dataclass(frozen=True)
class NoReply:
    """The reason why a request got no reply."""

    kind: str
    """``unreachable``, ``timeout``, ``closed``, ``garbled`` or ``not sent``."""
    detail: str


@dataclass(frozen=True)
class Exchange:
    """One request and its reply, or the reason why it got none."""

    request: Request
    outcome: Reply | NoReply
    elapsed: float
    """Seconds."""
    at: float
    """The start, in seconds since the epoch."""

    @property
    def reply(self) -> Reply | None:
        """The reply, if there was one."""
        return self.outcome if isinstance(self.outcome, Reply) else None
