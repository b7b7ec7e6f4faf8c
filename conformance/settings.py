"""Everything a run is told: options, environment and configuration file, as one frozen object."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

CLASSES = ("http", "ingestion", "stores", "browser")
REFERENCE = "reference"
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


class ConfigurationError(ValueError):
    """What the user wrote cannot be used: one line that says what, and what to write instead."""


@dataclass(frozen=True)
class Option:
    """One thing a run can be told, under one name on the command line, in the environment and in a file."""

    name: str
    metavar: str
    help: str

    @property
    def flag(self) -> str:
        """The command-line option, as ``--other-token``."""
        return f"--{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable, as ``BEACON_OTHER_TOKEN``."""
        return f"BEACON_{self.name.replace('-', '_').upper()}"

    @property
    def field(self) -> str:
        """The field of ``Settings``."""
        return self.name.replace("-", "_")


OPTIONS = (
    Option("target", "URL", "base URL of the target, or the word reference (the default: the bundled one)"),
    Option("token", "T", "a token the target knows (store A)"),
    Option("other-token", "T", "a second store's token"),
    Option("revoked-token", "T", "a token that the target knew once and refuses now (only observed)"),
    Option("origin", "O", "an origin that store A's allowed domains include"),
    Option(
        "other-origin",
        "O",
        "a second one, best with a port: only two show that reflection follows the request",
    ),
    Option(
        "observer",
        "SPEC",
        "read-back: https://host/path?token={token}&since={since}, or sink://, file://, exec:, sql+…",
    ),
    Option("observer-headers", "H", "header lines of an http(s) observer's requests, as Authorization: …"),
    Option("require", "C,…", "classes that must be fully judged (default: http; for the reference all)"),
    Option("report-dir", "D", "where the reports go (default: reports/)"),
    Option("seed", "N", "explore with other generated batches (default: 0, the reproducible ones)"),
    Option("timeout", "S", "seconds to wait for one answer (default: 10)"),
    Option("patience", "S", "seconds to wait for an ingested event to show (default: 20)"),
)
"""In the order of ``--help``; ``--config`` names the file itself and stands beside them."""


@dataclass(frozen=True)
class Settings:
    """What a run is told. Raises ConfigurationError where it cannot be used; nothing has been sent by then."""

    target: str = REFERENCE
    """Base URL without a trailing slash, or the word ``reference``."""
    token: str = field(default="", repr=False)
    other_token: str = field(default="", repr=False)
    revoked_token: str = field(default="", repr=False)
    origin: str = ""
    other_origin: str = ""
    observer: str = field(default="", repr=False)
    observer_headers: str = field(default="", repr=False)
    """Lines of ``Name: value``."""
    require: tuple[str, ...] = ("http",)
    report_dir: Path = Path("reports")
    seed: int = 0
    timeout: float = 10.0
    """Seconds."""
    patience: float = 20.0
    """Seconds."""

    def __post_init__(self) -> None:
        if not self.is_reference:
            _check_target(self.target)
            if not self.token:
                raise ConfigurationError("no token: a target is judged with --token T or BEACON_TOKEN")
        for flag, origin in (("--origin", self.origin), ("--other-origin", self.other_origin)):
            if origin:
                _check_origin(flag, origin)
        for flag, token in (
            ("--token", self.token),
            ("--other-token", self.other_token),
            ("--revoked-token", self.revoked_token),
        ):
            if token and not re.fullmatch(r"[\x21-\x7e]+", token):
                raise ConfigurationError(
                    f"{flag}: a token is visible ASCII without spaces, to travel in a header"
                )
        if self.token and self.token == self.other_token:
            raise ConfigurationError(
                "--other-token: is the same as --token; give the token of a second store"
            )
        if self.observer:
            _check_observer(self.observer, two_stores=bool(self.other_token))
        _check_header_lines(self.observer_headers)
        unknown = [name for name in self.require if name not in CLASSES]
        if unknown or not self.require:
            raise ConfigurationError(
                f"--require {','.join(unknown)}: not a class; the classes are {', '.join(CLASSES)}"
            )

    @property
    def is_reference(self) -> bool:
        """Whether the bundled reference is the target."""
        return self.target == REFERENCE

    @property
    def observer_header_lines(self) -> tuple[tuple[str, str], ...]:
        """``observer_headers`` as names and values."""
        parts = (line.partition(":") for line in self.observer_headers.splitlines() if line.strip())
        return tuple((name.strip(), value.strip()) for name, _, value in parts)


def _check_target(target: str) -> None:
    if not target:
        raise ConfigurationError("--target: is empty; give a base URL as https://host, or the word reference")
    try:
        url = urlsplit(target)
        port = url.port
    except ValueError:  # its text may repeat what stands in the place of a port
        raise ConfigurationError(
            "--target: its host or port is none; give a base URL as https://host or https://host:8443"
        ) from None
    if not re.fullmatch(r"[\x21-\x7e]+", target):
        raise ConfigurationError(
            "--target: has a space or a letter beyond ASCII; give the URL percent-encoded, as browsers send it"
        )
    if url.scheme not in {"http", "https"} or not url.hostname or port == 0:
        raise ConfigurationError(
            "--target: no http(s) URL; give a base URL as https://host, or the word reference"
        )
    if "@" in url.netloc:
        raise ConfigurationError(
            "--target: has a user or password in it; give the URL without, and tokens by --token"
        )
    if "token" in dict(parse_qsl(url.query, keep_blank_values=True)):
        raise ConfigurationError(
            "--target: has its own token parameter; give the URL without it, and --token T"
        )
    if url.query or url.fragment or "?" in target or "#" in target:
        raise ConfigurationError(
            "--target: has a query or fragment; give the base URL alone, as https://host"
        )
    if url.path.rstrip("/").endswith("/beacon"):
        raise ConfigurationError(
            "--target: ends in /beacon, which the suite appends; give the base URL before it"
        )


def _check_origin(flag: str, origin: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9+.-]*://[^/?#@\s]+", origin) or origin != origin.lower():
        raise ConfigurationError(
            f"{flag} {origin}: no origin as browsers send it; write https://shop.example or …:8443"
        )


def _check_observer(observer: str, *, two_stores: bool) -> None:
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


def _check_header_lines(text: str) -> None:
    for number, line in enumerate(filter(str.strip, text.splitlines()), start=1):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name, re.ASCII):
            raise ConfigurationError(f"--observer-headers: line {number} is no header; write Name: value")
        if not re.fullmatch(r"[\t\x20-\x7e]+", value) or name.lower() in FRAMING:
            raise ConfigurationError(
                f"--observer-headers: {name} cannot be sent; a value is printable ASCII, and the wire sets"
                f" {', '.join(sorted(FRAMING))}"
            )


def read_settings(
    options: Mapping[str, str | None], environment: Mapping[str, str], config: str | None = None
) -> Settings:
    """Put together what options, environment and file say: an option wins over the environment, that over the file.

    Raises ConfigurationError for anything that cannot be used, with the name it was given by.
    """
    told: dict[str, str] = _read_file(Path(config)) if config is not None else {}
    for option in OPTIONS:
        given = options.get(option.name)
        if given is None:
            given = environment.get(option.variable)
        if given is not None:
            told[option.name] = given
    return _settings(told)


def _read_file(path: Path) -> dict[str, str]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"--config {path}: cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"--config {path}: is no TOML ({error})") from None
    names = {option.name for option in OPTIONS}
    for key, value in content.items():
        if key not in names:
            raise ConfigurationError(
                f"--config {path}: unknown key {key}; the keys are {', '.join(sorted(names))}"
            )
        if not isinstance(value, str | int | float | list) or isinstance(value, bool):
            raise ConfigurationError(f"--config {path}: {key} is neither a text nor a number")
    return {
        key: ("\n" if key == "observer-headers" else ",").join(map(str, value))
        if isinstance(value, list)
        else str(value)
        for key, value in content.items()
    }


def _settings(told: Mapping[str, str]) -> Settings:
    values: dict[str, Any] = {option.field: told[option.name] for option in OPTIONS if option.name in told}
    if "target" in values:
        values["target"] = values["target"].strip().rstrip("/")
    if "require" in values:
        values["require"] = tuple(filter(None, (name.strip() for name in values["require"].split(","))))
    elif values.get("target", REFERENCE) == REFERENCE:
        values["require"] = tuple(name for name in CLASSES if name != "browser")
    if "report_dir" in values:
        values["report_dir"] = Path(values["report_dir"] or ".")
    for name, number, least in (("seed", int, 0), ("timeout", float, 0.05), ("patience", float, 0.05)):
        if name in values:
            values[name] = _number(name, values[name], number, least)
    known = {item.name for item in fields(Settings)}
    return Settings(**{name: value for name, value in values.items() if name in known})


def _number(name: str, text: str, number: type[int] | type[float], least: float) -> float:
    try:
        value = number(text)
    except ValueError:
        value = number(-1)
    if not least <= value < 2**32:
        raise ConfigurationError(f"--{name} {text}: is no number from {least:g}")
    return value
