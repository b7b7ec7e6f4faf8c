"""Whether an observer, as the user wrote it, can be one."""

import re
from importlib.util import find_spec
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.settings.options import ConfigurationError

PLACEHOLDERS = {"token", "since", "session_id"}
SQL = "sql+"
"""What a database's address begins with, before the one that SQLAlchemy knows."""
OBSERVERS = {
    "http": "https://host/path?token={token}&since={since}",
    "https": "https://host/path?token={token}&since={since}",
    "sink": "sink://127.0.0.1:9000/events",
    "file": "file:///path/to/events.ndjson",
    "exec": "exec:COMMAND",
    SQL: "sql+sqlite:////path/to/events.db?query=SELECT%20…%20WHERE%20token=:token",
}
"""Each kind of observer by its scheme, and what one is written like."""
FRAMING = {"connection", "content-length", "host", "transfer-encoding"}
"""Headers that the wire sets itself."""


def check_observer(observer: str, *, two_stores: bool) -> None:
    """Look at an observer's address. Raises ConfigurationError, in which nothing of a secret is repeated."""
    scheme = observer.partition(":")[0]
    if scheme == observer or not re.fullmatch(r"(sql\+)?[A-Za-z][A-Za-z0-9+.-]{0,19}", scheme):
        raise _no_observer("no URL")  # what stands in the scheme's place may be all secret
    kind = SQL if scheme.startswith(SQL) else scheme
    if kind not in OBSERVERS:
        raise _no_observer(f"no kind of observer is called {scheme!r}")
    checks = {"sink": _check_sink, "file": _check_file, "exec": _check_command, SQL: _check_query}
    try:
        urlsplit(observer)
        tells_stores_apart = checks.get(kind, _check_url)(observer)
    except ConfigurationError:
        raise
    except ValueError:  # its text may repeat what stands in the place of a port
        raise _no_observer("no URL", kind) from None
    if two_stores and not tells_stores_apart:
        raise ConfigurationError(
            f"--observer: shows the two stores as one; put {':token' if kind == SQL else '{token}'} into it,"
            " or leave --other-token out"
        )


def _check_url(observer: str) -> bool:
    _check_placeholders(observer, PLACEHOLDERS)
    if not urlsplit(re.sub(r"[{}]", "", observer)).hostname or not re.fullmatch(r"[\x21-\x7e]+", observer):
        raise _no_observer("no URL")
    return "{token}" in observer


def _check_sink(observer: str) -> bool:
    url = urlsplit(observer)
    if not url.hostname or not url.port:
        raise _no_observer("a sink has a host and a port, which the target's pipeline knows", "sink")
    if "@" in url.netloc or "?" in observer or "#" in observer:
        raise _no_observer("a sink has no user, query or fragment", "sink")
    return True


def _check_file(observer: str) -> bool:
    path = unquote(observer.removeprefix("file://").removeprefix("localhost"))
    _check_placeholders(path, {"token"})
    if not observer.startswith("file://") or not path.startswith("/") or path.endswith("/") or "\0" in path:
        raise _no_observer("no file by its whole path", "file")
    if "?" in observer or "#" in observer:
        raise _no_observer("a file has no query or fragment (in a name, ? is %3F and # is %23)", "file")
    return True


def _check_command(observer: str) -> bool:
    command = observer.removeprefix("exec:")
    if not command.strip() or command.startswith("//") or "\0" in command:
        raise _no_observer("no command", "exec")
    return True


def _no_observer(why: str, kind: str = "https") -> ConfigurationError:
    kinds = "" if kind != "https" else " (or sink://, file://, exec:, sql+…)"
    return ConfigurationError(f"--observer: {why}; write {OBSERVERS[kind]}{kinds}")


def _check_placeholders(text: str, known: set[str]) -> None:
    unknown = set(re.findall(r"\{([^{}]*)\}", text)) - known
    if unknown:
        *others, last = (f"{{{name}}}" for name in ("token", "since", "session_id") if name in known)
        there_are = f"there are {', '.join(others)} and {last}" if others else f"there is {last}"
        raise ConfigurationError(f"--observer: unknown placeholder {{{min(unknown)}}}; {there_are}")


def _check_query(observer: str) -> bool:
    """Check a database's query, and return whether it asks for one store's events."""
    queries = [text for name, text in parse_qsl(observer.partition("?")[2]) if name == "query"]
    if len(queries) != 1:
        raise _no_observer("a database has one query, percent-encoded", SQL)
    # As SQLAlchemy finds them.
    names = set(re.findall(r"(?<![:\w\\]):(\w+)(?!:)", queries[0]))
    if names - PLACEHOLDERS:
        raise ConfigurationError(
            f"--observer: unknown parameter :{min(names - PLACEHOLDERS)} in its query; "
            "there are :token, :since and :session_id"
        )
    if find_spec("sqlalchemy") is None:
        raise ConfigurationError(
            "--observer: reading a database needs SQLAlchemy; pip install 'beacon-conformance[sql]'"
        )
    return "token" in names


def check_header_lines(text: str) -> None:
    """Look at the lines that an observer's requests carry. Raises ConfigurationError."""
    for number, line in enumerate(filter(str.strip, text.splitlines()), start=1):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name, re.ASCII):
            raise ConfigurationError(f"--observer-headers: line {number} is no header; write Name: value")
        if not re.fullmatch(r"[\t\x20-\x7e]+", value) or name.lower() in FRAMING:
            raise ConfigurationError(
                f"--observer-headers: {name} cannot be sent; a value is printable ASCII, and the wire sets"
                f" {', '.join(sorted(FRAMING))}"
            )
