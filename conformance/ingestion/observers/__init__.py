"""Read-back: how the suite learns what was ingested. One protocol, one module a kind."""

from collections.abc import Sequence
from datetime import datetime

from conformance.client import Header
from conformance.ingestion.observers.exec import ExecObserver
from conformance.ingestion.observers.file import FileObserver
from conformance.ingestion.observers.http import HttpObserver
from conformance.ingestion.observers.observer import Observer, ReadBackError, Stored
from conformance.ingestion.observers.sink import SinkObserver
from conformance.settings import SQL, ConfigurationError

__all__ = ["Observer", "ReadBackError", "Stored", "connect"]


def connect(
    spec: str,
    since: datetime,
    timeout: float,
    *,
    headers: Sequence[Header] = (),
    stores: Sequence[str] = (),
    proxy: str = "",
) -> Observer:
    """Return the observer that a valid ``--observer`` names; the scheme picks the kind.

    ``since`` is the run's start, ``timeout`` the seconds that one reading may take, ``headers`` what HTTP requests
    carry and ``proxy`` what they go through, ``stores`` the tokens that the run knows. Raises ConfigurationError for what only shows now: a port that
    is taken, a driver that is not installed.
    """
    scheme, _, rest = spec.partition(":")
    match scheme:
        case "sink":
            return SinkObserver(spec, stores)
        case "file":
            return FileObserver(spec, stores)
        case "exec":
            return ExecObserver(rest, since, timeout)
        case _ if scheme.startswith(SQL):
            return _sql(spec, since, timeout)
        case _:
            return HttpObserver(spec, since, timeout, headers, proxy)


def _sql(spec: str, since: datetime, timeout: float) -> Observer:
    try:
        from conformance.ingestion.observers.sql import SqlObserver  # noqa: PLC0415 - SQLAlchemy is an extra
    except ModuleNotFoundError:
        raise ConfigurationError(
            "--observer: reading a database needs SQLAlchemy; pip install 'beacon-conformance[sql]'"
        ) from None
    return SqlObserver(spec, since, timeout)
