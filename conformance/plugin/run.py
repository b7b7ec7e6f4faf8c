"""One run: its settings, the objects that it uses, and whether the target can be judged."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from conformance import reference
from conformance.client import (
    MOST_TIMEOUTS,
    HttpClient,
    Load,
    RequestBudget,
    Route,
    Target,
    TimeLimits,
    clock,
    journal,
    server_of,
)
from conformance.doctor import Step, StepResult, examine
from conformance.evidence import Redactor
from conformance.evidence.journals import Recorder, Replayer
from conformance.evidence.pseudonyms import Pseudonyms, Unhidden, pseudonym_of
from conformance.evidence.recording import Recording
from conformance.ingestion import ReadBack
from conformance.ingestion.observers import Observer, RecordedObserver, SharedObserver, connect
from conformance.ingestion.snapshot import is_own
from conformance.inputs.factory import EventFactory
from conformance.plugin.browsing import NEEDS_BROWSER, Browsing, not_followed
from conformance.plugin.redactor import redactor_of
from conformance.plugin.worker_values import request_from_json, request_to_json, setting_to_json
from conformance.settings import ConfigurationError, Settings

NOT_RECORDED = "not in the recording: visits of a browser are not recorded"


def new_run_id(challenge: str = "") -> str:
    """Return a new id of a run; with a challenge it begins with it."""
    return f"{challenge}-{clock.token_hex(2)}" if challenge else clock.token_hex(4)


def shown_observer(address: str) -> str:
    """Return the kind of an observer; of a sink also where it listens, because whoever reaches it can post to it."""
    kind = address.partition(":")[0]
    return f"sink, listening at {urlsplit(address).netloc}" if kind == "sink" else kind


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
    started: datetime = field(default_factory=clock.utc_now)
    replayed: Recording | None = field(default=None, repr=False)
    """The recording of a run that is judged again."""
    process: str = ""
    """The name of the xdist worker; the marks of its events contain it."""
    unreachable: str = ""
    """Why nothing can be judged; empty if the target can be judged."""
    interrupted: bool = False
    """Whether it was interrupted before anything was judged."""
    journal: Recorder | Replayer | None = field(default=None, init=False, repr=False)
    """What the run takes from outside, if it is recorded or judged again."""
    shown_observer: str = field(default="", init=False)
    """The kind of the observer, as reports show it; empty without one."""
    _began: float = field(default=0.0, init=False, repr=False)
    redactor: Redactor = field(init=False, repr=False)
    http_client: HttpClient = field(init=False, repr=False)
    target: Target = field(init=False, repr=False)
    factory: EventFactory = field(init=False)
    observer: Observer | None = field(default=None, init=False, repr=False)
    """The read-back, if ``--observer`` was given."""
    read_back: ReadBack = field(init=False, repr=False)
    doctor: list[Step] = field(default_factory=list, init=False)
    """The doctor's steps, without secrets."""
    readings: RequestBudget = field(init=False, repr=False)
    """Counts what the read-back is asked."""
    server: "reference.Server | None" = field(default=None, repr=False)
    browsing: Browsing | None = field(default=None, init=False, repr=False)
    """The real browser, if one was asked for and was started."""
    no_browser: str = ""
    """Why no browser judges; empty while nothing speaks against it."""

    def __post_init__(self) -> None:
        settings = self.settings
        clock.note_start(self.started)
        self.redactor = redactor_of(settings)
        self._open_journal()
        self._began = clock.monotonic()
        self.http_client = HttpClient(
            settings.timeout,
            proxy=settings.proxy,
            route=_route(settings),
            budget=RequestBudget(settings.max_requests, settings.rate),
            times=TimeLimits(
                settings.longest(one_at_a_time=self.journal is not None), MOST_TIMEOUTS * settings.timeout
            ),
        )
        self.target = Target(settings.target, settings.token, settings.origin, self.http_client)
        self.factory = EventFactory(f"{self.id}{self.process}")
        self.readings = RequestBudget(rate=settings.reading_rate)
        if self.replayed is not None:
            self.readings.sent = self.replayed.head["run"]["readings"]
        self.shown_observer = (
            self.replayed.head["run"]["observer"]
            if self.replayed is not None
            else shown_observer(settings.observer)
        )
        try:
            self.observer = self._connected()
        except ConfigurationError:
            self.close_journal()
            raise
        if self.journal is not None and self.shown_observer:
            self.observer = RecordedObserver(
                self.observer, self._stores, lambda event: is_own(event, self.factory)
            )
        self.read_back = ReadBack(
            self.target, self.factory, self.observer, settings.patience, settings.settle
        )

    def _connected(self) -> Observer | None:
        """Return the observer that the settings name. Raises ConfigurationError."""
        settings = self.settings
        if not settings.observer:
            return None
        return SharedObserver(
            connect(
                settings.observer,
                self.started,
                settings.timeout,
                headers=settings.observer_header_lines,
                proxy=settings.proxy,
                route=_route(settings, settings.observer),
                stores=self._stores,
                mark=self.mark,
                ids=self.factory.ids,
                budget=self.readings,
            ),
            lambda: self.http_client.times.over is not None,
        )

    @property
    def _stores(self) -> list[str]:
        """The tokens of the stores that the run may use."""
        return [token for token in (self.settings.token, self.settings.other_token) if token]

    def _open_journal(self) -> None:
        """Begin to record, or to take everything from a recording. Raises ConfigurationError."""
        if self.replayed is not None:
            had_one = self.replayed.head["run"]["browser"]
            self.no_browser = NOT_RECORDED if had_one else NEEDS_BROWSER
            self.redactor.options_of_curl = tuple(self.replayed.head["run"]["options_of_curl"])
            self.journal = Replayer(self.replayed, self.redactor)
        elif self.settings.record and not self.process:
            settings = self.settings
            tokens = (settings.token, settings.other_token, settings.revoked_token)
            can_hide = self.redactor.own_words.can_hide
            try:
                names = {token: pseudonym_of(token, can_hide) for token in tokens if token}
            except Unhidden as error:
                raise ConfigurationError(f"--record: {error}") from None
            self.journal = Recorder(Pseudonyms(self.redactor, names))
        if self.journal is not None:
            journal.open_journal(self.journal)

    def close_journal(self) -> None:
        """Take nothing through the journal any more."""
        if self.journal is not None:
            journal.close_journal(self.journal)

    def start_browser(self) -> Browsing | None:
        """Start the browser that was asked for, once; None if none was, or if it cannot do what the settings say."""
        if self.browsing is None and not self.no_browser:
            # Visits are not recorded, and neither is the self-test.
            with journal.outside():
                self._start_browser()
        return self.browsing

    def _start_browser(self) -> None:
        if self.browsing is None and not self.no_browser:
            self.no_browser = "" if self.settings.has_browser else NEEDS_BROWSER
            self.no_browser = self.no_browser or not_followed(self.settings)
            if not self.no_browser:
                self.browsing = Browsing.start(
                    self.settings, f"{self.id}{self.process}", self.target, self.factory, self.read_back
                )

    @property
    def now(self) -> datetime:
        """The time, as if the system's clock had not been set since the run began."""
        return self.started + timedelta(seconds=clock.monotonic() - self._began)

    @property
    def connections(self) -> int:
        """How many checks may wait for answers at the same time: one if the number of requests is limited."""
        shared = (
            self.process
            or self.journal is not None
            or self.settings.max_requests is not None
            or self.target.single_connection
        )
        return 1 if shared else self.settings.connections

    @property
    def connections_of_repetitions(self) -> int:
        """On how many connections a check is repeated at the same time; xdist workers judge at the same time, too."""
        shared = (
            self.journal is not None
            or self.settings.max_requests is not None
            or self.target.single_connection
        )
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

    @classmethod
    def again(cls, settings: Settings, recording: Recording) -> "Run":
        """Begin a run that takes everything from a recording. Raises ConfigurationError."""
        run = recording.head["run"]
        started = datetime.fromtimestamp(run["started"], UTC)
        return cls(settings, run["kind"], id=run["id"], started=started, replayed=recording)

    def limit_to(self, most: Load) -> None:
        """Limit what the run may send. Checks whose requests are not sent are not judged."""
        self.http_client.budget.planned, self.http_client.budget.events = most, lambda: self.factory.events

    def examine(self) -> Iterator[Step]:
        """Run the doctor and yield its steps. Sets ``unreachable`` if nothing can be judged."""
        browsing = self.start_browser()
        if browsing is not None:
            with journal.outside():
                browsing.begin_self_test()
        for line in examine(self.settings, self.read_back):
            shown = self._redacted(line)
            self.doctor.append(shown)
            if line.result is StepResult.PROBLEM:
                self.unreachable = shown.sentence
            yield shown
        if browsing is not None and not self.unreachable:
            with journal.outside():
                steps = list(self._examine_browser(browsing))
            yield from steps

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
            "settings": {name: setting_to_json(value) for name, value in settings.items()},
            "kind": self.kind,
            "id": self.id,
            "started": self.started.isoformat(),
            "unreachable": self.unreachable,
            "form": self.target.token_source,
            "needs_origin": self.target.needs_origin,
            "single_connection": self.target.single_connection,
            "keeps_connections": self.http_client.keeping.is_safe,
            "valid": request_to_json(self.target.silence.valid),
            "sent": self.http_client.requests,
            "failures": self.read_back.failures,
            "no_browser": self.no_browser,
            "planned": list(self.http_client.budget.planned or ()),
            "seconds": max(0.0, clock.now() - self.http_client.times.began),
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
        run.http_client.keeping.is_safe = begun["keeps_connections"]
        run.target.silence.valid = request_from_json(begun["valid"])
        run.read_back.failures.update(begun["failures"])
        run.http_client.budget.sent = begun["sent"]
        run.http_client.times.run -= begun["seconds"]
        if begun["planned"]:
            run.limit_to(Load(*begun["planned"]))
        run.http_client.budget = run.http_client.budget.share(workers)
        if run.readings.rate is not None:
            run.readings.rate /= workers
        return run

    def forget_answers(self) -> None:
        """Forget what checks share, because nothing is judged any more: the reports need the memory."""
        self.target.memo.clear()
        self.read_back.forget()
        if isinstance(self.observer, SharedObserver):
            self.observer.forget()

    def end(self) -> None:
        """Close every connection and stop the reference."""
        self.close_journal()
        self.http_client.stop()
        if self.browsing is not None:
            self.browsing.end()
        if self.observer is not None:
            self.observer.close()
        if self.server is not None:
            self.server.stop()
