"""What a run costs besides requests and time: CPU, memory, slow and crowded stores, limited rates, connections, and its start."""

import contextlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import trustme

from bench.children import Cost, measured, serving
from bench.figures import Measured
from bench.rivals import PYTHON, broken, options
from conformance import results

OTHERS = 50_000
"""Events of others in each answer of a crowded read-back."""
LATE = (3, 10)
"""Seconds until an event is visible in a slow store."""
PRINTING = ("--help", "--version", "requirements")
"""Commands that print, and do nothing else."""


class Goals(NamedTuple):
    """The most that a run should need; None: no goal."""

    cpu: float | None = None
    memory: int | None = None
    seconds: float | None = None
    readings: int | None = None
    connections: int | None = None


EFFORTS = {
    "quick": Goals(cpu=2.8),
    "standard": Goals(cpu=3.6, memory=180),
    "thorough": Goals(memory=230),
}
SLOW = {3: Goals(seconds=15, readings=150), 10: Goals(seconds=45, readings=150)}
CROWDED = Goals(cpu=6, memory=400)
RATE = 20
"""Requests a second, as a run against a target elsewhere may send."""
LIMITED = Goals(seconds=17)
ENCRYPTED = Goals(seconds=10, connections=60)
CONNECTING, AWAY = 0.1, 0.05
"""Seconds that each new connection, and each reply, takes longer."""
DISTANT = Goals(seconds=7, connections=60)
START_UP = 0.2
"""Seconds of CPU."""


@dataclass(frozen=True)
class Circumstances:
    """What is unusual about a target and a run."""

    delay: float = 0.02
    """Seconds until an event is visible."""
    others: int = 0
    """Events of others in each reading."""
    options: Mapping[str, str] = field(default_factory=dict)
    """More options of the run."""
    is_encrypted: bool = False
    connecting: float = 0.0
    away: float = 0.0

    @property
    def has_proxy(self) -> bool:
        """Whether a proxy is between the run and its target; it counts connections."""
        return self.is_encrypted or bool(self.connecting or self.away)


def _efforts() -> Iterator[Measured]:
    for effort, goals in EFFORTS.items():
        yield from _run(effort, goals, Circumstances(), effort)


def _printing() -> Iterator[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        for argument in PRINTING:
            cost = measured([*PYTHON, "conformance", argument], Path(folder))
            if cost.status:
                raise broken(argument, cost)
            yield Measured(argument, "CPU", round(cost.cpu, 2), "s", START_UP)


def _run(name: str, goals: Goals, at: Circumstances, effort: str = "standard") -> Iterator[Measured]:
    """Judge the reference, and yield what there is a goal for."""
    sys.stderr.write(f"{name}\n")
    with (
        tempfile.TemporaryDirectory() as place,
        serving("bench.target", "", str(at.delay), str(at.others)) as target,
    ):
        folder = Path(place)
        with _reached(target.address, at, folder) as (url, more, connections):
            given = {**options(url, effort, folder), "patience": str(3 + 2 * at.delay), **at.options, **more}
            if at.others:  # a read-back that shows them in every answer does not take a session
                given["observer"] = given["observer"].removesuffix("&session_id={session_id}")
            command = [f"--{option}={value}" for option, value in given.items()]
            cost = measured([*PYTHON, "conformance", "run", *command], folder)
        if cost.status:
            raise broken("the suite", cost)
        run = results.read(folder / "reports" / "results.json")["run"]
    yield from _compared(name, cost, {**run, "connections": connections()}, goals)


@contextlib.contextmanager
def _reached(
    url: str, at: Circumstances, folder: Path
) -> Iterator[tuple[str, Mapping[str, str], Callable[[], int]]]:
    """Yield the URL of a target or of a proxy before it, more options, and how many connections there were in the end."""
    if not at.has_proxy:
        yield url, {}, lambda: 0
        return
    arguments, more = ["--connecting", str(at.connecting)], {}
    if at.is_encrypted:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(folder / "authority.pem")
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(folder / "target.pem")
        arguments += ["--certificate", str(folder / "target.pem")]
        more = {"ca-file": str(folder / "authority.pem")}
    with serving("bench.proxy", urlsplit(url).netloc, str(at.away), *arguments) as proxy:
        scheme = "https" if at.is_encrypted else "http"
        yield f"{scheme}://127.0.0.1:{proxy.address}", more, lambda: int(proxy.last)


def _compared(name: str, cost: Cost, run: Mapping[str, int], goals: Goals) -> Iterator[Measured]:
    found = (
        ("CPU", round(cost.cpu, 1), "s", goals.cpu),
        ("peak memory", cost.memory, "MB", goals.memory),
        ("wall", round(cost.wall, 1), "s", goals.seconds),
        ("readings", run["readings"], "", goals.readings),
        ("connections", run.get("connections", 0), "", goals.connections),
    )
    return (Measured(name, what, value, unit, goal) for what, value, unit, goal in found if goal is not None)


PARTS: dict[str, Callable[[], Iterator[Measured]]] = {
    "efforts": _efforts,
    **{
        f"late-{seconds}": partial(
            _run, f"standard, ingestion {seconds} s late", SLOW[seconds], Circumstances(delay=seconds)
        )
        for seconds in LATE
    },
    "crowded": partial(
        _run, f"standard, {OTHERS:,} events of others in each reading", CROWDED, Circumstances(others=OTHERS)
    ),
    "rate": partial(
        _run,
        f"standard, {RATE} requests a second",
        LIMITED,
        Circumstances(options={"max-rate": str(RATE)}),
    ),
    "tls": partial(_run, "standard, TLS", ENCRYPTED, Circumstances(is_encrypted=True)),
    "connecting": partial(
        _run,
        f"standard, connections {CONNECTING * 1000:g} ms late, replies {AWAY * 1000:g} ms",
        DISTANT,
        Circumstances(connecting=CONNECTING, away=AWAY),
    ),
    "printing": _printing,
}
"""What is measured, by its name on the command line. Each measures runs of its own."""


def other_events(count: int) -> list[str]:
    """Return stored events of others, as the reference's read-back has them."""
    return [
        json.dumps(
            {
                "event_id": f"0197f0c0-0000-7000-8000-{number:012}",
                "event_type": "product_view",
                "timestamp": "2026-01-01T12:00:00Z",
                "session_id": f"shopper-{number}",
                "product_id": number,
                "contextual_data": {"page": "/products/a", "theme": "dawn"},
                "geo_country": "DE",
                "geo_state": "BE",
                "geo_city": "Berlin",
                "device_type": "desktop",
                "browser": "Chrome",
                "os": "Windows",
                "shopping_channel": "web",
            }
        )
        for number in range(count)
    ]
