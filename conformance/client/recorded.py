"""Exchanges as JSON values, for a journal; and a connection that a run does not have when it is judged again."""

from collections.abc import Sequence
from typing import Any

from conformance.client.messages import Exchange, NoReply, Reply, Request

RAW = "latin-1"
"""Has a character for each byte."""


class GivenTransport:
    """Stands for a connection whose exchanges a journal gives."""

    opened = 0
    """How many connections it had opened by then."""
    unread = 0

    def unread_bytes(self) -> int:
        """Return how many bytes came behind the end of the last answer."""
        return self.unread

    def close(self) -> None:
        """Close nothing."""

    def shut_down(self) -> None:
        """End nothing."""


def outcome_to_json(outcome: Reply | NoReply) -> list[Any]:
    """Return a reply, or the reason why it is missing, as a JSON value."""
    if isinstance(outcome, NoReply):
        return [outcome.kind, outcome.detail]
    return [
        outcome.status,
        outcome.reason,
        [list(line) for line in outcome.headers],
        outcome.body.decode(RAW),
        outcome.cut,
        outcome.undecodable,
        outcome.lines_in_all,
        outcome.lines_sha256,
        outcome.bytes_behind,
    ]


def outcome_from_json(value: Sequence[Any]) -> Reply | NoReply:
    """Return the outcome that ``outcome_to_json`` wrote. Raises ValueError or TypeError for another value."""
    if isinstance(value[0], str):
        kind, detail = value
        return NoReply(kind, detail)
    status, reason, headers, body, cut, undecodable, lines, digest, behind = value
    pairs = tuple((name, text) for name, text in headers)
    return Reply(status, reason, pairs, body.encode(RAW), cut, undecodable, lines, digest, behind)


def exchange_to_json(exchange: Exchange) -> list[Any]:
    """Return an exchange without its request."""
    return [outcome_to_json(exchange.outcome), exchange.elapsed, exchange.at, exchange.is_first]


def exchange_from_json(request: Request, value: Sequence[Any]) -> Exchange:
    """Return the exchange of a request. Raises ValueError or TypeError for a value of another form."""
    outcome, elapsed, at, is_first = value
    return Exchange(request, outcome_from_json(outcome), elapsed, at, is_first)
