"""Evidence about a stored event: the event, when it was sent, what the store showed, and the later event."""

from pathlib import Path

import pytest

from conformance import mutants, reference, results
from conformance.report.content.excerpts import sent_message
from conformance.report.formats import FORMATS
from conformance.requirements import Requirement, events
from tests.support.html import Document, flat
from tests.support.runs import judge

LOST, KEPT = events.NEIGHBOURS_INGESTED, events.ALL_INVALID_INGEST_NOTHING


def judged(folder: Path, name: str, requirement: Requirement) -> tuple[results.Results, dict[str, object]]:
    """Judge a mutant, and return the results and the evidence of the first violation."""
    with reference.Server(mutants.find(name).rules, delay=0.005) as server:
        content = judge(server, folder, [requirement], "--effort=quick", "--patience=1").results
    item = next(one for one in content["requirements"] if one["id"] == requirement.id)
    return content, next(one["evidence"][0] for one in item["findings"] if one["verdict"] == "violated")


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory) -> tuple[results.Results, dict[str, object]]:
    return judged(tmp_path_factory.mktemp("lost"), "next-event-is-lost", LOST)


def test_an_absence_is_proved_by_a_later_event(lost: tuple[results.Results, dict[str, object]]) -> None:
    store = lost[1]["store"]

    assert isinstance(store, dict)
    assert store["sent"] < store["later"]["sent"] < store["read"]
    assert store["events"] > 0
    assert '"event_id"' in store["later"]["stored"]
    assert "stored" not in store


def test_the_page_shows_the_event_and_the_store(lost: tuple[results.Results, dict[str, object]]) -> None:
    page = flat(Document(FORMATS["compliance.html"](lost[0])).text)
    store = lost[1]["store"]

    assert isinstance(store, dict)
    assert (
        f"sent {store['sent']}; the store was read {store['read']} and showed {store['events']} event" in page
    )
    assert f"a later event, sent {store['later']['sent']}, is stored" in page
    assert flat(str(lost[1]["example"])) in page


def test_of_a_long_batch_the_event_in_question_is_shown(
    lost: tuple[results.Results, dict[str, object]],
) -> None:
    text = sent_message(lost[1], 16_000)

    assert "; the entry that this is about:]" in text
    assert text.endswith(str(lost[1]["example"]))


def test_what_was_wrongly_stored_is_shown_as_json(tmp_path: Path) -> None:
    _, evidence = judged(tmp_path, "nothing-valid-means-everything", KEPT)
    store = evidence["store"]

    assert isinstance(store, dict)
    assert evidence["got"] == "it was stored"
    assert '"received_at"' in store["stored"][0]
