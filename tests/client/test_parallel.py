"""Requests that are sent at the same time: over how many connections, in which order, and within which budget."""

import threading
from collections import defaultdict

import pytest

from conformance.client import Exchange, HttpClient, NoReply, Reply, Request, RequestBudget, Target
from conformance.client.parallel import send_in_waves

URL = "http://t.example/beacon"


class Recording(HttpClient):
    """Answers every request when all of its wave have arrived."""

    def __init__(self, size: int, most: int | None = None) -> None:
        super().__init__(1, budget=RequestBudget(most))
        self.together = threading.Barrier(size)
        self.threads: dict[str, list[str]] = defaultdict(list)

    def send(self, request: Request, *, is_counted: bool = False) -> Exchange:
        assert is_counted
        self.together.wait(10)
        self.threads[threading.current_thread().name].append(request.url)
        return Exchange(request, Reply(201, "", (), b""), 0.0, 0.0)


def _waves(*sizes: int) -> list[list[Request]]:
    return [
        [Request("POST", f"{URL}?{wave}-{place}") for place in range(size)] for wave, size in enumerate(sizes)
    ]


def test_each_place_of_the_waves_has_its_own_connection() -> None:
    client = Recording(3)
    exchanges = send_in_waves(client, _waves(3, 3))

    assert [[one.request.url[-3:] for one in wave] for wave in exchanges] == [
        ["0-0", "0-1", "0-2"],
        ["1-0", "1-1", "1-2"],
    ]
    assert [[url[-3:] for url in urls] for _, urls in sorted(client.threads.items())] == [
        ["0-0", "1-0"],
        ["0-1", "1-1"],
        ["0-2", "1-2"],
    ]
    assert client.requests == 6


def test_waves_may_have_different_sizes() -> None:
    assert [len(wave) for wave in send_in_waves(Recording(1), _waves(1, 1))] == [1, 1]


def test_what_the_budget_does_not_allow_is_not_sent() -> None:
    client = Recording(2, most=2)
    exchanges = send_in_waves(client, _waves(2, 2))

    assert [one.reply is not None for wave in exchanges for one in wave] == [True, True, False, False]
    assert all(
        isinstance(one.outcome, NoReply) and "--max-requests" in one.outcome.detail for one in exchanges[1]
    )
    assert client.requests == 2


class Failing(Recording):
    """Its second connection fails."""

    def send(self, request: Request, *, is_counted: bool = False) -> Exchange:
        if request.url.endswith("-1"):
            raise ValueError("the suite built a request that cannot be sent")
        return super().send(request, is_counted=is_counted)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_fails_ends_the_others() -> None:
    with pytest.raises(RuntimeError, match="a thread of the burst failed"):
        send_in_waves(Failing(1), _waves(2, 2))


class InTurn(HttpClient):
    """Notes the threads that send."""

    def __init__(self) -> None:
        super().__init__(1)
        self.threads: list[threading.Thread] = []

    def send(self, request: Request, *, is_counted: bool = False) -> Exchange:
        assert not is_counted
        self.threads.append(threading.current_thread())
        return Exchange(request, Reply(201, "", (), b""), 0.0, 0.0)


def test_a_target_with_one_connection_gets_one_request_at_a_time() -> None:
    client = InTurn()
    target = Target("http://t.example", "token", "", client, single_connection=True)
    exchanges = target.send_in_waves(_waves(2, 1))

    assert [len(wave) for wave in exchanges] == [2, 1]
    assert set(client.threads) == {threading.current_thread()}
