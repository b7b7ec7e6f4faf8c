"""``beacon-conformance plan``: says what a run would send and judge. It sends nothing to the target."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.cli.arguments import LATENCY, add_plan_arguments
from conformance.cli.counted_run import RunFailed
from conformance.cli.options import options_parser
from conformance.cli.planning import Plan, plan
from conformance.cli.targets import each_settings, label_of, note_lines
from conformance.requirements import UnknownRequirement, select
from conformance.results.verdicts import ExitStatus
from conformance.settings import ConfigurationError
from conformance.settings.bounds import Traffic

MOST_MILLISECONDS = 3_600_000
MINUTE = 60
UNITS = ("bytes", "kB", "MB", "GB")
THOUSAND = 1000


def run(arguments: Sequence[str]) -> int:
    """Print the plan for a target, or for each target in a configuration file. Raises ConfigurationError."""
    parsed = options_parser("plan", add_plan_arguments).parse_args(arguments)
    latency = _latency(parsed.latency)
    requirements = _ids(parsed.beacon_requirement)
    try:
        plans = {
            name: plan(settings, requirements, parsed.beacon_check, latency)
            for name, settings in each_settings(parsed).items()
        }
    except RunFailed as failed:
        status, output = failed.args
        sys.stdout.write(output)
        return int(status)
    ends = [
        ExitStatus.NOT_FULLY_VERIFIED if one.lacking_classes else ExitStatus.CONFORMANT
        for one in plans.values()
    ]
    if parsed.json:
        sys.stdout.write(as_json(plans))
        return max(ends)
    sys.stdout.write("".join(f"{line}\n" for line in note_lines(one.settings for one in plans.values())))
    for name, one in plans.items():
        sys.stdout.write("\n".join([label_of(name, one.settings), *as_text(one), ""]))
    if len(plans) > 1:
        sys.stdout.write("".join(f"{line}\n" for line in several(list(plans.values()))))
    return max(ends)


def several(plans: Sequence[Plan]) -> Iterator[str]:
    """Yield what the runs of several targets need on this machine: each is a process of its own."""
    costs = [one.own_cost for one in plans]
    largest, whole = max(one.memory for one in costs), sum(one.memory for one in costs)
    cpu = sum(one.cpu for one in costs)
    yield ""
    yield f"{len(plans)} targets: a process for each; they share nothing, and need about {cpu:g} s of processor time"
    yield f"memory: about {largest} MB one after the other, {whole} MB with --jobs {len(plans)}"


def as_text(plan: Plan) -> Iterator[str]:
    """Yield lines of at most 100 columns."""
    yield f"effort {plan.settings.effort}, {_pace(plan)}"
    yield "counted in a run of the bundled reference; nothing was sent to the target"
    yield ""
    yield f"{'':<22}{'requests':>9}{'events':>9}{'bodies':>10}  expected to take at most"
    yield _row("a conforming target", "about ", plan.conforming, plan.seconds)
    yield _row("any target", "at most ", plan.most, plan.longest)
    if plan.readings:
        rate = plan.settings.reading_rate
        pace = f", no more than {rate:g} a second" if rate else ""
        yield f"the read-back of a conforming target is read about {plan.readings:,} times{pace}"
    yield ""
    for name, one in plan.classes.items():
        left = sum(map(len, one.not_judged.values()))
        if not one.judged + left:
            continue
        yield f"{name:<11}{one.judged:>4} of {one.judged + left} requirements would be judged"
        for remedy, ids in one.not_judged.items():
            yield f"{'':<11}{len(ids):>4} not judged; {_advice(remedy, len(ids))}"
    if plan.lacking_classes:
        yield ""
        yield f"A run would end with exit status 6: not fully judged, but required: {', '.join(plan.lacking_classes)}"


def _advice(remedy: str, count: int) -> str:
    return f"{remedy} would have {'it' if count == 1 else 'them'} judged" if "--" in remedy else remedy


def _pace(plan: Plan) -> str:
    rate = (
        f"no more than {plan.settings.rate:g} requests a second"
        if plan.settings.rate
        else "no limit on requests per second"
    )
    return f"{plan.latency * 1000:g} ms an answer, {rate}"


def _row(target: str, how: str, sent: Traffic, seconds: float) -> str:
    return (
        f"{target:<13}{how:>9}{sent.requests:>9,}{sent.events:>9,}{_size(sent.bytes):>10}  {_time(seconds)}"
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
    """Return plans as JSON, by target name: requests, events, bytes, seconds, and what would be judged.

    ``process`` is what a run takes from this machine: megabytes, and seconds of processor time.
    """
    return json.dumps({"targets": [_to_json(name, one) for name, one in plans.items()]}, indent=1) + "\n"


def _to_json(name: str, plan: Plan) -> dict[str, Any]:
    return {
        "name": name,
        "target": plan.settings.target,
        "effort": str(plan.settings.effort),
        "latency": plan.latency,
        "conforming": {**plan.conforming._asdict(), "seconds": round(plan.seconds, 1)},
        "most": {**plan.most._asdict(), "seconds": round(plan.longest, 1)},
        "process": {"memory": plan.own_cost.memory, "cpu": plan.own_cost.cpu},
        "readings": {"conforming": plan.readings, "rate": plan.settings.reading_rate},
        "classes": {
            str(needs): {"judged": one.judged, "not_judged": one.not_judged}
            for needs, one in plan.classes.items()
        },
    }


def _latency(milliseconds: str | None) -> float:
    """Return a latency in seconds. Raises ConfigurationError."""
    try:
        value = LATENCY * 1000 if milliseconds is None else float(milliseconds)
    except ValueError:
        value = -1.0
    if not 0 <= value < MOST_MILLISECONDS:
        raise ConfigurationError(
            f"--latency {milliseconds}: must be a number of milliseconds, for example 50"
        )
    return value / 1000


def _ids(names: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the requirements that names select. Raises ConfigurationError for a name that selects none."""
    try:
        return tuple(one.id for name in names for one in select(name))
    except UnknownRequirement as error:
        raise ConfigurationError(f"--requirement {error}") from None
