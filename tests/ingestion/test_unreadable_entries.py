"""What of a read-back is no JSON object is left out, counted, and said in the evidence of an event that is missing."""

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance import reference
from conformance.ingestion.observers import connect
from conformance.ingestion.observers.bodies import Keeper, parse
from conformance.report.content.excerpts import store_in_words
from conformance.requirements import batch
from conformance.results.verdicts import Verdict
from tests.support import observer_kinds as kinds
from tests.support.pipelines import Event, delivering
from tests.support.recordings import QUICK, rejudge
from tests.support.runs import judge

EVENT = '{"event_id": "1"}'
LARGE = 20
"""Entries of a batch."""
BODIES = {
    "lines that two writers mixed up": (f'{{"event_id": {{"event_id": "2"}}\n\x00\n{EVENT}\n', 2),
    "an array with other values": (f'[null, "text", 7, {EVENT}]', 3),
    "a long array with other values": (f'[null, "{"text" * 20_000}", {EVENT}]', 2),
    "events alone": (f"{EVENT}\n{EVENT}\n", 0),
}


@pytest.mark.parametrize("kind", BODIES)
def test_entries_that_are_no_objects_are_counted(kind: str) -> None:
    body, unreadable = BODIES[kind]
    keeper = Keeper()

    reading = keeper.reading(parse(body.encode(), keeper=keeper).events)

    assert reading.unreadable == unreadable
    assert {"event_id": "1"} in reading


def test_lines_of_a_file_that_are_no_objects_are_counted(tmp_path: Path) -> None:
    log = tmp_path / "events.ndjson"
    log.touch()
    observer = connect(f"file://{log}", datetime.now(UTC), 5, stores=["a"])
    log.write_text(f"started\n{EVENT}\n", "utf-8")
    found = observer.read("a")
    observer.close()

    assert found == [{"event_id": "1"}]
    assert found.unreadable == 1


def test_a_missing_event_s_evidence_says_how_much_could_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent, place = tmp_path / "sent", tmp_path / "place"
    with kinds.log(place) as (spec, deliver):

        def tear(token: str, found: list[Event]) -> None:
            """Write the last event of a large batch as two writers without a lock would do."""
            deliver(token, found[:-1] if len(found) > LARGE else found)
            if len(found) > LARGE:
                with (place / token).open("a", encoding="utf-8") as file:
                    file.write('{"event_id": "ha{"event_id": "other half\n')

        with reference.Server(delivering(tear), delay=0.005) as server:
            judged = judge(server, sent, [batch.INGESTS_ALL], *QUICK, f"--observer={spec}")
    assert judged.verdict(batch.INGESTS_ALL) is Verdict.VIOLATED, judged.output
    item = next(one for one in judged.results["requirements"] if one["id"] == batch.INGESTS_ALL.id)
    evidence = [one for finding in item["findings"] for one in finding["evidence"]]
    store = next(one["store"] for one in evidence if "store" in one)

    assert store["unreadable"] > 0
    expected = (
        f"left out of the reading, because they are not JSON objects: {store['unreadable']} entries or lines"
    )
    assert expected in store_in_words(store)
    monkeypatch.setattr(socket.socket, "connect", None)
    capsys.readouterr()
    assert rejudge(sent) == 1, capsys.readouterr().out
