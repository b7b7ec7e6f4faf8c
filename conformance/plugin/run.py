"""One run: what it was told, what it starts, and whether the target is there to be judged."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from conformance import reference
from conformance.client import NoReply, Pace, Reply, Target, Wire
from conformance.events import Mint
from conformance.evidence import Redactor
from conformance.ingestion import body
from conformance.observers import Observer, connect
from conformance.settings import Settings

OWN_ANSWERS = frozenset({*range(200, 300), 400, 415, 422})
"""Statuses of a valid request by which an endpoint that knows the token shows itself, right or wrong."""


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
    redactor: Redactor = field(init=False, repr=False)
    wire: Wire = field(init=False, repr=False)
    target: Target = field(init=False, repr=False)
    mint: Mint = field(init=False)
    observer: Observer | None = field(default=None, init=False, repr=False)
    """The read-back, if the run was told of one."""
    server: reference.Server | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        told = self.settings
        self.redactor = Redactor.of(told)
        self.wire = Wire(told.timeout, pace=Pace(told.max_requests, told.max_rate))
        self.target = Target(told.target, told.token, told.origin, self.wire)
        self.mint = Mint(f"{self.id}{self.process}")
        if told.observer:
            self.observer = connect(
                told.observer,
                self.started,
                told.timeout,
                headers=told.observer_header_lines,
                stores=[token for token in (told.token, told.other_token) if token],
            )

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
        )
        return cls(told, "reference", server=server)

    def establish(self) -> None:
        """See whether an endpoint that knows the token is there; ``unreachable`` says so if not."""
        problem = ""
        # A target that refuses a POST without Origin, or with one, is there all the same.
        for form, origin in product(("header", "query"), (None, self.target.origin)):
            if origin == "":
                continue
            outcome = self.target.post(
                body([self.mint.valid()]), **{form: self.target.token}, origin=origin
            ).outcome
            if isinstance(outcome, NoReply):
                self.unreachable = (
                    f"no reply ({self.redactor.text(outcome.detail)}); check --target and the network"
                )
                return
            if not _problem(outcome):
                self.target.form = form
                return
            problem = problem or _problem(outcome)
        self.unreachable = problem

    def to_worker(self) -> dict[str, Any]:
        """Return what an xdist worker has to know of the run that its controller has begun."""
        told = self.settings
        names = (
            *("target", "token", "other_token", "revoked_token", "origin", "other_origin"),
            *("observer", "observer_headers"),
        )
        return {
            "settings": {name: getattr(told, name) for name in names},
            "kind": self.kind,
            "id": self.id,
            "started": self.started.isoformat(),
            "unreachable": self.unreachable,
            "form": self.target.form,
            "sent": self.wire.requests,
        }

    @classmethod
    def in_worker(cls, settings: Settings, told: dict[str, Any], process: str, workers: int) -> "Run":
        """Return one of several workers' part of the run that its controller has begun."""
        run = cls(
            replace(settings, **told["settings"]),
            told["kind"],
            id=told["id"],
            started=datetime.fromisoformat(told["started"]),
            process=f"-{process}",
            unreachable=told["unreachable"],
        )
        run.target.form = told["form"]
        run.wire.pace.sent = told["sent"]
        run.wire.pace = run.wire.pace.share(workers)
        return run

    def end(self) -> None:
        """Close every connection and stop the reference."""
        self.wire.close()
        if self.observer is not None:
            self.observer.close()
        if self.server is not None:
            self.server.stop()


def _problem(reply: Reply) -> str:
    media = ", ".join(reply.lines("content-type")) or "no content type"
    if reply.status == 401:  # noqa: PLR2004 - the contract's own status
        return "the target refuses its own token (401); check --token"
    if reply.status not in OWN_ANSWERS or "html" in media:
        return (
            f"no /beacon answered there (status {reply.status}, {media}); "
            "check --target, or what stands in front of it"
        )
    return ""


RUN = pytest.StashKey[Run]()
