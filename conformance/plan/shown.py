"""A plan as a person or a script reads it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.client import Load
from conformance.plan.planning import Plan

MINUTE = 60
UNITS = ("bytes", "kB", "MB", "GB")
THOUSAND = 1000


def lines(plan: Plan) -> Iterator[str]:
    """Yield plain lines of at most 100 columns."""
    told = plan.settings
    yield f"effort {told.effort}, {_pace(plan)}; nothing was sent for this plan"
    yield ""
    yield f"{'':<22}{'requests':>9}{'events':>9}{'bodies':>10}  expected to take at most"
    yield _row("a conforming target", "about ", plan.about, plan.seconds)
    yield _row("any target", "at most ", plan.most, plan.longest)
    yield ""
    for name, outlook in plan.classes.items():
        left = sum(map(len, outlook.left.values()))
        if not outlook.judged + left:
            continue
        yield f"{name:<11}{outlook.judged:>4} of {outlook.judged + left} requirements would be judged"
        for option, ids in outlook.left.items():
            yield f"{'':<11}{len(ids):>4} not judged; {option} would have {'it' if len(ids) == 1 else 'them'} judged"


def _pace(plan: Plan) -> str:
    rate = (
        f"no more than {plan.settings.rate:g} requests a second"
        if plan.settings.rate
        else "no limit of requests a second"
    )
    return f"{plan.latency * 1000:g} ms an answer, {rate}"


def _row(target: str, how: str, load: Load, seconds: float) -> str:
    return (
        f"{target:<13}{how:>9}{load.requests:>9,}{load.events:>9,}{_size(load.bytes):>10}  {_time(seconds)}"
    )


def _size(count: float) -> str:
    for unit in UNITS[:-1]:
        if count < THOUSAND:
            return f"{count:.0f} {unit}"
        count /= THOUSAND
    return f"{count:.0f} {UNITS[-1]}"


def _time(seconds: float) -> str:
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE:.0f} min"


def as_json(plans: Mapping[str, Plan]) -> str:
    """Return plans by their targets' names as JSON: requests, events, bytes, seconds, and what would be judged."""
    return json.dumps({"targets": [_plain(name, one) for name, one in plans.items()]}, indent=1) + "\n"


def _plain(name: str, plan: Plan) -> dict[str, Any]:
    return {
        "name": name,
        "target": plan.settings.target,
        "effort": str(plan.settings.effort),
        "latency": plan.latency,
        "conforming": {**plan.about._asdict(), "seconds": round(plan.seconds, 1)},
        "most": {**plan.most._asdict(), "seconds": round(plan.longest, 1)},
        "classes": {
            str(needs): {"judged": outlook.judged, "not_judged": outlook.left}
            for needs, outlook in plan.classes.items()
        },
    }
