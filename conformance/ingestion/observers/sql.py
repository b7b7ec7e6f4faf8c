"""Read-back from a database: a query whose rows are the stored events of one store."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from conformance.ingestion.observers.bodies import LONGEST, object_in
from conformance.ingestion.observers.observer import (
    PLACEHOLDERS,
    Access,
    Observer,
    ReadBackError,
    Reading,
    Stored,
    as_text,
    one_store_only,
)
from conformance.settings import ConfigurationError, unusable

try:
    import sqlalchemy
    from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
except ModuleNotFoundError:
    raise ConfigurationError(
        "--observer: reading a database needs SQLAlchemy; pip install 'beacon-conformance[sql]'"
    ) from None

PREFIX = "sql+"
"""Stands before the database's address, as SQLAlchemy writes it."""
FORM = "sql+sqlite:////path/to/events.db?query=SELECT%20…%20WHERE%20token=:token"

WHOLE_EVENT = frozenset({"event", "payload"})
"""Names of a column that holds the whole event as JSON, where it is the only column."""
OBJECTS = frozenset({"contextual_data"})
"""Fields that are objects, even where their column is a text."""
MOST_ROWS = 200_000
"""Rows of one reading, at most."""
AT_ONCE = 1000
"""Rows that are fetched at once."""


def check_address(address: str, *, two_stores: bool) -> None:
    """Check the query of an address and its parameters. Raises ConfigurationError."""
    queries = [text for name, text in parse_qsl(address.partition("?")[2]) if name == "query"]
    if len(queries) != 1:
        raise unusable("a database needs one query, percent-encoded", FORM)
    # As SQLAlchemy finds them.
    names = set(re.findall(r"(?<![:\w\\]):(\w+)(?!:)", queries[0]))
    if unknown := names - set(PLACEHOLDERS):
        raise ConfigurationError(
            f"--observer: unknown parameter :{min(unknown)} in its query; there are :token, :since and :session_id"
        )
    if two_stores and "token" not in names:
        raise one_store_only(":token")


def connect(address: str, access: Access) -> Observer:
    """Return the observer of a valid address. Raises ConfigurationError where its driver is not installed."""
    return SqlObserver(address, access)


@dataclass
class SqlObserver:
    """Runs the query of an address, each time on a new connection."""

    address: str = field(repr=False)
    access: Access
    _engine: sqlalchemy.Engine = field(init=False, repr=False)
    _query: sqlalchemy.TextClause = field(init=False, repr=False)
    _names: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        try:
            url = sqlalchemy.make_url(self.address.removeprefix(PREFIX))
            self._query = sqlalchemy.text(str(url.query["query"]))
            self._engine = sqlalchemy.create_engine(
                url.difference_update_query(["query"]), poolclass=sqlalchemy.NullPool, hide_parameters=True
            )
        except ModuleNotFoundError as error:
            raise ConfigurationError(
                f"--observer: this database's driver is not installed; pip install {error.name}"
            ) from None
        except (ArgumentError, TypeError, ValueError):  # their texts repeat the address, with its password
            raise ConfigurationError(
                "--observer: SQLAlchemy does not know this kind of database; "
                "write sql+postgresql+psycopg://user:password@host/database?query=… or sql+sqlite:////path?query=…"
            ) from None
        self._names = frozenset(self._query.compile().params)

    def read(self, token: str, session_id: str = "") -> Reading:
        """Return the rows of the query. Raises ReadBackError."""
        values = {"token": token, "since": as_text(self.access.since), "session_id": session_id}
        bound = {name: value for name, value in values.items() if name in self._names}
        self.access.budget.take()
        answer: SimpleQueue[list[Stored] | ReadBackError] = SimpleQueue()
        # There is no timeout that every driver knows; a thread that hangs is left behind.
        threading.Thread(
            target=lambda: answer.put(self._answer(bound)), name="read-back query", daemon=True
        ).start()
        try:
            rows = answer.get(timeout=self.access.timeout)
        except Empty:
            raise ReadBackError(f"its query took more than {self.access.timeout:g} s") from None
        if isinstance(rows, ReadBackError):
            raise rows
        return Reading(rows)

    def close(self) -> None:
        """Close the connections to the database."""
        self._engine.dispose()

    def _answer(self, bound: Mapping[str, str]) -> list[Stored] | ReadBackError:
        path = self._engine.url.database or ""
        if self._engine.dialect.name == "sqlite" and path.startswith("/") and not Path(path).exists():
            return ReadBackError("its database file does not exist")  # SQLite would create it
        try:
            with self._engine.connect() as connection:
                rows: list[Any] = []
                size = 0
                found = connection.execute(self._query, bound).mappings()
                while size <= LONGEST and len(rows) <= MOST_ROWS and (more := found.fetchmany(AT_ONCE)):
                    rows += more
                    size += sum(_size(value) for row in more for value in row.values())
        except DBAPIError as error:
            return ReadBackError(f"its database says: {_first_line(error.orig)}")
        except SQLAlchemyError as error:
            return ReadBackError(f"its query failed ({type(error).__name__})")
        if len(rows) > MOST_ROWS or size > LONGEST:
            much = f"{MOST_ROWS} rows" if len(rows) > MOST_ROWS else f"{LONGEST} bytes"
            return ReadBackError(
                f"more than {much}; let the query return only events after :since, or of :session_id"
            )
        try:
            return [_event(dict(row)) for row in rows]
        except ReadBackError as error:
            return error


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str | bytes | memoryview) else 0


def _event(row: dict[str, Any]) -> Stored:
    if len(row) == 1 and next(iter(row)) in WHOLE_EVENT:
        ((name, value),) = row.items()
        whole = _object(value)
        if whole is None:
            raise ReadBackError(f"its column {name} does not hold a JSON object")
        return whole
    return {name: _as_json(name, value) for name, value in row.items()}


def _object(value: Any) -> Stored | None:
    if isinstance(value, memoryview):
        value = bytes(value)
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogatepass")
    if isinstance(value, bytes):
        return object_in(value)
    return value if isinstance(value, dict) else None


def _as_json(name: str, value: Any) -> Any:
    """Return a column's value as JSON has it; a moment without a time zone is in UTC."""
    match value:
        case datetime():
            return as_text(value if value.tzinfo else value.replace(tzinfo=UTC))
        case date() | UUID():
            return str(value)
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case bytes() | memoryview():
            return bytes(value).decode("utf-8", "replace")
        case str() if (
            name in OBJECTS and (content := object_in(value.encode("utf-8", "surrogatepass"))) is not None
        ):
            return content
        case _:
            return value


def _first_line(error: object) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
