"""References whose pipeline also delivers to a file, webhook or database, and runs that read back there."""

import contextlib
import json
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from conformance import reference
from conformance.ingestion.read_back import NO_SENTINEL_VISIBLE, TWO_CAUSES
from conformance.reference.database import Database, Delivery
from conformance.reference.stores import STORES
from conformance.requirements import ALL, Needs, concurrency, enrichment, events, token
from conformance.results.verdicts import Verdict
from tests.support.runs import Judged, judge

Event = dict[str, Any]
TOKENS = {store.name: store.token for store in STORES}
FEW = (
    events.TYPES_INGESTED,
    events.UNKNOWN_TYPE_SKIPPED,
    enrichment.DEVICE_FILLED,
    enrichment.CONTEXTUAL_DATA_DEFAULT,
    token.HEADER_NAMES_THE_STORE,
    token.NAMES_THE_STORE,
)
"""Requirements about presence, absence, values and the store of an event."""
NEEDING = tuple(one for one in ALL if one.needs in {Needs.INGESTION, Needs.STORES})
"""Every requirement that rests on read-back."""


def delivering(
    deliver: Callable[[str, list[Event]], None], rules: type[reference.Rules] = reference.Rules
) -> type[reference.Rules]:
    """Return rules that also pass everything they store to ``deliver``: a store's token and its events."""

    class Delivering(rules):  # type: ignore[misc, valid-type]  # its base is a mutant
        def __init__(self, database: Database) -> None:
            super().__init__(database)
            put = database.put

            def put_and_deliver(deliveries: Sequence[Delivery]) -> None:
                put(deliveries)
                for owner, found in _by_token(deliveries).items():
                    deliver(owner, found)

            # Not by the rules: what a mutant stores is what is delivered, whichever clause it gets wrong.
            database.put = put_and_deliver  # type: ignore[method-assign]

    return Delivering


def _by_token(deliveries: Sequence[Delivery]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for store, _, event in deliveries:
        with contextlib.suppress(RecursionError):  # as the store does with what cannot be written down
            found.setdefault(TOKENS[store], []).append(json.loads(json.dumps(event)))
    return found


def expect_held(
    deliver: Callable[[str, list[Event]], None], spec: str, directory: Path, *more: str
) -> Judged:
    """Expect a few requirements to hold when an observer reads the delivered events."""
    with reference.Server(delivering(deliver), delay=0.005) as server:
        judged = judge(server, directory, FEW, f"--observer={spec}", *more)
    verdicts = {one.id: judged.verdict(one) for one in FEW}
    assert verdicts == dict.fromkeys(verdicts, Verdict.HELD), judged.output
    return judged


def expect_one_reason(spec: str, directory: Path, text: str, *more: str) -> None:
    """Expect that an observer without events judges nothing, gives one reason, and waits ``--patience`` once."""
    # The check of a last batch waits by itself.
    needing = [one for one in NEEDING if one is not concurrency.LAST_BATCH]
    with reference.Server(delay=0.005) as server:
        began = time.monotonic()
        judged = judge(server, directory, needing, f"--observer={spec}", "--patience=0.7", *more)
        took = time.monotonic() - began
    named = {one.id for one in needing}
    items = [item for item in judged.results["requirements"] if item["id"] in named]
    findings = [finding for item in items for finding in item["findings"]]
    assert {item["verdict"] for item in items} == {"not-judged"}, judged.output
    more_of_it = f" within 0.7 s{TWO_CAUSES}" if text == NO_SENTINEL_VISIBLE else ""
    assert {item["reason"] for item in items} == {f"read-back does not work: {text}{more_of_it}"}
    assert len(findings) > len(needing)
    # If every check waited, this would take longer.
    assert took < 0.7 * len(findings) / 2
    assert judged.status == 5


def free_port() -> int:
    """Return an unused port, outside the range from which the system takes ports for clients and for servers at port 0.

    One of that range may be taken by any connection of another test before it is used.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
