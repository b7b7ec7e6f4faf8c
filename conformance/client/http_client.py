"""Sends requests and reads replies; a request without a reply gets a reason."""

import math
import ssl
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from conformance.client import clock, journal, reading
from conformance.client.deadline import Deadline, Transport
from conformance.client.keeping import Keeping
from conformance.client.messages import Exchange, NoReply, Reply, Request
from conformance.client.rate_limit import RequestBudget
from conformance.client.reading import LONGEST_REPLY, Limits
from conformance.client.recorded import GivenTransport, outcome_from_json, outcome_to_json
from conformance.client.route import DIRECT, Route
from conformance.client.slots import slot_of_thread
from conformance.client.time_limits import TimeLimits
from conformance.client.timeline import Timeline

ROOM = 32 << 20
"""Bytes of replies in a run; when they are used up, less of each reply is kept. Usual replies never use them up."""
LITTLE = Limits(body=8 << 10, head=8 << 10, lines=100)
"""What is kept of a reply then."""
GIVES_UP_AFTER = 5
"""Requests in a row without a reply; after them nothing more is sent."""
THROTTLING = (429, 503)
"""Statuses with which a target refuses requests that come too fast."""
STOPPED_ANSWERING = NoReply("unreachable", "not sent: the target had stopped answering")
RUN_ENDED = NoReply("not sent", "the run was ended")


AnyTransport = Transport | GivenTransport


@dataclass
class _Line:
    """The connection of one thread at a time, and how it went."""

    transport: AnyTransport | None = None
    deadline: Deadline = field(default_factory=Deadline)
    was_refused: bool = False
    """Whether the last request on this connection was refused."""
    unanswered: int = 0
    """Requests in a row without a reply, while no other thread got one."""
    replies_before: int = 0
    """Replies in all threads when the last request of this row failed."""


class _Connection(threading.local):
    """The state of one thread."""

    def __init__(self) -> None:
        self.line = _Line()
        self.sent = 0
        """Requests of this thread."""


@dataclass
class HttpClient:
    """Sends requests from any thread. Each thread keeps one connection alive until a request on it fails.

    The request after a missing reply gets a new connection, and that after a refusal too, unless ``keeping`` says that it is
    safe to keep it. A server may close an idle connection just when a request is sent; such a request is sent again on a new
    connection, as browsers do.
    """

    timeout: float
    """Seconds for one whole exchange."""
    longest: int = LONGEST_REPLY
    """Bytes of a reply's body that are read."""
    room: float = ROOM
    """Bytes of all replies, after which less of each is kept."""
    gives_up_after: float = GIVES_UP_AFTER
    """Requests in a row without a reply; after them nothing more is sent."""
    proxy: str = ""
    """URL of the proxy for all requests; empty for no proxy, even if the environment names one."""
    route: Route = DIRECT
    budget: RequestBudget = field(default_factory=RequestBudget, repr=False)
    keeping: Keeping = field(default_factory=Keeping)
    times: TimeLimits = field(default_factory=TimeLimits, repr=False)
    timeline: Timeline = field(default_factory=Timeline, repr=False)
    """Counts the requests by time."""
    throttled: set[Request] = field(default_factory=set, init=False, repr=False)
    """The requests that were answered with 429 or 503."""
    _own: _Connection = field(default_factory=_Connection, repr=False)
    _open: set[Transport] = field(default_factory=set, init=False, repr=False)
    """The connections of all threads."""
    _lines: dict[int, _Line] = field(default_factory=dict, init=False, repr=False)
    """By the number of the slot that a thread has."""
    _replies: int = 0
    _refuses: NoReply | None = None
    """The reason why nothing is sent any more."""
    _context: ssl.SSLContext | None = field(default=None, repr=False)
    """Made for the first https URL, because reading the certificates takes as long as a hundred requests."""
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def send(self, request: Request, *, is_counted: bool = False) -> Exchange:
        """Send one request and return the exchange; network errors become a NoReply.

        ``is_counted`` means that the budget has counted the request and waited for it.
        """
        refusal = self._refuses or self.times.of_check()
        if refusal is not None:
            return Exchange(request, refusal, 0.0, clock.now())
        size = len(request.body)
        if not is_counted and not self.budget.take(size):
            return self.not_sent(request)
        used, was_refused = self._line.transport is not None, self._line.was_refused
        exchange = self._send(request)
        is_lost = (used and _is_closed(exchange)) or (was_refused and self.keeping.is_doubtful(exchange))
        if is_lost and not self.is_stopped and self.budget.take(size):
            self.close()
            first, exchange = exchange, self._send(request)
            if was_refused:
                self.keeping.compare(first, exchange)
        exchange = replace(exchange, is_first=not used)
        self._count(answered=exchange.reply is not None)
        reply = exchange.reply
        self._line.was_refused = reply is not None and reply.status >= httpx.codes.BAD_REQUEST
        is_kept = self.keeping.keeps(exchange) and not (is_counted and self._line.was_refused)
        if reply is None or not is_kept or reply.cut or self._is_unusable:
            self.close()
        return exchange

    def not_sent(self, request: Request) -> Exchange:
        """Return the exchange of a request for which the budget has no room."""
        return Exchange(
            request, NoReply("not sent", self.budget.refusal(len(request.body))), 0.0, clock.now()
        )

    @property
    def _line(self) -> _Line:
        """The connection of this thread's slot, or of a thread without one."""
        slot = slot_of_thread()
        return self._own.line if slot is None else self._lines.setdefault(slot, _Line())

    @property
    def _is_unusable(self) -> bool:
        """Whether this thread's connection must not be used again."""
        transport = self._line.transport
        return self.is_stopped or (transport is not None and transport.unread_bytes() > 0)

    def on_own_connection(self, request: Request, seconds: float) -> Exchange:
        """Send one request on a connection of its own while this thread's stays open; wait at most ``seconds``."""
        deadline = Deadline()
        transport = self._connect(request, deadline)
        try:
            exchange = self._counted(transport, deadline, request, min(seconds, self.timeout))
        finally:
            self._close(transport)
        if exchange.reply is not None:
            self._count(answered=True)
        return exchange

    def around(self, outer: Request, inner: Request, seconds: float) -> tuple[Exchange, Exchange | None]:
        """Send a request in two halves, and between them a whole one on a connection of its own.

        Return both exchanges. The inner one is waited for at most ``seconds``; it is None if the outer one could not be sent.
        """
        between: list[Exchange] = []
        middle = len(outer.body) // 2

        def content() -> Iterator[bytes]:
            yield outer.body[:middle]
            between.append(self.on_own_connection(inner, seconds))
            yield outer.body[middle:]

        deadline = Deadline()
        transport = self._connect(outer, deadline)
        try:
            exchange = self._counted(transport, deadline, outer, self.timeout, content())
        finally:
            self._close(transport)
        return exchange, between[0] if between else None

    def on_one_connection(
        self, requests: Sequence[Request], seconds: float = math.inf
    ) -> Generator[tuple[Exchange, bool]]:
        """Send requests one after another on a new connection, and keep it after a refusal too; wait at most ``seconds`` for each.

        Yield each exchange, and whether it used the connection of the one before. A server may close a connection after
        any answer: the next request then opens another one.
        """
        deadline, wait = Deadline(), min(seconds, self.timeout)
        transport = self._connect(requests[0], deadline)
        try:
            for request in requests:
                before = transport.opened
                exchange = self._counted(transport, deadline, request, wait)
                is_same = 0 < before == transport.opened
                if is_same and _is_closed(exchange):
                    exchange, is_same = self._counted(transport, deadline, request, wait), False
                yield exchange, is_same
                if transport.unread_bytes():
                    self._close(transport)
                    transport = self._connect(request, deadline)
        finally:
            self._close(transport)

    def _counted(
        self,
        transport: AnyTransport,
        deadline: Deadline,
        request: Request,
        seconds: float,
        content: Iterable[bytes] | None = None,
    ) -> Exchange:
        """Send a request over a given connection, if it may still be sent."""
        size = len(request.body)
        if self._refuses is not None:
            return Exchange(request, self._refuses, 0.0, clock.now())
        if not self.budget.take(size):
            return self.not_sent(request)
        return self._exchange(transport, deadline, request, seconds, content)

    def _count(self, *, answered: bool) -> None:
        """Count a request, and stop sending if too many in a row got no reply while no thread got one."""
        own = self._line
        with self._lock:
            if answered:
                self._replies += 1
                own.unanswered = 0
                return
            own.unanswered = own.unanswered + 1 if own.replies_before == self._replies else 1
            own.replies_before = self._replies
            if own.unanswered >= self.gives_up_after:
                self._refuses = STOPPED_ANSWERING

    def counts(self) -> dict[str, Any]:
        """Return as a JSON value what requests have changed so far."""
        return {
            "sent": self.budget.sent,
            "bytes": self.budget.bytes,
            "replies": self._replies,
            "room": self.room,
            "has_given_up": self._refuses is STOPPED_ANSWERING,
            "timeline": self.timeline.counts(),
        }

    def set_counts(self, counts: Mapping[str, Any], exchanges: Iterable[Exchange]) -> None:
        """Set what ``counts`` returned after some exchanges in another run."""
        self.budget.sent, self.budget.bytes = counts["sent"], counts["bytes"]
        self._replies, self.room = counts["replies"], counts["room"]
        if counts["has_given_up"]:
            self.give_up()
        self.timeline.replace(counts["timeline"])
        for one in exchanges:
            self.out_of_time(one.at + one.elapsed)
            if one.reply is not None and one.reply.status in THROTTLING:
                self.throttled.add(one.request)

    @property
    def requests(self) -> int:
        """The number of requests that were sent."""
        return self.budget.sent

    @property
    def requests_of_thread(self) -> int:
        """The number of requests that this thread sent."""
        return self._own.sent

    def _send(self, request: Request) -> Exchange:
        line = self._line
        if line.transport is None:
            line.transport = self._connect(request, line.deadline)
        self._own.sent += 1
        return self._exchange(line.transport, line.deadline, request, self.timeout)

    def _exchange(
        self,
        transport: AnyTransport,
        deadline: Deadline,
        request: Request,
        seconds: float,
        content: Iterable[bytes] | None = None,
    ) -> Exchange:
        at, started = clock.now(), clock.monotonic()
        deadline.at = started + seconds
        limits = Limits(body=self.longest) if self.room > 0 else LITTLE
        outcome = self._outcome(transport, request, limits, deadline, content)
        if isinstance(outcome, Reply):
            with self._lock:
                self.room -= outcome.size
        self.timeline.add(at, outcome.status if isinstance(outcome, Reply) else None)
        if isinstance(outcome, Reply) and outcome.status in THROTTLING:
            self.throttled.add(request)
        exchange = Exchange(request, outcome, clock.monotonic() - started, at)
        self.times.add(exchange.at, exchange.elapsed)
        self.out_of_time(exchange.at + exchange.elapsed)
        return exchange

    def _outcome(
        self,
        transport: AnyTransport,
        request: Request,
        limits: Limits,
        deadline: Deadline,
        content: Iterable[bytes] | None,
    ) -> Reply | NoReply:
        """Send a request, or take its outcome from the journal of a run that is judged again."""
        recorded = journal.current()

        def send() -> Reply | NoReply:
            assert isinstance(transport, Transport)  # noqa: S101 - nothing is sent without a connection
            return reading.exchange(transport, request, limits, deadline, content, more=self.route.headers)

        def sent() -> dict[str, Any]:
            outcome = send()
            assert isinstance(transport, Transport)  # noqa: S101 - send() needs it
            # The number of connections, and what stands on this one, decide about the next request.
            return {
                "outcome": outcome_to_json(outcome),
                "opened": transport.opened,
                "unread": transport.unread_bytes(),
            }

        if recorded is None:
            return send()
        if recorded.is_replayed and content is not None and not recorded.comes("exchange"):
            for _ in content:  # another request is sent between its parts
                pass
        value = recorded.take("exchange", request, sent)
        if isinstance(transport, GivenTransport):
            transport.opened, transport.unread = value["opened"], value["unread"]
        return outcome_from_json(value["outcome"])

    def _connect(self, request: Request, deadline: Deadline) -> AnyTransport:
        recorded = journal.current()
        if recorded is not None and recorded.is_replayed:
            return GivenTransport()
        context = self.authorities() if request.url.startswith("https:") else None
        transport = Transport(context, deadline, self.proxy, self.route.address)
        self._open.add(transport)
        return transport

    def _close(self, transport: AnyTransport) -> None:
        if isinstance(transport, Transport):
            self._open.discard(transport)
        transport.close()

    def authorities(self) -> ssl.SSLContext:
        """Return the trusted certificate authorities, and the client's certificate; ``SSL_CERT_FILE`` adds some."""
        with self._lock:
            if self._context is None:
                self._context = self.route.context()
            return self._context

    def close(self) -> None:
        """Close this thread's connection, if there is one."""
        line = self._line
        transport, line.transport, line.was_refused = line.transport, None, False
        if transport is not None:
            self._close(transport)

    def close_slots(self) -> None:
        """Close the connections of all slots. No thread may be using one."""
        for line in self._lines.values():
            transport, line.transport, line.was_refused = line.transport, None, False
            if transport is not None:
                self._close(transport)

    def give_up(self) -> None:
        """Send nothing more, because the target does not answer any more."""
        self._refuses = self._refuses or STOPPED_ANSWERING

    def out_of_time(self, now: float) -> NoReply | None:
        """Send nothing more if the run has no time left, and return the reason; ``now`` is in seconds since the epoch."""
        over = self.times.of_run(now)
        self._refuses = self._refuses or over
        return over

    def stop(self) -> None:
        """Send nothing more, and end the exchanges that threads are waiting for."""
        self._refuses = self._refuses or RUN_ENDED
        self.close()
        for transport in list(self._open):
            transport.shut_down()
            transport.close()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is sent: the run was ended, or the target stopped answering."""
        return self._refuses is not None

    @property
    def is_stopped(self) -> bool:
        """Whether the run was ended, so that nothing more is sent."""
        return self._refuses is RUN_ENDED


def _is_closed(exchange: Exchange) -> bool:
    """Whether the connection was closed before an answer came."""
    return isinstance(exchange.outcome, NoReply) and exchange.outcome.kind == "closed"
