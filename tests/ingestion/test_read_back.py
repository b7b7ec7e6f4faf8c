import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import reference
from conformance.expect import NotJudged, Violation, collecting_evidence
from conformance.ingestion import NEEDS_OBSERVER, ReadBack, expect_not_stored, expect_stored
from conformance.ingestion.all_fields import AllFields
from conformance.ingestion.observers import ReadBackError, Reading, Stored
from conformance.inputs.events import REMOVED
from conformance.inputs.factory import SentEvent, body
from conformance.reference import OTHER_TOKEN, TOKEN, Rules
from conformance.reference.answers import answer
from conformance.reference.stores import Store
from tests.support.raw_servers import RawServer, hangs_up
from tests.support.stored import Through, looking

HASTY = 0.2


class IdsAlone(Through):
    def shown(self, event: Stored) -> Stored:
        return {"event_id": event["event_id"]} if "event_id" in event else {}


class IdsInCapitals(Through):
    def shown(self, event: Stored) -> Stored:
        return {"event_id": event["event_id"].upper()}


class DataAsText(Through):
    def shown(self, event: Stored) -> Stored:
        return {**event, "contextual_data": json.dumps(event["contextual_data"])}


class OddData(Through):
    def shown(self, event: Stored) -> Stored:
        return {**event, "event_id": event.get("event_id", [7]), "contextual_data": "{no json"}


class WithoutId(Rules):
    """Takes events without an id."""

    def required_fields(self, event_type: str) -> frozenset[str]:
        return super().required_fields(event_type) - {"event_id"}


class Everything(Rules):
    """Takes every object for a valid event."""

    def valid(self, entry: Any) -> bool:
        return isinstance(entry, dict)


class AlwaysB(Rules):
    """Stores every event in the second store."""

    def destination(self, *_: Any) -> Any:
        return self.database.stores[1]


class Dawdling(Rules):
    """Delays product clicks until it is called to store them."""

    held: tuple[Any, ...] = ()

    def ingest(self, store: Any, entries: list[Any], request: Request) -> None:
        if any(entry["event_type"] == "product_click" for entry in entries):
            self.held = (store, entries, request)
        else:
            super().ingest(store, entries, request)

    def let_in(self) -> None:
        super().ingest(*self.held)
        self.held = ()


class LettingIn(Through):
    """Stores the delayed events after the first reading that shows an event."""

    def read(self, token: str, session_id: str = "") -> Reading:
        shown = super().read(token, session_id)
        if shown and isinstance(self.server.rules, Dawdling) and self.server.rules.held:
            self.server.rules.let_in()
        return shown


class Stumbling(LettingIn):
    """Fails at every second reading."""

    def read(self, token: str, session_id: str = "") -> Reading:
        if self.readings % 2:
            self.readings += 1
            raise ReadBackError("status 500 instead of 200")
        return super().read(token, session_id)


def _posted(read_back: ReadBack, sent: SentEvent, **how: str) -> Any:
    return read_back.target.post(body([sent]), **(how or {"header": TOKEN}))


def test_a_target_that_loses_a_type_still_shows_all_fields() -> None:
    class LosingClicks(reference.Rules):
        def supported(self, event_type: Any) -> bool:
            return event_type != "product_click" and super().supported(event_type)

    class LosingAll(reference.Rules):
        def ingest(self, store: Store, entries: list[Any], request: Request) -> None:
            super().ingest(store, [one for one in entries if "customer_id" not in one], request)

    with reference.Server(LosingClicks, delay=0.005) as server, looking(server) as read_back:
        read_back.patience = 1
        AllFields(read_back).require()
    with reference.Server(LosingAll, delay=0.005) as server, looking(server) as read_back:
        read_back.patience = 1
        with pytest.raises(NotJudged, match="none of 3 events with all fields was stored"):
            AllFields(read_back).require()


def test_an_event_is_found_by_its_id() -> None:
    with reference.Server() as server, looking(server) as read_back:
        sent, other = read_back.factory.reusable(2)
        exchange = _posted(read_back, sent)
        snapshot = read_back.wait_for_sentinel([sent])

        assert [event["event_id"] for event in snapshot.of(sent)] == [sent.event_id]
        assert snapshot.of(other) == []
        assert snapshot.shows_marks
        assert expect_stored(snapshot, exchange, sent)[0]["session_id"] == sent.entry["session_id"]


@pytest.mark.parametrize("through", [Through, DataAsText], ids=["object", "text"])
def test_an_event_without_its_id_is_found_by_its_mark(through: type[Through]) -> None:
    with reference.Server(WithoutId) as server, looking(server, through=through) as read_back:
        sent = read_back.factory.valid(event_id=REMOVED)
        exchange = _posted(read_back, sent)
        snapshot = read_back.wait_for_sentinel([sent])

        assert len(expect_stored(snapshot, exchange, sent)) == 1
        with pytest.raises(Violation, match=r"expected: the event is not stored; got: it was stored$"):
            expect_not_stored(snapshot, exchange, sent)


def test_a_reading_of_one_session_suffices() -> None:
    with reference.Server() as server, looking(server) as read_back:
        session = read_back.factory.session()
        sent = read_back.factory.valid(session=session)
        exchange = _posted(read_back, sent)
        snapshot = read_back.wait_for_sentinel([sent], session=session)

        assert expect_stored(snapshot, exchange, sent)
        assert {event["session_id"] for event in snapshot.events} == {session}


def test_an_event_is_skipped_if_a_later_sentinel_is_visible_without_it() -> None:
    with reference.Server() as server, looking(server) as read_back:
        sent = read_back.factory.valid(timestamp="yesterday")
        exchange = _posted(read_back, sent)
        snapshot = read_back.wait_for_sentinel()

        with collecting_evidence() as evidence:
            expect_not_stored(snapshot, exchange, sent)
        assert [("it was not stored, although a later event was", sent.entry)] == [
            (one.got, one.example) for one in evidence.first_met
        ]
        with pytest.raises(
            Violation,
            match="expected: the event is stored; got: it was not stored, although a later event was",
        ):
            expect_stored(snapshot, exchange, sent)


@pytest.mark.parametrize(("settle", "is_seen"), [(0, False), (0.3, True)])
def test_with_settle_an_event_that_is_stored_after_a_later_one_is_seen(settle: float, is_seen: bool) -> None:
    with reference.Server(Dawdling, delay=0) as server, looking(server, through=LettingIn) as read_back:
        read_back.settle = settle
        sent = read_back.factory.valid("product_click")
        _posted(read_back, sent)
        snapshot = read_back.wait_for_sentinel()

        assert bool(snapshot.of(sent)) is is_seen


def test_a_reading_is_shared_only_by_requests_before_its_sentinel() -> None:
    with reference.Server() as server, looking(server) as read_back:
        first, second = (read_back.factory.valid() for _ in range(2))
        sent = _posted(read_back, first)
        snapshot = read_back.snapshot_after(sent, [first])
        posted = read_back.target.http_client.requests

        assert read_back.snapshot_after(sent, [first]) is snapshot
        assert posted == read_back.target.http_client.requests
        later = _posted(read_back, second)
        assert expect_stored(read_back.snapshot_after(later, [second]), later, second)
        assert posted + 2 == read_back.target.http_client.requests


def test_an_event_that_should_be_skipped_and_is_stored_is_a_violation() -> None:
    with reference.Server(Everything) as server, looking(server) as read_back:
        sent = read_back.factory.valid(timestamp="yesterday")
        exchange = _posted(read_back, sent)

        with pytest.raises(Violation) as caught:
            expect_not_stored(read_back.wait_for_sentinel(), exchange, sent)
        assert exchange is caught.value.expectation.exchange


def test_an_event_is_found_if_the_store_writes_its_id_in_capitals() -> None:
    with reference.Server() as server, looking(server, through=IdsInCapitals) as read_back:
        sent = read_back.factory.valid()
        exchange = _posted(read_back, sent)

        assert expect_stored(read_back.wait_for_sentinel([sent]), exchange, sent)


@pytest.mark.parametrize(
    ("answered", "said"),
    [(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "status 404 instead of 200"), (hangs_up, "no reply")],
    ids=["404", "hangs-up"],
)
def test_a_broken_read_back_is_reported_with_its_last_problem(answered: Any, said: str) -> None:
    with (
        RawServer(answered) as broken,
        reference.Server() as server,
        looking(server, HASTY, address=broken.url) as read_back,
        pytest.raises(NotJudged, match=f"read-back does not work: {said}"),
    ):
        read_back.wait_for_sentinel()


def test_without_an_observer_nothing_is_sent_and_the_text_says_what_to_pass() -> None:
    with reference.Server() as server, looking(server) as read_back:
        read_back.observer = None

        with pytest.raises(NotJudged) as caught:
            read_back.wait_for_sentinel()
        assert (str(caught.value), read_back.target.http_client.requests) == (NEEDS_OBSERVER, 0)


def test_a_throttled_sentinel_does_not_count_as_a_broken_read_back() -> None:
    class Throttling(Rules):
        answers = 0

        def created(self, request: Request, entries: list[Any], /) -> Response:
            self.answers += 1
            return answer(429, None) if self.answers == 1 else super().created(request, entries)

    with reference.Server(Throttling) as server, looking(server) as read_back:
        with pytest.raises(NotJudged, match="the target throttles"):
            read_back.wait_for_sentinel()
        assert read_back.wait_for_sentinel().events


@pytest.mark.parametrize("through", [LettingIn, Stumbling])
def test_a_run_waits_for_a_late_event_even_if_a_reading_fails(through: type[Through]) -> None:
    with reference.Server(Dawdling) as server, looking(server, through=through) as read_back:
        sent = read_back.factory.valid("product_click")
        exchange = _posted(read_back, sent)

        assert expect_stored(read_back.wait_for_sentinel([sent]), exchange, sent)


def test_the_wait_for_a_missing_event_ends_with_the_patience() -> None:
    with reference.Server(Dawdling, delay=0) as server, looking(server, 5) as read_back:
        sent = read_back.factory.valid("product_click")
        exchange = _posted(read_back, sent)

        with pytest.raises(Violation):
            expect_stored(read_back.wait_for_sentinel([sent]), exchange, sent)


def test_an_event_is_looked_for_in_the_store_of_the_token_that_was_asked_for() -> None:
    with reference.Server() as server, looking(server) as read_back:
        sent = read_back.factory.valid()
        exchange = _posted(read_back, sent)

        expect_stored(read_back.wait_for_sentinel([sent]), exchange, sent)
        expect_not_stored(read_back.wait_for_sentinel(token=OTHER_TOKEN), exchange, sent)


def test_an_event_in_the_wrong_store_is_a_violation_in_that_store() -> None:
    with reference.Server(AlwaysB) as server, looking(server) as read_back:
        sent = read_back.factory.valid()
        exchange = _posted(read_back, sent)
        snapshot = read_back.wait_for_sentinel([sent], token=OTHER_TOKEN)

        with pytest.raises(Violation, match="in the other store"):
            expect_not_stored(snapshot, exchange, sent, store="the other store")


def test_a_read_back_with_only_ids_does_not_show_all_fields_or_marks() -> None:
    with (
        reference.Server() as server,
        looking(server) as whole,
        looking(server, through=IdsAlone, run="ids") as ids,
    ):
        sent, unnamed = whole.factory.full("product_view"), whole.factory.valid(event_id=REMOVED)
        ids.factory.ids |= whole.factory.ids
        exchange = whole.target.post_with_token(body([sent, unnamed]))
        full, bare = whole.wait_for_sentinel([sent]), ids.wait_for_sentinel([sent])

        AllFields(whole).require()
        with pytest.raises(NotJudged, match="does not show all fields that were sent"):
            AllFields(ids).require()
        assert [snapshot.shows_marks for snapshot in (full, bare)] == [True, False]
        assert expect_stored(bare, exchange, sent)
        expect_not_stored(full, exchange, unnamed)
        with pytest.raises(NotJudged, match="cannot find an event without its event_id"):
            expect_not_stored(bare, exchange, unnamed)


def test_stored_events_of_odd_shapes_are_passed_over() -> None:
    with reference.Server(WithoutId) as server, looking(server, through=OddData) as read_back:
        sent, unnamed = read_back.factory.valid(), read_back.factory.valid(event_id=REMOVED)
        read_back.target.post_with_token(body([sent, unnamed]))
        snapshot = read_back.wait_for_sentinel([sent])

        assert [len(snapshot.of(one)) for one in (sent, unnamed)] == [1, 0]


def test_an_event_that_is_stored_twice_is_found_twice() -> None:
    class Doubling(Rules):
        def dedup_key(self, _event: Any) -> None:
            return None

    with reference.Server(Doubling) as server, looking(server) as read_back:
        sent = read_back.factory.valid()
        read_back.target.post_with_token(body([sent, sent]))

        assert len(read_back.wait_for_sentinel([sent]).of(sent)) == 2
