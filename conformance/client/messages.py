"""One request to the target, and what came of it, in plain values."""

from dataclasses import dataclass, replace

Header = tuple[str, str]


@dataclass(frozen=True)
class Request:
    """What is sent. Headers go out as they stand here; ``Host`` and the body's framing are added on the wire."""

    method: str
    url: str
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    chunked: bool = False
    """Whether the body goes out in chunks, without a Content-Length."""

    def by(self, method: str) -> "Request":
        """Return the same request by another method."""
        return replace(self, method=method)

    def in_chunks(self) -> "Request":
        """Return the same request with a chunked body."""
        return replace(self, chunked=True)


@dataclass(frozen=True)
class Reply:
    """What the target answered."""

    status: int
    reason: str
    headers: tuple[Header, ...]
    """The raw header lines, in the order of arrival."""
    body: bytes
    """At most LONGEST_REPLY bytes, decoded where the target compressed them."""
    cut: bool = False
    """Whether the body went on."""

    def lines(self, name: str) -> list[str]:
        """Return the values of every line of a header, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def listed(self, name: str) -> list[str]:
        """Return the elements of a comma-separated header, over all its lines."""
        return [part.strip() for line in self.lines(name) for part in line.split(",") if part.strip()]


@dataclass(frozen=True)
class NoReply:
    """Why there was no answer."""

    kind: str
    """``unreachable``, ``timeout``, ``closed``, ``garbled`` or ``not sent``."""
    detail: str


@dataclass(frozen=True)
class Exchange:
    """One request and its reply, or why there was none."""

    request: Request
    outcome: Reply | NoReply
    elapsed: float
    """Seconds."""
    at: float
    """When it began, in seconds since the epoch."""

    @property
    def reply(self) -> Reply | None:
        """The reply, if there was one."""
        return self.outcome if isinstance(self.outcome, Reply) else None
