"""The top of a report: why the run has its verdict, and what to do next. Pure functions of results."""

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
"""The end of a reason that names a missing option."""


@dataclass(frozen=True)
class Cause:
    """Requirements that are not green for the same reason."""

    verdict: str
    why: str
    items: tuple[Item, ...]

    @property
    def size(self) -> int:
        """The number of requirements."""
        return len(self.items)

    @property
    def levels(self) -> str:
        """The number of requirements of each level, as text."""
        counts = {level: sum(item["level"] == level for item in self.items) for level in Level}
        return ", ".join(f"{count} {level}" for level, count in counts.items() if count)


@dataclass(frozen=True)
class Step:
    """One thing to do next, with the command for it if there is one."""

    text: str
    command: str = ""


def causes(results: Results) -> list[Cause]:
    """Return the requirements that do not hold, grouped by reason, the worst first.

    If the run is not fully verified, the required requirements that were not judged come first.
    """
    found: dict[tuple[str, str], list[Item]] = {}
    for item in selection.having(results, *selection.FAILING):
        found.setdefault((item["verdict"], selection.reason(item)), []).append(item)
    listed = [Cause(verdict, why, tuple(items)) for (verdict, why), items in found.items()]
    if results["verdict"] == RunVerdict.NON_CONFORMANT or results["run"]["unreachable"]:
        return listed
    missing = [
        Cause(str(Verdict.NOT_JUDGED), group.reason, tuple(needed))
        for group in selection.not_judged(results)
        if (needed := [item for item in group.items if _is_needed(results, item) or _is_fault(item)])
    ]
    return [*sorted(missing, key=lambda cause: -len(cause.items)), *listed]


def _is_needed(results: Results, item: Item) -> bool:
    return item["level"] == Level.MUST and bool(results["classes"][item["class"]]["required"])


def _is_fault(item: Item) -> bool:
    return any(finding["outcome"] == Outcome.SUITE_FAULT for finding in item["findings"])


def next_steps(results: Results) -> Iterator[Step]:
    """Yield what to do next, the most important step first."""
    run, verdict = results["run"], RunVerdict(results["verdict"])
    if verdict is RunVerdict.INVALID_RUN:
        yield Step(words.REPORT_THE_FAULT)
        return
    if run["interrupted"]:
        yield Step("Run it again, and let it finish.", _again(results))
    elif run["unreachable"]:
        yield Step(
            f"Solve the problem that the reason names. The run needs {words.A_TARGET}.", _again(results)
        )
    if run["unreachable"]:
        return
    broken = selection.having(results, Verdict.VIOLATED)
    if broken:
        first = broken[0]["id"]
        yield Step(
            f"Start with {first}: its evidence has a command that sends the request again. After the fix, judge it alone:",
            _again(results, f"--requirement {first}"),
        )
    missing = _options(results)
    if missing:
        purpose = "judge what is missing" if verdict is RunVerdict.NOT_FULLY_VERIFIED else "judge more"
        yield Step(f"To {purpose}, run it again with:", " ".join(missing))
    elif verdict is RunVerdict.NOT_FULLY_VERIFIED and not run["interrupted"]:
        yield Step(words.SEE_NOT_JUDGED)
    if verdict is RunVerdict.CONFORMANT:
        warned = len(selection.having(results, Verdict.WARNED, Verdict.UNSTABLE))
        yield Step(words.NOTHING_TO_FIX + (words.ADVICE if warned else ""))


def _options(results: Results) -> list[str]:
    """Return the missing options; an option that more required MUST requirements need comes first."""
    groups = [
        (found[1], group) for group in selection.not_judged(results) if (found := PASSES.search(group.reason))
    ]
    groups.sort(key=lambda pair: -sum(_is_needed(results, item) for item in pair[1].items))
    return list(dict.fromkeys(option for option, _ in groups))


def _again(results: Results, *more: str) -> str:
    target = results["target"]
    options = [] if target["kind"] == "reference" else [f"--target {shlex.quote(target['url'])}"]
    return " ".join(["beacon-conformance run", *options, *more])
