"""Readings that several checks wait for at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.ingestion.observers import ReadBackError, Reading
from conformance.ingestion.observers.shared import LARGE, SharedObserver


class Slow:
    """An observer whose readings last until they may end; it notes their sessions and the threads that take them."""

    def __init__(self, others: int = 0) -> None:
        self.may_end = threading.Event()
        self.begun = threading.Semaphore(0)
        self.sessions: list[str] = []
        self.threads: set[str] = set()
        self.others = others
        self.at_once, self.most = 0, 0
        self.fails = False

    def read(self, token: str, session_id: str = "") -> Reading:
        self.sessions.append(session_id)
        self.threads.add(threading.current_thread().name)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.begun.release()
        assert self.may_end.wait(30)
        self.at_once -= 1
        if self.fails:
            raise ReadBackError(f"no reply for {token}")
        return Reading.of([{"event_id": str(len(self.sessions))}], others=self.others)

    def close(self) -> None:
        pass


class Gate:
    """A lock that counts those who have come to it."""

    def __init__(self) -> None:
        self.lock, self.come = threading.Lock(), threading.Semaphore(0)

    def __enter__(self) -> None:
        self.come.release()
        self.lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.lock.release()


def test_those_who_wait_for_a_store_share_the_next_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    observer, gate = Slow(), Gate()
    shared = SharedObserver(observer)
    monkeypatch.setattr(shared, "_one_at_a_time", gate)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(shared.read, "a")
        assert observer.begun.acquire(timeout=30)
        rest = [threads.submit(shared.read, "a") for _ in range(3)]
        come = [gate.come.acquire(timeout=30) for _ in range(4)]
        observer.may_end.set()
        shown = [one.result() for one in rest]

    assert come == [True] * 4
    assert first.result() not in shown, "it began before they asked"
    assert [shown[0]] * 3 == shown
    assert len(observer.sessions) == 2


def test_a_reading_that_began_earlier_is_not_enough() -> None:
    observer = Slow()
    observer.may_end.set()
    readings = SharedObserver(observer)

    assert readings.read("a") != readings.read("a")


def test_small_sessions_are_read_side_by_side() -> None:
    observer = Slow()
    readings = SharedObserver(observer)
    with ThreadPoolExecutor(2) as threads:
        taken = [threads.submit(readings.read, "a", session) for session in ("one", "two")]
        both = [observer.begun.acquire(timeout=30) for _ in taken]
        observer.may_end.set()

    assert both == [True, True]
    assert observer.most == 2


def test_large_readings_are_taken_one_at_a_time_in_one_thread() -> None:
    observer = Slow(others=LARGE)
    observer.may_end.set()
    readings = SharedObserver(observer)
    readings.read("a")
    observer.threads.clear()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda session: readings.read("a", session), ["one", "two", "", "three"]))

    assert observer.most == 1
    assert len(observer.threads) == 1


def test_a_failed_reading_is_told_to_everybody_who_asked() -> None:
    observer = Slow()
    observer.fails = True
    observer.may_end.set()

    with pytest.raises(ReadBackError, match="no reply for a"):
        SharedObserver(observer).read("a")
