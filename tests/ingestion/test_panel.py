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
from conformance.ingestion.panel import PROBES_A_BATCH, Panel, specs_of
from conformance.inputs.events import EventSpec, spec, valid_spec
from conformance.inputs.factory import EventFactory, SentEvent
from conformance.inputs.strategies import NEAR_MISSES
from conformance.reference import ORIGIN, TOKEN, Rules
from tests.support.raw_servers import RawServer, hangs_up
from tests.support.stored import looking

SENTINELS = ["product_view", "collection_view", "search"]
VALID = tuple(spec("search", f"query {number}", query=f"boots {number}") for number in range(100))
CULPRIT = spec("search", "culprit", query="refuse me")
OTHER_CULPRIT = spec("collection_view", "other culprit", query="refuse me")
CONSPIRATORS = tuple(
    spec("search", f"conspirator {number}", query=f"half of it {number}") for number in (1, 2)
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
    """Refuses a whole batch for one entry in it, which no batch deserves."""

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


Make = Callable[[type[Counting], Sequence[EventSpec]], tuple[Panel, Counting]]


@pytest.fixture
def make() -> Iterator[Make]:
    with ExitStack() as opened:

        def made(rules: type[Counting], specs: Sequence[EventSpec]) -> tuple[Panel, Counting]:
            server = opened.enter_context(reference.Server(rules, delay=0.005))
            counting = server.rules
            assert isinstance(counting, Counting)
            return Panel(opened.enter_context(looking(server)), specs), counting

        yield made


def _status(panel: Panel, spec: EventSpec) -> int:
    reply = panel.carried(spec).exchange.reply
    assert reply is not None
    return reply.status


def _ids(entries: Sequence[Any]) -> set[str]:
    return {
        entry.entry["event_id"] if isinstance(entry, SentEvent) else entry["event_id"] for entry in entries
    }


def test_all_probes_travel_in_few_requests_of_legal_size(make: Make) -> None:
    specs = [*NEAR_MISSES, *VALID]
    panel, rules = make(Counting, specs)

    statuses = {_status(panel, one) for one in specs}

    assert {201} == statuses
    assert -(-len(specs) // PROBES_A_BATCH) == len(rules.batches)
    assert all(len(batch) <= 100 for batch in rules.batches)
    carried = [panel._fates[one].sent for one in specs]  # noqa: SLF001 - asking again would send again
    assert _ids(carried) <= {event["event_id"] for batch in rules.batches for event in batch}


def test_every_probe_is_judged_by_readings_that_are_shared(make: Make) -> None:
    panel, rules = make(Counting, [*NEAR_MISSES, *VALID])

    for one in VALID:
        fate, snapshot = panel.stored(one, expected=True)
        assert len(snapshot.of(fate.sent)) == 1
    for one in NEAR_MISSES:
        fate, snapshot = panel.stored(one, expected=False)
        assert snapshot.of(fate.sent) == []
    for one in NEAR_MISSES:
        fate, snapshot = panel.neighbour(one)
        assert all(snapshot.of(sent) for sent in fate.neighbours)

    posted = panel.read_back.target.wire.requests
    assert posted - len(rules.batches) <= 5, "sentinels were sent for almost every probe"


def test_probes_travel_shuffled_among_valid_neighbours_and_in_the_same_order_in_every_run(make: Make) -> None:
    orders = []
    for _ in range(2):
        panel, rules = make(Counting, NEAR_MISSES)
        fate = panel.carried(NEAR_MISSES[0])
        orders.append(rules.batches)

        assert len(fate.neighbours) == 20
        valid = [
            place
            for place, event in enumerate(rules.batches[-1])
            if event["event_id"] in _ids(fate.neighbours)
        ]
        assert list(range(min(valid, default=0), min(valid, default=0) + len(valid))) != valid

    assert [[event["event_id"] for event in batch] for batch in orders[0]] == [
        [event["event_id"] for event in batch] for batch in orders[1]
    ]


@pytest.mark.parametrize(("rules", "status"), [(Picky, 422), (Failing, 500)])
def test_a_refused_batch_is_split_until_its_culprits_are_alone(
    make: Make, rules: type[Counting], status: int
) -> None:
    panel, counting = make(rules, [*VALID, CULPRIT, *NEAR_MISSES, OTHER_CULPRIT])

    for culprit in (CULPRIT, OTHER_CULPRIT):
        fate = panel.carried(culprit)
        assert status == _status(panel, culprit)
        assert len(fate.neighbours) == 2
        alone = next(batch for batch in counting.batches if fate.sent.entry in batch)
        assert _ids([fate.sent, *fate.neighbours]) == _ids(alone)
    assert {201} == {_status(panel, one) for one in (*VALID, *NEAR_MISSES)}
    for one in VALID[:10]:
        fate, snapshot = panel.stored(one, expected=True)
        assert snapshot.of(fate.sent)
    assert all(len(batch) <= 100 for batch in counting.batches)


def test_a_refusal_that_no_probe_earns_alone_condemns_none(make: Make) -> None:
    panel, _ = make(Picky, [*CONSPIRATORS, *VALID[:10]])

    assert {201} == {_status(panel, one) for one in (*CONSPIRATORS, *VALID[:10])}


def test_a_probe_that_is_asked_for_again_is_sent_again_between_two_neighbours(make: Make) -> None:
    panel, rules = make(Counting, NEAR_MISSES)
    asked = NEAR_MISSES[3]
    first, _ = panel.stored(asked, expected=False)
    before = len(rules.batches)
    again, snapshot = panel.stored(asked, expected=False)

    assert before + 1 == len(rules.batches)
    assert _ids([again.sent, *again.neighbours]) == _ids(rules.batches[-1])
    assert (len(again.neighbours), len(rules.batches[-1])) == (2, 3)
    assert rules.batches[-1][1] == again.sent.entry
    assert first.sent.event_id != again.sent.event_id
    assert first.exchange is not again.exchange
    assert snapshot.taken >= again.exchange.at


def test_a_probe_with_an_id_of_its_own_is_never_sent_twice(make: Make) -> None:
    broken = spec("search", "event_id is an object", event_id={})
    panel, rules = make(Counting, [broken])

    assert panel.carried(broken) is panel.carried(broken)
    assert len(rules.batches) == 1


def test_probes_that_ought_to_be_ingested_never_travel_with_others(make: Make) -> None:
    good = [valid_spec("search", f"sound {number}", query="boots") for number in range(90)]
    panel, rules = make(Counting, [*NEAR_MISSES, *good])

    carried = _ids([panel.carried(one).sent for one in good])

    assert [_ids(batch) & carried for batch in rules.batches if _ids(batch) & carried] != []
    others = _ids([panel.carried(one).sent for one in NEAR_MISSES])
    assert [batch for batch in rules.batches if _ids(batch) & carried and _ids(batch) & others] == []


def test_another_question_about_a_probe_sends_nothing(make: Make) -> None:
    panel, rules = make(Counting, NEAR_MISSES)
    carried = panel.carried(NEAR_MISSES[0])
    before = len(rules.batches)

    stored, _ = panel.stored(NEAR_MISSES[0], expected=False)
    neighbour, _ = panel.neighbour(NEAR_MISSES[0])

    assert carried is stored is neighbour
    assert before == len(rules.batches)


def test_a_probe_that_nobody_announced_is_judged_too(make: Make) -> None:
    panel, rules = make(Counting, VALID[:1])

    assert _status(panel, VALID[1]) == 201
    assert len(rules.batches) == 1
    assert _status(panel, VALID[0]) == 201
    assert len(rules.batches) == 1


def test_a_batch_without_a_reply_is_not_sent_in_pieces() -> None:
    with RawServer(hangs_up) as server:
        wire = HttpClient(30)
        panel = Panel(
            ReadBack(Target(server.url, TOKEN, ORIGIN, wire), EventFactory("run"), None, 1), VALID[:50]
        )

        assert None is panel.carried(VALID[0]).exchange.reply
        assert len(server.received) == 1
        wire.close()


def test_without_read_back_what_was_carried_is_still_known(make: Make) -> None:
    panel, _ = make(Counting, VALID[:3])
    panel.read_back.observer = None

    assert _status(panel, VALID[0]) == 201
    with pytest.raises(NotJudged, match="--observer"):
        panel.stored(VALID[0], expected=True)


def test_probes_are_found_among_parameters_each_once() -> None:
    first, second, third = VALID[:3]

    assert [first, second, third] == specs_of([7, first, (second, first), "text", (), (third,), None])
