"""Expectations of a reply, and the two ways in which a check ends without one met: Violation and NotJudged."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from conformance.client import Exchange, NoReply, Reply, telling_parts

CUT = "… (cut)"
"""Ends a text that was cut; a redactor looks for a piece of a secret before it."""
NOT_JSON = object()
"""Stands for a value where a body is not JSON."""
QUOTED = 200
"""Bytes of a body that an expectation quotes."""
NOT_THE_APPLICATION = {
    429: "the target throttles",
    502: "a gateway answered",
    503: "the target is unavailable",
    504: "a gateway answered",
}
"""Statuses of whatever stands before the application: they say nothing about the requirement."""


@dataclass(frozen=True)
class Expectation:
    """One expectation, and what was observed instead or in accordance with it."""

    exchange: Exchange
    expected: str
    got: str
    because: str = ""
    """Why this answer is expected, where the requirement alone does not say it."""
    example: Any = None
    """The one entry of a batch that this is about."""


class Violation(AssertionError):
    """The target's reply is not what the requirement expects; nothing else condemns a target."""

    def __init__(self, expectation: Expectation) -> None:
        super().__init__(f"expected: {expectation.expected}; got: {expectation.got}")
        self.expectation = expectation
        self.generated: dict[str, Any] = {}
        """What was generated for it: the arguments of the smallest example."""


class NotJudged(BaseException):
    """A precondition is missing, so nothing can be concluded; the text says what would supply it.

    It is a BaseException, so that Hypothesis passes it on at once, without shrinking.
    """


MOST_SHOWN = 3
"""Expectations of one check that were met, and are shown with their exchanges; the others are counted."""


@dataclass
class Evidence:
    """What one check has seen."""

    first_met: list[Expectation] = field(default_factory=list)
    """The first met expectations, at most ``MOST_SHOWN``."""
    met: int = 0
    """How many were met in all."""

    def add(self, expectation: Expectation) -> None:
        """Note an expectation that was met."""
        self.met += 1
        if len(self.first_met) < MOST_SHOWN:
            self.first_met.append(expectation)


_CURRENT: ContextVar[Evidence | None] = ContextVar("evidence", default=None)


@contextmanager
def collecting_evidence() -> Iterator[Evidence]:
    """Collect the evidence of one check."""
    evidence = Evidence()
    token = _CURRENT.set(evidence)
    try:
        yield evidence
    finally:
        _CURRENT.reset(token)


def condition(
    exchange: Exchange, *, met: bool, expected: str, got: str, because: str = "", example: Any = None
) -> None:
    """Expect something of an exchange that no other function here expects. Raises NotJudged without a reply."""
    reply(exchange)
    _judge(Expectation(exchange, expected, got, because, example), met=met)


def an_answer(exchange: Exchange) -> None:
    """Expect a reply; where there is no reply, the caller has sent the request several times, with valid ones between."""
    met = exchange.reply is not None
    got = "an answer" if met else "no answer, several times, although a valid batch after each time got one"
    _judge(Expectation(exchange, "an answer", got), met=met)


def _judge(expectation: Expectation, *, met: bool) -> None:
    if not met:
        raise Violation(expectation)
    evidence = _CURRENT.get()
    if evidence is not None:
        evidence.add(expectation)


def reply(exchange: Exchange) -> Reply:
    """Return the application's own reply. Raises NotJudged where it did not reply."""
    outcome = exchange.outcome
    if isinstance(outcome, NoReply):
        raise NotJudged(f"no reply ({outcome.kind}: {outcome.detail})")
    if outcome.status in NOT_THE_APPLICATION:
        raise NotJudged(
            f"no answer of the application's own: {NOT_THE_APPLICATION[outcome.status]} ({outcome.status})"
        )
    return outcome


def format_reply(reply: Reply) -> str:
    """Return a reply's status and body in a few words."""
    body = reply.body[:QUOTED].decode("utf-8", "backslashreplace") + (CUT if len(reply.body) > QUOTED else "")
    return f"status {reply.status}, " + (f"body {body}" if reply.body else "empty body")


def assume(exchange: Exchange, status: int) -> Reply:
    """Return a reply that has a status; 201 stands for every success.

    Raises NotJudged where it has another one: other requirements judge that.
    """
    got = reply(exchange)
    if got.status != status and not (status == 201 and 200 <= got.status < 300):  # noqa: PLR2004 - RFC 9110, 15.3
        raise NotJudged(f"needs an answer with status {status}, but got {format_reply(got)}")
    return got


def status(exchange: Exchange, expected: int, because: str = "", example: Any = None) -> None:
    """Expect one status."""
    got = reply(exchange)
    condition(
        exchange,
        met=got.status == expected,
        expected=f"status {expected}",
        got=format_reply(got),
        because=because,
        example=example,
    )


def success(exchange: Exchange, because: str = "", example: Any = None) -> None:
    """Expect any success; ``response.created`` judges which one it is."""
    got = reply(exchange)
    condition(
        exchange,
        met=200 <= got.status < 300,  # noqa: PLR2004 - RFC 9110, 15.3
        expected="a success (201)",
        got=format_reply(got),
        because=because,
        example=example,
    )


def refusal(exchange: Exchange, because: str = "") -> None:
    """Expect neither a success nor a server error, nor a redirect."""
    got = reply(exchange)
    met = 400 <= got.status < 500  # noqa: PLR2004 - RFC 9110, 15.5
    condition(
        exchange, met=met, expected="a refusal (status 400-499)", got=format_reply(got), because=because
    )


def no_server_error(exchange: Exchange, because: str = "") -> None:
    """Expect any answer but a server error."""
    got = reply(exchange)
    met = got.status < 500  # noqa: PLR2004 - RFC 9110, 15.6
    condition(
        exchange,
        met=met,
        expected="no server error (a status below 500)",
        got=format_reply(got),
        because=because,
    )


def json_body(exchange: Exchange) -> Any:
    """Return a reply's body as a JSON value, or NOT_JSON."""
    try:
        return json.loads(reply(exchange).body)
    except (ValueError, RecursionError):
        return NOT_JSON


def body(exchange: Exchange, *, met: bool, expected: str, because: str = "") -> None:
    """Expect something of a reply's body."""
    condition(exchange, met=met, expected=expected, got=format_reply(reply(exchange)), because=because)


def content_type(exchange: Exchange, expected: str) -> None:
    """Expect a media type, whatever its parameters."""
    lines = reply(exchange).lines("content-type")
    media = [line.partition(";")[0].strip().lower() for line in lines]
    condition(
        exchange,
        met=media == [expected],
        expected=f"Content-Type: {expected}",
        got=_lines("Content-Type", lines),
    )


def line(exchange: Exchange, name: str, expected: str, because: str = "") -> None:
    """Expect exactly one line of a header, with one value, byte for byte."""
    lines = reply(exchange).lines(name)
    condition(
        exchange,
        met=lines == [expected],
        expected=f"one header line {name}: {expected}",
        got=_lines(name, lines),
        because=because,
    )


def listed(exchange: Exchange, name: str, *any_of: str, because: str = "") -> None:
    """Expect one of some elements in a header's list, whatever their letter case, over all its lines."""
    got = reply(exchange)
    elements = {element.lower() for element in got.listed(name)}
    met = not elements.isdisjoint(any_of)
    expected = f"{name} with {' or '.join(any_of)}"
    condition(exchange, met=met, expected=expected, got=_lines(name, got.lines(name)), because=because)


def _lines(name: str, lines: list[str]) -> str:
    return "; ".join(f"{name}: {line}" for line in lines) if lines else f"no {name} header"


def differences(exchanges: Sequence[Exchange], usual: Sequence[Sequence[Exchange]]) -> str:
    """Return what tells successes from every group of usual ones, or nothing. Raises NotJudged where one is not a success."""
    replies = [[assume(exchange, 201) for exchange in group] for group in (*usual, exchanges)]
    found = telling_parts(replies[:-1], replies[-1])
    return ", ".join(f"{name}: {values}" for name, values in found.items())


def same_answer(
    exchanges: Sequence[Exchange], usual: Sequence[Sequence[Exchange]], what: str, because: str = ""
) -> None:
    """Expect nothing to tell answers from usual ones, which ``what`` describes. Raises NotJudged as ``differences``."""
    found = differences(exchanges, usual)
    condition(
        exchanges[-1],
        met=not found,
        expected=f"the same answer as to {what}",
        got=f"a different answer, in {found}" if found else "the same answer",
        because=because,
    )


def observed(exchange: Exchange, what: str = "") -> None:
    """Record what a target does where the contract says nothing."""
    outcome = exchange.outcome
    seen = what or (format_reply(outcome) if isinstance(outcome, Reply) else f"no reply ({outcome.kind})")
    _judge(Expectation(exchange, "nothing: the contract is silent", seen), met=True)
