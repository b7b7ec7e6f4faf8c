"""Freedoms of ingestion, and the variants that take them."""

import itertools
import threading
from typing import Any

from starlette.requests import Request

from conformance.reference import Rules
from conformance.reference.stores import Store
from tests.suite.variants.declaring import BEHIND, LATE, Event, variant


class Stalls(Rules):
    """Ingestion sometimes stops for 3 seconds, and later events wait."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.count = itertools.count(1)

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        self.database.delay = 3.0 if next(self.count) % 60 == 0 else 0.005
        super().ingest(store, entries, request)


class Overtakes(Rules):
    """Some events take a second longer, so later ones overtake them."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.count = itertools.count(1)

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        late = [entry for entry in entries if next(self.count) % 300 == 0]
        if late:
            timer = threading.Timer(1, super().ingest, (store, late, request))
            timer.daemon = True
            timer.start()
        super().ingest(store, [entry for entry in entries if not any(entry is one for one in late)], request)


@variant(options=(LATE,), classes=BEHIND)
class Late(Stalls):
    """Ingests up to 3 seconds late."""


@variant(options=(LATE,), classes=BEHIND)
class OutOfOrder(Overtakes):
    """Ingests out of order, by up to a second."""


class Mirrors(Rules):
    """A gateway in front delivers every batch twice, and duplicates are stored."""

    def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
        super().ingest(store, entries, request)
        super().ingest(store, entries, request)

    def dedup_key(self, _event: Event) -> str | None:
        return None


@variant(classes=BEHIND)
class Mirrored(Mirrors):
    """It stores every event twice."""
