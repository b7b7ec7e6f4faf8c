"""Selects from results what reports show: groups, reasons, and what a target did. Pure functions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.report.content.words import A_TARGET, A_WHOLE_RUN, NO_SELECTION, WHAT_IS_MISSING
from conformance.requirements import Level
from conformance.results import Results
from conformance.results.verdicts import Verdict

Item = dict[str, Any]
"""A requirement, a finding, evidence or a message, in the form of ``results.json``."""

BODY = re.compile(r"(?<!\()\b(status \d{3}), (?:body |empty body|an HTML page).*", re.DOTALL)
"""A status and the body after it, at the end of a text; what stands in parentheses is followed by what to do about it."""
FAILING = (Verdict.VIOLATED, Verdict.WARNED, Verdict.UNSTABLE)
"""The verdicts that need an explanation, in the order of the reports. The first evidence of such a finding is the failing one."""

LEVELS = list(map(str, Level))
"""The levels, the most binding first."""


@dataclass(frozen=True)
class Group:
    """Requirements that were not judged for the same reason."""

    reason: str
    remedy: str
    """What a run needs to judge them."""
    items: tuple[Item, ...]

    @property
    def size(self) -> int:
        """The number of requirements."""
        return len(self.items)


@dataclass(frozen=True)
class Seen:
    """One thing that a target did where the contract is silent."""

    text: str
    cases: tuple[str, ...]
    """The parameters of the checks that saw it."""


def having(results: Results, *verdicts: Verdict) -> list[Item]:
    """Return the requirements that have one of the verdicts, in the order of ``verdicts``."""
    return [item for verdict in verdicts for item in results["requirements"] if item["verdict"] == verdict]


def failing(requirement: Item) -> list[Item]:
    """Return the findings that have the verdict of their requirement."""
    return [finding for finding in requirement["findings"] if finding["verdict"] == requirement["verdict"]]


def share(requirement: Item) -> float:
    """Return the part of the checks of a requirement that have its verdict, from 0 to 1."""
    return len(failing(requirement)) / max(1, len(requirement["findings"]))


def place(finding: Mapping[str, Any]) -> str:
    """Return the file and the name of a check; results of earlier versions have only the name."""
    return "::".join(filter(None, (finding.get("module"), finding["check"])))


def why(finding: Item) -> str:
    """Return in one line why a finding has its verdict."""
    evidence = finding["evidence"]
    if finding["verdict"] in FAILING and evidence:
        return f"expected: {evidence[0]['expected']}; got: {evidence[0]['got']}"
    return str(finding["reason"])


def reason(requirement: Mapping[str, Any]) -> str:
    """Return in one line why a requirement has its verdict."""
    findings = failing(dict(requirement))
    return why(findings[0]) if findings else str(requirement["reason"])


def kind(requirement: Item) -> str:
    """Return what was expected and what was observed, without the body of the reply: a body is not a reason of its own."""
    findings = failing(requirement)
    evidence = findings[0]["evidence"] if findings else []
    if not evidence:
        return without_body(reason(requirement))
    return f"expected: {evidence[0]['expected']}; got: {without_body(evidence[0]['got'])}"


def without_body(text: str) -> str:
    """Return a text without the body of the answer that it ends with."""
    return BODY.sub(r"\1", text)


def not_judged(results: Results) -> list[Group]:
    """Return the requirements that were not judged, grouped by reason; the groups with the most binding one first."""
    by_reason: dict[str, list[Item]] = {}
    for item in having(results, Verdict.NOT_JUDGED):
        by_reason.setdefault(without_body(item["reason"]), []).append(item)
    groups = [
        Group(reason or "no reason was recorded", _remedy(results, reason), tuple(items))
        for reason, items in by_reason.items()
    ]
    return sorted(groups, key=lambda group: min(LEVELS.index(item["level"]) for item in group.items))


def _remedy(results: Results, reason: str) -> str:
    if results["run"]["interrupted"] and "interrupted" in reason:
        return A_WHOLE_RUN
    if results["run"]["unreachable"]:
        return A_TARGET
    if reason.startswith("not selected"):
        return NO_SELECTION
    if " pass --" in reason:
        return f"a run with {reason.partition(' pass ')[2]}"
    return WHAT_IS_MISSING


def seen(requirement: Item) -> list[Seen]:
    """Return what a target did: each thing once, with the parameters of the checks that saw it."""
    cases: dict[str, list[str]] = {}
    for finding in requirement["findings"]:
        texts = [evidence["got"] for evidence in finding["evidence"]] or [finding["reason"]]
        for text in dict.fromkeys(filter(None, texts)):
            cases.setdefault(text, []).append(finding["check"].partition("[")[2].removesuffix("]"))
    return [Seen(text, tuple(filter(None, names))) for text, names in cases.items()]


def does(requirement: Item, most: int) -> list[str]:
    """Return at most ``most`` different things that a target did about a requirement."""
    if requirement["verdict"] == Verdict.NOT_JUDGED:
        return []
    texts: dict[str, None] = {}
    for finding in failing(requirement) or requirement["findings"]:
        if finding["verdict"] in FAILING or not finding["evidence"]:
            texts[why(finding)] = None
        else:
            texts.update(dict.fromkeys(evidence["got"] for evidence in finding["evidence"]))
    things = [text for text in texts if text]
    hidden = [f"and {len(things) - most} more"] if len(things) > most else []
    return [*things[:most], *hidden]


def evidence_of(requirement: Item, most: int) -> list[Item]:
    """Return the first passed findings that have evidence, at most ``most``."""
    passed = [
        finding
        for finding in requirement["findings"]
        if finding["evidence"] and finding["verdict"] not in FAILING
    ]
    return passed[:most]
