"""The tools that are measured: a run of the suite, `schemathesis run`, and the bare loop, each in its own process."""

import contextlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.children import Cost, measured, serving
from conformance import reference, results

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent
PYTHON = [sys.executable, "-P", "-m"]
TOKEN = "X-Storefront-Access-Token"  # noqa: S105 - a header's name


@dataclass(frozen=True)
class Verdict:
    """The cost of one run, what the target received, and whether the run reported a failure."""

    wall: float
    cpu: float
    condemned: bool
    requests: int = 0
    events: int = 0


Tool = Callable[[str, Path], Verdict]
"""Judges the target at a URL, and may write to a folder."""


def options(url: str, effort: str, folder: Path) -> dict[str, str]:
    """Return the options of a run of the suite."""
    return {
        "target": url,
        "token": reference.TOKEN,
        "other-token": reference.OTHER_TOKEN,
        "revoked-token": reference.REVOKED_TOKEN,
        "origin": reference.ORIGIN,
        "other-origin": reference.OTHER_ORIGIN,
        "observer": f"{url}/events?token={{token}}&since={{since}}&session_id={{session_id}}",
        "effort": effort,
        "patience": "3",  # stored events are visible within milliseconds
        "require": "http,ingestion,stores",
        "report-dir": str(folder / "reports"),
    }


def suite(effort: str) -> Tool:
    """Return a tool that runs the suite."""

    def judge(url: str, folder: Path) -> Verdict:
        given = [f"--{name}={value}" for name, value in options(url, effort, folder).items()]
        cost = measured([*PYTHON, "conformance", "run", *given], folder)
        verdict = results.read(folder / "reports" / "results.json")["verdict"]
        if cost.status not in {0, 1}:
            raise broken("the suite", cost)
        return Verdict(cost.wall, cost.cpu, verdict == "non-conformant")

    return judge


def schemathesis(url: str, folder: Path) -> Verdict:
    """Run `schemathesis run` with a token that the target knows."""
    program = shutil.which("schemathesis", path=Path(sys.executable).parent)
    assert program is not None, "schemathesis is a dependency"
    command = [
        *(program, "--config-file", str(HERE / "schemathesis.toml")),
        *("run", str(ROOT / "openapi" / "beacon.yaml"), "--url", url),
        *("--header", f"{TOKEN}: {reference.TOKEN}", "--generation-database", "none", "--no-color"),
    ]
    cost = measured(command, folder)
    if cost.status not in {0, 1}:
        raise broken("schemathesis", cost)
    return Verdict(cost.wall, cost.cpu, cost.status == 1)


def floor(record: Path) -> Tool:
    """Return a tool that sends the requests of a record again."""

    def send(url: str, folder: Path) -> Verdict:
        cost = measured(
            [sys.executable, "-m", "bench.floor", str(record), url], folder, {"PYTHONPATH": str(ROOT)}
        )
        if cost.status:
            raise broken("the floor", cost)
        return Verdict(cost.wall, cost.cpu, condemned=False)

    return send


def tried(tool: Tool, mutant: str = "", *, latency: int = 0, record: Path | None = None) -> Verdict:
    """Have a tool judge the reference or a mutant, behind a proxy if replies are delayed or requests recorded."""
    with tempfile.TemporaryDirectory() as folder:
        with serving("bench.target", mutant) as target, _near(target.address, latency, record) as url:
            found = tool(url, Path(folder))
        requests, events = json.loads(target.last)
    return Verdict(found.wall, found.cpu, found.condemned, requests, events)


@contextlib.contextmanager
def _near(url: str, latency: int, record: Path | None) -> Iterator[str]:
    """Yield the URL of a proxy that delays or records; without delay and record, the URL of the target."""
    if not latency and record is None:
        yield url
        return
    recorded = () if record is None else ("--record", str(record))
    arguments = (urlsplit(url).netloc, str(latency / 1000), *recorded)
    with serving("bench.proxy", *arguments) as proxy:
        yield f"http://127.0.0.1:{proxy.address}"


def broken(what: str, cost: Cost) -> RuntimeError:
    """Return the error for a tool that did not complete its run."""
    return RuntimeError(f"{what} ended with status {cost.status}:\n{cost.output[-2000:]}")
