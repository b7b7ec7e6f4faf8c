"""What follows from findings: verdicts, classes, waivers and the exit status, for a new run and for a file. Pure.

A run and a reader of its file call the same function, ``derive``. So a file that contradicts itself is found.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from conformance.requirements import Basis, Level, Needs, Requirement
from conformance.requirements.model import LEVELS_BY_BASIS
from conformance.results.verdicts import (
    ClassSummary,
    ExitStatus,
    Finding,
    Judged,
    Outcome,
    RunVerdict,
    collapse,
    exit_status,
    judge,
    summarise,
    summarise_class,
)
from conformance.results.waivers import (
    AppliedWaiver,
    Waiver,
    apply_waivers,
    exit_status_with,
    with_waived_held,
)

SHORT = 16
"""Characters of the digests in files of version 0.1.0."""


@dataclass(frozen=True)
class Circumstances:
    """What a verdict depends on, besides the findings."""

    required: frozenset[str]
    """The classes that must be fully judged."""
    day: date
    """The day on which the run began, in UTC."""
    reachable: bool
    interrupted: bool
    faulty: bool
    """Whether the suite itself failed outside of a check."""
    waivers: Sequence[Waiver] = ()


@dataclass(frozen=True)
class Derived:
    """Everything that follows from findings."""

    classes: Mapping[Needs, ClassSummary]
    verdict: RunVerdict
    waivers: tuple[AppliedWaiver, ...]
    status: ExitStatus


def derive(judged: Sequence[Judged], findings: Sequence[Finding], around: Circumstances) -> Derived:
    """Return what follows from judged requirements and from the findings behind them."""

    def classes(items: Sequence[Judged]) -> dict[Needs, ClassSummary]:
        return {needs: summarise_class(items, needs, required=needs in around.required) for needs in Needs}

    def verdict(items: Sequence[Judged]) -> RunVerdict:
        return RunVerdict.INVALID_RUN if around.faulty else summarise(classes(items).values(), findings)

    applied = apply_waivers(around.waivers, judged, around.day)
    status = exit_status(
        verdict(with_waived_held(judged, applied)),
        anything_judged=any(finding.outcome is not Outcome.NOT_JUDGED for finding in findings),
        reachable=around.reachable,
    )
    status = ExitStatus.INTERRUPTED if around.interrupted else exit_status_with(status, applied)
    return Derived(classes(judged), verdict(judged), applied, status)


def digest(requirements: Iterable[Requirement]) -> str:
    """Return a digest of the requirements; runs with the same digest judged the same requirements."""
    return _digest([item.id, item.level, item.basis, item.needs, item.statement] for item in requirements)


def _digest(asked: Iterable[Sequence[str]]) -> str:
    return hashlib.sha256(json.dumps(list(asked)).encode()).hexdigest()


@dataclass(frozen=True)
class _Clause:
    """A requirement of a file, which this version may not know."""

    id: str
    level: Level
    needs: Needs


def rederived(results: Mapping[str, Any], withdrawn: Collection[str] = ()) -> dict[str, Any]:
    """Return results with everything in them that follows from the rest derived again. They fit the JSON Schema.

    Requirements that were withdrawn are only observed.
    """
    judged = [_judged(item, withdrawn) for item in results["requirements"]]
    run, waivers = results["run"], results.get("waivers", [])
    derived = derive(
        judged,
        [finding for item in judged for finding in item.findings],
        Circumstances(
            required=frozenset(name for name, item in results["classes"].items() if item["required"]),
            day=datetime.fromisoformat(run["started"]).date(),
            reachable=not run["unreachable"],
            interrupted=run["interrupted"],
            faulty=bool(run["faults"]),
            waivers=list(waivers_in(results)),
        ),
    )
    states = [{**item, "state": str(now.state)} for item, now in zip(waivers, derived.waivers, strict=True)]
    asked = (
        [item[name] for name in ("id", "level", "basis", "class", "statement")]
        for item in results["requirements"]
    )
    known = results["suite"]["requirements"]
    return {
        **results,
        "suite": {
            **results["suite"],
            "requirements": _digest(asked)[: SHORT if len(known) == SHORT else None],
        },
        "verdict": str(derived.verdict),
        "exit_status": int(derived.status),
        "classes": {
            str(needs): {**results["classes"][needs], **_known(asdict(summary), results["classes"][needs])}
            for needs, summary in derived.classes.items()
        },
        **({"waivers": states} if "waivers" in results else {}),
        "requirements": [
            _requirement(item, now) for item, now in zip(results["requirements"], judged, strict=True)
        ],
    }


def _known(summary: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a summary without the members that a file of an earlier version does not have."""
    return {name: value for name, value in summary.items() if name in item}


def _judged(item: Mapping[str, Any], withdrawn: Collection[str]) -> Judged:
    level = Level.INFO if item["id"] in withdrawn else Level(item["level"])
    findings = [
        Finding(item["id"], one["check"], Outcome(one["outcome"]), one["reason"]) for one in item["findings"]
    ]
    return collapse(_Clause(item["id"], level, Needs(item["class"])), findings, item["reason"])


def waivers_in(results: Mapping[str, Any]) -> Iterator[Waiver]:
    """Yield the waivers of results."""
    yield from map(_waiver, results.get("waivers", ()))


def _waiver(item: Mapping[str, Any]) -> Waiver:
    texts = {name: item[name] for name in ("requirement", "reason", "owner", "issue", "at")}
    return Waiver(**texts, expires=date.fromisoformat(item["expires"]))


def _requirement(item: Mapping[str, Any], judged: Judged) -> dict[str, Any]:
    findings = [
        {**one, "verdict": str(judge(judged.requirement.level, finding.outcome))}
        for one, finding in zip(item["findings"], judged.findings, strict=True)
    ]
    return {**item, "verdict": str(judged.verdict), "reason": judged.reason, "findings": findings}


def contradiction(results: Mapping[str, Any]) -> str:
    """Return in a few words where a file first contradicts itself; empty if everything in it follows from its findings."""
    return next(_contradictions(results, rederived(results)), "")


def _contradictions(says: Mapping[str, Any], follows: Mapping[str, Any]) -> Iterator[str]:
    for item, now in zip(says["requirements"], follows["requirements"], strict=True):
        yield from _of_a_requirement(item, now)
    for name, item in follows["classes"].items():
        for member, value in item.items():
            if says["classes"][name][member] != value:
                yield f"class {name} says {member} {says['classes'][name][member]}, but it is {value}"
    for item, now in zip(says.get("waivers", ()), follows.get("waivers", ()), strict=True):
        if item["state"] != now["state"]:
            yield f"the waiver of {item['requirement']} is {item['state']}, but its requirement makes it {now['state']}"
    for member in ("verdict", "exit_status"):
        if says[member] != follows[member]:
            yield f"{member} is {says[member]}, but {follows[member]} follows from its findings"
    if says["suite"]["requirements"] != follows["suite"]["requirements"]:
        yield "suite.requirements is not the digest of its requirements"


def _of_a_requirement(item: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    name = item["id"]
    if Level(item["level"]) not in LEVELS_BY_BASIS[Basis(item["basis"])]:
        yield f"{name} is {item['level']}, which no {item['basis']} requirement can be"
    for one, other in zip(item["findings"], now["findings"], strict=True):
        if one["verdict"] != other["verdict"]:
            yield f"the finding {one['check']} of {name} is {one['verdict']}, but its outcome makes it {other['verdict']}"
    if item["verdict"] != now["verdict"]:
        yield f"{name} is {item['verdict']}, but its findings make it {now['verdict']}"
    if item["reason"] != now["reason"]:
        yield f"the reason of {name} is not that of its findings"
