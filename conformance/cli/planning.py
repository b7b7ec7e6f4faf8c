"""What a run would send and judge, and how long it would take."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.cli.arguments import LATENCY
from conformance.cli.counted_run import counted_run, has_read_back
from conformance.requirements import BY_ID, Level, Needs
from conformance.results.verdicts import Verdict
from conformance.settings import OPTIONS, Effort, Settings
from conformance.settings.bounds import WORK, Traffic

ENDING = 60.0
"""Seconds for the end of a run that has used up its time, besides the waits that have begun: reports, and a browser's last visit."""
LAST_TIMEOUTS = 3
"""Timeouts of the last exchange and the last reading, which may have several pages."""


@dataclass(frozen=True)
class OwnCost:
    """What the process of a run takes from the machine that it runs on."""

    memory: int
    """Megabytes, at its peak."""
    cpu: float
    """Seconds of processor time."""


OWN_COSTS: dict[str, OwnCost] = {
    Effort.QUICK: OwnCost(220, 6),
    Effort.STANDARD: OwnCost(240, 8),
    Effort.THOROUGH: OwnCost(310, 12),
}
"""Measured by bench/ on a conforming target, and rounded up."""


@dataclass(frozen=True)
class ClassPlan:
    """The requirements of one class that a run would judge."""

    judged: int
    not_judged: dict[str, list[str]]
    """Ids of requirements that would not be judged, by the options that they need, or else by the reason."""


@dataclass(frozen=True)
class Plan:
    """What a run would send and judge."""

    settings: Settings
    latency: float
    """Seconds from a request to its answer."""
    conforming: Traffic
    """What a conforming target gets."""
    most: Traffic
    """The most that a run sends to any target."""
    readings: int
    """How often the read-back of a conforming target is read."""
    seconds: float
    """How long a run of a conforming target takes, at most."""
    longest: float
    """How long a run of any target takes, at most: it sends nothing more then, and what it has not judged is not judged."""
    classes: dict[Needs, ClassPlan]

    @property
    def own_cost(self) -> OwnCost:
        """What a run of a conforming target takes from this machine. Runs of several targets share nothing."""
        return OWN_COSTS[self.settings.effort]

    @property
    def lacking_classes(self) -> list[str]:
        """The required classes of which a run would not judge every MUST that is selected."""
        return [
            str(needs)
            for needs, one in self.classes.items()
            if needs in self.settings.require
            and any(BY_ID[name].level is Level.MUST for ids in one.not_judged.values() for name in ids)
        ]


def plan(
    settings: Settings,
    requirements: Sequence[str] = (),
    check: str | None = None,
    latency: float = LATENCY,
) -> Plan:
    """Return the plan of a run with these settings and selected checks; nothing is sent to its target.

    Raises RunFailed.
    """
    counted = counted_run(settings, requirements, check)
    selected = [
        item
        for item in counted.content["requirements"]
        if item["findings"] or item["id"] in requirements or not (requirements or check)
    ]
    most = settings.most
    if settings.max_requests is not None:
        most = most._replace(requests=min(most.requests, settings.max_requests))
    first_waits = settings.patience * (1 + bool(settings.other_token)) if has_read_back(settings) else 0.0
    settling = settings.settle * counted.sentinels
    return Plan(
        settings,
        latency,
        counted.sent,
        most,
        counted.content["run"].get("readings", 0),
        _seconds(counted.sent, settings, latency) + first_waits + settling,
        settings.longest(one_at_a_time=settings.record)
        + LAST_TIMEOUTS * settings.timeout
        + settings.settle
        + ENDING,
        {needs: _class_plan(needs, selected, settings) for needs in Needs},
    )


def _reads_back(item: dict[str, Any]) -> bool:
    return BY_ID[item["id"]].needs in {Needs.INGESTION, Needs.STORES}


def _seconds(sent: Traffic, settings: Settings, latency: float) -> float:
    """Return how many seconds requests take with parallel connections and a limited rate."""
    at_a_time = 1 if settings.max_requests is not None or settings.record else settings.connections
    waiting = sent.requests * (latency / at_a_time + WORK)
    return max(waiting, sent.requests / settings.rate if settings.rate else 0.0)


def _class_plan(needs: Needs, selected: Sequence[dict[str, Any]], settings: Settings) -> ClassPlan:
    items = [item for item in selected if BY_ID[item["id"]].needs is needs]
    not_judged: dict[str, list[str]] = {}
    for item in items:
        if item["verdict"] == Verdict.NOT_JUDGED:
            not_judged.setdefault(_remedy(item, settings), []).append(item["id"])
    return ClassPlan(len(items) - sum(map(len, not_judged.values())), not_judged)


def _remedy(item: dict[str, Any], settings: Settings) -> str:
    """Return the options that a requirement needs to be judged, or the reason if no option helps."""
    if not item["findings"]:
        return f"--effort {Effort.STANDARD}"
    options = ["--observer SPEC"] if _reads_back(item) and not has_read_back(settings) else []
    flags = re.findall(r"--[a-z-]+", item["reason"])
    options += [f"{option.flag} {option.metavar}" for option in OPTIONS if option.flag in flags]
    return " and ".join(dict.fromkeys(options)) or item["reason"]
