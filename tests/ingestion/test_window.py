"""A read-back that shows only the newest events cannot show that one is absent."""

from pathlib import Path
from typing import Any

import pytest

from conformance import reference
from conformance.ingestion.window import SMALLEST, Window
from conformance.reference.database import Database
from conformance.requirements import ALL, Needs
from conformance.results.verdicts import Verdict
from tests.support.runs import judge

STORED = Database.events
INGESTION = [one for one in ALL if one.needs in {Needs.INGESTION, Needs.STORES}]


def _readings(*numbers: range) -> list[bool]:
    window = Window()
    return [window.hides("a", "", [{"event_id": str(number)} for number in one]) for one in numbers]


def test_readings_that_grow_hide_nothing() -> None:
    assert _readings(range(100), range(150), range(400)) == [False] * 3


def test_the_oldest_events_are_hidden_if_newer_ones_are_shown() -> None:
    assert _readings(range(100), range(50, 150)) == [False, True]


def test_a_copy_that_lags_behind_hides_nothing() -> None:
    assert _readings(range(300), range(200), range(300)) == [False] * 3


def test_a_store_that_loses_recent_events_is_not_a_window() -> None:
    window = Window()
    shown = [list(range(150)), list(range(200)), [*range(150), *range(180, 250)]]

    found = [window.hides("a", "", [{"event_id": str(number)} for number in one]) for one in shown]
    assert found == [False] * 3


def test_the_same_round_number_of_events_again_and_again_is_a_full_page() -> None:
    window = Window()
    found = []
    for size in (40, 100, 100, 130, 130):
        window.hides("a", "", [{"event_id": str(number)} for number in range(size)])
        found.append(window.full_page("a"))

    assert found == [0, 0, 100, 0, 0]


def test_a_store_that_keeps_only_its_last_batch_is_not_a_window() -> None:
    last = SMALLEST - 1

    assert _readings(range(last), range(last, 2 * last)) == [False, False]


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (slice(-100, None), "shows only the newest"),
        (slice(-1000, None), "shows only the newest"),
        (slice(0, 100), "shows 100 events, and none of the later ones"),
        (slice(0, 1000), "shows 1000 events, and none of the later ones"),
    ],
    ids=["newest-100", "newest-1000", "oldest-100", "oldest-1000"],
)
def test_a_target_whose_read_back_shows_only_a_part_of_the_events_is_not_condemned(
    shown: slice, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def part(self: Database, store: str, since: str = "", _session_id: str = "") -> list[Any]:
        return STORED(self, store, since)[shown]

    monkeypatch.setattr(Database, "events", part)
    with reference.Server(delay=0.005) as server:
        judged = judge(server, tmp_path, INGESTION)

    verdicts = {item["id"]: item["verdict"] for item in judged.results["requirements"] if item["findings"]}
    wrong = {Verdict.VIOLATED, Verdict.WARNED, Verdict.UNSTABLE}
    assert {name: verdict for name, verdict in verdicts.items() if verdict in wrong} == {}, judged.output
    assert told in " ".join(judged.output.split())
    assert judged.status == 6
    assert judged.results["run"]["requests"] < 450
