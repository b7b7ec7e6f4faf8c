from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import reference
from conformance.client import HttpClient, Target
from conformance.expect import NotJudged
from conformance.ingestion import ReadBack
from conformance.ingestion.submissions import PACKED_PER_BATCH, Submissions, specs_of
from conformance.inputs.batches import NEAR_MISSES, BatchSpec
from conformance.inputs.events import EventSpec, changed_event, unusual_event, valid_event
from conformance.inputs.factory import EventFactory, SentEvent
from conformance.reference import ORIGIN, TOKEN, Rules
from tests.support.raw_servers import RawServer, hangs_up
from tests.support.stored import looking

SENTINELS = ["product_view", "collection_view", "search"]
VALID = tuple(changed_event("search", f"query {number}", query=f"boots {number}") for number in range(100))
CULPRIT = changed_event("search", "culprit", query="refuse me")
OTHER_CULPRIT = changed_event("collection_view", "other culprit", query="refuse me")
CONSPIRATORS = tuple(
    changed_event("search", f"conspirator {number}", query=f"half of it {number}") for number in (1, 2)
)


class Counting(Rules):
    """Notes how many entries each batch has, refused ones too; sentinels' batches aside."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.batches: list[list[Any]] = []

    def size_errors(self, events: list[Any]) -> list[str]:
        if [event.get("event_type") for event in events] != SENTINELS:
            self.batches.append(events)
        return super().size_errors(events)


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


Make = Callable[[type[Counting], Sequence[EventSpec | BatchSpec]], tuple[Submissions, Counting]]


@pytest.fixture
def make() -> Iterator[Make]:
    with ExitStack() as opened:

        def made(
            rules: type[Counting], specs: Sequence[EventSpec | BatchSpec]
        ) -> tuple[Submissions, Counting]:
            server = opened.enter_context(reference.Server(rules, delay=0.005))
            counting = server.rules
            assert isinstance(counting, Counting)
            return Submissions(opened.enter_context(looking(server)), specs), counting

        yield made


def _status(submissions: Submissions, spec: EventSpec) -> int:
    reply = submissions.event(spec).exchange.reply
    assert reply is not None
    return reply.status


def _ids(entries: Sequence[Any]) -> set[str]:
    return {
        entry.entry["event_id"] if isinstance(entry, SentEvent) else entry["event_id"] for entry in entries
    }


def test_all_events_are_sent_in_few_requests_of_legal_size(make: Make) -> None:
    specs = [*NEAR_MISSES, *VALID]
    submissions, rules = make(Counting, specs)

    statuses = {_status(submissions, one) for one in specs}

    assert {201} == statuses
    assert -(-len(specs) // PACKED_PER_BATCH) == len(rules.batches)
    assert all(len(batch) <= 100 for batch in rules.batches)
    carried = [submissions.event(one).event for one in specs]
    assert _ids(carried) <= {event["event_id"] for batch in rules.batches for event in batch}


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
            place for place, event in enumerate(batch) if event["event_id"] in _ids(submission.surrounding)
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
        assert status == _status(submissions, culprit)
        assert len(submission.surrounding) == 2
        alone = next(batch for batch in counting.batches if submission.event.entry in batch)
        assert _ids([submission.event, *submission.surrounding]) == _ids(alone)
    assert {201} == {_status(submissions, one) for one in (*VALID, *NEAR_MISSES)}
    for one in VALID[:10]:
        submission = submissions.event(one)
        assert submissions.snapshot(submission, [submission.event]).of(submission.event)
    assert all(len(batch) <= 100 for batch in counting.batches)


def test_a_refusal_that_no_single_event_causes_counts_against_none(make: Make) -> None:
    submissions, _ = make(Picky, [*CONSPIRATORS, *VALID[:10]])

    assert {201} == {_status(submissions, one) for one in (*CONSPIRATORS, *VALID[:10])}


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
    assert _ids([again.event, *again.surrounding]) == _ids(rules.batches[-1])
    assert (len(again.surrounding), len(rules.batches[-1])) == (2, 3)
    assert rules.batches[-1][1] == again.event.entry
    assert first.event.event_id != again.event.event_id
    assert first.exchange is not again.exchange
    assert snapshot.taken >= again.exchange.at


def test_a_fresh_attempt_sends_only_the_events_that_the_first_attempt_used(make: Make) -> None:
    submissions, rules = make(Counting, NEAR_MISSES)
    first = [submissions.event(one) for one in NEAR_MISSES[:2]]
    before = len(rules.batches)
    with submissions.read_back.target.fresh_attempt():
        again = [submissions.event(one) for one in NEAR_MISSES[:4]]
    later = submissions.event(NEAR_MISSES[2])

    assert before + 2 == len(rules.batches)
    assert [one.event.event_id for one in first] != [one.event.event_id for one in again[:2]]
    assert [len(one.surrounding) for one in again] == [2, 2, 20, 20]
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

    carried = _ids([submissions.event(one).event for one in good])

    assert [_ids(batch) & carried for batch in rules.batches if _ids(batch) & carried] != []
    others = _ids([submissions.event(one).event for one in NEAR_MISSES])
    assert [batch for batch in rules.batches if _ids(batch) & carried and _ids(batch) & others] == []


def test_an_event_that_was_sent_is_not_sent_again(make: Make) -> None:
    submissions, rules = make(Counting, NEAR_MISSES)
    sent = submissions.event(NEAR_MISSES[0])
    submissions.snapshot(sent)
    before = len(rules.batches)

    assert submissions.event(NEAR_MISSES[0]) is sent
    assert before == len(rules.batches)


def test_an_event_that_was_not_described_before_is_sent_alone(make: Make) -> None:
    submissions, rules = make(Counting, VALID[:1])

    assert _status(submissions, VALID[1]) == 201
    assert submissions.event(VALID[1]) is submissions.event(VALID[1])
    assert [len(batch) for batch in rules.batches] == [21, 3]


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

    assert _status(submissions, VALID[0]) == 201
    with pytest.raises(NotJudged, match="--observer"):
        submissions.snapshot(submissions.event(VALID[0]), [])


def test_events_and_batches_are_found_among_parameters_each_once() -> None:
    first, second, third = VALID[:3]

    found = specs_of([7, first, (second, first), "text", (), BATCHES[0], (third,), None])
    assert [first, second, BATCHES[0], third] == found


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

    carried = _ids([submissions.event(one).event for one in ODD])

    sizes = [len(_ids(batch) & carried) for batch in rules.batches]
    assert sorted(sizes) == [0] * (len(sizes) - 1) + [len(ODD)]


def test_of_refused_unusual_events_of_one_kind_the_first_is_found(make: Make) -> None:
    class RefusesSecond(Counting):
        def size_errors(self, events: list[Any]) -> list[str]:
            odd = any(str(event.get("query")).startswith("second") for event in events)
            return super().size_errors(events) or (["Not these."] if odd else [])

    submissions, rules = make(RefusesSecond, ODD)

    assert [_status(submissions, one) for one in ODD[:10]] == [201] * 10
    assert _status(submissions, ODD[10]) == 422
    assert len(submissions.event(ODD[10]).surrounding) == 2
    assert [_status(submissions, one) for one in ODD[20:]] == [201] * 10
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


def test_known_and_new_ids_are_sent_in_turn_after_the_known_ones_are_visible(make: Make) -> None:
    submissions, rules = make(Counting, [])
    submission = submissions.after_known()

    known, mixed = rules.batches
    assert _ids(known) == _ids(submission.examined)
    assert [event["event_id"] in _ids(known) for event in mixed] == [True, False] * len(known)
    assert submissions.snapshot(submission, submission.surrounding).of(submission.surrounding[-1])


def test_every_packed_event_has_a_session_of_its_own(make: Make) -> None:
    submissions, rules = make(Counting, VALID)
    submissions.event(VALID[0])

    for batch in rules.batches:
        assert len({event["session_id"] for event in batch}) == len(batch)


def test_copies_of_an_event_count_for_the_size_of_its_batch(make: Make) -> None:
    repeated = [unusual_event("repeated", f"{number}", copies=3) for number in range(40)]
    submissions, rules = make(Counting, repeated)

    assert {_status(submissions, one) for one in repeated} == {201}
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
