"""Compares the clocks of the target and of this machine; pure."""

from datetime import UTC, datetime

from conformance.client import Exchange
from conformance.client.dates import http_date
from conformance.doctor.step import Step, StepResult

MOST_APART = 60
"""Seconds that two clocks may be apart."""
TRIED = "compare the Date of the reply with this machine's clock"


def clock(exchange: Exchange, observer: str) -> Step:
    """Return the step for the ``Date`` of a reply; ``observer`` is the value of ``--observer``."""
    dates = exchange.reply.lines("date") if exchange.reply is not None else []
    theirs = http_date(dates)
    if theirs is None:
        return Step("clock", StepResult.UNKNOWN, TRIED, f"Date {dates[0]:.100}" if dates else "no Date")
    ours = datetime.fromtimestamp(exchange.at + exchange.elapsed, UTC)
    ahead = round((theirs - ours).total_seconds())
    if abs(ahead) <= MOST_APART:
        return Step("clock", StepResult.OK, TRIED, f"less than {MOST_APART} s apart")
    hint = (
        "; --observer uses {since}, which is the time of this machine, so read-back may miss events"
        if "{since}" in observer and ahead < 0
        else ""
    )
    return Step(
        "clock",
        StepResult.WARNING,
        TRIED,
        f"the target's clock is {abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} this machine's clock",
        f"correct the wrong clock{hint}",
    )
