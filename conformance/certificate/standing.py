"""How long a certificate counts: computed on the day of looking, and never stored. Pure."""

from datetime import date
from enum import StrEnum

from conformance.requirements.sets import names

COUNTS, FADES = 12, 3
"""Months: how long a certificate is current, and then how long it is stale."""


class Standing(StrEnum):
    """Whether a certificate still counts."""

    CURRENT = "current"
    """Its run is at most 12 months old, and its set is the newest or the one before."""
    STALE = "stale"
    """For three months after that."""
    EXPIRED = "expired"


def standing(finished: date, set_name: str, today: date, sets: list[str] | None = None) -> Standing:
    """Return the standing of a certificate on a day."""
    known = names() if sets is None else sets
    later = [name for name in known if name > set_name and _first_day(name) <= today]
    ends = [_later(finished, COUNTS), *(_first_day(name) for name in later[1:2])]
    if today <= min(ends):
        return Standing.CURRENT
    return Standing.STALE if today <= _later(min(ends), FADES) else Standing.EXPIRED


def _first_day(name: str) -> date:
    return date.fromisoformat(f"{name}-01")


def _later(day: date, months: int) -> date:
    """Return the day some months later, or the last day of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(day.year + years, month + 1, number)
        except ValueError:
            continue
    return date(day.year + years, month + 1, min(day.day, 28))
