"""What a reader needs first: why the verdict is what it is, and what to do next; pure functions of results."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.report.content import selection, words
from conformance.report.content.selection import Item
from conformance.requirements import Level
from conformance.results import Results
from conformance.results.verdicts import Outcome, RunVerdict, Verdict

PASSES = re.compile(r": pass (--.+)$")
"""What a reason says where an option was missing."""


@dataclass(frozen=True)
class Cause:
    """Requirements that are not green for one and the same reason."""

    verdict: str
    why: str
    items: tuple[Item, ...]

    @property
    def size(self) -> int:
        """How many they are."""
        return len(self.items)

    @property
    def levels(self) -> str:
        """How many they are, by level."""
        counts = {level: sum(item["level"] == level for item in self.items) for level in Level}
        return ", ".join(f"{count} {level}" for level, count in counts.items() if count)


@dataclass(frozen=True)
class Step:
    """Something to do."""

    text: str
    command: str = ""


def causes(results: Results) -> list[Cause]:
    """Return what does not hold, by reason, the worst first; of a run that is not fully verified, what was not judged too."""
    found: dict[tuple[str, str], list[Item]] = {}
    for item in selection.having(results, *selection.FAILING):
        found.setdefault((item["verdict"], reason(item)), []).append(item)
    listed = [Cause(verdict, why, tuple(items)) for (verdict, why), items in found.items()]
    if results["verdict"] == RunVerdict.NON_CONFORMANT or results["run"]["unreachable"]:
        return listed
    missing = [
        Cause(str(Verdict.NOT_JUDGED), group.reason, tuple(needed))
        for group in selection.not_judged(results)
        if (needed := [item for item in group.items if _is_needed(results, item) or _is_fault(item)])
    ]
    return [*sorted(missing, key=lambda cause: -len(cause.items)), *listed]


def reason(item: Item) -> str:
    """Return in one line why a requirement has its verdict."""
    findings = selection.failing(item)
    return selection.why(findings[0]) if findings else str(item["reason"])


def _is_needed(results: Results, item: Item) -> bool:
    return item["level"] == Level.MUST and bool(results["classes"][item["class"]]["required"])


def _is_fault(item: Item) -> bool:
    return any(finding["outcome"] == Outcome.SUITE_FAULT for finding in item["findings"])


def next_steps(results: Results) -> Iterator[Step]:
    """Yield what to do about a verdict, the most important first."""
    run, verdict = results["run"], RunVerdict(results["verdict"])
    if verdict is RunVerdict.INVALID_RUN:
        yield Step(words.REPORT_THE_FAULT)
        return
    if run["interrupted"]:
        yield Step("Run it again and let it end.", _again(results))
    elif run["unreachable"]:
        yield Step(f"Settle what the reason names, and judge {words.A_TARGET}.", _again(results))
    if run["unreachable"]:
        return
    broken = selection.having(results, Verdict.VIOLATED)
    if broken:
        first = broken[0]["id"]
        yield Step(
            f"Begin with {first}: its evidence has a command that sends the request again. Then judge it alone:",
            _again(results, f"--requirement {first}"),
        )
    missing = _options(results)
    if missing:
        purpose = "judge what is missing" if verdict is RunVerdict.NOT_FULLY_VERIFIED else "have more judged"
        yield Step(f"To {purpose}, run it again with:", " ".join(missing))
    elif verdict is RunVerdict.NOT_FULLY_VERIFIED and not run["interrupted"]:
        yield Step(words.SEE_NOT_JUDGED)
    if verdict is RunVerdict.CONFORMANT:
        warned = len(selection.having(results, Verdict.WARNED, Verdict.UNSTABLE))
        yield Step(words.NOTHING_TO_FIX + (words.ADVICE if warned else ""))


def _options(results: Results) -> list[str]:
    """Return the options that a run was not given, those first that a required MUST waits for."""
    groups = [
        (found[1], group) for group in selection.not_judged(results) if (found := PASSES.search(group.reason))
    ]
    groups.sort(key=lambda pair: -sum(_is_needed(results, item) for item in pair[1].items))
    return list(dict.fromkeys(option for option, _ in groups))


def _again(results: Results, *more: str) -> str:
    target = results["target"]
    options = [] if target["kind"] == "reference" else [f"--target {shlex.quote(target['url'])}"]
    return " ".join(["beacon-conformance run", *options, *more])
