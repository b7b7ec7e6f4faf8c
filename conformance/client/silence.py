"""Finds out whether a missing answer is the fault of the target or of the network, with valid requests in between."""

import threading
from dataclasses import dataclass, field, replace

from conformance.client import clock
from conformance.client.http_client import HttpClient
from conformance.client.messages import Exchange, NoReply, Request

ENOUGH = 6
"""Points after which a missing answer is the target's fault: three timeouts, three ends of its process, or six closed connections."""
POINTS_OF_A_LOST_REQUEST = 2
"""How many more points are needed for each request of the run that was lost and answered later."""
MOST_LOST = 5
"""Lost requests that were answered later; with more of them the network is not reliable, and silence proves nothing."""
FROM_A_GATEWAY = (502, 503, 504)
"""Statuses that a gateway sends in the place of an application that does not answer. A rate limit also sends 503."""
ALWAYS_READ = 64 << 10
"""Bytes of a body that every server reads. A connection that is closed while a larger body is sent may be a refusal of its size."""
RESTART = 20.0
"""Seconds to wait at most until a target that answers nothing answers again."""
LONGEST = 20
"""Timeouts that the repetitions of one request may take together."""
PAUSE = 0.25
"""Seconds between two valid requests to a target that answers nothing."""
SLOW = 0.5
"""The part of the timeout from which on an answer to a valid request is slow: then a missing answer may only be late."""


@dataclass
class Silence:
    """Repeats requests that got no answer. Every repetition follows a valid request that was answered, on connections of their own."""

    http_client: HttpClient
    valid: Request | None = None
    """A request that the target accepted at the beginning of the run; without one nothing is repeated."""
    _lost: int = field(default=0, init=False)
    """Requests that got no answer at first, and one later."""
    _is_down: bool = field(default=False, init=False)
    """Whether the target did not come back within the time for a restart. Then no other request waits for it again."""
    _is_gone: bool = field(default=False, init=False, repr=False)
    """Whether the last valid request got no answer at all."""
    _slowest: float = field(default=0.0, init=False, repr=False)
    """Seconds of the slowest answer to a valid request between the repetitions."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    """One thread at a time: if a request ends the target's process, the requests of other threads get no answer either."""

    def examine(self, exchange: Exchange) -> Exchange:
        """Return an exchange, or that of a repetition if it got no answer.

        The returned exchange is marked if every repetition got no answer either, and if one did although the target was
        answering other requests all the time.
        """
        if self.valid is None or not _is_missing(exchange) or self._is_throttled(exchange.request):
            return exchange
        first = exchange
        with self._lock:
            if self.http_client.has_ended:
                return exchange
            self._slowest = 0.0
            ends = clock.monotonic() + LONGEST * self.http_client.timeout
            was_answering, points = self._answers(), 0
            while True:
                if clock.monotonic() > ends or (not was_answering and not self._wait_for_restart()):
                    return exchange
                # The first attempt waited for the whole timeout.
                repeated = self.http_client.on_own_connection(exchange.request, self.http_client.timeout)
                if not _is_missing(repeated):
                    return self._answered_later(first, repeated, was_answering=was_answering)
                exchange, was_answering = repeated, self._answers()
                points += _points(exchange, ended_the_process=not was_answering)
                # The first attempt has as many points as the repetition.
                if points + _points(exchange, ended_the_process=False) >= self._enough:
                    break
            is_back = was_answering or self._wait_for_restart()
            if _is_late(exchange) and self._slowest > SLOW * self.http_client.timeout:
                return self._late(exchange)
            return replace(exchange, is_confirmed=is_back and self._is_about(exchange))

    def _answered_later(self, first: Exchange, repeated: Exchange, *, was_answering: bool) -> Exchange:
        """Return an exchange that got its answer only when it was repeated."""
        self._lost += 1
        # The run itself may have held the first attempt up: with the connections that it kept, or with too many requests.
        is_held_up = _is_late(first) and self.http_client.keeping.release(first)
        is_excused = is_held_up or self._is_throttled(first.request)
        return replace(repeated, silence=_describe(first) if was_answering and not is_excused else "")

    def _late(self, exchange: Exchange) -> Exchange:
        """Return an exchange without an answer, with the advice for a target that is slow."""
        why = f"a valid request took {self._slowest:.1f} s; give a longer --timeout"
        return replace(exchange, outcome=NoReply("timeout", f"no complete answer in time, and {why}"))

    @property
    def _enough(self) -> int:
        return ENOUGH + POINTS_OF_A_LOST_REQUEST * min(self._lost, MOST_LOST)

    def _is_about(self, exchange: Exchange) -> bool:
        """Whether silence is about a request, and not about the network, its size or a rate limit."""
        is_closed = isinstance(exchange.outcome, NoReply) and exchange.outcome.kind == "closed"
        is_refused = is_closed and len(exchange.request.body) > ALWAYS_READ
        return self._lost <= MOST_LOST and not is_refused and not self._is_throttled(exchange.request)

    def _is_throttled(self, request: Request) -> bool:
        """Whether the target also refused other requests with 429 or 503, so that a 503 is not about this request."""
        return bool(self.http_client.throttled - {request})

    def _answers(self) -> bool:
        """Whether a valid request is answered by the application."""
        assert self.valid is not None  # noqa: S101 - examine() has checked it
        exchange = self.http_client.on_own_connection(self.valid, self.http_client.timeout)
        reply = exchange.reply
        if reply is not None:
            self._slowest = max(self._slowest, exchange.elapsed)
        self._is_gone = reply is None
        answers = reply is not None and reply.status < 500 and reply.status != 429  # noqa: PLR2004 - RFC 6585, 4
        self._is_down &= not answers
        return answers

    def _wait_for_restart(self) -> bool:
        """Wait until the target answers again; if it does not, send nothing more."""
        seconds = 0.0 if self._is_down else min(RESTART, 2 * self.http_client.timeout)
        deadline = clock.monotonic() + seconds
        while clock.monotonic() < deadline and not self.http_client.has_ended:
            clock.sleep(PAUSE)
            if self._answers():
                return True
        self._is_down = True
        if self._is_gone:
            self.http_client.give_up()
        return False


def _is_missing(exchange: Exchange) -> bool:
    """Whether a request was sent and the application did not answer it."""
    outcome = exchange.outcome
    if isinstance(outcome, NoReply):
        return outcome.kind != "not sent"
    return outcome.status in FROM_A_GATEWAY


def _describe(exchange: Exchange) -> str:
    outcome = exchange.outcome
    if isinstance(outcome, NoReply):
        return f"no reply ({outcome.kind}: {outcome.detail})"
    return f"a gateway answered ({outcome.status})"


def _points(exchange: Exchange, *, ended_the_process: bool) -> int:
    """Return how much a missing answer proves: a network closes connections more often than it delays a request for seconds."""
    return 2 if _is_late(exchange) or ended_the_process else 1


def _is_late(exchange: Exchange) -> bool:
    """Whether an answer did not come in time."""
    return isinstance(exchange.outcome, NoReply) and exchange.outcome.kind == "timeout"
