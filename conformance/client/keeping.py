"""Decides whether a connection is kept after an answer. A new one costs a handshake, and most requests of a run are refused.

A target that refuses a request without reading its body can take the rest for the next request. Therefore a connection is kept
only if the target was seen to serve a request after a refused one, and only where a server reads the body anyway. If the next
request looks misread all the same, it is sent again on a new connection, and no connection is kept any more: no verdict
depends on a kept connection. ``token.every-request`` judges targets that leave a body unread.

A target may serve only as many connections as it has workers, and a run that keeps more open holds its own requests up.
Therefore every connection is closed after its answer from the first request on that was not answered in time on a new connection.
"""

import math
from dataclasses import dataclass

from conformance.client import clock
from conformance.client.messages import Exchange

SUCCESS, REFUSED = range(200, 300), 400
SMALL = {401: 1 << 10, 422: 64 << 10}
"""Bytes of the largest body after which a connection is kept, by the status of the refusal. A 401 says nothing about the body, but so
little arrives together with the head; a 422 is about the body, so it was read."""
MISREAD = (400, 404, 405, 408, 414, 431, 501, 505)
"""Statuses with which servers answer the rest of a body and what follows it."""


@dataclass
class Keeping:
    """What was learned about a target's connections after a refusal."""

    is_safe: bool = False
    """Whether the target was seen to serve a valid request after a refused one, on the same connection."""

    closes_all_since: float = math.inf
    """Since when every connection is closed after its answer, in seconds since the epoch."""

    def learn(self, refused: Exchange, valid: Exchange, *, is_same: bool) -> None:
        """Learn from a refused and a valid request, and whether they used the same connection."""
        self.is_safe = is_same and _status(refused) in SMALL and _status(valid) in SUCCESS

    def release(self, late: Exchange) -> bool:
        """Note a request that got no answer in time; return whether kept connections may have held it up.

        From the first such request on, every connection is closed after its answer.
        """
        if not late.is_first:
            return False
        self.closes_all_since = min(self.closes_all_since, clock.now())
        return late.at < self.closes_all_since

    def keeps(self, exchange: Exchange) -> bool:
        """Whether the connection of an answered exchange is kept."""
        if self.closes_all_since < math.inf or (_status(exchange) or 0) < REFUSED:
            return self.closes_all_since == math.inf
        return self.is_safe and len(exchange.request.body) <= SMALL.get(_status(exchange) or 0, -1)

    def is_doubtful(self, exchange: Exchange) -> bool:
        """Whether the answer to the request after a refused one may be to the rest of the refused body."""
        return _status(exchange) in MISREAD and exchange.request.method == "POST"

    def compare(self, first: Exchange, second: Exchange) -> None:
        """Keep no connection any more if the request after a refused one got another answer on a new connection."""
        if _status(first) != _status(second):
            self.is_safe = False


def _status(exchange: Exchange) -> int | None:
    return None if exchange.reply is None else exchange.reply.status
