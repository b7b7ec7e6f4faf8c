import contextlib
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy

from conformance import reference
from conformance.ingestion.observers import Observer, ReadBackError, check_observer, connect
from conformance.ingestion.observers import sql as database
from conformance.settings import ConfigurationError, Settings
from tests.support import postgresql
from tests.support.pipelines import Event, expect_held, expect_one_reason
from tests.support.runs import options_for, run

A, B = "shop/a+token", "shop-b-token"
SINCE = datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC)
WHOLE = "SELECT payload FROM events WHERE token = :token AND received_at >= :since"


@contextlib.contextmanager
def _reading(url: str, query: str, timeout: float = 30) -> Iterator[Observer]:
    mark = "&" if "?" in url else "?"
    observer = connect(f"sql+{url}{mark}query={quote(query)}", SINCE, timeout, stores=[A, B])
    yield observer
    observer.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "events.db"
    with contextlib.closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE events (token, received_at, session, payload)")
        made.commit()
    return path


def _insert(path: Path, *rows: tuple[str, str, str, str]) -> None:
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as opened:
        opened.executemany("INSERT INTO events VALUES (?, ?, ?, ?)", rows)
        opened.commit()


def test_the_parameters_that_occur_are_bound(path: Path) -> None:
    late, early = "2026-01-02T03:04:06.000Z", "2026-01-02T03:04:05.000Z"
    _insert(
        path,
        (A, late, "s1", '{"event_id": "1"}'),
        (A, late, "s2", '{"event_id": "2"}'),
        (A, early, "s1", '{"event_id": "3"}'),
        (B, late, "s1", '{"event_id": "4"}'),
    )
    by_session = f"{WHOLE} AND :session_id IN (session, '')"
    with _reading(f"sqlite:///{path}", WHOLE) as observer:
        assert observer.read(A, "s1") == [{"event_id": "1"}, {"event_id": "2"}]
        assert observer.read(B) == [{"event_id": "4"}]
        assert observer.read(f"{A}' OR 'a' = 'a") == []
    with _reading(f"sqlite:///{path}", by_session) as observer:
        assert observer.read(A, "s1") == [{"event_id": "1"}]
        assert len(observer.read(A)) == 2


def test_a_column_is_a_field_and_a_json_column_is_unpacked(path: Path) -> None:
    _insert(path, (A, "", "s1", '{"event_id": "1", "contextual_data": {"conformance": "m"}}'))
    columns = (
        "SELECT payload ->> 'event_id' AS event_id, session AS session_id, 7 AS position, NULL AS geo_city,"
        " payload -> 'contextual_data' AS contextual_data, x'6162' AS raw, payload FROM events"
    )
    with _reading(f"sqlite:///{path}", columns) as observer:
        (row,) = observer.read(A)
    assert row.pop("payload").startswith("{")
    assert row == {
        "event_id": "1",
        "session_id": "s1",
        "position": 7,
        "geo_city": None,
        "contextual_data": {"conformance": "m"},
        "raw": "ab",
    }
    for name in ("event", "payload"):
        for value in ("payload", "CAST(payload AS BLOB)"):
            query = f"SELECT {value} AS {name} FROM events"  # noqa: S608 - of this test's own words
            with _reading(f"sqlite:///{path}", query) as observer:
                assert observer.read(A) == [{"event_id": "1", "contextual_data": {"conformance": "m"}}]


UNREADABLE = {
    "no-table": ("SELECT * FROM nowhere WHERE a = :token", "its database says: no such table: nowhere"),
    "no-sql": ("SELEKT", 'its database says: near "SELEKT": syntax error'),
    "no-rows": ("CREATE TABLE other (a)", "its query failed (ResourceClosedError)"),
    "no-object": ("SELECT '[1]' AS event", "its column event does not hold a JSON object"),
    "null": ("SELECT NULL AS payload", "its column payload does not hold a JSON object"),
    "endless": (
        "WITH RECURSIVE n(event_id) AS (SELECT 1 UNION ALL SELECT event_id + 1 FROM n) SELECT * FROM n",
        "more than 1000 rows; let the query return only events after :since",
    ),
    "slow": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 30000000) SELECT max(i) FROM n",
        "its query took more than 0.3 s",
    ),
}


@pytest.mark.parametrize(("query", "text"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_failed_query_says_why_without_a_secret(
    path: Path, query: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "MOST_ROWS", 1000)
    timeout = 0.3 if text.startswith("its query took") else 30
    with _reading(f"sqlite:///{path}", query, timeout) as observer, pytest.raises(ReadBackError) as caught:
        observer.read(A)

    assert text in str(caught.value)
    assert A not in str(caught.value)


def test_a_database_file_that_does_not_exist_is_said_and_not_made(tmp_path: Path) -> None:
    with (
        _reading(f"sqlite:///{tmp_path}/none.db", "SELECT 1") as observer,
        pytest.raises(ReadBackError, match="its database file does not exist"),
    ):
        observer.read(A)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["nosuchdb://u:sEcret@h/d", "://", "postgresql+psycopg://u:sEcret@h:port/d"])
def test_a_database_that_sqlalchemy_does_not_know_is_a_configuration_error(url: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"--observer: SQLAlchemy does not know this kind of database; write"
    ) as caught:
        connect(f"sql+{url}?query=SELECT%201", SINCE, 5)
    assert "sEcret" not in str(caught.value)


def test_a_driver_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(ConfigurationError, match="driver is not installed; pip install pymysql"):
        connect("sql+mysql+pymysql://u:p@h/d?query=SELECT%201", SINCE, 5)


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ("sql+sqlite:////a.db", "a database needs one query, percent-encoded; write sql"),
        ("sql+sqlite:////a.db?query=SELECT%201&query=SELECT%202", "a database needs one query"),
        (
            "sql+sqlite:////a.db?query=SELECT%20:shop",
            "unknown parameter :shop in its query; there are :token",
        ),
        ("sql+sqlite:////a.db?query=SELECT%20:since", "cannot tell the two stores apart; put :token into it"),
    ],
)
def test_an_address_without_a_usable_query_is_a_usage_error(spec: str, text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_observer(Settings("https://h.example", "t", "o", observer=spec))
    assert text in str(caught.value)


def test_casts_and_times_in_a_query_are_no_parameters() -> None:
    query = quote(r"SELECT a::text, '10:30', '\:b' FROM t WHERE token = :token")
    check_observer(Settings("https://h.example", "t", observer=f"sql+sqlite:////a.db?query={query}"))


def test_without_sqlalchemy_the_extra_is_named_and_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    monkeypatch.delitem(sys.modules, "conformance.ingestion.observers.sql")
    with reference.Server() as server:
        spec = "--observer=sql+sqlite:////a.db?query=SELECT%20:token"
        status, output = run(*options_for(server), spec, f"--report-dir={tmp_path / 'out'}")
        assert server.database.events("a") == []

    assert status == 4
    assert "reading a database needs SQLAlchemy; pip install 'beacon-conformance[sql]'" in output
    assert output.count("\n") == 1


def _deliver_to(path: Path) -> Callable[[str, list[Event]], None]:
    def deliver(token: str, events: list[Event]) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        _insert(path, *((token, now, "", json.dumps(event)) for event in events))

    return deliver


def test_a_database_is_judged_by(path: Path, tmp_path: Path) -> None:
    spec = f"sql+sqlite:///{path}?query={quote(WHOLE)}"
    judged = expect_held(_deliver_to(path), spec, tmp_path / "out", "-n", "2", "--patience=5")

    assert judged.results["target"]["observer"] == "sql+sqlite"


def test_a_database_that_shows_nothing_judges_nothing(path: Path, tmp_path: Path) -> None:
    expect_one_reason(
        f"sql+sqlite:///{path}?query={quote(WHOLE)}", tmp_path / "out", "no sentinel event became visible"
    )


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql.Served]:
    with postgresql.served(postgresql.required()) as served:
        engine = sqlalchemy.create_engine(served.url(), poolclass=sqlalchemy.NullPool)
        with engine.begin() as connection:
            connection.execute(
                sqlalchemy.text(
                    "CREATE TABLE events (token text, received_at timestamptz DEFAULT now(), at timestamp,"
                    " day date, id uuid, amount numeric, payload jsonb)"
                )
            )
        yield served


def _insert_into(served: postgresql.Served) -> Callable[[str, list[Event]], None]:
    engine = sqlalchemy.create_engine(served.url(), poolclass=sqlalchemy.NullPool)
    statement = sqlalchemy.text(
        "INSERT INTO events (token, payload) VALUES (:token, CAST(:payload AS jsonb))"
    )

    def deliver(token: str, events: list[Event]) -> None:
        rows = [{"token": token, "payload": json.dumps(event)} for event in events]
        with engine.begin() as connection:
            connection.execute(statement, rows)

    return deliver


def test_postgresql_s_own_types_are_read_as_json_has_them(server: postgresql.Served) -> None:
    row = "'types', '2026-01-02 05:04:06+02', '2026-01-02 03:04:05', '2026-01-02', '0197f0c0-0000-7000-8000-000000000001', 7, '{\"a\": [1]}'"
    engine = sqlalchemy.create_engine(server.url(), poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        statement = f"INSERT INTO events VALUES ({row})"  # noqa: S608 - of this test's own words
        connection.execute(sqlalchemy.text(statement.replace(":", r"\:")))
    query = (
        "SELECT received_at, at AS timestamp, day, id AS event_id, amount, amount / 2 AS half, payload AS contextual_data,"
        " payload::text AS text FROM events WHERE token = :token AND received_at >= :since"
    )
    with _reading(server.url(), query) as observer:
        (shown,) = observer.read("types")
    expected: dict[str, Any] = {
        "received_at": "2026-01-02T03:04:06.000Z",
        "timestamp": "2026-01-02T03:04:05.000Z",
        "day": "2026-01-02",
        "event_id": "0197f0c0-0000-7000-8000-000000000001",
        "amount": 7,
        "half": 3.5,
        "contextual_data": {"a": [1]},
        "text": '{"a": [1]}',
    }
    assert shown == expected


@pytest.mark.parametrize("column", ["payload", "payload::json AS event", "payload::text AS payload"])
def test_postgresql_s_json_is_unpacked(server: postgresql.Served, column: str) -> None:
    token = f"json {column}"
    _insert_into(server)(token, [{"event_id": "1"}])
    query = f"SELECT {column} FROM events WHERE token = :token"  # noqa: S608 - of this test's own words
    with _reading(server.url(), query) as observer:
        assert observer.read(token) == [{"event_id": "1"}]


def test_postgresql_is_judged_by(server: postgresql.Served, tmp_path: Path) -> None:
    spec = f"sql+{server.url()}?query={quote(WHOLE)}&connect_timeout=10"
    judged = expect_held(_insert_into(server), spec, tmp_path / "out", "--patience=5")

    assert judged.results["target"]["observer"] == "sql+postgresql+psycopg"
    texts = [judged.output, *(path.read_text("utf-8") for path in (tmp_path / "out").iterdir())]
    assert not [text for text in texts if server.password in text]


def test_a_refused_password_is_said_and_not_shown(server: postgresql.Served, tmp_path: Path) -> None:
    wrong = server.url(password="sEcret%2Fword")  # noqa: S106 - made up
    spec = f"sql+{wrong}?query={quote(WHOLE)}"
    with reference.Server(delay=0.005) as target:
        status, output = run(
            *options_for(target),
            f"--observer={spec}",
            f"--report-dir={tmp_path}",
            "--requirement=events.types-ingested",
        )

    assert status == 5
    assert "password authentication failed" in " ".join(output.split())
    texts = [output, *(path.read_text("utf-8") for path in tmp_path.iterdir())]
    assert not [text for text in texts if "sEcret" in text]


def test_a_query_that_waits_for_a_lock_is_left_behind(server: postgresql.Served) -> None:
    engine = sqlalchemy.create_engine(server.url(), poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection, _reading(server.url(), "SELECT * FROM events", 0.5) as observer:
        connection.execute(sqlalchemy.text("LOCK TABLE events IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(ReadBackError, match=r"its query took more than 0\.5 s"):
            observer.read(A)
