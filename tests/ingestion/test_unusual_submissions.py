from typing import Any

import pytest

from conformance.ingestion.submissions import expect_neighbours
from conformance.inputs.batches import NEAR_MISSES
from conformance.inputs.events import unusual_event
from tests.support.submissions import VALID, Counting, Make, ids_of, status_of

ODD = tuple(
    unusual_event(kind, f"{kind} {number}", ("query", f"{kind} {number}"), event_type="search", valid=True)
    for kind in ("first", "second", "third")
    for number in range(10)
)
FAULTY = ODD[13]


class Losing(Counting):
    """Loses every event of a batch because of one entry."""

    lost = "second 3"

    def accepted(self, entries: list[Any]) -> list[Any]:
        return [] if any(entry.get("query") == self.lost for entry in entries) else super().accepted(entries)


class LosingMixes(Counting):
    """Loses every event of a batch with more than four odd queries."""

    def accepted(self, entries: list[Any]) -> list[Any]:
        odd = [
            entry for entry in entries if str(entry.get("query")).split()[0] in ("first", "second", "third")
        ]
        return [] if len(odd) > 4 else super().accepted(entries)


def test_unusual_events_are_sent_among_unusual_ones_only(make: Make) -> None:
    submissions, rules = make(Counting, [*NEAR_MISSES, *VALID, *ODD])

    carried = ids_of([submissions.event(one).event for one in ODD])

    sizes = [len(ids_of(batch) & carried) for batch in rules.batches]
    assert sorted(sizes) == [0] * (len(sizes) - 1) + [len(ODD)]


def test_of_refused_unusual_events_of_one_kind_the_first_is_found(make: Make) -> None:
    class RefusesSecond(Counting):
        def size_errors(self, events: list[Any]) -> list[str]:
            odd = any(str(event.get("query")).startswith("second") for event in events)
            return super().size_errors(events) or (["Not these."] if odd else [])

    submissions, rules = make(RefusesSecond, ODD)

    assert [status_of(submissions, one) for one in ODD[:10]] == [201] * 10
    assert status_of(submissions, ODD[10]) == 422
    assert len(submissions.event(ODD[10]).surrounding) == 2
    assert [status_of(submissions, one) for one in ODD[20:]] == [201] * 10
    assert len(rules.batches) < 16


def test_the_event_that_costs_its_neighbours_is_found_and_others_are_not_accused(make: Make) -> None:
    submissions, rules = make(Losing, ODD)
    submissions.read_back.patience = 1

    for one in ODD:
        submission = submissions.apart(one)
        snapshot = submissions.snapshot(submission, submission.surrounding)
        stored = [bool(snapshot.of(sent)) for sent in (*submission.surrounding, submission.event)]
        assert stored == [one is not FAULTY] * len(stored), str(one)
    assert len(rules.batches) < 20


def test_when_the_time_to_find_a_cause_is_over_each_event_is_sent_alone(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.ingestion.submissions.SECONDS_TO_FIND_A_CAUSE", 0)
    submissions, rules = make(Losing, ODD)
    submissions.read_back.patience = 1
    around = [*ODD[10:13], FAULTY]

    found = [submissions.apart(one) for one in around]

    lost = [not submissions.snapshot(one, one.surrounding).of(one.surrounding[0]) for one in found]
    assert lost == [False, False, False, True]
    assert len(rules.batches) == 1 + len(around)


def test_neighbours_that_only_many_events_together_cost_are_missed_in_the_whole_batch(make: Make) -> None:
    submissions, rules = make(LosingMixes, ODD)
    submissions.read_back.patience = 1
    (whole,) = submissions.whole(ODD)
    snapshot = submissions.snapshot(whole, whole.surrounding)

    assert not any(snapshot.of(sent) for sent in whole.surrounding)
    with submissions.read_back.target.fresh_attempt():
        (again,) = submissions.whole(ODD)
    assert [len(one.examined) for one in (whole, again)] == [len(ODD)] * 2
    assert whole.event.event_id != again.event.event_id
    assert len(rules.batches) == 2


def test_a_type_that_is_lost_everywhere_does_not_accuse_what_is_around_its_events(make: Make) -> None:
    class LosingAType(Counting):
        def accepted(self, entries: list[Any]) -> list[Any]:
            return [one for one in super().accepted(entries) if one["event_type"] != "add_to_cart"]

    submissions, rules = make(LosingAType, ODD)
    submissions.read_back.patience = 1
    (whole,) = submissions.whole(ODD)
    before = submissions.neighbours(whole)

    expect_neighbours(submissions, submissions.apart(FAULTY), "a valid event")
    assert whole.surrounding == before
    types = {one.entry["event_type"] for one in whole.surrounding}
    assert types - {one.entry["event_type"] for one in submissions.neighbours(whole)} == {"add_to_cart"}
    assert len(rules.batches) == 1


def test_known_and_new_ids_are_sent_in_turn_after_the_known_ones_are_visible(make: Make) -> None:
    submissions, rules = make(Counting, [])
    submission = submissions.after_known()

    known, mixed = rules.batches
    assert ids_of(known) == ids_of(submission.examined)
    assert [event["event_id"] in ids_of(known) for event in mixed] == [True, False] * len(known)
    assert submissions.snapshot(submission, submission.surrounding).of(submission.surrounding[-1])


def test_every_packed_event_has_a_session_of_its_own(make: Make) -> None:
    submissions, rules = make(Counting, VALID)
    submissions.event(VALID[0])

    for batch in rules.batches:
        assert len({event["session_id"] for event in batch}) == len(batch)


def test_copies_of_an_event_count_for_the_size_of_its_batch(make: Make) -> None:
    repeated = [unusual_event("repeated", f"{number}", copies=3) for number in range(40)]
    submissions, rules = make(Counting, repeated)

    assert {status_of(submissions, one) for one in repeated} == {201}
    assert [len(batch) for batch in rules.batches] == [26 * 3 + 20, 14 * 3 + 20]


def test_the_event_of_a_session_with_punctuation_is_looked_for_everywhere(make: Make) -> None:
    odd = unusual_event("odd", "a slash", ("session_id", lambda session: f"{session}/7"), valid=True)
    submissions, _ = make(Counting, [odd])
    with submissions.read_back.target.fresh_attempt():
        submission = submissions.event(odd)
        snapshot = submissions.snapshot(submission, [submission.event])

    assert snapshot.of(submission.event)
    assert snapshot.sentinel["session_id"] != submission.event.entry["session_id"]


class RefusingAll(Counting):
    """Refuses every batch that has an event of a search."""

    def size_errors(self, events: list[Any]) -> list[str]:
        odd = any(str(event.get("query")).startswith("boots") for event in events)
        return super().size_errors(events) or (["No searches."] if odd else [])


def test_where_every_batch_is_refused_only_the_events_in_question_are_sent_alone(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.ingestion.submissions.MOST_TO_FIND_A_REFUSAL", 10)
    submissions, rules = make(RefusingAll, VALID)

    asked = [submissions.event(one) for one in VALID[::10]]
    assert {one.others for one in asked} == {0}
    assert {one.exchange.reply.status for one in asked if one.exchange.reply} == {422}
    assert len(rules.batches) < 2 + 2 * 10 + len(asked)
