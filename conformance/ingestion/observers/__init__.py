"""Observers: how the suite learns which events were stored. One protocol, one module for each kind.

An observer returns stored events or raises ReadBackError. Waiting, retries and conclusions belong to ``read_back``.
"""

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

    ``since`` is the start of the run, ``timeout`` the seconds for one reading, ``stores`` the tokens of the run;
    ``headers`` and ``proxy`` are for HTTP requests. Raises ConfigurationError if the observer cannot start: the port is in use,
    or a driver is not installed.
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
