"""The examples on the pages about read-back work, with other hosts and paths."""

import contextlib
import json
import re
import shlex
import shutil
import sqlite3
import subprocess
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy

from conformance import reference
from conformance.ingestion.observers import connect
from conformance.results.verdicts import Verdict
from conformance.settings import OBSERVERS, Settings
from tests.support import postgresql
from tests.support.pipelines import FEW, Event, delivering, free_port
from tests.support.runs import judge

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS / "read-back.md", *sorted(DOCS.glob("read-back/*.md"))]
BLOCKS: list[str] = [
    block for page in PAGES for block in re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
]
SPECS = [
    words[words.index("--observer") + 1]
    for block in BLOCKS
    if block.startswith("beacon-conformance run")
    for words in [shlex.split(block)]
]


def _spec(scheme: str) -> str:
    return next(spec for spec in SPECS if spec.startswith(scheme))


def _block(beginning: str) -> str:
    return next(block for block in BLOCKS if block.startswith(beginning))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize("spec", SPECS)
def test_every_observer_on_the_pages_is_valid(spec: str) -> None:
    assert Settings("https://staging.example", "a-token", observer=spec).observer == spec


def test_the_pages_show_every_kind_of_observer() -> None:
    shown = {next(kind for kind in OBSERVERS if spec.startswith(kind)) for spec in SPECS}

    assert shown | {"https"} == OBSERVERS.keys()


def test_the_endpoint_on_the_page_works(tmp_path: Path) -> None:
    with reference.Server(delay=0.005) as server:
        spec = _spec("https:").replace("https://staging.example", server.url)
        _expect_held(server, spec, tmp_path)


def test_the_webhook_on_the_page_works(tmp_path: Path) -> None:
    port = free_port()

    def deliver(token: str, events: list[Event]) -> None:
        url = f"http://127.0.0.1:{port}/events/{quote(token, safe='')}"
        with urllib.request.urlopen(url, json.dumps(events).encode(), timeout=5):
            pass

    with reference.Server(delivering(deliver), delay=0.005) as server:
        _expect_held(server, _spec("sink:").replace("0.0.0.0:9000", f"127.0.0.1:{port}"), tmp_path)


def test_the_delivery_on_the_page_is_accepted() -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    port = free_port()
    # An older curl has no --json.
    command = _block("curl").replace("localhost:9000", f"127.0.0.1:{port}").replace("--json", "--data-raw")
    observer = connect(f"sink://127.0.0.1:{port}/events", datetime.now(UTC), 5, stores=[reference.TOKEN, "b"])
    with contextlib.closing(observer):
        subprocess.run(shlex.split(command), check=True, timeout=30)  # noqa: S603 - as the page shows it
        assert observer.read(reference.TOKEN) == [{"event_id": "…", "event_type": "search"}]


def test_the_logs_on_the_page_are_read(tmp_path: Path) -> None:
    def deliver(token: str, events: list[Event]) -> None:
        for event in events:
            for name, shown in (("events", {**event, "token": token}), (quote(token, safe=""), event)):
                with (tmp_path / f"{name}.ndjson").open("a", encoding="utf-8") as file:
                    file.write(json.dumps(shown) + "\n")

    specs = [spec for spec in SPECS if spec.startswith("file:")]
    assert len(specs) == 2
    with reference.Server(delivering(deliver), delay=0.005) as server:
        for spec in specs:
            _expect_held(server, spec.replace("/var/log/beacon", str(tmp_path)), tmp_path / "out")


def test_the_query_on_the_page_works(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"

    def insert(statement: str, rows: Sequence[tuple[str, ...]]) -> None:
        with contextlib.closing(sqlite3.connect(path, timeout=30)) as opened:
            opened.executemany(statement, rows)
            opened.commit()

    def deliver(token: str, events: list[Event]) -> None:
        rows = [(token, _now(), json.dumps(event)) for event in events]
        insert("INSERT INTO events VALUES (?, ?, ?)", rows)

    insert("CREATE TABLE events (token, received_at, payload)", [()])
    address = "postgresql+psycopg://reader:secret@db.example/shop"
    with reference.Server(delivering(deliver), delay=0.005) as server:
        _expect_held(server, _spec("sql+").replace(address, f"sqlite:///{path}"), tmp_path / "out")


@pytest.fixture
def shop() -> Iterator[postgresql.Served]:
    binaries = postgresql.programs()
    if binaries is None or shutil.which("psql") is None:
        pytest.skip("PostgreSQL is not installed: no initdb, or no psql")
    with postgresql.served(binaries) as served:
        yield served


def test_the_command_on_the_page_works(
    shop: postgresql.Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = sqlalchemy.create_engine(shop.url(), poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        connection.execute(
            sqlalchemy.text("CREATE TABLE events (token text, received_at timestamptz, payload jsonb)")
        )

    def deliver(token: str, events: list[Event]) -> None:
        rows = [{"token": token, "now": _now(), "payload": json.dumps(event)} for event in events]
        statement = "INSERT INTO events VALUES (:token, CAST(:now AS timestamptz), CAST(:payload AS jsonb))"
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text(statement), rows)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", shop.url("postgresql"))
    script = tmp_path / "stored-events.sh"
    script.write_text(_block("#!/bin/sh"), "utf-8")
    script.chmod(0o755)
    with reference.Server(delivering(deliver), delay=0.005) as server:
        _expect_held(server, _spec("exec:"), tmp_path / "out")


def _expect_held(server: reference.Server, spec: str, directory: Path) -> None:
    judged = judge(server, directory, FEW, f"--observer={spec}", "--patience=5", "--timeout=5")
    assert {judged.verdict(one) for one in FEW} == {Verdict.HELD}, judged.output
