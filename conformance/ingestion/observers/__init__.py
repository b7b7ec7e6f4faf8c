"""Read-back: how the suite learns what was ingested. Each kind of observer is one module, which checks its own addresses.

To add a kind, write its module (see ``observer.Kind``) and add it to the table in ``settings/observer.py``.
"""

from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, cast
from urllib.parse import urlsplit

from conformance.client import DIRECT, Header, RequestBudget, Route
from conformance.ingestion.observers.observer import Access, Kind, Observer, ReadBackError, Reading, Stored
from conformance.ingestion.observers.recorded import RecordedObserver
from conformance.ingestion.observers.shared import SharedObserver
from conformance.settings import ConfigurationError, Settings, module_of, unusable

__all__ = [
    "Observer",
    "ReadBackError",
    "Reading",
    "RecordedObserver",
    "SharedObserver",
    "Stored",
    "check_observer",
    "connect",
    "reading_earlier",
]


def check_observer(settings: Settings) -> None:
    """Have the observer's kind check its address. Raises ConfigurationError, whose text repeats no secret."""
    address = settings.observer
    if not address:
        return
    try:
        urlsplit(address)
        _kind(address).check_address(address, two_stores=bool(settings.other_token))
    except ConfigurationError:
        raise
    except ValueError:  # its text may repeat what stands in the place of a port
        raise unusable("is not a URL") from None


def connect(  # noqa: PLR0913 - what Access has
    address: str,
    since: datetime,
    timeout: float,
    *,
    headers: Sequence[Header] = (),
    stores: Sequence[str] = (),
    proxy: str = "",
    route: Route = DIRECT,
    mark: str = "",
    ids: Container[str] = (),
    budget: RequestBudget | None = None,
) -> Observer:
    """Return the observer of a valid address.

    The arguments are those of ``Access``. Raises ConfigurationError for what shows only now: a port that is in use, a
    database driver that is not installed.
    """
    access = Access(since, timeout, headers, proxy, route, stores, mark, ids, budget or RequestBudget())
    return _kind(address).connect(address, access)


@contextmanager
def reading_earlier(observer: Observer, by: timedelta) -> Iterator[Observer]:
    """Give an observer of the same address whose ``since`` is earlier; the same observer if its kind has no ``since``."""
    if isinstance(observer, RecordedObserver):
        with observer.earlier(lambda inner: reading_earlier(inner, by)) as recorded:
            yield recorded
        return
    if isinstance(observer, SharedObserver):
        observer = observer.observer
    access = getattr(observer, "access", None)
    if not isinstance(access, Access):
        yield observer
        return
    earlier: Observer = replace(cast("Any", observer), access=replace(access, since=access.since - by))
    try:
        yield earlier
    finally:
        earlier.close()


def _kind(address: str) -> Kind:
    # Imported by name, and only when needed: SQLAlchemy is an extra.
    return cast("Kind", import_module(f"{__name__}.{module_of(address)}"))
