"""Checks share the readings of a whole store: whoever sent something before a sentinel need not send one."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.client import clock
from conformance.expect import NotJudged
from conformance.ingestion.rounds import Rounds
from conformance.ingestion.snapshot import StoreSnapshot


def _taken() -> StoreSnapshot:
    return StoreSnapshot((), {}, clock.now(), clock.now())


def _held_up(begun: threading.Event, goes_on: threading.Event) -> Callable[[], StoreSnapshot]:
    def take() -> StoreSnapshot:
        snapshot = _taken()
        begun.set()
        assert goes_on.wait(20)
        return snapshot

    return take


def _never() -> StoreSnapshot:
    raise AssertionError("a round was begun")


def _ask(
    rounds: Rounds, after: float, take: Callable[[], StoreSnapshot], *, is_slow: bool = True
) -> StoreSnapshot:
    return rounds.reading(after, take, lambda _: True, is_slow=is_slow)


def test_a_reading_is_used_again_only_for_what_was_sent_before_its_sentinel() -> None:
    rounds = Rounds()
    before = clock.now()
    first = _ask(rounds, before, _taken)

    assert _ask(rounds, before, _never) is first
    assert _ask(rounds, clock.now(), _taken) is not first


def test_a_reading_that_does_not_suffice_is_taken_again() -> None:
    rounds = Rounds()
    before = clock.now()
    first = _ask(rounds, before, _taken)

    assert rounds.reading(before, _taken, lambda one: one is not first, is_slow=True) is not first


def test_who_sent_something_before_a_round_began_joins_it() -> None:
    rounds, begun, goes_on = Rounds(), threading.Event(), threading.Event()
    before = clock.now()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(_ask, rounds, before, _held_up(begun, goes_on))
        assert begun.wait(20)
        second = pool.submit(_ask, rounds, before, _never)
        goes_on.set()

        assert second.result(20) is first.result(20)


@pytest.mark.parametrize("is_slow", [True, False])
def test_who_sent_something_later_begins_a_round_at_once_only_if_events_are_slow(is_slow: bool) -> None:
    rounds, begun, goes_on, second_began = Rounds(), threading.Event(), threading.Event(), threading.Event()

    def take() -> StoreSnapshot:
        second_began.set()
        return _taken()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(_ask, rounds, clock.now(), _held_up(begun, goes_on))
        assert begun.wait(20)
        second = pool.submit(_ask, rounds, clock.now(), take, is_slow=is_slow)
        assert second_began.wait(20 if is_slow else 0.1) is is_slow
        goes_on.set()

        assert second.result(20) is not first.result(20)
        assert second_began.is_set()


def test_who_has_joined_a_round_that_fails_begins_another_one() -> None:
    rounds, begun, goes_on = Rounds(), threading.Event(), threading.Event()
    before = clock.now()

    def fails() -> StoreSnapshot:
        begun.set()
        assert goes_on.wait(20)
        raise NotJudged("no sentinel")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(_ask, rounds, before, fails)
        assert begun.wait(20)
        second = pool.submit(_ask, rounds, before, _taken)
        goes_on.set()

        with pytest.raises(NotJudged, match="no sentinel"):
            first.result(20)
        assert second.result(20) is rounds.latest
