"""One run: its settings, the objects that it uses, and whether the target can be judged."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from conformance import reference
from conformance.client import HttpClient, Load, Request, RequestBudget, Route, Target, server_of
from conformance.doctor import Step, StepResult, examine
from conformance.evidence import OwnWords, Redactor
from conformance.ingestion import ReadBack
from conformance.ingestion.observers import Observer, connect
from conformance.inputs import openapi
from conformance.inputs.factory import EventFactory
from conformance.plugin.browsing import NEEDS_BROWSER, Browsing, not_followed
from conformance.requirements import ALL
from conformance.settings import Settings
from conformance.settings.challenge import new_run_id


def redactor_of(settings: Settings) -> Redactor:
    """Return a redactor of every secret in the settings of a run."""
    shown_anyway = (settings.target, settings.origin, settings.other_origin, settings.other_store_origin)
    redactor = Redactor(OwnWords((*shown_anyway, *(requirement.id for requirement in ALL), openapi.text())))
    redactor.add_token("token A", "BEACON_TOKEN", settings.token)
    redactor.add_token("token B", "BEACON_OTHER_TOKEN", settings.other_token)
    redactor.add_token("revoked token", "BEACON_REVOKED_TOKEN", settings.revoked_token)
    redactor.add_address("observer's secret", "BEACON_OBSERVER", settings.observer)
    redactor.add_address("browser's secret", "BEACON_BROWSER", settings.browser)
    for name, value in settings.from_environment:
        redactor.add_value("value from the environment", name, value)
    for name, value in settings.observer_header_lines:
        if not name.lower().startswith("accept"):
            redactor.add_header("observer's secret", "BEACON_OBSERVER_HEADERS", value)
    for name, value in settings.header_lines:
        redactor.add_value(f"value of {name}", "BEACON_HEADERS", value)
        redactor.add_header(f"value of {name}", "BEACON_HEADERS", value)
    redactor.options_of_curl = _options_of_curl(settings)
    return redactor


def _options_of_curl(settings: Settings) -> tuple[str, ...]:
    """Return the options that a command needs to reach the target; they read their values from the environment."""
    given = (
        (settings.ca_file, '--cacert "$BEACON_CA_FILE"'),
        (settings.client_cert, '--cert "$BEACON_CLIENT_CERT"'),
        (settings.connect_to, '--connect-to "::$BEACON_CONNECT_TO"'),
    )
    lines = (
        f"-H \"{name}: $(printf '%s\\n' \"$BEACON_HEADERS\" | sed -n 's/^ *{name} *: *//p')\""
        for name, _ in settings.header_lines
    )
    return (*(option for value, option in given if value), *lines)


def _route(settings: Settings, url: str = "") -> Route:
    """Return the way to the target, or to an observer's ``url``: it gets no gate's lines, and on another host only trust."""
    route = Route(settings.header_lines, settings.ca_file, settings.client_cert, settings.connect_to)
    if not url:
        return route
    if server_of(url) == server_of(settings.target):
        return replace(route, headers=())
    return Route(ca_file=settings.ca_file)


@dataclass
class Run:
    """A run, as all checks of one process share it."""

    settings: Settings
    kind: str
    """``reference`` or ``url``."""
    id: str = field(default_factory=new_run_id)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _began: float = field(default_factory=time.monotonic, repr=False)
    process: str = ""
    """The name of the xdist worker; the marks of its events contain it."""
    unreachable: str = ""
    """Why nothing can be judged; empty if the target can be judged."""
    interrupted: bool = False
    """Whether it was interrupted before anything was judged."""
    redactor: Redactor = field(init=False, repr=False)
    http_client: HttpClient = field(init=False, repr=False)
    target: Target = field(init=False, repr=False)
    factory: EventFactory = field(init=False)
    observer: Observer | None = field(default=None, init=False, repr=False)
    """The read-back, if ``--observer`` was given."""
    read_back: ReadBack = field(init=False, repr=False)
    doctor: list[Step] = field(default_factory=list, init=False)
    """The doctor's steps, without secrets."""
    server: "reference.Server | None" = field(default=None, repr=False)
    browsing: Browsing | None = field(default=None, init=False, repr=False)
    """The real browser, if one was asked for and was started."""
    no_browser: str = ""
    """Why no browser judges; empty while nothing speaks against it."""

    def __post_init__(self) -> None:
        settings = self.settings
        self.redactor = redactor_of(settings)
        self.http_client = HttpClient(
            settings.timeout,
            proxy=settings.proxy,
            route=_route(settings),
            budget=RequestBudget(settings.max_requests, settings.rate),
        )
        self.target = Target(settings.target, settings.token, settings.origin, self.http_client)
        self.factory = EventFactory(f"{self.id}{self.process}")
        if settings.observer:
            self.observer = connect(
                settings.observer,
                self.started,
                settings.timeout,
                headers=settings.observer_header_lines,
                proxy=settings.proxy,
                route=_route(settings, settings.observer),
                stores=[token for token in (settings.token, settings.other_token) if token],
                mark=self.mark,
            )
        self.read_back = ReadBack(
            self.target, self.factory, self.observer, settings.patience, settings.settle
        )

    def start_browser(self) -> Browsing | None:
        """Start the browser that was asked for, once; None if none was, or if it cannot do what the settings say."""
        if self.browsing is None and not self.no_browser:
            self.no_browser = "" if self.settings.has_browser else NEEDS_BROWSER
            self.no_browser = self.no_browser or not_followed(self.settings)
            if not self.no_browser:
                self.browsing = Browsing.start(
                    self.settings, f"{self.id}{self.process}", self.target, self.factory, self.read_back
                )
        return self.browsing

    @property
    def now(self) -> datetime:
        """The time, as if the system's clock had not been set since the run began."""
        return self.started + timedelta(seconds=time.monotonic() - self._began)

    @property
    def connections(self) -> int:
        """How many checks may wait for answers at the same time: one if the number of requests is limited."""
        shared = self.process or self.settings.max_requests is not None or self.target.single_connection
        return 1 if shared else self.settings.connections

    @property
    def connections_of_repetitions(self) -> int:
        """On how many connections a check is repeated at the same time; xdist workers judge at the same time, too."""
        shared = self.settings.max_requests is not None or self.target.single_connection
        return 1 if shared else self.settings.connections

    @property
    def mark(self) -> str:
        """The beginning of the ``session_id`` of every event."""
        return f"conformance-{self.id}-"

    @classmethod
    def begin(cls, settings: Settings) -> "Run":
        """Start a run, and the bundled reference if it is the target.

        Raises ConfigurationError if the observer cannot be started.
        """
        if not settings.is_reference:
            return cls(settings, "url", id=new_run_id(settings.challenge))
        server = reference.Server()
        server.start()
        of_the_reference = replace(
            settings,
            target=server.url,
            token=reference.TOKEN,
            other_token=reference.OTHER_TOKEN,
            revoked_token=reference.REVOKED_TOKEN,
            origin=reference.ORIGIN,
            other_origin=reference.OTHER_ORIGIN,
            other_store_origin=reference.FOREIGN_ORIGIN,
            observer=server.observer,
            observer_headers="",
            proxy="",
            headers="",
            ca_file="",
            client_cert="",
            connect_to="",
        )
        return cls(of_the_reference, "reference", id=new_run_id(settings.challenge), server=server)

    def limit_to(self, most: Load) -> None:
        """Limit what the run may send. Checks whose requests are not sent are not judged."""
        self.http_client.budget.planned, self.http_client.budget.events = most, lambda: self.factory.events

    def examine(self) -> Iterator[Step]:
        """Run the doctor and yield its steps. Sets ``unreachable`` if nothing can be judged."""
        browsing = self.start_browser()
        if browsing is not None:
            browsing.begin_self_test()
        for line in examine(self.settings, self.read_back):
            shown = self._redacted(line)
            self.doctor.append(shown)
            if line.result is StepResult.PROBLEM:
                self.unreachable = shown.sentence
            yield shown
        if browsing is not None and not self.unreachable:
            yield from self._examine_browser(browsing)

    def _examine_browser(self, browsing: Browsing) -> Iterator[Step]:
        for line in browsing.steps():
            shown = self._redacted(line)
            self.doctor.append(shown)
            yield shown
        self.no_browser = self.redactor.text(browsing.reason)

    def _redacted(self, line: Step) -> Step:
        redact = self.redactor.text
        return replace(
            line, tried=redact(line.tried), observed=redact(line.observed), advice=redact(line.advice)
        )

    def to_worker(self) -> dict[str, Any]:
        """Return the facts of this run that an xdist worker needs, as JSON values."""
        settings = asdict(self.settings)
        return {
            "settings": {name: _to_json(value) for name, value in settings.items()},
            "kind": self.kind,
            "id": self.id,
            "started": self.started.isoformat(),
            "unreachable": self.unreachable,
            "form": self.target.token_source,
            "needs_origin": self.target.needs_origin,
            "single_connection": self.target.single_connection,
            "valid": _request_to_json(self.target.silence.valid),
            "sent": self.http_client.requests,
            "failures": self.read_back.failures,
            "no_browser": self.no_browser,
            "planned": list(self.http_client.budget.planned or ()),
        }

    @classmethod
    def in_worker(cls, settings: Settings, begun: dict[str, Any], process: str, workers: int) -> "Run":
        """Return the run for an xdist worker; ``begun`` are the facts from ``to_worker`` in the controller process."""
        run = cls(
            settings,
            begun["kind"],
            id=begun["id"],
            started=datetime.fromisoformat(begun["started"]),
            process=f"-{process}",
            unreachable=begun["unreachable"],
            no_browser=begun["no_browser"],
        )
        run.target.token_source, run.target.needs_origin = begun["form"], begun["needs_origin"]
        run.target.single_connection = begun["single_connection"]
        run.target.silence.valid = _request_from_json(begun["valid"])
        run.read_back.failures.update(begun["failures"])
        run.http_client.budget.sent = begun["sent"]
        if begun["planned"]:
            run.limit_to(Load(*begun["planned"]))
        run.http_client.budget = run.http_client.budget.share(workers)
        return run

    def end(self) -> None:
        """Close every connection and stop the reference."""
        self.http_client.stop()
        if self.browsing is not None:
            self.browsing.end()
        if self.observer is not None:
            self.observer.close()
        if self.server is not None:
            self.server.stop()


def _request_to_json(request: Request | None) -> list[Any] | None:
    """Return a request with a text body as JSON values."""
    return None if request is None else [request.method, request.url, request.headers, request.body.decode()]


def _request_from_json(value: list[Any] | None) -> Request | None:
    if value is None:
        return None
    method, url, headers, content = value
    return Request(method, url, tuple((name, text) for name, text in headers), content.encode())


def _to_json(value: Any) -> Any:
    """Return a setting as a JSON value, for another process."""
    return str(value) if isinstance(value, Path | StrEnum) else value
