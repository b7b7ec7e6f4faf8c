"""From settings and measured costs to a plan."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from conformance.client import Load
from conformance.client.retry_after import LONGEST, SHORTEST
from conformance.doctor import MOST_REQUESTS
from conformance.plan.costs import Cost, Costs, costs_of, total
from conformance.requirements import ALL, Needs, Requirement
from conformance.settings import Settings

LATENCY = 0.05
"""Seconds from a request to its answer, where nobody says."""
TIMES = 3
"""How often a check may be sent: once, anew after a violation, and once for what is lost, split up or waited for."""
CLOSER_LOOK = 72
"""Usual requests' worth of what checks send beyond that where a first look differs: 12 of two batches, twice, for a
silent skip; more of them are large than in the first look."""
EVENTS_OF_A_SENTINEL = 3
ABSENT = 0.1
"""Of ``patience``: what an event that ought to show is waited for, once one was waited for in full."""
FIXTURES = {
    "origin": "--origin O",
    "other_origin": "--other-origin O",
    "other_token": "--other-token T",
    "revoked_token": "--revoked-token T",
}
"""What a check may need, and the option that a run is told it by."""
READ_BACK = frozenset({"submissions", "read_back"})
"""The fixtures of checks that wait for events to show."""


@dataclass(frozen=True)
class Selection:
    """Which checks a run is asked for; all, where it names none."""

    requirements: tuple[str, ...] = ()
    check: str | None = None
    """One by its name in ``results.json``, parameters included."""

    def has(self, cost: Cost) -> bool:
        """Whether a check is among them."""
        named = self.check is None or self.check.partition("[")[0] == cost.check
        return named and (not self.requirements or cost.requirement in self.requirements)


@dataclass(frozen=True)
class Outlook:
    """How much of a class a run is going to judge."""

    judged: int
    left: dict[str, list[str]]
    """Ids of requirements that are not judged, by the option that would have them judged."""


@dataclass(frozen=True)
class Plan:
    """What a run is going to send, and what it is going to judge."""

    settings: Settings
    about: Load
    """To a conforming target."""
    most: Load
    """To any target: the run sends no more than this."""
    latency: float
    seconds: float
    """That a run of a conforming target is expected to take at the most, as long as an answer takes ``latency``."""
    longest: float
    """The same of any target."""
    classes: dict[Needs, Outlook]


def plan(settings: Settings, selection: Selection | None = None, latency: float = LATENCY) -> Plan:
    """Return the plan of a run. Nothing is sent for it."""
    selection = selection or Selection()
    costs = costs_of(settings.effort)
    missing = set(_missing(settings))
    checks = [check for check in costs.checks if selection.has(check)]
    called = [check for check in checks if not check.needs & missing]
    about, most = _about(costs, called, settings), _most(costs, called)
    if settings.max_requests is not None:
        about = _cut(about, settings.max_requests)
        most = most._replace(requests=min(most.requests, settings.max_requests))
    looking = [check for check in called if check.needs & READ_BACK] if _sees(settings) else []
    waits = settings.patience * (1 + bool(settings.other_token)) if _sees(settings) else 0.0
    longest = LONGEST + waits * (1 + ABSENT * 2 * len(looking)) + TIMES * sum(_settling(looking, settings))
    waits += max(
        max(_settling(looking, settings), default=0.0),
        sum(_settling(looking, settings)) / settings.connections,
    )
    return Plan(
        settings,
        about,
        most,
        latency,
        _seconds(costs, about, settings, latency) + waits,
        _seconds(costs, most, settings, latency) + longest,
        _classes(settings, costs.checks, selection, missing),
    )


def _settling(checks: Collection[Cost], settings: Settings) -> list[float]:
    """Return the seconds that each check waits for what it sees to settle: a sentinel follows what it sends."""
    return [settings.settle * (check.alone.requests // 2) for check in checks]


def _sees(settings: Settings) -> bool:
    return bool(settings.observer) or settings.is_reference


def _missing(settings: Settings) -> Iterator[str]:
    """Yield the fixtures that a run was not told of; the reference is known whole."""
    for name in FIXTURES:
        if not settings.is_reference and not getattr(settings, name):
            yield name


def _about(costs: Costs, checks: Collection[Cost], settings: Settings) -> Load:
    """Return what a conforming target gets: checks that are few share little."""
    together = total(check.together if _sees(settings) else check.unseen for check in costs.checks)
    these = total(check.together if _sees(settings) else check.unseen for check in checks)
    alone = total(check.alone for check in checks)
    whole = len(checks) > len(costs.checks) / 2
    sent = these if whole else Load(*map(min, alone, together))
    return costs.doctor.plus(costs.of_fixtures(checks)).plus(sent)


def _most(costs: Costs, checks: Collection[Cost]) -> Load:
    """Return what no run of these checks comes to, whatever the target does."""
    alone = total(check.alone for check in checks)
    usual = _a_request(alone) if alone.requests else Load()
    beside = MOST_REQUESTS + round(LONGEST / SHORTEST)
    most = Load(beside, EVENTS_OF_A_SENTINEL * MOST_REQUESTS, beside * usual.bytes)
    most = most.plus(usual, CLOSER_LOOK).plus(costs.doctor, TIMES).plus(costs.of_fixtures(checks), TIMES)
    for check in checks:
        most = most.plus(check.alone, TIMES)
        if check.generated and check.alone.requests:
            # Twice: what was violated is judged anew.
            most = most.plus(_a_request(check.alone), 2 * (costs.shrinking + 1))
    return most


def _a_request(load: Load) -> Load:
    """Return what one of many requests carries, rounded up."""
    return Load(*(-(-part // load.requests) for part in load))


def _cut(load: Load, requests: int) -> Load:
    """Return what a part of some requests carries."""
    if load.requests <= requests:
        return load
    return Load(*(round(part * requests / load.requests) for part in load))


def _seconds(costs: Costs, load: Load, settings: Settings, latency: float) -> float:
    """Return how long requests take that wait for answers several at a time, and go out no faster than their rate."""
    at_a_time = 1 if settings.max_requests is not None else settings.connections
    waiting = load.requests * (latency / at_a_time + costs.seconds)
    return max(waiting, load.requests / settings.rate if settings.rate else 0.0)


def _classes(
    settings: Settings, checks: Collection[Cost], selection: Selection, missing: set[str]
) -> dict[Needs, Outlook]:
    asked = {check.requirement for check in checks if selection.has(check)}
    everything = not selection.requirements and selection.check is None
    found: dict[Needs, Outlook] = {}
    for needs in Needs:
        judged, left = 0, dict[str, list[str]]()
        for one in ALL:
            if one.needs is needs and (everything or one.id in asked or one.id in selection.requirements):
                if option := _lacks(
                    one, settings, [check for check in checks if check.requirement == one.id], missing
                ):
                    left.setdefault(option, []).append(one.id)
                else:
                    judged += 1
        found[needs] = Outlook(judged, left)
    return found


def _lacks(requirement: Requirement, settings: Settings, checks: Collection[Cost], missing: set[str]) -> str:
    """Return the options without which a requirement is not judged; nothing where it is."""
    options = []
    if requirement.needs in {Needs.INGESTION, Needs.STORES} and not _sees(settings):
        options.append("--observer SPEC")
    lacking = [check.needs & missing for check in checks]
    if not checks:
        options.append("--effort standard")
    elif all(lacking):
        options += [option for name, option in FIXTURES.items() if name in min(lacking, key=len)]
    return " and ".join(options)
