"""The settings of a run, as one frozen object that checks its values."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.requirements.sets import UnknownSet, find_set
from conformance.settings.bounds import (
    BOUNDS,
    RETRY_AFTER,
    VISITS,
    WORK,
    Effort,
    Traffic,
    seconds_of_waiting,
)
from conformance.settings.browser import NONE, check_browser
from conformance.settings.challenge import check_challenge
from conformance.settings.errors import ConfigurationError
from conformance.settings.headers import JUDGED, check_header_lines, header_lines
from conformance.settings.implementation import check_implementation
from conformance.settings.observer import module_of
from conformance.settings.origins import check_origin
from conformance.settings.trust import check_connect_to

CLASSES = ("http", "ingestion", "stores", "browser")
REFERENCE = "reference"
PRODUCTION = "cl.uselayers.com"
"""The production host. Events sent to it count as real."""
USUAL_RATE = 20.0
"""Requests per second to a target on another machine."""
READINGS = 5.0
"""Readings of stored events per second, at most, if the number of requests per second is limited."""


@dataclass(frozen=True)
class Settings:
    """The settings of a run. Raises ConfigurationError for a value that cannot be used, before anything is sent."""

    target: str = REFERENCE
    """Base URL without a trailing slash, or the word ``reference``."""
    token: str = field(default="", repr=False)
    other_token: str = field(default="", repr=False)
    revoked_token: str = field(default="", repr=False)
    origin: str = ""
    other_origin: str = ""
    other_store_origin: str = ""
    """An origin that the store of ``other_token`` allows."""
    implementation: str = ""
    """Name and version of what is judged, as the user writes them; empty: not said."""
    observer: str = field(default="", repr=False)
    observer_headers: str = field(default="", repr=False)
    """Lines of ``Name: value``."""
    require: tuple[str, ...] = ("http",)
    waivers: Path | None = None
    report_dir: Path = Path("reports")
    seed: int = 0
    challenge: str = ""
    """A reviewer's text, which decides the seed and the beginning of the run's id; empty: none."""
    record: bool = False
    """Whether the run leaves a recording."""
    set: str = ""
    """The name of the requirement set that is judged by; empty: the newest."""
    replay: Path | None = None
    """A results file: the examples that failed in it are judged first."""
    effort: str = Effort.STANDARD
    max_requests: int | None = None
    """None: as many as the effort needs."""
    max_rate: float | None = None
    """Requests per second; None: the usual rate."""
    connections: int = 8
    """How many checks may wait for answers at the same time."""
    proxy: str = ""
    """URL of a proxy; empty: no proxy, even if the environment names one."""
    headers: str = field(default="", repr=False)
    """Lines of ``Name: value``, sent with every request to the target."""
    ca_file: str = ""
    """A PEM file of authorities; empty: only the usual ones are trusted."""
    client_cert: str = ""
    """A PEM file with the client's certificate and its key; empty: none."""
    connect_to: str = ""
    """``HOST:PORT``; empty: those of the target's URL."""
    wait: float = 0.0
    """Seconds to wait for a target that is still starting."""
    timeout: float = 10.0
    """Seconds."""
    patience: float = 20.0
    """Seconds."""
    settle: float = 0.0
    """Seconds."""
    browser: str = field(default=NONE, repr=False)
    """``none``, ``auto``, the path of a browser's program, or the ``ws://`` address of a running one."""
    allow_production: bool = False
    from_environment: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Names and values of the environment variables that the configuration file or an ``exec:`` command uses."""

    notes: tuple[str, ...] = ()
    """What the user may want to know about the settings, in sentences: nothing is wrong enough to refuse them."""

    def __post_init__(self) -> None:
        if not self.is_reference:
            _check_target(self.target)
            _check_production(self.target, allowed=self.allow_production)
            if not self.token:
                raise ConfigurationError(
                    "no token: a target is judged with a token; give --token T or BEACON_TOKEN"
                )
        self._check_origins()
        if self.proxy:
            _check_proxy(self.proxy)
        self._check_tokens()
        if self.observer:
            module_of(self.observer)
        check_browser(self.browser)
        check_implementation(self.implementation)
        check_challenge(self.challenge)
        self._check_set()
        check_header_lines("--observer-headers", self.observer_headers)
        check_header_lines("--headers", self.headers, JUDGED)
        check_connect_to(self.connect_to, self.proxy)
        if self.settle > self.patience:
            raise ConfigurationError(
                f"--settle {self.settle:g}: must not be longer than --patience {self.patience:g}, the time within which every event must become visible"
            )
        if self.effort not in set(Effort):
            raise ConfigurationError(f"--effort {self.effort}: must be one of {', '.join(Effort)}")
        unknown = [name for name in self.require if name not in CLASSES]
        if unknown or not self.require:
            raise ConfigurationError(
                f"--require {','.join(unknown)}: is not a class; the classes are {', '.join(CLASSES)}"
            )

    def _check_origins(self) -> None:
        for flag, origin in (
            ("--origin", self.origin),
            ("--other-origin", self.other_origin),
            ("--other-store-origin", self.other_store_origin),
        ):
            if origin:
                check_origin(flag, origin)
        if self.other_store_origin and not (self.other_token or self.is_reference):
            raise ConfigurationError(
                "--other-store-origin: is sent with the token of the same store; give --other-token, too"
            )

    def _check_set(self) -> None:
        try:
            find_set(self.set)
        except UnknownSet as error:
            raise ConfigurationError(f"--set {error}") from None

    def _check_tokens(self) -> None:
        for flag, token in (
            ("--token", self.token),
            ("--other-token", self.other_token),
            ("--revoked-token", self.revoked_token),
        ):
            if token and not re.fullmatch(r"[\x21-\x7e]+", token):
                raise ConfigurationError(
                    f"{flag}: a token must be visible ASCII without spaces, since it is sent in a header"
                )
        if self.token and self.token == self.other_token:
            raise ConfigurationError(
                "--other-token: is the same as --token; give the token of a second store"
            )

    @property
    def is_reference(self) -> bool:
        """Whether the bundled reference is the target."""
        return self.target == REFERENCE

    @property
    def has_browser(self) -> bool:
        """Whether a real browser was asked for."""
        return self.browser != NONE

    @property
    def rate(self) -> float | None:
        """Requests per second; None (no limit) only if the target is on this machine and no limit is set."""
        return self.max_rate or (None if self.is_reference or _is_here(self.target) else USUAL_RATE)

    @property
    def reading_rate(self) -> float | None:
        """Readings of stored events per second; None (no limit) where requests have no limit either."""
        return None if self.rate is None else min(self.rate, READINGS)

    @property
    def most(self) -> Traffic:
        """The most that the run sends, whatever the target does."""
        return BOUNDS[self.effort]

    def longest(self, *, one_at_a_time: bool) -> float:
        """Return the seconds after its first request in which the run ends its last one, whatever the target does.

        It is more than a conforming target needs whose every answer takes nearly ``timeout``, and every event ``patience``.
        """
        connections = 1 if one_at_a_time or self.max_requests is not None else self.connections
        requests = self.most.requests
        return (
            seconds_of_waiting(self.effort, connections, self.timeout, self.patience + self.settle)
            + (VISITS * self.timeout if self.has_browser else 0.0)
            + (requests / self.rate if self.rate else 0.0)
            + requests * WORK
            + RETRY_AFTER
            + self.wait
        )

    @property
    def observer_header_lines(self) -> tuple[tuple[str, str], ...]:
        """``observer_headers`` as names and values."""
        return header_lines(self.observer_headers)

    @property
    def header_lines(self) -> tuple[tuple[str, str], ...]:
        """``headers`` as names and values."""
        return header_lines(self.headers)


def _is_here(target: str) -> bool:
    host = urlsplit(target).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _check_target(target: str) -> None:
    if not target:
        raise ConfigurationError("--target: is empty; give a base URL as https://host, or the word reference")
    try:
        url = urlsplit(target)
        port = url.port
    except ValueError:  # the error's text would repeat a wrong port, which may be a secret
        raise ConfigurationError(
            "--target: has no usable host or port; give a base URL as https://host or https://host:8443"
        ) from None
    if not re.fullmatch(r"[\x21-\x7e]+", target):
        raise ConfigurationError(
            "--target: has a space or a letter beyond ASCII; give the URL percent-encoded, as browsers send it"
        )
    if url.scheme not in {"http", "https"} or not url.hostname or port == 0:
        raise ConfigurationError(
            "--target: is not an http(s) URL; give a base URL as https://host, or the word reference"
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


def _check_production(target: str, *, allowed: bool) -> None:
    host = unquote(urlsplit(target).hostname or "").lower().rstrip(".")
    if host == PRODUCTION and not allowed:
        raise ConfigurationError(
            f"--target: is the production host {PRODUCTION}, where a run's events count as real ones;"
            " name another host, or add --allow-production"
        )


def _check_proxy(proxy: str) -> None:
    try:
        url = urlsplit(proxy)
        usable = url.scheme in {"http", "https"} and url.hostname and url.port != 0
    except ValueError:  # the error's text would repeat a wrong port, which may be a secret
        usable = False
    if "@" in proxy:
        raise ConfigurationError("--proxy: has a user or password in it; name a proxy without a login")
    if (
        not usable
        or not re.fullmatch(r"[\x21-\x7e]+", proxy)
        or urlsplit(proxy).path.strip("/")
        or "?" in proxy
    ):
        raise ConfigurationError("--proxy: is not the URL of a proxy; write http://host:3128")
