"""What a check expects of a reply, and the two exceptions that end a check early: Violation and NotJudged."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.client import (
    CUT,
    THROTTLING,
    Exchange,
    NoReply,
    Reply,
    differing_parts,
    is_page,
    page_in_words,
    parse_strictly,
)

NOT_JSON = object()
"""The value of a body that is not JSON."""
QUOTED = 200
"""Bytes of a body that an expectation quotes."""
WORD_AT_END = re.compile(rb"[^\s\"',;:<>(){}\[\]]*\Z")
LONGEST_WORD = 100
"""Bytes of a word that is left out for a cut before it."""
NOT_THE_APPLICATION = {
    429: "the target throttles",
    502: "a gateway answered",
    503: "the target throttles or is unavailable",
    504: "a gateway answered",
}
"""Statuses that a proxy or gateway in front of the application sends. Alone they say nothing about the requirement."""
SUCCESS = range(200, 300)
"""RFC 9110, 15.3."""


@dataclass(frozen=True)
class Reading:
    """What a store showed: the evidence that an event was stored, or was not."""

    taken: float
    """The time of the reading, in seconds since the epoch."""
    events: int
    """The number of events that the store showed."""
    later: Mapping[str, Any] | None
    """The stored event that was sent later; without one, an absent event may still come."""
    later_sent: float
    """When it was sent, in seconds since the epoch; 0 if it is not known."""
    stored: Sequence[Mapping[str, Any]] = ()
    """The stored copies of the event in question."""
    unreadable: int = 0
    """How many entries or lines of the reading were left out because they are not JSON objects."""


@dataclass(frozen=True)
class Expectation:
    """What a check expected of one exchange, and what it observed."""

    exchange: Exchange
    expected: str
    got: str
    because: str = ""
    """Why this is expected, if the requirement alone does not say it."""
    example: Any = None
    """The entry of a batch that the expectation is about, if it is about a single one."""
    commission: bool = False
    """Whether something was seen that must not be, which no network can produce. Then one sighting is a violation."""
    reading: "Reading | None" = None
    """What the store showed, if the expectation is about a stored event."""


class Violation(AssertionError):
    """The target's reply is not what the requirement expects. Only this exception counts against a target."""

    def __init__(self, expectation: Expectation) -> None:
        super().__init__(f"expected: {expectation.expected}; got: {expectation.got}")
        self.expectation = expectation
        self.generated: dict[str, Any] = {}
        """The generated arguments of the smallest example that fails; empty if the check has none."""


class NotJudged(BaseException):
    """A precondition is missing, so the check cannot judge the target. The text says how to provide it.

    It is a BaseException so that Hypothesis passes it on at once and does not shrink the example.
    """


MOST_SHOWN = 3
"""How many met expectations of a check are stored with their exchanges; the others are only counted."""


@dataclass
class Evidence:
    """The expectations of one check that were met."""

    first_met: list[Expectation] = field(default_factory=list)
    """The first met expectations, at most ``MOST_SHOWN``."""
    met: int = 0
    """How many expectations were met."""
    silent: Expectation | None = None
    """An expectation that was met by a repetition only: the first attempt of its request got no answer."""

    def add(self, expectation: Expectation) -> None:
        """Add an expectation that was met."""
        self.met += 1
        if expectation.exchange.silence and self.silent is None:
            got = (
                f"{expectation.exchange.silence} to the first attempt, although other requests were answered"
            )
            self.silent = replace(expectation, got=f"{got}; then {expectation.got}")
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
    exchange: Exchange,
    *,
    met: bool,
    expected: str,
    got: str,
    because: str = "",
    example: Any = None,
    commission: bool = False,
    reading: Reading | None = None,
) -> None:
    """Expect that a condition is met. Raises Violation if it is not, and as ``reply`` does."""
    reply(exchange)
    _judge(Expectation(exchange, expected, got, because, example, commission, reading), met=met)


def condition_without_reply(exchange: Exchange, *, met: bool, expected: str, got: str) -> None:
    """Expect that a condition is met that something other than a reply shows, such as read-back."""
    _judge(Expectation(exchange, expected, got), met=met)


def an_answer(exchange: Exchange) -> None:
    """Expect an answer of the application, whatever it is. Raises as ``answer`` does."""
    condition(exchange, met=True, expected="an answer", got=format_reply(answer(exchange)))


def answers_at_once(answered: Exchange, silent: Sequence[Exchange], lost: int) -> None:
    """Expect that at most ``lost`` of the requests that were sent at the same time got no answer: the network may lose some.

    ``answered`` is a request that got an answer alone. Raises NotJudged if that took so long that the others may only be late.
    """
    met = len(silent) <= lost
    late = [one for one in silent if isinstance(one.outcome, NoReply) and one.outcome.kind == "timeout"]
    if not met and len(silent) - len(late) <= lost and answered.elapsed > late[-1].elapsed / 2:
        raise NotJudged(
            f"{_silence(late[-1].outcome)}; a request alone took {answered.elapsed:.1f} s; give a longer --timeout"
        )
    got = "an answer" if met else f"no answer to {len(silent)} of them: {_silence(silent[-1].outcome)}"
    expected = "an answer to each of the requests that are sent at the same time"
    _judge(Expectation(answered if met else silent[-1], expected, got), met=met)


def _judge(expectation: Expectation, *, met: bool) -> None:
    if not met:
        raise Violation(expectation)
    evidence = _CURRENT.get()
    if evidence is not None:
        evidence.add(expectation)


def reply(exchange: Exchange) -> Reply:
    """Return the reply of the application. Raises NotJudged if it did not reply, because ``answer`` judges that."""
    outcome = exchange.outcome
    if isinstance(outcome, NoReply):
        raise NotJudged(_silence(outcome))
    if outcome.status in NOT_THE_APPLICATION and not exchange.is_confirmed:
        raise NotJudged(_silence(outcome))
    return outcome


def answer(exchange: Exchange) -> Reply:
    """Expect a reply of the application, and return it.

    Raises Violation if several attempts got no reply while valid requests were answered, and NotJudged if one attempt did.
    """
    if isinstance(exchange.outcome, NoReply) and exchange.is_confirmed:
        got = f"{_silence(exchange.outcome)} to several attempts, although a valid batch before and after each was answered"
        raise Violation(Expectation(exchange, "an answer", got))
    return reply(exchange)


def _silence(outcome: Reply | NoReply) -> str:
    if isinstance(outcome, NoReply):
        return f"no reply ({outcome.kind}: {outcome.detail})"
    advice = "; pass --max-rate N to send fewer requests a second" if outcome.status in THROTTLING else ""
    return f"the application did not answer: {NOT_THE_APPLICATION[outcome.status]} ({outcome.status}){advice}"


def format_reply(reply: Reply) -> str:
    """Return the status and the body of a reply as a short text; an HTML page by its title."""
    if is_page(reply):
        return f"status {reply.status}, {page_in_words(reply)}"
    return f"status {reply.status}, " + (f"body {_quoted(reply.body)}" if reply.body else "empty body")


def _quoted(body: bytes) -> str:
    """Return the beginning of a body. It is cut before a word, because the beginning of a secret would not be recognised."""
    if len(body) <= QUOTED:
        return body.decode("utf-8", "backslashreplace")
    word = WORD_AT_END.search(body[:QUOTED])
    end = word.start() if word is not None and len(word[0]) <= LONGEST_WORD else QUOTED
    return body[:end].decode("utf-8", "backslashreplace") + CUT


def assume(exchange: Exchange, status: int) -> Reply:
    """Return the reply if it has a status; 201 stands for any success.

    Raises NotJudged if it has another status, because other requirements judge that.
    """
    got = reply(exchange)
    if got.status != status and not (status in SUCCESS and got.status in SUCCESS):
        raise NotJudged(f"needs an answer with status {status}, but got {format_reply(got)}")
    return got


def status(exchange: Exchange, expected: int, because: str = "", example: Any = None) -> None:
    """Expect one status."""
    got = answer(exchange)
    condition(
        exchange,
        met=got.status == expected,
        expected=f"status {expected}",
        got=format_reply(got),
        because=because,
        example=example,
        commission=_is_accepted(got.status, expected),
    )


def _is_accepted(got: int, expected: int) -> bool:
    """Whether a request that must be refused was accepted, or its body was judged although it has no valid token."""
    return expected not in SUCCESS and (got in SUCCESS or (expected, got) == (401, 422))


def success(exchange: Exchange, because: str = "", example: Any = None) -> None:
    """Expect any success status. Requirement ``response.created`` judges which one it is."""
    got = answer(exchange)
    condition(
        exchange,
        met=got.status in SUCCESS,
        expected="a success (201)",
        got=format_reply(got),
        because=because,
        example=example,
    )


def refusal(exchange: Exchange, because: str = "") -> None:
    """Expect a refusal: a status from 400 to 499."""
    got = answer(exchange)
    met = 400 <= got.status < 500  # noqa: PLR2004 - RFC 9110, 15.5
    condition(
        exchange,
        met=met,
        expected="a refusal (status 400-499)",
        got=format_reply(got),
        because=because,
        commission=got.status in SUCCESS,
    )


def no_server_error(exchange: Exchange, because: str = "") -> None:
    """Expect any status below 500."""
    got = answer(exchange)
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
        return parse_strictly(reply(exchange).body)
    except ValueError:
        return NOT_JSON


def body(exchange: Exchange, *, met: bool, expected: str, because: str = "") -> None:
    """Expect that the body of a reply meets a condition."""
    condition(exchange, met=met, expected=expected, got=format_reply(reply(exchange)), because=because)


def content_type(exchange: Exchange, expected: str) -> None:
    """Expect a media type, with any parameters."""
    lines = reply(exchange).lines("content-type")
    media = [line.partition(";")[0].strip().lower() for line in lines]
    condition(
        exchange,
        met=media == [expected],
        expected=f"Content-Type: {expected}",
        got=_lines("Content-Type", lines),
    )


def line(exchange: Exchange, name: str, expected: str, because: str = "") -> None:
    """Expect that a header has exactly one line, and that its value is exactly the expected one.

    Another origin than the expected one belongs to another request.
    """
    lines = reply(exchange).lines(name)
    condition(
        exchange,
        met=lines == [expected],
        expected=f"one header line {name}: {expected}",
        got=_lines(name, lines),
        because=because,
        commission="://" in expected and any("://" in value for value in lines if value != expected),
    )


def listed(exchange: Exchange, name: str, *any_of: str, because: str = "") -> None:
    """Expect that the comma-separated list of a header has one of some elements, in any letter case and on any line."""
    got = reply(exchange)
    elements = {element.lower() for element in got.listed(name)}
    met = not elements.isdisjoint(any_of)
    expected = f"{name} with {' or '.join(any_of)}"
    condition(exchange, met=met, expected=expected, got=_lines(name, got.lines(name)), because=because)


def _lines(name: str, lines: list[str]) -> str:
    if not lines:
        return f"no {name} header"
    if len(lines) > 1 and len(set(lines)) == 1 and name.startswith("Access-Control-"):
        return f"{len(lines)} lines {name}: {lines[0]} (gateway and application both add it)"
    return "; ".join(f"{name}: {line}" for line in lines)


def differences(
    exchanges: Sequence[Exchange], usual: Sequence[Exchange], also: Sequence[Exchange] = ()
) -> str:
    """Return how answers differ from usual ones; empty if they do not.

    The usual requests are equal; ``also`` has the answers to other valid ones. Raises NotJudged for an answer without success.
    """
    found = differing_parts(
        *([assume(exchange, 201) for exchange in group] for group in (usual, exchanges, also))
    )
    return ", ".join(f"{name}: {values}" for name, values in found.items())


def same_answer(
    exchanges: Sequence[Exchange],
    usual: Sequence[Exchange],
    also: Sequence[Exchange],
    what: str,
    example: Any = None,
) -> None:
    """Expect that answers do not differ from usual ones; ``what`` names the usual request. Raises NotJudged as ``differences`` does."""
    found = differences(exchanges, usual, also)
    condition(
        exchanges[-1],
        met=not found,
        expected=f"the same answer as to {what}",
        got=f"a different answer ({found})" if found else "the same answer",
        example=example,
    )


def observed(exchange: Exchange, what: str = "") -> None:
    """Record what a target does where the contract says nothing."""
    outcome = exchange.outcome
    seen = what or (format_reply(outcome) if isinstance(outcome, Reply) else f"no reply ({outcome.kind})")
    _judge(Expectation(exchange, "nothing: the contract is silent", seen), met=True)
