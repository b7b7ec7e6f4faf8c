"""Freedoms of ingestion, and the variants that take them."""

import itertools
import threading
from typing import Any

from starlette.requests import Request

from conformance.reference import Rules
from conformance.reference.stores import Shop
from tests.suite.variants.declaring import BEHIND, LATE, variant


class Stalls(Rules):
    """Now and then ingestion stands still for 3 seconds, with everything behind it."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.count = itertools.count(1)

    def ingest(self, shop: Shop, entries: list[Any], request: Request) -> None:
        self.store.delay = 3.0 if next(self.count) % 60 == 0 else 0.005
        super().ingest(shop, entries, request)


class Overtakes(Rules):
    """Now and then an event takes a second longer, so that later ones overtake it."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.count = itertools.count(1)

    def ingest(self, shop: Shop, entries: list[Any], request: Request) -> None:
        late = [entry for entry in entries if next(self.count) % 300 == 0]
        if late:
            timer = threading.Timer(1, super().ingest, (shop, late, request))
            timer.daemon = True
            timer.start()
        super().ingest(shop, [entry for entry in entries if not any(entry is one for one in late)], request)


@variant(options=(LATE,), classes=BEHIND)
class Late(Stalls):
    """Ingests up to 3 seconds late."""


@variant(options=(LATE,), classes=BEHIND)
class OutOfOrder(Overtakes):
    """Ingests out of order, by up to a second."""
