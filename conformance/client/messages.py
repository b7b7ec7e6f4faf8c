"""A request to the target and its reply, as values."""

from dataclasses import dataclass, replace

Header = tuple[str, str]
CUT = "… (cut)"
"""The end of a text that was cut. A redactor looks for the beginning of a secret before it."""
OPTIONAL_SPACE = " \t"
"""The optional white space of a header (RFC 9110, 5.6.3). ``str.strip`` also takes what is part of a name for browsers."""


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
    """The first bytes, decoded; at most LONGEST_REPLY."""
    cut: bool = False
    """Whether the body was longer."""
    undecodable: str = ""
    """Why the body cannot be decoded as its Content-Encoding says; it then has the bytes as they arrived."""
    lines_in_all: int = 0
    """The number of all header lines, if the last ones are left out; otherwise 0."""
    lines_sha256: str = ""
    """The digest of all header lines, if the last ones are left out."""
    bytes_behind: int = 0
    """Bytes that came behind the end of the answer; they are not part of it, nor of the next one."""

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        return len(self.body) + sum(len(name) + len(value) + 200 for name, value in self.headers)

    def lines(self, name: str) -> list[str]:
        """Return the values of every line of a header, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def listed(self, name: str) -> list[str]:
        """Return the elements of a comma-separated header, from all its lines. Only space and tab may stand around one."""
        parts = [part.strip(OPTIONAL_SPACE) for line in self.lines(name) for part in line.split(",")]
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
    is_first: bool = False
    """Whether it was the first one on its connection, as far as that is known."""
    is_confirmed: bool = False
    """Whether several attempts got no answer of the application, while a valid request before and after each got one."""
    silence: str = ""
    """Why the first attempt got no answer, although the target was answering other requests; empty if it did."""

    @property
    def reply(self) -> Reply | None:
        """The reply, if there was one."""
        return self.outcome if isinstance(self.outcome, Reply) else None
