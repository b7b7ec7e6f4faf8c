"""When a store is read: as seldom as possible, and hardly later than necessary."""

import itertools

import pytest

from conformance.ingestion.pace import Pace


def _moments(pace: Pace, visible: float) -> list[float]:
    """Return the seconds after an event was sent at which its store is read, up to the reading that shows it."""
    passed, pause, moments = pace.until_first(0.0), 0.0, list[float]()
    for _ in itertools.count():
        moments.append(passed)
        if passed >= visible:
            return moments
        pause = pace.pause(pause, passed)
        passed += pause
    raise AssertionError


@pytest.mark.parametrize("lag", [0.02, 0.3, 3.0, 10.0, 60.0])
def test_a_store_whose_lag_is_known_is_read_four_times_at_most(lag: float) -> None:
    pace = Pace()
    pace.saw(_moments(pace, lag)[-1])

    assert len(_moments(pace, lag)) <= 4


@pytest.mark.parametrize("lag", [0.02, 0.3, 3.0, 10.0, 60.0])
def test_an_event_is_seen_hardly_later_than_it_is_visible(lag: float) -> None:
    unknown, known = Pace(), Pace()
    known.saw(lag)

    assert _moments(unknown, lag)[-1] == pytest.approx(lag, abs=max(0.03, lag * 0.4, 0.5 * (lag > 1)))
    assert _moments(known, lag)[-1] == pytest.approx(lag, rel=0.25)


def test_a_store_with_an_unknown_lag_is_read_less_and_less_often() -> None:
    moments = _moments(Pace(), 60.0)

    assert len(moments) <= 45
    assert moments[-1] - moments[-2] > 5


def test_a_store_that_becomes_faster_is_read_earlier() -> None:
    pace = Pace()
    pace.saw(10.0)
    before = pace.until_first(0.0)
    pace.saw(before)

    assert pace.until_first(0.0) < before


def test_what_was_sent_long_ago_is_read_at_once() -> None:
    pace = Pace()
    pace.saw(3.0)

    assert pace.until_first(10.0) == 0
