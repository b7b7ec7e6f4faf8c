"""Sentinels that do not become visible: read-back does not work, a buffer keeps them, or events are lost."""

from typing import Any

import pytest
from starlette.requests import Request

from conformance import reference
from conformance.expect import NotJudged
from conformance.ingestion import expect_stored
from conformance.ingestion.observers import Stored
from conformance.inputs.factory import body
from conformance.reference import TOKEN, Rules
from tests.support.stored import PATIENT, Through, looking

HASTY = 0.2


class Deaf(Rules):
    """Answers, and ingests nothing."""

    def ingest(self, *_: Any) -> None:
        pass


class Keeping(Rules):
    """Keeps the events of the first batches until 250 more have come, then stores everything."""

    kept: tuple[Any, ...] = ()
    is_open = False

    def ingest(self, store: Any, entries: list[Any], request: Request) -> None:
        self.kept = (*self.kept, *entries)
        self.is_open |= len(self.kept) > 250
        if self.is_open:
            super().ingest(store, list(self.kept), request)
            self.kept = ()


class OncePerSession(Rules):
    """Stores only the first batch of a session."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.sessions: set[str] = set()

    def ingest(self, store: Any, entries: list[Any], request: Request) -> None:
        sessions = {entry["session_id"] for entry in entries}
        if self.sessions.isdisjoint(sessions):
            super().ingest(store, entries, request)
        self.sessions |= sessions


def test_after_a_sentinel_that_never_becomes_visible_nothing_waits_again() -> None:
    with reference.Server(Deaf) as server, looking(server, HASTY) as read_back:
        observer = read_back.observer
        assert isinstance(observer, Through)
        counted = []
        for _ in range(3):
            with pytest.raises(NotJudged, match=r"no sentinel event became visible within 0\.2 s"):
                read_back.wait_for_sentinel()
            counted.append((read_back.target.http_client.requests, observer.readings))

        assert counted[0][1] > 0
        assert counted == [(1, counted[0][1])] * 3


def test_a_first_sentinel_that_a_buffer_kept_is_no_reason_to_give_up() -> None:
    with reference.Server(Keeping, delay=0.005) as server, looking(server, HASTY) as read_back:
        with pytest.raises(NotJudged, match="no sentinel event became visible"):
            read_back.wait_for_sentinel()
        for _ in range(3):
            read_back.target.post_with_token(body(read_back.factory.batch(100, "")))
        read_back.patience = PATIENT
        assert read_back.observer is not None
        assert any(read_back.observer.read(TOKEN) for _ in range(2000))

        sent = read_back.factory.valid()
        exchange = read_back.target.post_with_token(body([sent]))
        assert expect_stored(read_back.wait_for([sent]), exchange, sent)
        assert read_back.wait_for_sentinel().events


def test_events_lost_in_a_session_that_returns_are_lost_again_under_the_first_conditions() -> None:
    with reference.Server(OncePerSession, delay=0.005) as server, looking(server, HASTY) as read_back:
        read_back.wait_for_sentinel(session="conformance-run-s")
        with pytest.raises(NotJudged, match="did not become visible"):
            read_back.wait_for_sentinel(session="conformance-run-s")

        lost, _ = read_back.find_lost()
        with read_back.target.fresh_attempt(under_first_conditions=True):
            again, _ = read_back.find_lost()
        assert lost != []
        assert again != []


def test_two_checks_that_see_a_buffer_opened_at_the_same_time_both_go_on() -> None:
    with reference.Server(Keeping, delay=0.005) as server, looking(server, HASTY) as read_back:
        with pytest.raises(NotJudged, match="no sentinel event became visible"):
            read_back.wait_for_sentinel()
        for _ in range(3):
            read_back.target.post_with_token(body(read_back.factory.batch(100, "")))
        read_back.patience = PATIENT
        observer = read_back.observer
        assert isinstance(observer, Through)
        assert any(observer.read(TOKEN) for _ in range(2000))
        shown = observer.shown

        def after_another_check(event: Stored) -> Stored:
            read_back.failures.pop(TOKEN, None)
            return shown(event)

        observer.shown = after_another_check  # type: ignore[method-assign]

        assert read_back.wait_for_sentinel().events
