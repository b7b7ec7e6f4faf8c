from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance.client import HttpClient, Target
from conformance.expect import NotJudged
from conformance.ingestion import ReadBack
from conformance.ingestion.submissions import PACKED_PER_BATCH, Submissions, specs_of
from conformance.inputs.batches import NEAR_MISSES, BatchSpec
from conformance.inputs.events import changed_event, valid_event
from conformance.inputs.factory import EventFactory
from conformance.reference import ORIGIN, TOKEN
from tests.support.raw_servers import RawServer, hangs_up
from tests.support.submissions import VALID, Counting, Make, ids_of, status_of

CULPRIT = changed_event("search", "culprit", query="refuse me")
OTHER_CULPRIT = changed_event("collection_view", "other culprit", query="refuse me")
CONSPIRATORS = tuple(
    changed_event("search", f"conspirator {number}", query=f"half of it {number}") for number in (1, 2)
)


class Picky(Counting):
    """Refuses a batch because of one entry, which the contract does not allow."""

    def size_errors(self, events: list[Any]) -> list[str]:
        refused = super().size_errors(events)
        queries = [event.get("query") for event in events]
        together = {"half of it 1", "half of it 2"} <= set(queries)
        return refused or (["Not these."] if "refuse me" in queries or together else [])


class Failing(Counting):
    """Breaks on an entry."""

    def created(self, request: Request, entries: list[Any], /) -> Response:
        if any(event.get("query") == "refuse me" for event in entries):
            return Response(status_code=500)
        return super().created(request, entries)


def test_all_events_are_sent_in_few_requests_of_legal_size(make: Make) -> None:
    specs = [*NEAR_MISSES, *VALID]
    submissions, rules = make(Counting, specs)

    statuses = {status_of(submissions, one) for one in specs}

    assert {201} == statuses
    assert -(-len(specs) // PACKED_PER_BATCH) == len(rules.batches)
    assert all(len(batch) <= 100 for batch in rules.batches)
    carried = [submissions.event(one).event for one in specs]
    assert ids_of(carried) <= {event["event_id"] for batch in rules.batches for event in batch}


def test_every_event_is_judged_by_readings_that_are_shared(make: Make) -> None:
    submissions, rules = make(Counting, [*NEAR_MISSES, *VALID])

    for one in VALID:
        submission = submissions.event(one)
        assert len(submissions.snapshot(submission, [submission.event]).of(submission.event)) == 1
    for one in NEAR_MISSES:
        submission = submissions.event(one)
        assert submissions.snapshot(submission).of(submission.event) == []
    for one in NEAR_MISSES:
        submission = submissions.event(one)
        snapshot = submissions.snapshot(submission, submission.surrounding)
        assert all(snapshot.of(sent) for sent in submission.surrounding)

    posted = submissions.read_back.target.http_client.requests
    assert posted - len(rules.batches) <= 5, "sentinels were sent for almost every event"


def test_events_are_shuffled_among_valid_ones_in_the_same_order_in_every_run(make: Make) -> None:
    orders = []
    for _ in range(2):
        submissions, rules = make(Counting, NEAR_MISSES)
        submission = submissions.event(NEAR_MISSES[0])
        orders.append(rules.batches)

        assert len(submission.surrounding) == 20
        batch = next(one for one in rules.batches if submission.event.entry in one)
        valid = [
            place for place, event in enumerate(batch) if event["event_id"] in ids_of(submission.surrounding)
        ]
        assert list(range(min(valid, default=0), min(valid, default=0) + len(valid))) != valid

    assert [[event["event_id"] for event in batch] for batch in orders[0]] == [
        [event["event_id"] for event in batch] for batch in orders[1]
    ]


@pytest.mark.parametrize(("rules", "status"), [(Picky, 422), (Failing, 500)])
def test_a_refused_batch_is_split_down_to_the_events_that_cause_the_refusal(
    make: Make, rules: type[Counting], status: int
) -> None:
    submissions, counting = make(rules, [*VALID, CULPRIT, *NEAR_MISSES, OTHER_CULPRIT])

    for culprit in (CULPRIT, OTHER_CULPRIT):
        submission = submissions.event(culprit)
        assert status == status_of(submissions, culprit)
        assert len(submission.surrounding) == 2
        alone = next(batch for batch in counting.batches if submission.event.entry in batch)
        assert ids_of([submission.event, *submission.surrounding]) == ids_of(alone)
    assert {201} == {status_of(submissions, one) for one in (*VALID, *NEAR_MISSES)}
    for one in VALID[:10]:
        submission = submissions.event(one)
        assert submissions.snapshot(submission, [submission.event]).of(submission.event)
    assert all(len(batch) <= 100 for batch in counting.batches)


def test_a_refusal_that_no_single_event_causes_counts_against_none(make: Make) -> None:
    submissions, _ = make(Picky, [*CONSPIRATORS, *VALID[:10]])

    assert {201} == {status_of(submissions, one) for one in (*CONSPIRATORS, *VALID[:10])}


def test_a_fresh_attempt_sends_an_event_once_between_two_valid_ones(make: Make) -> None:
    submissions, rules = make(Counting, NEAR_MISSES)
    asked = NEAR_MISSES[3]
    first = submissions.event(asked)
    before = len(rules.batches)
    with submissions.read_back.target.fresh_attempt():
        again = submissions.event(asked)
        snapshot = submissions.snapshot(again)
        assert submissions.event(asked) is again

    assert submissions.event(asked) is first
    assert before + 1 == len(rules.batches)
    assert ids_of([again.event, *again.surrounding]) == ids_of(rules.batches[-1])
    assert (len(again.surrounding), len(rules.batches[-1])) == (2, 3)
    assert rules.batches[-1][1] == again.event.entry
    assert first.event.event_id != again.event.event_id
    assert first.exchange is not again.exchange
    assert snapshot.taken >= again.exchange.at


def test_a_fresh_attempt_sends_only_the_event_at_which_the_first_attempt_failed(make: Make) -> None:
    submissions, rules = make(Counting, NEAR_MISSES)
    first = [submissions.event(one) for one in NEAR_MISSES[:2]]
    before = len(rules.batches)
    failed_at = submissions.read_back.target.subject
    with submissions.read_back.target.fresh_attempt(subject=failed_at):
        again = [submissions.event(one) for one in NEAR_MISSES[:4]]
    later = submissions.event(NEAR_MISSES[2])

    assert before + 1 == len(rules.batches)
    assert first[0] is again[0]
    assert first[1].event.event_id != again[1].event.event_id
    assert [len(one.surrounding) for one in again] == [20, 2, 20, 20]
    assert later is again[2]


def test_an_event_with_a_fixed_id_is_never_sent_twice(make: Make) -> None:
    broken = changed_event("search", "event_id is an object", event_id={})
    submissions, rules = make(Counting, [broken])
    first = submissions.event(broken)

    with submissions.read_back.target.fresh_attempt():
        assert submissions.event(broken) is first
    assert len(rules.batches) == 1


BATCHES = (BatchSpec.with_one_invalid(5, 0.5), BatchSpec.all_invalid(2), BatchSpec(3, 4, ()))


def test_every_batch_is_sent_once_and_one_reading_shows_them_all(make: Make) -> None:
    submissions, rules = make(Counting, [*BATCHES, BATCHES[0]])
    snapshots = set()

    for one in BATCHES:
        submission = submissions.batch(one)
        snapshot = submissions.snapshot(submission, submission.surrounding)
        snapshots.add(id(snapshot))
        assert (len(submission.examined), one.size) == (
            len(one.defects),
            len(submission.examined) + len(submission.surrounding),
        )
        assert [len(snapshot.of(sent)) for sent in submission.surrounding] == [1] * len(
            submission.surrounding
        )
        assert [snapshot.of(sent) for sent in submission.examined] == [[]] * len(submission.examined)

    assert [len(batch) for batch in rules.batches] == [5, 2, 3]
    assert len(snapshots) == 1


def test_a_fresh_attempt_sends_a_batch_again_in_a_new_session(make: Make) -> None:
    submissions, rules = make(Counting, BATCHES)
    first = submissions.batch(BATCHES[0])
    with submissions.read_back.target.fresh_attempt():
        again = submissions.batch(BATCHES[0])
        assert submissions.batch(BATCHES[0]) is again
        snapshot = submissions.snapshot(again, again.surrounding)

    assert len(rules.batches) == len(BATCHES) + 1
    assert first.session != again.session
    assert {event["session_id"] for event in snapshot.events} == {again.session}


def test_events_that_should_be_stored_are_never_packed_with_others(make: Make) -> None:
    good = [valid_event("search", f"valid {number}", query="boots") for number in range(90)]
    submissions, rules = make(Counting, [*NEAR_MISSES, *good])

    carried = ids_of([submissions.event(one).event for one in good])

    assert [ids_of(batch) & carried for batch in rules.batches if ids_of(batch) & carried] != []
    others = ids_of([submissions.event(one).event for one in NEAR_MISSES])
    assert [batch for batch in rules.batches if ids_of(batch) & carried and ids_of(batch) & others] == []


def test_an_event_that_was_sent_is_not_sent_again(make: Make) -> None:
    submissions, rules = make(Counting, NEAR_MISSES)
    sent = submissions.event(NEAR_MISSES[0])
    submissions.snapshot(sent)
    before = len(rules.batches)

    assert submissions.event(NEAR_MISSES[0]) is sent
    assert before == len(rules.batches)


def test_an_event_that_was_not_described_before_is_sent_alone(make: Make) -> None:
    submissions, rules = make(Counting, VALID[:1])

    assert status_of(submissions, VALID[1]) == 201
    assert submissions.event(VALID[1]) is submissions.event(VALID[1])
    assert [len(batch) for batch in rules.batches] == [19, 3]


def test_a_batch_without_a_reply_is_not_sent_in_pieces() -> None:
    with RawServer(hangs_up) as server:
        http_client = HttpClient(30)
        submissions = Submissions(
            ReadBack(Target(server.url, TOKEN, ORIGIN, http_client), EventFactory("run"), None, 1), VALID[:50]
        )

        assert None is submissions.event(VALID[0]).exchange.reply
        assert len(server.received) == 1
        http_client.close()


def test_without_read_back_the_exchange_of_an_event_is_still_known(make: Make) -> None:
    submissions, _ = make(Counting, VALID[:3])
    submissions.read_back.observer = None

    assert status_of(submissions, VALID[0]) == 201
    with pytest.raises(NotJudged, match="--observer"):
        submissions.snapshot(submissions.event(VALID[0]), [])


def test_events_and_batches_are_found_among_parameters_each_once() -> None:
    first, second, third = VALID[:3]

    found = specs_of([7, first, (second, first), "text", (), BATCHES[0], (third,), None])
    assert [first, second, BATCHES[0], third] == found
