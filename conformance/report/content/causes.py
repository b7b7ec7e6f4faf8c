"""The top of a report: why the run has its verdict, and what to do next. Pure functions of results."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conformance.report.content import diagnosis, remedies, selection, words
from conformance.report.content.selection import Item
from conformance.requirements import Level
from conformance.results import Results
from conformance.results.verdicts import Outcome, RunVerdict, Verdict


@dataclass(frozen=True)
class Cause:
    """Requirements that are not green for the same reason."""

    verdict: str
    why: str
    items: tuple[Item, ...]

    @property
    def share(self) -> float:
        """The part of their checks that failed, from 0 to 1."""
        return sum(map(selection.share, self.items)) / len(self.items)

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
    """Return the requirements that do not hold, grouped by what was expected and which status came, the worst first.

    Of equal verdicts, that comes first of which most checks failed. If the run is not fully verified, the required
    requirements that were not judged come first.
    """
    found: dict[tuple[str, str], list[Item]] = {}
    for item in selection.having(results, *selection.FAILING):
        found.setdefault((item["verdict"], selection.kind(item)), []).append(item)
    listed = [
        Cause(verdict, selection.reason(items[0]) if len(items) == 1 else why, tuple(by_share(items)))
        for (verdict, why), items in found.items()
    ]
    order = [str(verdict) for verdict in selection.FAILING]
    listed.sort(key=lambda cause: (order.index(cause.verdict), -cause.share, -cause.size))
    if results["verdict"] == RunVerdict.NON_CONFORMANT or results["run"]["unreachable"]:
        return listed
    missing = [
        Cause(str(Verdict.NOT_JUDGED), remedies.numbered(results, group.reason), tuple(needed))
        for group in selection.not_judged(results)
        if (needed := [item for item in group.items if remedies.is_needed(results, item) or _is_fault(item)])
    ]
    return [*sorted(missing, key=lambda cause: -len(cause.items)), *listed]


def by_share(items: Iterable[Item]) -> list[Item]:
    """Return requirements in the order of the part of their checks that failed, the largest first."""
    return sorted(items, key=lambda item: -selection.share(item))


def _is_fault(item: Item) -> bool:
    return any(finding["outcome"] == Outcome.SUITE_FAULT for finding in item["findings"])


def next_steps(results: Results) -> Iterator[Step]:
    """Yield what to do next, the most important step first."""
    run, verdict = results["run"], RunVerdict(results["verdict"])
    if verdict is RunVerdict.INVALID_RUN:
        yield Step(words.REPORT_THE_FAULT)
        return
    if run["interrupted"]:
        yield Step("Run it again, and let it finish.", remedies.command(results))
    elif run["unreachable"]:
        yield Step(
            f"Solve the problem that the reason names. The run needs {words.A_TARGET}.",
            remedies.command(results),
        )
    if run["unreachable"]:
        return
    yield from _repairs(results)
    if remedies.is_throttled(results):
        slower = f"--max-rate {remedies.slower_rate(results)}"
        yield Step(
            "The target refuses requests that come too fast. Run it more slowly:",
            remedies.command(results, slower),
        )
    missing = remedies.missing_options(results)
    if missing:
        purpose = "judge what is missing" if verdict is RunVerdict.NOT_FULLY_VERIFIED else "judge more"
        yield Step(f"To {purpose}, run it again with:", " ".join(missing))
    elif verdict is RunVerdict.NOT_FULLY_VERIFIED and not run["interrupted"]:
        yield Step(words.SEE_NOT_JUDGED)
    if verdict is RunVerdict.CONFORMANT:
        warned = len(selection.having(results, Verdict.WARNED, Verdict.UNSTABLE))
        yield Step(words.NOTHING_TO_FIX + (words.ADVICE if warned else ""))


def _repairs(results: Results) -> Iterator[Step]:
    """Yield with which violation to begin, and the command that judges it alone."""
    first = begin_with(results)
    if first is None:
        return
    needed = remedies.secrets_needed(results)
    where = f" (with {needed} set as in this run)" if needed else ""
    yield Step(
        f"Begin with {first['id']}: its evidence has a command that sends the request again. After the fix, judge it alone{where}:",
        remedies.command(results, f"--requirement {first['id']}"),
    )


def begin_with(results: Results) -> Item | None:
    """Return the violated requirement to begin with; None if none is violated.

    If a known mistake explains the failures, it is the requirement of that mistake. Otherwise it is the narrowest one: of those
    of which most checks failed, the one with the fewest checks.
    """
    broken = selection.having(results, Verdict.VIOLATED)
    by_id = {item["id"]: item for item in broken}
    for one in diagnosis.diagnoses(results):
        if one.signature.breaks in by_id:
            return by_id[one.signature.breaks]
    return min(broken, key=lambda item: (-selection.share(item), len(item["findings"])), default=None)
