"""A thread that waits gives its slot, and the slot's connection, to another one."""

import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool

from conformance.client import HttpClient, Request
from conformance.client.slots import PatientLock, Slots, giving_way, slot_of_thread
from tests.support.raw_servers import NULL, RawServer


def test_a_thread_that_gives_way_lets_another_one_in_and_waits_for_its_return() -> None:
    slots, order = Slots(1), list[str]()
    is_away, is_in, goes_on = (threading.Event() for _ in range(3))

    def waits() -> None:
        with slots.taken():
            with giving_way():
                is_away.set()
                assert is_in.wait(20)
                goes_on.set()
            order.append("first")

    def comes() -> None:
        assert is_away.wait(20)
        with slots.taken():
            is_in.set()
            assert goes_on.wait(20)
            order.append("second")

    with ThreadPoolExecutor(2) as pool:
        for ended in [pool.submit(waits), pool.submit(comes)]:
            ended.result(20)
    assert order == ["second", "first"]


def test_a_slot_goes_to_a_thread_that_comes_back_and_then_to_the_one_that_waited_longest() -> None:
    slots, order = Slots(1), list[str]()
    is_away, goes_on = threading.Event(), threading.Event()

    def comes(name: str) -> None:
        with slots.taken():
            order.append(name)

    def comes_back() -> None:
        with slots.taken():
            with giving_way():
                is_away.set()
                assert goes_on.wait(20)
            order.append("back")

    with ThreadPoolExecutor(3) as pool:
        ended = [pool.submit(comes_back)]
        assert is_away.wait(20)
        with slots.taken():
            for name in ("first", "second"):
                ended.append(pool.submit(comes, name))
                _wait_for_line(slots, new=len(ended) - 1, returning=0)
            goes_on.set()
            _wait_for_line(slots, new=2, returning=1)
        for one in ended:
            one.result(20)
    assert order == ["back", "first", "second"]


def _wait_for_line(slots: Slots, new: int, returning: int) -> None:
    """Wait until so many threads wait for a slot. Nothing else shows that a thread waits."""
    pause = threading.Event()
    while (len(slots._new), len(slots._returning)) != (new, returning):  # noqa: SLF001
        pause.wait(0.001)


def test_a_thread_without_a_slot_does_not_wait_for_one() -> None:
    with giving_way():
        assert slot_of_thread() is None


def test_a_thread_that_has_given_way_has_nothing_more_to_give() -> None:
    slots = Slots(1)

    with slots.taken():
        with giving_way(), giving_way():
            assert slot_of_thread() is None
        assert slot_of_thread() == 0


def test_a_thread_that_waits_for_a_lock_gives_way() -> None:
    slots, lock, order = Slots(1), PatientLock(), list[str]()
    is_locked = threading.Event()

    def holds() -> None:
        with lock:
            is_locked.set()
            with slots.taken():  # the other thread has it, and waits for the lock
                order.append("held")

    def wants() -> None:
        with slots.taken():
            is_locked.wait(20)
            with lock, lock:
                order.append("got")

    with ThreadPoolExecutor(2) as pool:
        for ended in [pool.submit(wants), pool.submit(holds)]:
            ended.result(20)
    assert order == ["held", "got"]


def test_the_connection_of_a_slot_goes_to_the_next_thread() -> None:
    slots, client = Slots(1), HttpClient(5)

    with RawServer(NULL) as server:

        def asks(number: int) -> bool:
            with slots.taken():
                return client.send(Request("POST", f"{server.url}/{number}", (), b"{}")).reply is not None

        with ThreadPool(3) as pool:
            answered = pool.map(asks, range(3), chunksize=1)
        client.close_slots()
        assert (answered, server.connections) == ([True] * 3, 1)
        assert asks(3)
        client.stop()

    assert server.connections == 2
