"""Compares the failures of a run with those of known mistakes: what each mutant of the kill matrix turns red. Pure.

A diagnosis is a guess about the cause, and never a verdict.
"""

import json
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from math import log
from typing import Any

from conformance.report.content import examined, selection
from conformance.report.content.selection import Item
from conformance.requirements import BY_ID
from conformance.requirements.advice import Advice, advice_on
from conformance.results import Results
from conformance.results.verdicts import Outcome, Verdict

SURE, EFFORT, PERHAPS, OTHERWISE = 0.97, 0.5, 0.1, 0.004
"""How likely a mistake turns a requirement red: one that it breaks, one for which a quick run sends too little, one that it may
break, and any other."""
SAME, SAME_STATUS, OTHER_GOT, ONE_ONLY = 1.0, 0.6, 0.25, 0.05
"""How alike a check is in a run and in a signature: the same was got, the same status, something else, or one of them failed only."""
WEIGHT_OF_CHECKS = 4.0
"""How much the checks count beside the requirements."""
UNKNOWN_CHECKS = 0.5
"""How alike the checks are if a signature does not say which failed."""
EXPLAINS_WELL = 0.8
"""The part of the failures that a diagnosis must explain, and of its own that must be red, to be shown."""
FEWEST = 100
"""Requirements that a run must have judged: a part of the suite looks like too many mistakes."""
MOST = 3
"""The most mistakes that are named."""
NEARLY = 1.5
"""How much less likely another mistake may be, as a logarithm, to be named beside the first one."""
LONGEST_GOT = 60
"""Characters of what a check got, in a signature."""
CHANGING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{20,}|\b[0-9A-HJKMNP-TV-Z]{26}\b|conformance-[-\w]+|\d{4,}|\d+\.\d+"
)
STATUS = re.compile(r"status (\d{3})")
OF_OPTIONS = frozenset({"origin", "read-back", "stores", "other token"})
"""Steps of the doctor whose warning is more likely about an option: then no mistake of the target is guessed."""


@dataclass(frozen=True)
class Signature:
    """What a mutant turns red."""

    name: str
    mistake: str
    breaks: str
    """The id of its own requirement."""
    also: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    red: frozenset[str] = frozenset()
    """The requirements that were red in a recorded run; empty without one."""
    slow: frozenset[str] = frozenset()
    """Those of them for which a quick run sends too little."""
    checks: Mapping[str, str] = field(default_factory=dict)
    """The checks of its own requirement that failed in the recorded run, and what they got."""

    @property
    def surely(self) -> frozenset[str]:
        """The requirements that it turns red in every run."""
        return self.red - self.slow if self.red else self.also | {self.breaks}

    @property
    def possibly(self) -> frozenset[str]:
        """The other requirements that it may turn red."""
        return (self.red | self.also | self.perhaps | {self.breaks}) - self.surely

    @property
    def advice(self) -> Advice | None:
        """How to fix its mistake."""
        requirement = BY_ID.get(self.breaks)
        return advice_on(requirement) if requirement else None


@dataclass(frozen=True)
class Diagnosis:
    """A mistake that a run looks like."""

    signature: Signature
    explained: int
    """How many of the requirements that are red it explains."""
    red: int
    """How many are red."""
    others: tuple[Signature, ...] = ()
    """Other mistakes that look nearly the same, the likeliest first."""


@dataclass(frozen=True)
class Seen:
    """What a run shows of its target."""

    red: frozenset[str]
    green: frozenset[str]
    checks: Mapping[str, Mapping[str, str]]
    """By red requirement: its checks that failed, and what they got."""
    passed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By red requirement: its checks that were judged, and did not fail."""


@cache
def signatures() -> tuple[Signature, ...]:
    """Return the signature of every mutant."""
    text = resources.files("conformance.report.content").joinpath("signatures.json").read_text("utf-8")
    return tuple(
        Signature(
            **{**item, **{name: frozenset(item.get(name, ())) for name in ("also", "perhaps", "red", "slow")}}
        )
        for item in json.loads(text)
    )


def diagnoses(results: Results) -> list[Diagnosis]:
    """Return the mistakes that a run looks like: none, one, or two that explain it together. Only what explains well."""
    if any(step["step"] in OF_OPTIONS for step in examined.warnings(results)):
        return []
    if len(results["requirements"]) - len(selection.having(results, Verdict.NOT_JUDGED)) < FEWEST:
        return []
    seen, by_id = seen_in(results), {item["id"]: item for item in results["requirements"]}
    found: list[Diagnosis] = []
    left = seen.red
    while (candidates := ranked(replace(seen, red=left))) and len(found) < 2:  # noqa: PLR2004 - more would explain anything
        first, *others = candidates
        named = first[1]
        surely = named.surely | {named.breaks}
        red_of_it = len(surely & seen.red) / max(1, len(surely & (seen.red | seen.green)))
        explained = left & (named.surely | named.possibly)
        if red_of_it < EXPLAINS_WELL:
            break
        near = [one for score, one in others if first[0] - score < NEARLY]
        found.append(Diagnosis(named, len(explained), len(seen.red), tuple(near[: MOST - 1])))
        alike = {selection.kind(by_id[name]) for name in explained}
        left = frozenset(name for name in left - explained if selection.kind(by_id[name]) not in alike)
    is_enough = sum(one.explained for one in found) >= EXPLAINS_WELL * len(seen.red)
    return found if is_enough else []


def ranked(seen: Seen) -> list[tuple[float, Signature]]:
    """Return each signature whose own requirement is red with how likely it is, as a logarithm; the likeliest first."""
    scored = [(_likelihood(seen, one), one) for one in signatures() if one.breaks in seen.red]
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].name))


def seen_in(results: Results) -> Seen:
    """Return what a run shows: which requirements are red or green, and what the failed checks got."""
    red = {item["id"]: item for item in selection.having(results, *selection.FAILING)}
    green = {item["id"] for item in selection.having(results, Verdict.HELD)}
    failed = {name: failed_checks([item]) for name, item in red.items()}
    judged = {
        name: {one["check"] for one in item["findings"] if one["outcome"] != Outcome.NOT_JUDGED}
        for name, item in red.items()
    }
    passed = {name: frozenset(judged[name] - failed[name].keys()) for name in red}
    return Seen(frozenset(red), frozenset(green), failed, passed)


def failed_checks(items: Iterable[Item]) -> dict[str, str]:
    """Return the checks that failed, and what each got, without what differs between runs."""
    return {
        finding["check"]: steady(finding["evidence"][0]["got"] if finding["evidence"] else finding["reason"])
        for item in items
        for finding in selection.failing(item)
    }


def steady(got: str) -> str:
    """Return what was got, without identifiers, times and large numbers, and cut."""
    return CHANGING.sub("#", got)[:LONGEST_GOT]


def _likelihood(seen: Seen, signature: Signature) -> float:
    """Return the logarithm of how much likelier the red and green are with this mistake than with none that is known."""
    score = 0.0
    perhaps = signature.possibly - signature.slow
    for likely, ids in ((SURE, signature.surely), (EFFORT, signature.slow), (PERHAPS, perhaps)):
        score += len(ids & seen.red) * log(likely / OTHERWISE)
        score += len(ids & seen.green) * log((1 - likely) / (1 - OTHERWISE))
    alike, failed = UNKNOWN_CHECKS, seen.checks.get(signature.breaks, {})
    if failed and signature.checks:
        alike = _alike(failed, signature.checks, seen.passed.get(signature.breaks, frozenset()))
    return score + WEIGHT_OF_CHECKS * log(alike)


def _alike(seen: Mapping[str, str], known: Mapping[str, str], passed: AbstractSet[str]) -> float:
    """Return how alike two sets of failed checks are, from nearly 0 to 1. What this run did not judge does not count."""
    both = seen.keys() | (known.keys() & passed)
    return sum(_same(seen.get(check), known.get(check)) for check in both) / max(1, len(both))


def _same(seen: str | None, known: str | None) -> float:
    if seen is None or known is None:
        return ONE_ONLY
    if seen == known:
        return SAME
    statuses = [found[1] for found in (STATUS.match(seen), STATUS.match(known)) if found]
    return SAME_STATUS if len(statuses) == 2 and statuses[0] == statuses[1] else OTHER_GOT  # noqa: PLR2004


def as_json(items: Iterable[Signature]) -> str:
    """Return the content of the file of signatures."""
    return json.dumps([_to_json(one) for one in items], ensure_ascii=False, indent=0) + "\n"


def _to_json(one: Signature) -> dict[str, Any]:
    value = {
        "name": one.name,
        "mistake": one.mistake,
        "breaks": one.breaks,
        "also": sorted(one.also),
        "perhaps": sorted(one.perhaps),
        "red": sorted(one.red),
        "slow": sorted(one.slow),
        "checks": dict(sorted(one.checks.items())),
    }
    return {name: member for name, member in value.items() if member}
