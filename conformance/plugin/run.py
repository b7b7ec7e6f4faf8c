"""One run: what it was told, what it starts, and whether the target is there to be judged."""

import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from conformance import reference
from conformance.client import HttpClient, Load, RequestBudget, Target
from conformance.doctor import Step, StepResult, examine
from conformance.evidence import Redactor
from conformance.ingestion import ReadBack
from conformance.ingestion.observers import Observer, connect
from conformance.inputs.factory import EventFactory
from conformance.settings import Settings


def redactor_of(settings: Settings) -> Redactor:
    """Return a redactor of every secret in the settings of a run."""
    redactor = Redactor()
    redactor.add_token("token A", "BEACON_TOKEN", settings.token)
    redactor.add_token("token B", "BEACON_OTHER_TOKEN", settings.other_token)
    redactor.add_token("revoked token", "BEACON_REVOKED_TOKEN", settings.revoked_token)
    redactor.add_address("observer's secret", "BEACON_OBSERVER", settings.observer)
    for name, value in settings.observer_header_lines:
        if not name.lower().startswith("accept"):
            redactor.add_header("observer's secret", "BEACON_OBSERVER_HEADERS", value)
    return redactor


@dataclass
class Run:
    """What every check of a process shares."""

    settings: Settings
    kind: str
    """``reference`` or ``url``."""
    id: str = field(default_factory=lambda: secrets.token_hex(4))
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    process: str = ""
    """The xdist worker's name; its events carry it too."""
    unreachable: str = ""
    """Why nothing can be judged, if so."""
    interrupted: bool = False
    """Whether it was interrupted before anything was judged."""
    redactor: Redactor = field(init=False, repr=False)
    wire: HttpClient = field(init=False, repr=False)
    target: Target = field(init=False, repr=False)
    factory: EventFactory = field(init=False)
    observer: Observer | None = field(default=None, init=False, repr=False)
    """The read-back, if the run was told of one."""
    read_back: ReadBack = field(init=False, repr=False)
    doctor: list[Step] = field(default_factory=list, init=False)
    """What the doctor has said, without secrets."""
    server: reference.Server | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        told = self.settings
        self.redactor = redactor_of(told)
        self.wire = HttpClient(
            told.timeout, proxy=told.proxy, pace=RequestBudget(told.max_requests, told.rate)
        )
        self.target = Target(told.target, told.token, told.origin, self.wire)
        self.factory = EventFactory(f"{self.id}{self.process}")
        if told.observer:
            self.observer = connect(
                told.observer,
                self.started,
                told.timeout,
                headers=told.observer_header_lines,
                proxy=told.proxy,
                stores=[token for token in (told.token, told.other_token) if token],
            )
        self.read_back = ReadBack(self.target, self.factory, self.observer, told.patience, told.settle)

    @property
    def connections(self) -> int:
        """How many checks may wait for answers at a time; where requests are counted out, in one order, one."""
        shared = self.process or self.settings.max_requests is not None or self.target.single_connection
        return 1 if shared else self.settings.connections

    @property
    def mark(self) -> str:
        """What every event's ``session_id`` begins with."""
        return f"conformance-{self.id}-"

    @classmethod
    def begin(cls, settings: Settings) -> "Run":
        """Start a run, with the bundled reference where that is the target.

        Raises ConfigurationError where its observer cannot be had.
        """
        if not settings.is_reference:
            return cls(settings, "url")
        server = reference.Server()
        server.start()
        told = replace(
            settings,
            target=server.url,
            token=reference.TOKEN,
            other_token=reference.OTHER_TOKEN,
            revoked_token=reference.REVOKED_TOKEN,
            origin=reference.ORIGIN,
            other_origin=reference.OTHER_ORIGIN,
            observer=server.observer,
            observer_headers="",
            proxy="",
        )
        return cls(told, "reference", server=server)

    def limit_to(self, most: Load) -> None:
        """Send no more than this; what is left out is not judged."""
        self.wire.pace.planned, self.wire.pace.events = most, lambda: self.factory.events

    def examine(self) -> Iterator[Step]:
        """Have the doctor look at the target, a line a step; ``unreachable`` says why nothing can be judged, if so."""
        for line in examine(self.settings, self.read_back):
            redact = self.redactor.text
            shown = replace(
                line, tried=redact(line.tried), observed=redact(line.observed), advice=redact(line.advice)
            )
            self.doctor.append(shown)
            if line.result is StepResult.PROBLEM:
                self.unreachable = shown.sentence
            yield shown

    def to_worker(self) -> dict[str, Any]:
        """Return what an xdist worker has to know of the run that its controller has begun."""
        told = asdict(self.settings)
        return {
            "settings": {name: _plain(value) for name, value in told.items()},
            "kind": self.kind,
            "id": self.id,
            "started": self.started.isoformat(),
            "unreachable": self.unreachable,
            "form": self.target.token_source,
            "sent": self.wire.requests,
            "failures": self.read_back.failures,
            "planned": list(self.wire.pace.planned or ()),
        }

    @classmethod
    def in_worker(cls, settings: Settings, told: dict[str, Any], process: str, workers: int) -> "Run":
        """Return one of several workers' part of the run that its controller has begun."""
        run = cls(
            settings,
            told["kind"],
            id=told["id"],
            started=datetime.fromisoformat(told["started"]),
            process=f"-{process}",
            unreachable=told["unreachable"],
        )
        run.target.token_source = told["form"]
        run.read_back.failures.update(told["failures"])
        run.wire.pace.sent = told["sent"]
        if told["planned"]:
            run.limit_to(Load(*told["planned"]))
        run.wire.pace = run.wire.pace.share(workers)
        return run

    def end(self) -> None:
        """Close every connection and stop the reference."""
        self.wire.stop()
        if self.observer is not None:
            self.observer.close()
        if self.server is not None:
            self.server.stop()


def _plain(value: Any) -> Any:
    """Return a setting as it travels to another process."""
    return str(value) if isinstance(value, Path | StrEnum) else value
