"""Sends requests at the same time, over several connections."""

import contextlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.client import journal
from conformance.client.http_client import HttpClient
from conformance.client.messages import Exchange, Request
from conformance.client.recorded import exchange_from_json, exchange_to_json

Wave = Sequence[Request]
"""Requests that are sent at the same time, each on a connection of its own."""


def send_in_waves(http_client: HttpClient, waves: Sequence[Wave]) -> list[list[Exchange]]:
    """Send waves of requests, each when the one before is answered; return their exchanges in the same form.

    The requests at one place of all waves share a connection, which is kept open between them. Raises RuntimeError if a
    thread failed. In a journal all of them are one entry, because the order of threads is another one each time.
    """
    recorded = journal.current()
    if recorded is None:
        return _sent(http_client, waves)

    def sent() -> dict[str, Any]:
        exchanges = [exchange_to_json(one) for wave in _sent(http_client, waves) for one in wave]
        return {"exchanges": exchanges, "counts": http_client.counts()}

    requests = tuple(request for wave in waves for request in wave)
    value = recorded.take("waves", requests, sent)
    exchanges = [
        exchange_from_json(request, one) for request, one in zip(requests, value["exchanges"], strict=True)
    ]
    if recorded.is_replayed:
        http_client.set_counts(value["counts"], exchanges)
    left = iter(exchanges)
    return [[next(left) for _ in wave] for wave in waves]


def _sent(http_client: HttpClient, waves: Sequence[Wave]) -> list[list[Exchange]]:
    sending = _Sending(http_client, waves)
    threads = [
        threading.Thread(target=sending.run, args=(place,), name=f"burst-{place}", daemon=True)
        for place in range(sending.width)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(sending.exchanges) < sum(map(len, waves)):
        raise RuntimeError("a thread of the burst failed; its traceback is in the output")
    return [
        [sending.exchanges[number, place] for place in range(len(wave))] for number, wave in enumerate(waves)
    ]


@dataclass
class _Sending:
    """What the threads share. Each of them sends the requests at one place of the waves."""

    http_client: HttpClient
    waves: Sequence[Wave]
    exchanges: dict[tuple[int, int], Exchange] = field(default_factory=dict)
    _wave: int = -1
    """The number of the current wave."""
    _allowed: int = 0
    """How many requests of the current wave may be sent."""
    _start: threading.Barrier = field(init=False)

    def __post_init__(self) -> None:
        self._start = threading.Barrier(self.width, self._begin)

    @property
    def width(self) -> int:
        """The number of connections."""
        return max(map(len, self.waves))

    def _begin(self) -> None:
        """Begin the next wave: wait until all of its requests may be sent."""
        self._wave += 1
        sizes = [len(request.body) for request in self.waves[self._wave]]
        self._allowed = self.http_client.budget.take_together(sizes)

    def run(self, place: int) -> None:
        """Send the requests at one place of all waves."""
        is_whole = False
        # Another thread may have failed.
        with journal.outside(), contextlib.suppress(threading.BrokenBarrierError):
            try:
                for number, wave in enumerate(self.waves):
                    self._start.wait()
                    if place < len(wave):
                        self.exchanges[number, place] = self._send(wave[place], place)
                is_whole = True
            finally:
                self.http_client.close()
                if not is_whole:
                    self._start.abort()

    def _send(self, request: Request, place: int) -> Exchange:
        if place >= self._allowed:
            return self.http_client.not_sent(request)
        return self.http_client.send(request, is_counted=True)
