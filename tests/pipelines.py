"""References whose pipeline delivers elsewhere too, and what a run makes of it: for each kind of read-back."""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from judging import Judged, judge
from starlette.requests import Request

from conformance import reference
from conformance.reference.shops import Shop
from conformance.requirements import ALL, Needs, enrichment, events, token
from conformance.verdicts import Verdict

Event = dict[str, Any]
FEW = (
    events.TYPES_INGESTED,
    events.UNKNOWN_TYPE_SKIPPED,
    enrichment.DEVICE_FILLED,
    enrichment.CONTEXTUAL_DATA_DEFAULT,
    token.HEADER_NAMES_THE_STORE,
    token.NAMES_THE_STORE,
)
"""Presence, absence, values, and whose an event is."""
NEEDING = tuple(one for one in ALL if one.needs in {Needs.INGESTION, Needs.STORES})
"""Every requirement that rests on read-back."""


def delivering(deliver: Callable[[str, list[Event]], None]) -> type[reference.Rules]:
    """Return rules by which what is ingested is delivered too: the token of a store, and its events."""

    class Delivering(reference.Rules):
        def ingest(self, shop: Shop, entries: list[Any], request: Request) -> None:
            super().ingest(shop, entries, request)
            by_token: dict[str, list[Event]] = {}
            for event in self.accepted(entries):
                owner = self.destination(shop, event, request).token
                by_token.setdefault(owner, []).append(self.enrich(event, request))
            for owner, found in by_token.items():
                deliver(owner, found)

    return Delivering


def expect_held(
    deliver: Callable[[str, list[Event]], None], spec: str, directory: Path, *more: str
) -> Judged:
    """Expect a few requirements to be held, by what an observer shows of what is delivered."""
    with reference.Server(delivering(deliver), delay=0.005) as server:
        judged = judge(server, directory, FEW, f"--observer={spec}", *more)
    verdicts = {one.id: judged.verdict(one) for one in FEW}
    assert verdicts == dict.fromkeys(verdicts, Verdict.HELD), judged.output
    return judged


def expect_one_reason(spec: str, directory: Path, text: str, *more: str) -> None:
    """Expect that nothing is judged by an observer that shows nothing: for one reason, and patience paid once."""
    with reference.Server(delay=0.005) as server:
        began = time.monotonic()
        judged = judge(server, directory, NEEDING, f"--observer={spec}", "--patience=0.7", *more)
        took = time.monotonic() - began
    named = {one.id for one in NEEDING}
    items = [item for item in judged.results["requirements"] if item["id"] in named]
    findings = [finding for item in items for finding in item["findings"]]
    assert {item["verdict"] for item in items} == {"not-judged"}, judged.output
    assert {item["reason"] for item in items} == {f"read-back does not work: {text} within 0.7 s"}
    assert len(findings) > len(NEEDING)
    # Paid by every check, patience alone would take longer.
    assert took < 0.7 * len(findings) / 2
    assert judged.status == 5


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port: int = closed.getsockname()[1]
    return port
