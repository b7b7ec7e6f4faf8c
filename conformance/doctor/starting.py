"""Waits for a target that is still starting: nothing listens yet, or a gateway says that nothing is behind it."""

import math
from typing import NamedTuple

from conformance.client import Exchange, NoReply, Target
from conformance.client.clock import now, sleep
from conformance.doctor.step import Step, StepResult

STARTING = (502, 503)
"""Statuses of a gateway whose application does not answer yet."""
NOT_YET = frozenset({"unreachable", "closed"})
"""Reasons for a missing reply that may be gone when the target has started."""
FIRST_WAIT, LONGEST_WAIT = 0.25, 3.0
"""Seconds between two tries; the waits grow."""
NO_EVENTS = b'{"events":[]}'


class Waited(NamedTuple):
    """How long a run waited for its target."""

    seconds: float
    tries: int
    last: Exchange

    @property
    def has_answered(self) -> bool:
        """Whether the last try got an answer that is not a gateway's."""
        return not _is_starting(self.last)


def wait_for(target: Target, seconds: float) -> Step | None:
    """Try the target until it answers, for at most ``seconds``. Return a step if it did not answer at once.

    Each try is a POST without events and without a token, which stores nothing.
    """
    waited = _wait(target, seconds)
    if waited.tries == 1:
        return None
    tried = f"wait for a target that is starting (--wait {seconds:g})"
    if waited.has_answered:
        return Step("wait", StepResult.OK, tried, f"it answers after {waited.seconds:.1f} s")
    outcome = waited.last.outcome
    last = f"no reply ({outcome.kind})" if isinstance(outcome, NoReply) else f"status {outcome.status}"
    return Step("wait", StepResult.UNKNOWN, tried, f"still {last} after {waited.seconds:.0f} s")


def _wait(target: Target, seconds: float) -> Waited:
    http_client, began, wait, tries = target.http_client, now(), FIRST_WAIT, 0
    usual, http_client.gives_up_after = http_client.gives_up_after, math.inf
    try:
        while True:
            tries += 1
            exchange = http_client.send(target.request(NO_EVENTS))
            left = began + seconds - now()
            if not _is_starting(exchange) or left <= 0:
                return Waited(now() - began, tries, exchange)
            sleep(min(wait, left))
            wait = min(wait * 1.5, LONGEST_WAIT)
    finally:
        http_client.gives_up_after = usual


def _is_starting(exchange: Exchange) -> bool:
    outcome = exchange.outcome
    if isinstance(outcome, NoReply):
        # A certificate that is not trusted does not become so by waiting.
        return outcome.kind in NOT_YET and "certificate" not in outcome.detail.lower()
    return outcome.status in STARTING
