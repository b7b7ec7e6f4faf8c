"""Whether the target's clock and this machine's agree: pure."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.client import Exchange
from conformance.doctor.step import Step, StepResult

FARTHEST = 60
"""Seconds that two clocks may be apart."""
TRIED = "compare the Date of its answer with this machine's clock"


def clock(exchange: Exchange, observer: str) -> Step:
    """Return the line of an answer's ``Date``; ``observer`` is the read-back as the run was told."""
    dates = exchange.reply.lines("date") if exchange.reply is not None else []
    try:
        theirs = parsedate_to_datetime(dates[0])
    except (IndexError, ValueError):
        return Step("clock", StepResult.UNKNOWN, TRIED, f"Date {dates[0]}" if dates else "no Date")
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    ours = datetime.fromtimestamp(exchange.at + exchange.elapsed, UTC)
    ahead = round((theirs - ours).total_seconds())
    if abs(ahead) <= FARTHEST:
        return Step("clock", StepResult.OK, TRIED, f"less than {FARTHEST} s apart")
    hint = (
        "; {since} in --observer is this machine's time, so the read-back may leave out what it should show"
        if "{since}" in observer and ahead < 0
        else ""
    )
    return Step(
        "clock",
        StepResult.WARNING,
        TRIED,
        f"the target's clock is {abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} this machine's",
        f"set the one that is wrong{hint}",
    )
